/* A race: each variant a lane that comes as far as it does in the same number of cycles, who is first, and below them
 * what each had done at every cycle. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/pen.h"
#include "ui/dashboard/scenes/race_clock.h"
#include "ui/dashboard/scenes/scenes.h"

/* Where the parts of a lane begin, in pixels. */
struct columns {
    int badge, name, figure;
};

static const char *const units[] = {
    [HB_RACE_TASKS] = "tasks", [HB_RACE_REQUESTS] = "requests", [HB_RACE_INSTRUCTIONS] = "instructions"};

static const char *const endings[] = {
    [HB_RACE_GOES_ON] = "",    [HB_RACE_FINISHED] = "",     [HB_RACE_LIMIT] = "cut off",
    [HB_RACE_HANGS] = "hangs", [HB_RACE_FAILED] = "failed", [HB_RACE_NEVER] = "cannot be run"};

/* ---- A lane ---------------------------------------------------------------------------------------------------- */

static void draw_badge(const struct hb_pen *pen, struct hb_rect box, uint32_t lane) {
    const struct hb_theme *theme = pen->list->theme;
    hb_draw_round(pen->list, box, hb_em(pen->ui, 0.2), theme->hue[lane % HB_THEME_HUES]);
    hb_draw_textf(pen->list, box, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, theme->ink[lane % HB_THEME_HUES], "%c",
                  'A' + (int)(lane % 26));
}

/* "2nd" */
static const char *ordinal(uint32_t rank) {
    static const char *const ends[] = {"th", "st", "nd", "rd"};
    return rank % 100 / 10 == 1 || rank % 10 > 3 ? ends[0] : ends[rank % 10];
}

#define FORMS 4

/* Who has come in: in which place, when, and how long a task took on average. */
static void tell_rank(const struct hb_race_lane *lane, uint32_t rank, char text[FORMS][160]) {
    char cycle[HB_FORMAT_BYTES], mean[HB_FORMAT_BYTES];
    hb_format_count(cycle, lane->now.finish_cycle);
    hb_format_count(mean, lane->now.mean_cycles);
    snprintf(text[0], 160, "%u%s, cycle %s; mean %s", rank, ordinal(rank), cycle, mean);
    snprintf(text[1], 160, "%u%s, cycle %s", rank, ordinal(rank), cycle);
    snprintf(text[2], 160, "%u%s, %s", rank, ordinal(rank), cycle);
    snprintf(text[3], 160, "%u%s", rank, ordinal(rank));
    if (lane->now.mean_cycles == 0)
        memcpy(text[0], text[1], 160);
}

/* It has not been worked out as far as the race stands: what it has done by then is not known yet. */
static bool is_behind(const struct hb_race_lane *lane, uint64_t clock) {
    return lane->now.end == HB_RACE_GOES_ON && lane->now.cycle < clock;
}

static void tell_behind(const struct hb_race_lane *lane, const char *unit, char text[FORMS][160]) {
    char done[HB_FORMAT_BYTES], total[HB_FORMAT_BYTES], cycle[HB_FORMAT_BYTES], of[64] = "";
    hb_format_count(done, lane->now.done);
    if (lane->total > 0)
        snprintf(of, sizeof of, " of %s", hb_format_count(total, lane->total));
    snprintf(text[0], 160, "%s%s %s by cycle %s", done, of, unit, hb_format_count(cycle, lane->now.cycle));
    snprintf(text[1], 160, "%s%s so far", done, of);
    snprintf(text[2], 160, "%s so far", done);
    snprintf(text[3], 160, "%s", done);
}

/* How far it has come, the longest form first. */
static void tell(const struct hb_race *race, uint32_t i, uint64_t clock, char text[FORMS][160]) {
    const struct hb_race_lane *lane = &race->lane[i];
    const char *unit = units[lane->unit];
    char done[HB_FORMAT_BYTES], total[HB_FORMAT_BYTES];
    uint32_t rank = hb_race_rank(race, i, clock);
    bool fell = lane->now.end > HB_RACE_FINISHED && clock >= lane->now.cycle;
    if (rank > 0) {
        tell_rank(lane, rank, text);
        return;
    }
    if (is_behind(lane, clock)) {
        tell_behind(lane, unit, text);
        return;
    }
    hb_format_count(done, hb_race_at(lane, clock).done);
    hb_format_count(total, lane->total);
    snprintf(text[3], 160, "%s", fell ? endings[lane->now.end] : done);
    snprintf(text[0], 160, "%s%s%s%s%s %s", fell ? endings[lane->now.end] : "", fell ? ", " : "", done,
             lane->total > 0 ? " of " : "", lane->total > 0 ? total : "", unit);
    snprintf(text[1], 160, "%.40s%s%.40s", done, lane->total > 0 ? " of " : "", lane->total > 0 ? total : unit);
    memcpy(text[2], fell ? text[3] : text[1], 160);
}

static void draw_track(const struct hb_pen *pen, struct hb_rect track, uint32_t i, uint64_t clock) {
    const struct hb_theme *theme = pen->list->theme;
    const struct hb_race_lane *lane = &pen->ui->race->lane[i];
    double share = hb_race_share(lane, clock);
    int to = (int)lround(track.w * fmax(0, fmin(1, share)));
    hb_draw_rect(pen->list, track, theme->idle);
    hb_draw_rect(pen->list, (struct hb_rect){track.x, track.y, to, track.h}, theme->hue[i % HB_THEME_HUES]);
    hb_draw_rect(pen->list, (struct hb_rect){track.x + hb_max(0, to - 3), track.y, hb_min(3, to), track.h},
                 theme->text);
    if (is_behind(lane, clock))
        hb_draw_hatch(pen->list, (struct hb_rect){track.x + to, track.y, track.w - to, track.h}, theme->muted);
}

static void draw_lane(const struct hb_pen *pen, struct hb_rect row, uint32_t i, uint64_t clock,
                      const struct columns *c) {
    const struct hb_theme *theme = pen->list->theme;
    char text[FORMS][160], tip[400];
    const char *const forms[FORMS] = {text[0], text[1], text[2], text[3]};
    const struct hb_race_lane *lane = &pen->ui->race->lane[i];
    bool shown = pen->ui->variants > 1 && lane->variant == pen->ui->variant;
    tell(pen->ui->race, i, clock, text);
    snprintf(tip, sizeof tip, "%s, %u CPU%s: %s%s. A click puts this run on the screen.", lane->name, lane->harts,
             lane->harts == 1 ? "" : "s", text[0],
             strstr(text[0], "mean") != NULL ? " cycles from a task's arrival to its end" : "");
    hb_draw_zone(pen->list, row, hb_command_of(HB_COMMAND_VARIANT, lane->variant), true, tip);
    int side = hb_min(row.h - 2, hb_em(pen->ui, 1.25));
    draw_badge(pen, hb_rect_centre(hb_cut_left(&row, c->badge), side, side), i);
    hb_draw_text(pen->list, hb_cut_left(&row, c->name), shown ? HB_FONT_SMALL_BOLD : HB_FONT_SMALL, HB_ALIGN_LEFT,
                 theme->text, lane->name);
    struct hb_rect figure = hb_cut_right(&row, c->figure);
    hb_cut_left(&figure, hb_em(pen->ui, 0.5));
    hb_draw_first_fit(pen->list, figure,
                      hb_race_rank(pen->ui->race, i, clock) == 1 ? HB_FONT_SMALL_BOLD : HB_FONT_SMALL, HB_ALIGN_LEFT,
                      theme->text, forms, FORMS);
    draw_track(pen, hb_rect_inset(row, 0, hb_max(2, row.h / 8)), i, clock);
}

static struct columns measure(const struct hb_pen *pen, int width) {
    const struct hb_race *race = pen->ui->race;
    struct columns c = {.badge = hb_em(pen->ui, 1.7), .name = 0, .figure = 0};
    for (uint32_t i = 0; i < race->lanes; i++)
        c.name = hb_max(c.name, hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL_BOLD, race->lane[i].name));
    c.name += hb_em(pen->ui, 0.6);
    c.figure = hb_clamp(width - c.badge - c.name - hb_em(pen->ui, 14), hb_em(pen->ui, 5), hb_em(pen->ui, 18));
    return c;
}

/* ---- What was done at every cycle ------------------------------------------------------------------------------ */

struct plot {
    const struct hb_pen *pen;
    struct hb_rect rect;
    uint64_t clock, end; /* of the race as it stands, and of the axis */
};

static int cycle_x(const struct plot *plot, uint64_t cycle) {
    return plot->rect.x + (int)((double)plot->rect.w * (double)cycle / (double)plot->end);
}

static int share_y(const struct plot *plot, double share) {
    return plot->rect.y + plot->rect.h - (int)lround(plot->rect.h * fmax(0, fmin(1, share)));
}

/* Steps up to where the race stands. Lanes lie a pixel apart, so that equal ones are all seen. */
static void draw_curve(const struct plot *plot, uint32_t i) {
    const struct hb_race_lane *lane = &plot->pen->ui->race->lane[i];
    const struct hb_theme *theme = plot->pen->list->theme;
    hb_colour colour = theme->hue[i % HB_THEME_HUES];
    uint64_t until = plot->clock < lane->now.cycle || lane->now.end != HB_RACE_GOES_ON ? plot->clock : lane->now.cycle;
    int right = cycle_x(plot, until), from = plot->rect.x, y = share_y(plot, 0), step = hb_max(1, plot->rect.w / 400);
    for (int x = plot->rect.x; x < right; x += step) {
        double share =
            hb_race_share(lane, (uint64_t)((double)(x + step - plot->rect.x) / plot->rect.w * (double)plot->end));
        int now = share_y(plot, share < 0 ? 0 : share);
        if (now == y)
            continue;
        hb_draw_rect(plot->pen->list, (struct hb_rect){from, y - 1, x - from + 2, 2}, colour);
        hb_draw_rect(plot->pen->list, (struct hb_rect){x, now - 1, 2, y - now + 2}, colour);
        from = x;
        y = now;
    }
    hb_draw_rect(plot->pen->list, (struct hb_rect){from, y - 1, right - from, 2}, colour);
}

/* A letter where a lane has come in, on the upper edge; letters that would lie on others are left out. */
static void draw_finishes(const struct plot *plot) {
    const struct hb_pen *pen = plot->pen;
    int side = hb_em(pen->ui, 1.1), taken[HB_RACE_LANES], n = 0;
    for (uint32_t i = 0; i < pen->ui->race->lanes; i++) {
        int x = cycle_x(plot, pen->ui->race->lane[i].now.finish_cycle) - side / 2;
        bool free = hb_race_rank(pen->ui->race, i, plot->clock) > 0;
        for (int j = 0; j < n; j++)
            free = free && (x - taken[j] >= side || taken[j] - x >= side);
        if (!free)
            continue;
        taken[n++] = x;
        draw_badge(pen,
                   (struct hb_rect){hb_min(x, plot->rect.x + plot->rect.w - side), plot->rect.y - side, side, side}, i);
    }
}

static void draw_cycles(const struct plot *plot, struct hb_rect axis) {
    const struct hb_theme *theme = plot->pen->list->theme;
    int width = hb_em(plot->pen->ui, 6);
    uint64_t step = (uint64_t)hb_round_125(fmax(1, (double)plot->end / hb_max(2, axis.w / width) * 2));
    for (uint64_t cycle = step; cycle <= plot->end; cycle += step) {
        char label[HB_FORMAT_BYTES];
        int x = cycle_x(plot, cycle);
        struct hb_rect place = {x - width / 2, axis.y, width, axis.h};
        hb_draw_rect(plot->pen->list, (struct hb_rect){x, plot->rect.y, 1, plot->rect.h}, theme->grid);
        if (place.x + width <= axis.x + axis.w)
            hb_draw_text(plot->pen->list, place, HB_FONT_SMALL, HB_ALIGN_CENTRE, theme->muted,
                         hb_format_axis(label, cycle, step));
    }
}

static void draw_shares(const struct plot *plot, struct hb_rect left) {
    const struct hb_theme *theme = plot->pen->list->theme;
    int line = plot->pen->ui->metrics->line[HB_FONT_SMALL], every = plot->rect.h >= 5 * line ? 25 : 50;
    for (int part = 0; part <= 100; part += every) {
        int y = share_y(plot, part / 100.0);
        hb_draw_rect(plot->pen->list, (struct hb_rect){plot->rect.x, y, plot->rect.w, 1}, theme->grid);
        hb_draw_textf(plot->pen->list, (struct hb_rect){left.x, y - line / 2, left.w - hb_em(plot->pen->ui, 0.4), line},
                      HB_FONT_SMALL, HB_ALIGN_RIGHT, theme->muted, "%d %%", part);
    }
}

static void draw_plot(const struct hb_pen *pen, struct hb_rect area, uint64_t clock) {
    const struct hb_theme *theme = pen->list->theme;
    hb_cut_top(&area, hb_em(pen->ui, 1.3));
    struct hb_rect axis = hb_cut_bottom(&area, hb_em(pen->ui, 1.3));
    struct hb_rect left = hb_cut_left(&area, hb_em(pen->ui, 3.4));
    hb_cut_right(&area, hb_em(pen->ui, 1));
    uint64_t end = hb_race_end_cycle(pen->ui->race);
    struct plot plot = {pen, area, clock, end > clock ? end : clock > 0 ? clock : 1};
    if (area.h < hb_em(pen->ui, 3) || hb_race_is_asked(pen->ui)) /* the axis would tell when the last one comes in */
        return;
    draw_shares(&plot, left);
    draw_cycles(&plot, (struct hb_rect){area.x, axis.y, area.w + hb_em(pen->ui, 1), axis.h});
    for (uint32_t i = 0; i < pen->ui->race->lanes; i++)
        draw_curve(&plot, i);
    hb_draw_rect(pen->list, (struct hb_rect){cycle_x(&plot, clock), area.y, 2, area.h}, theme->text);
    draw_finishes(&plot);
    struct hb_zone *zone = hb_draw_zone(pen->list, area, hb_command_of(HB_COMMAND_NONE, 0), true,
                                        "What part of its work each variant has done. A click goes to that cycle.");
    zone->from_cycle = 0;
    zone->cycles = plot.end;
}

/* ---- All of it ------------------------------------------------------------------------------------------------- */

/* Who of them has come in, and of many which are shown. */
static void draw_head(const struct hb_pen *pen, struct hb_rect head, uint64_t clock, int first, int shown) {
    const struct hb_race *race = pen->ui->race;
    char cycle[HB_FORMAT_BYTES], part[64] = "", whole[160], brief[64];
    uint32_t in = 0, behind = 0;
    for (uint32_t i = 0; i < race->lanes; i++) {
        in += hb_race_is_in(&race->lane[i], clock);
        behind += is_behind(&race->lane[i], clock);
    }
    hb_format_count(cycle, clock);
    if (shown < (int)race->lanes)
        snprintf(part, sizeof part, "lanes %d to %d, the arrow keys scroll · ", first + 1, first + shown);
    snprintf(whole, sizeof whole, "%s%u of %u have everything done by cycle %s", part, in, race->lanes, cycle);
    snprintf(brief, sizeof brief, "%u of %u are in", in, race->lanes);
    if (behind > 0) { /* nobody knows yet how many are */
        snprintf(whole, sizeof whole, "%s%u of %u are still worked out up to cycle %s", part, behind, race->lanes,
                 cycle);
        snprintf(brief, sizeof brief, "%u still worked out", behind);
    }
    if (hb_race_is_asked(pen->ui))
        snprintf(whole, sizeof whole, "before the start: what do you expect?");
    const char *const forms[] = {whole, brief};
    hb_draw_first_fit(pen->list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, pen->list->theme->muted, forms, 2);
}

static void draw_race(const struct hb_pen *pen, struct hb_rect head, struct hb_rect body) {
    const struct hb_race *race = pen->ui->race;
    int count = (int)race->lanes, least = hb_em(pen->ui, 1.4);
    int height = hb_clamp(body.h * 11 / 20 / count, least, hb_em(pen->ui, 2.6));
    uint64_t clock = hb_race_clock(pen->view, pen->ui);
    if (body.h < count * height + hb_em(pen->ui, 7)) /* no room for what was done at every cycle */
        height = hb_clamp(body.h / count, least, hb_em(pen->ui, 2.6));
    int shown = hb_min(count, body.h / height), first = hb_min((int)pen->ui->list_scroll, count - shown);
    struct columns columns = measure(pen, body.w);
    struct hb_rect lanes = hb_cut_top(&body, shown * height);
    draw_head(pen, head, clock, first, shown);
    for (int i = first; i < first + shown; i++)
        draw_lane(pen, hb_cut_top(&lanes, height), (uint32_t)i, clock, &columns);
    draw_plot(pen, body, clock);
}

void hb_scene_race(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                   const struct hb_ui_state *ui) {
    const struct hb_pen pen = {list, ui, view};
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_RACE, "Race");
    struct hb_rect body = frame.body;
    if (ui->race == NULL || ui->race->lanes < 2) {
        hb_pen_say(&pen, &body, HB_FONT_BOLD, list->theme->text, "This experiment has no variants to race.");
        hb_pen_say(&pen, &body, HB_FONT_BODY, list->theme->muted, "Try speedup, protocols or claims/convoy.");
        return;
    }
    draw_race(&pen, frame.head, body);
}
