/* Panel 4: what happened and why, newest last. */
#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

struct columns {
    int icon, cycle;
};

static struct hb_rect sentence_rect(struct hb_rect row, struct columns columns) {
    hb_cut_left(&row, columns.icon + columns.cycle);
    return row;
}

static int event_height(struct hb_draw_list *list, struct hb_rect body, struct columns columns,
                        const struct hb_view_event *event, int gap) {
    return hb_paragraph(list, sentence_rect(body, columns), HB_FONT_SMALL, list->theme->text, event->sentence, false) +
           gap;
}

static void draw_event(struct hb_draw_list *list, struct hb_rect row, struct columns columns,
                       const struct hb_view_event *event, const struct hb_ui_state *ui) {
    char cycle[HB_FORMAT_BYTES];
    const struct hb_look *look = hb_icon_look((enum hb_view_icon)event->icon);
    int line = list->metrics->line[HB_FONT_SMALL], side = hb_em(ui, 0.75);
    struct hb_rect first = {row.x, row.y, row.w, line};
    hb_draw_shape(list, (struct hb_rect){first.x, first.y + (line - side) / 2, side, side}, look->shape,
                  list->theme->tone[look->tone]);
    hb_cut_left(&first, columns.icon);
    struct hb_rect place = hb_cut_left(&first, columns.cycle);
    hb_cut_right(&place, hb_em(ui, 0.6));
    hb_draw_text(list, place, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, hb_format_count(cycle, event->cycle));
    hb_paragraph(list, sentence_rect(row, columns), HB_FONT_SMALL, list->theme->text, event->sentence, true);
    hb_draw_zone(list, row, hb_command_of(HB_COMMAND_GO, (int64_t)event->cycle + 1), true,
                 "Goes to the cycle after it.");
}

/* The first of the events that fit above and including `last`, and the height that they take. */
static uint32_t first_that_fits(struct hb_draw_list *list, struct hb_rect body, struct columns columns,
                                const struct hb_view *view, uint32_t last, int gap) {
    int height = 0;
    uint32_t first = last + 1;
    while (first > 0) {
        height += event_height(list, body, columns, &view->event[first - 1], gap);
        if (height - gap > body.h)
            break;
        first--;
    }
    return first;
}

void hb_panel_events(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                     const struct hb_ui_state *ui) {
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_EVENTS, "Events");
    struct hb_rect body = frame.body;
    int gap = hb_em(ui, 0.35);
    bool with_cycle = body.w >= hb_em(ui, 21);
    int cycle_w = hb_metrics_width(ui->metrics, HB_FONT_SMALL, "00,000,000") + hb_em(ui, 0.6);
    struct columns columns = {hb_em(ui, 1.2), with_cycle ? cycle_w : 0};
    if (view->events == 0) {
        struct hb_rect line = hb_cut_top(&body, hb_em(ui, 1.5));
        hb_draw_text(list, line, HB_FONT_SMALL, HB_ALIGN_LEFT, list->theme->muted, "Nothing yet.");
        return;
    }
    uint32_t back = ui->list_scroll < view->events ? ui->list_scroll : view->events - 1;
    uint32_t last = view->events - 1 - back;
    uint32_t first = first_that_fits(list, body, columns, view, last, gap);
    hb_draw_text(list, frame.head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted,
                 back > 0 ? "scrolled back (End: newest)" : "newest last");
    for (uint32_t i = first; i <= last; i++) {
        int height = event_height(list, body, columns, &view->event[i], gap);
        draw_event(list, hb_cut_top(&body, height), columns, &view->event[i], ui);
    }
}
