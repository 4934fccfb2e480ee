/* The strip above the status line: the whole run from its reset to its end, as far as that is known. A click or a drag
 * goes there. */
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

static const struct {
    enum hb_shape shape;
    enum hb_tone tone;
    const char *word;
} looks[] = {
    [HB_SPOT_FAULT] = {HB_SHAPE_CROSS, HB_TONE_BAD, "a fault"},
    [HB_SPOT_COMING] = {HB_SHAPE_BOLT, HB_TONE_WARN, "the experiment's own fault"},
    [HB_SPOT_BOOKMARK] = {HB_SHAPE_DIAMOND, HB_TONE_INFO, "a bookmark"},
    [HB_SPOT_MARKER_A] = {HB_SHAPE_UP, HB_TONE_BUSY, "marker A"},
    [HB_SPOT_MARKER_B] = {HB_SHAPE_DOWN, HB_TONE_BUSY, "marker B"},
    [HB_SPOT_PAGE] = {HB_SHAPE_SQUARE, HB_TONE_NEUTRAL, "a page of the lesson"},
};

static int x_of(struct hb_rect rail, const struct hb_view_time *time, uint64_t cycle) {
    double share = time->end_cycle == 0 ? 0 : (double)cycle / (double)time->end_cycle;
    return rail.x + (int)(rail.w * (share > 1 ? 1 : share));
}

static void draw_place(struct hb_draw_list *list, struct hb_rect rail, const struct hb_view_time *time,
                       const struct hb_view_place *place) {
    int side = place->kind == HB_SPOT_PAGE ? rail.h / 2 : rail.h;
    struct hb_rect around = {x_of(rail, time, place->cycle) - rail.h / 2, rail.y, rail.h, rail.h};
    hb_draw_shape(list, hb_rect_centre(around, side, side), looks[place->kind].shape,
                  list->theme->tone[looks[place->kind].tone]);
}

void hb_panel_time(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                   const struct hb_ui_state *ui) {
    const struct hb_theme *theme = list->theme;
    const struct hb_view_time *time = &view->time;
    struct hb_rect rail = hb_rect_inset(rect, hb_em(ui, 0.9), hb_em(ui, 0.08));
    struct hb_rect line = hb_rect_centre(rail, rail.w, hb_max(2, rail.h / 3)), seen = line;
    seen.w = x_of(rail, time, time->furthest_cycle) - rail.x;
    hb_draw_rect(list, line, theme->border);
    hb_draw_rect(list, seen, hb_theme_mix(theme->chart, theme->panel, 0.55));
    for (uint32_t i = time->places; i-- > 0;)
        draw_place(list, rail, time, &time->place[i]);
    int width = hb_max(3, hb_em(ui, 0.22));
    hb_draw_rect(list, (struct hb_rect){x_of(rail, time, view->cycle) - width / 2, rail.y, width, rail.h},
                 theme->accent);
    struct hb_zone *zone = hb_draw_zone(list, rail, hb_command_of(HB_COMMAND_GO, 0), true, "");
    zone->probe = HB_PROBE_TIME;
    zone->cycles = time->end_cycle;
}

/* The place that is nearest to x, if it is near; NULL: none is. */
static const struct hb_view_place *place_at(const struct hb_zone *zone, const struct hb_view_time *time, int x) {
    const struct hb_view_place *best = NULL;
    int nearest = zone->rect.h;
    for (uint32_t i = 0; i < time->places; i++) {
        int away = x_of(zone->rect, time, time->place[i].cycle) - x;
        away = away < 0 ? -away : away;
        if (away < nearest) {
            nearest = away;
            best = &time->place[i];
        }
    }
    return best;
}

uint64_t hb_time_cycle(const struct hb_zone *zone, const struct hb_view *view, int x) {
    const struct hb_view_place *place = place_at(zone, &view->time, x);
    return place != NULL ? place->cycle : hb_zone_cycle(zone, x);
}

void hb_time_tip(const struct hb_zone *zone, const struct hb_view *view, int x, char *text, size_t bytes) {
    const struct hb_view_place *place = place_at(zone, &view->time, x);
    char at[HB_FORMAT_BYTES], far[HB_FORMAT_BYTES];
    hb_format_count(at, hb_time_cycle(zone, view, x));
    if (place != NULL)
        snprintf(text, bytes, "Goes to cycle %s: %s.", at, looks[place->kind].word);
    else
        snprintf(text, bytes, "Goes to cycle %s; the run has come to %s (P sets a bookmark, N goes to the next place).",
                 at, hb_format_count(far, view->time.furthest_cycle));
}
