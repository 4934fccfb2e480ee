/* Failure: a ruler from the death of a CPU to the first work of its tasks, what each part of it took, what was lost,
 * and what recovery is allowed to do. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/scenes/pen.h"
#include "ui/dashboard/scenes/scenes.h"

#define PARTS_MAX 12

/* A part of the time without the dead CPU's work, and what it ends with. */
struct part {
    uint64_t end_cycle;
    char ends_with[64], brief[40];
};

struct ruler {
    uint64_t from_cycle;
    int parts;
    struct part part[PARTS_MAX];
};

static void add_part(struct ruler *ruler, uint64_t cycle, const char *ends_with, const char *brief) {
    if (cycle == 0 || ruler->parts == PARTS_MAX)
        return;
    struct part *part = &ruler->part[ruler->parts++];
    part->end_cycle = cycle;
    snprintf(part->ends_with, sizeof part->ends_with, "%s", ends_with);
    snprintf(part->brief, sizeof part->brief, "%s", brief);
}

/* "lock and queue in order": the dead CPU's is meant anyway. */
static const char *without_its(const char *phase) {
    return strncmp(phase, "its ", 4) == 0 ? phase + 4 : phase;
}

/* The moments that have come, in their order. */
static void measure(const struct hb_view *view, struct ruler *ruler) {
    const struct hb_view_story *story = &view->story;
    char text[64];
    *ruler = (struct ruler){.from_cycle = story->cycle[HB_STAGE_KILLED]};
    snprintf(text, sizeof text, "suspected by CPU %u", story->by[HB_STAGE_SUSPECTED]);
    add_part(ruler, story->cycle[HB_STAGE_SUSPECTED], text, "suspected");
    snprintf(text, sizeof text, "fenced off by CPU %u", story->by[HB_STAGE_FENCED]);
    add_part(ruler, story->cycle[HB_STAGE_FENCED], text, "fenced off");
    for (uint32_t i = 0; i < HB_VIEW_PHASES; i++)
        if (view->machine.phase[i][0] != '\0')
            add_part(ruler, story->phase_cycle[i], view->machine.phase[i], without_its(view->machine.phase[i]));
    add_part(ruler, story->cycle[HB_STAGE_RECOVERED], "recovered", "recovered");
    snprintf(text, sizeof text, "CPU %u runs task %d again", story->by[HB_STAGE_WORKING], story->task);
    add_part(ruler, story->cycle[HB_STAGE_WORKING], text, "at work");
}

static uint64_t end_of(const struct hb_view *view, const struct ruler *ruler) {
    return ruler->parts > 0 && view->story.kind == HB_STORY_SETTLED ? ruler->part[ruler->parts - 1].end_cycle
                                                                    : view->cycle;
}

/* ---- The ruler ------------------------------------------------------------------------------------------------- */

static void draw_number(const struct hb_pen *pen, struct hb_rect box, int part) {
    const struct hb_theme *theme = pen->list->theme;
    hb_draw_round(pen->list, box, hb_em(pen->ui, 0.2), theme->hue[part % HB_THEME_HUES]);
    hb_draw_textf(pen->list, box, HB_FONT_SMALL_BOLD, HB_ALIGN_CENTRE, theme->ink[part % HB_THEME_HUES], "%d",
                  part + 1);
}

static void draw_ruler(const struct hb_pen *pen, struct hb_rect bar, const struct ruler *ruler) {
    const struct hb_theme *theme = pen->list->theme;
    uint64_t from = ruler->from_cycle, end = end_of(pen->view, ruler);
    double scale = bar.w / (double)(end > from ? end - from : 1);
    int x = bar.x, number_w = hb_em(pen->ui, 1.2);
    hb_draw_rect(pen->list, bar, theme->idle);
    for (int i = 0; i < ruler->parts; i++) {
        int to = bar.x + (int)((double)(ruler->part[i].end_cycle - from) * scale);
        struct hb_rect place = {x, bar.y, hb_max(2, to - x), bar.h};
        hb_draw_rect(pen->list, place, theme->hue[i % HB_THEME_HUES]);
        hb_draw_rect(pen->list, (struct hb_rect){place.x, bar.y, 1, bar.h}, theme->panel);
        if (place.w >= number_w)
            draw_number(pen, hb_rect_centre(place, number_w, bar.h), i);
        x = hb_max(x + 2, to);
    }
    if (pen->view->story.kind == HB_STORY_ACTING || pen->view->story.kind == HB_STORY_UNNOTICED)
        hb_draw_hatch(pen->list, (struct hb_rect){x, bar.y, bar.x + bar.w - x, bar.h}, theme->muted);
}

/* ---- The parts ------------------------------------------------------------------------------------------------- */

static void draw_part(const struct hb_pen *pen, struct hb_rect row, const struct ruler *ruler, int i) {
    char figure[HB_FORMAT_BYTES];
    uint64_t from = i == 0 ? ruler->from_cycle : ruler->part[i - 1].end_cycle;
    struct hb_rect box = hb_cut_left(&row, hb_em(pen->ui, 1.2));
    draw_number(pen, hb_rect_centre(box, box.w, hb_em(pen->ui, 1.1)), i);
    hb_cut_left(&row, hb_em(pen->ui, 0.5));
    hb_pen_figure(pen, &row, HB_FONT_BODY, hb_format_count(figure, ruler->part[i].end_cycle - from));
    const char *const forms[] = {ruler->part[i].ends_with, ruler->part[i].brief};
    enum hb_font font =
        hb_metrics_width(pen->ui->metrics, HB_FONT_BODY, forms[0]) <= row.w ? HB_FONT_BODY : HB_FONT_SMALL;
    hb_draw_first_fit(pen->list, row, font, HB_ALIGN_LEFT, pen->list->theme->text, forms, 2);
}

/* What is waited for, or how long it was in all; a run may end with it recovered and its work not begun. */
static void draw_sum(const struct hb_pen *pen, struct hb_rect row, const struct ruler *ruler) {
    static const char *const still[] = {"so far, and its work has not gone on", "so far"};
    static const char *const whole[] = {"cycles from its death to the work", "in all"};
    static const char *const mended[] = {"cycles from its death to its recovery", "in all"};
    static const char *const ailing[] = {"cycles from its fault on", "in all"};
    char figure[HB_FORMAT_BYTES];
    const struct hb_view_story *story = &pen->view->story;
    const char *const *forms = story->kind != HB_STORY_SETTLED       ? still
                               : story->ails                         ? ailing
                               : story->cycle[HB_STAGE_WORKING] != 0 ? whole
                                                                     : mended;
    if (row.h == 0)
        return;
    hb_draw_rect(pen->list, (struct hb_rect){row.x, row.y, row.w, 1}, pen->list->theme->border);
    hb_pen_figure(pen, &row, HB_FONT_BOLD, hb_format_count(figure, end_of(pen->view, ruler) - ruler->from_cycle));
    hb_draw_first_fit(pen->list, row, HB_FONT_BODY, HB_ALIGN_LEFT, pen->list->theme->muted, forms, 2);
}

static int row_height(const struct hb_pen *pen, struct hb_rect rest, int rows) {
    return hb_clamp(rest.h / hb_max(1, rows), hb_em(pen->ui, 1.15), hb_em(pen->ui, 2.4));
}

/* The parts from `first` on, as many as there is room for, and the sum after the last. */
static void draw_parts(const struct hb_pen *pen, struct hb_rect rest, const struct ruler *ruler, int first,
                       int height) {
    for (int i = first; i < ruler->parts; i++) {
        struct hb_rect row = hb_take_top(&rest, height);
        if (row.h > 0)
            draw_part(pen, row, ruler, i);
    }
    draw_sum(pen, hb_take_top(&rest, height), ruler);
}

/* ---- What was lost --------------------------------------------------------------------------------------------- */

/* ... and which a recovery that may not rebuild queues has left there. */
static void tell_put_back(uint32_t requeued, uint32_t left, char *text, size_t bytes) {
    const int used = snprintf(text, bytes, "Put back to be run again: %u.", requeued);
    if (left > 0)
        snprintf(text + used, bytes - (size_t)used, " Still in its queue: %u.", left);
}

static void tell_tasks(const struct hb_view *view, char *text, size_t bytes) {
    const struct hb_view_story *story = &view->story;
    const struct hb_view_hart *dead = &view->hart[story->hart];
    int used = 0;
    if (story->restarted >= 0)
        used = snprintf(text, bytes, "Task %d begins again: what it had done is done twice. ", story->restarted);
    const char *where = view->machine.amp ? "to be given out or run" : "in its queue";
    if (story->cycle[HB_STAGE_RECOVERED] != 0)
        tell_put_back(story->requeued, view->switch_on[HB_SWITCH_QUEUES] ? 0 : dead->left_queued, text + used,
                      bytes - (size_t)used);
    else if (dead->left_running >= 0)
        snprintf(text, bytes, "Task %d stays with it, and %u wait%s %s.", dead->left_running, dead->left_queued,
                 hb_singular(dead->left_queued), where);
    else
        snprintf(text, bytes, "It was running no task; %u wait%s %s.", dead->left_queued,
                 hb_singular(dead->left_queued), where);
    if (dead->left_lock[0] != '\0')
        snprintf(text + strlen(text), bytes - strlen(text), " It holds %s.", dead->left_lock);
}

/* Whether what was lost matters is known when the results are compared. */
static void tell_damage(const struct hb_view *view, char *text, size_t bytes) {
    const struct hb_view_loss *loss = &view->loss;
    if (loss->differing == 0)
        snprintf(text, bytes, "It does not matter: memory holds the same bytes.");
    else if (!view->end.known)
        snprintf(text, bytes, "Memory holds older bytes of %u of them; whether that matters, the results will say.",
                 loss->differing);
    else if (view->end.wrong > 0)
        snprintf(text, bytes, "It mattered: %u of %u results %s wrong.", view->end.wrong, view->end.created,
                 view->end.wrong == 1 ? "is" : "are");
    else if (!view->end.passed)
        snprintf(text, bytes, "It may have mattered: %u of %u tasks did not end.",
                 view->end.created - view->end.completed, view->end.created);
    else
        snprintf(text, bytes, "Memory held older bytes of %u of them, yet no result is wrong.", loss->differing);
}

static void list_lines(const struct hb_view_loss *loss, char *text, size_t bytes) {
    int used = 0;
    for (uint32_t i = 0; i < loss->groups && used < (int)bytes; i++) {
        char times[16] = "";
        if (loss->group[i].lines > 1)
            snprintf(times, sizeof times, " x %u", loss->group[i].lines);
        used += snprintf(text + used, bytes - (size_t)used, "%s%s%s", i > 0 ? ", " : "", loss->group[i].symbol, times);
    }
    if (loss->others > 0 && used < (int)bytes)
        used += snprintf(text + used, bytes - (size_t)used, ", others x %u", loss->others);
    if (loss->stores > 0 && used < (int)bytes)
        snprintf(text + used, bytes - (size_t)used, ", and %u store%s on the way", loss->stores,
                 hb_plural(loss->stores));
}

static void draw_lost(const struct hb_pen *pen, struct hb_rect *rest) {
    const struct hb_theme *theme = pen->list->theme;
    const struct hb_view_loss *loss = &pen->view->loss;
    char text[HB_VIEW_GROUPS * 48 + 64];
    bool cache = loss->known && loss->hart == pen->view->story.hart && pen->view->story.cache_lost;
    if (!cache) {
        hb_pen_say(pen, rest, HB_FONT_BOLD, theme->text, "Its cache still answers: no byte is lost.");
    } else {
        snprintf(text, sizeof text, "%u modified line%s lost%s", loss->lines, loss->lines == 1 ? " is" : "s are",
                 loss->groups > 0 ? ":" : ".");
        hb_pen_say(pen, rest, HB_FONT_BOLD, theme->text, text);
        list_lines(loss, text, sizeof text);
        if (loss->groups > 0)
            hb_pen_say(pen, rest, HB_FONT_SMALL, theme->text, text);
        tell_damage(pen->view, text, sizeof text);
        hb_pen_say(pen, rest, HB_FONT_BODY, theme->muted, text);
    }
    tell_tasks(pen->view, text, sizeof text);
    hb_cut_top(rest, hb_em(pen->ui, 0.3));
    hb_pen_say(pen, rest, HB_FONT_BODY, theme->muted, text);
}

/* ---- The switches ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *word, *on, *off;
} switches[HB_SWITCHES] = {
    [HB_SWITCH_DETECT] = {"watch", "Each CPU watches the heartbeat of another.", "Nobody watches heartbeats."},
    [HB_SWITCH_FENCE] = {"fence", "A suspected CPU is fenced off before it is touched.",
                         "A suspected CPU is not fenced."},
    [HB_SWITCH_LOCKS] = {"locks", "What a dead CPU had locked is freed.", "What a dead CPU had locked stays so."},
    [HB_SWITCH_QUEUES] = {"queues", "A dead CPU's run queue is given to others.",
                          "A dead CPU's run queue stays with it."},
    [HB_SWITCH_RESTART] = {"restart", "The task of a dead CPU begins again.", "The task of a dead CPU is given up."},
};

/* A word in a box with a check or a cross: as wide as it needs. */
static int draw_switch(const struct hb_pen *pen, struct hb_rect place, uint32_t i) {
    const struct hb_theme *theme = pen->list->theme;
    const bool on = pen->view->switch_on[i];
    char tip[160];
    int icon = hb_em(pen->ui, 0.7), text_w = hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL, switches[i].word);
    struct hb_rect box = {place.x, place.y, text_w + icon + hb_em(pen->ui, 1.2), place.h};
    const bool hover = hb_rect_has(box, pen->ui->mouse_x, pen->ui->mouse_y);
    hb_card(pen->list, box, hb_em(pen->ui, 0.3), theme->raised, hover ? theme->accent : theme->border);
    snprintf(tip, sizeof tip, "os.recovery: %s Click to switch it %s from here on.",
             on ? switches[i].on : switches[i].off, on ? "off" : "on");
    hb_draw_zone(pen->list, box, hb_command_of(HB_COMMAND_SWITCH, 2 * (int64_t)i + !on),
                 pen->view->status == HB_VIEW_GOING, tip);
    struct hb_rect inner = hb_rect_inset(box, hb_em(pen->ui, 0.4), 0);
    hb_draw_shape(pen->list, hb_cut_left(&inner, icon), on ? HB_SHAPE_CHECK : HB_SHAPE_CROSS,
                  theme->tone[on ? HB_TONE_GOOD : HB_TONE_WARN]);
    hb_cut_left(&inner, hb_em(pen->ui, 0.4));
    hb_draw_text(pen->list, inner, HB_FONT_SMALL, HB_ALIGN_LEFT, on ? theme->text : theme->tone_text[HB_TONE_WARN],
                 switches[i].word);
    return box.w;
}

static int switches_width(const struct hb_pen *pen) {
    int width = 0;
    for (uint32_t i = 0; i < HB_SWITCHES; i++)
        if (pen->view->machine.switches >> i & 1)
            width += hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL, switches[i].word) + hb_em(pen->ui, 2.3);
    return width;
}

/* In as many rows as they need, from the bottom of *rest. */
static void draw_switches(const struct hb_pen *pen, struct hb_rect *rest) {
    int height = hb_em(pen->ui, 1.5), rows = switches_width(pen) / hb_max(1, rest->w) + 1;
    if (pen->view->machine.switches == 0 || rest->h < rows * (height + hb_em(pen->ui, 0.3)))
        return;
    struct hb_rect area = hb_cut_bottom(rest, rows * (height + hb_em(pen->ui, 0.3)));
    struct hb_rect row = hb_cut_top(&area, height);
    int title_w = hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL_BOLD, "os.recovery") + hb_em(pen->ui, 0.6);
    if (rows == 1 && row.w >= switches_width(pen) + title_w) /* the keys that they are */
        hb_draw_text(pen->list, hb_cut_left(&row, title_w), HB_FONT_SMALL_BOLD, HB_ALIGN_LEFT, pen->list->theme->muted,
                     "os.recovery");
    for (uint32_t i = 0; i < HB_SWITCHES; i++) {
        if (!(pen->view->machine.switches >> i & 1))
            continue;
        int width = hb_metrics_width(pen->ui->metrics, HB_FONT_SMALL, switches[i].word) + hb_em(pen->ui, 1.9);
        if (width > row.w) {
            hb_cut_top(&area, hb_em(pen->ui, 0.3));
            row = hb_take_top(&area, height);
        }
        if (row.h > 0 && width <= row.w)
            hb_cut_left(&row, draw_switch(pen, row, i) + hb_em(pen->ui, 0.4));
    }
}

/* ---- All of it ------------------------------------------------------------------------------------------------- */

static void draw_nothing_yet(const struct hb_pen *pen, struct hb_rect body) {
    char text[200];
    draw_switches(pen, &body);
    hb_pen_say(pen, &body, HB_FONT_BOLD, pen->list->theme->text, "No CPU has died yet.");
    snprintf(text, sizeof text, "%s K kills the selected CPU, Shift+K its cache as well.", pen->view->coming);
    hb_pen_say(pen, &body, HB_FONT_BODY, pen->list->theme->muted, text[0] == ' ' ? text + 1 : text);
}

static void draw_head(const struct hb_pen *pen, struct hb_rect head) {
    char cycle[HB_FORMAT_BYTES], whole[96], brief[64];
    hb_format_count(cycle, pen->view->story.cycle[HB_STAGE_KILLED]);
    snprintf(whole, sizeof whole, "CPU %u %s in cycle %s", pen->view->story.hart,
             pen->view->story.ails ? "failed" : "died", cycle);
    snprintf(brief, sizeof brief, "CPU %u", pen->view->story.hart);
    const char *const forms[] = {whole, brief};
    hb_draw_first_fit(pen->list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, pen->list->theme->muted, forms, 2);
}

void hb_scene_failure(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                      const struct hb_ui_state *ui) {
    const struct hb_pen pen = {list, ui, view};
    struct ruler ruler;
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_FAILURE, "Failure");
    struct hb_rect body = frame.body;
    if (view->story.kind == HB_STORY_NONE || view->story.cycle[HB_STAGE_KILLED] == 0) {
        draw_nothing_yet(&pen, body);
        return;
    }
    measure(view, &ruler);
    draw_head(&pen, frame.head);
    draw_ruler(&pen, hb_take_top(&body, hb_em(ui, 1.4)), &ruler);
    hb_cut_top(&body, hb_em(ui, 0.5));
    struct hb_rect left = hb_cut_left(&body, (body.w - hb_em(ui, 1.5)) / 2);
    hb_cut_left(&body, hb_em(ui, 1.5));
    int height = row_height(&pen, left, ruler.parts + 1), shown = left.h / height;
    draw_parts(&pen, left, &ruler, 0, height);
    if (shown <= ruler.parts) { /* the rest of them is more than what was lost */
        draw_parts(&pen, body, &ruler, shown, height);
        return;
    }
    draw_switches(&pen, &body);
    draw_lost(&pen, &body);
}
