/* Panel 6: how the bus is used, by what, and who waits for it. */
#include <math.h>
#include <stdio.h>

#include "ui/dashboard/format.h"
#include "ui/dashboard/panels.h"
#include "ui/dashboard/widgets.h"

static void draw_now(struct hb_draw_list *list, struct hb_rect *body, const struct hb_view *view,
                     const struct hb_ui_state *ui) {
    const struct hb_view_bus *bus = &view->bus;
    char share[HB_FORMAT_BYTES];
    struct hb_rect row = hb_cut_top(body, hb_em(ui, 2));
    struct hb_rect figure = hb_cut_left(&row, hb_em(ui, 4.5));
    hb_draw_text(list, figure, HB_FONT_TITLE, HB_ALIGN_LEFT, list->theme->text,
                 hb_format_percent(share, (double)bus->utilisation));
    hb_level_bar(list, row, ui, (double)bus->utilisation, -1, HB_TONE_INFO);
    row = hb_cut_top(body, hb_em(ui, 1.6));
    if (bus->active) {
        hb_draw_textf(list, row, HB_FONT_BODY, HB_ALIGN_LEFT, list->theme->text,
                      "Now: CPU %u, %s of line %08llx, %u more cycle%s; %u request%s wait.", bus->hart,
                      view->machine.type[bus->type], (unsigned long long)bus->address, bus->left_cycles,
                      bus->left_cycles == 1 ? "" : "s", bus->posted, bus->posted == 1 ? "" : "s");
    } else {
        hb_draw_text(list, row, HB_FONT_BODY, HB_ALIGN_LEFT, list->theme->muted, "Now: nobody uses the bus.");
    }
    hb_cut_top(body, hb_em(ui, 0.8));
}

static void draw_row(struct hb_draw_list *list, struct hb_rect row, const struct hb_ui_state *ui, const char *name,
                     double share, const char *figure) {
    hb_draw_text(list, hb_cut_left(&row, hb_em(ui, 9)), HB_FONT_SMALL, HB_ALIGN_LEFT, list->theme->text, name);
    struct hb_rect right = hb_cut_right(&row, hb_em(ui, 7));
    hb_draw_text(list, right, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, figure);
    hb_cut_right(&row, hb_em(ui, 0.5));
    hb_level_bar(list, row, ui, share, -1, HB_TONE_INFO);
}

static void draw_types(struct hb_draw_list *list, struct hb_rect body, const struct hb_view *view,
                       const struct hb_ui_state *ui) {
    double top = 1e-9;
    for (uint32_t i = 0; i < view->machine.types; i++) {
        top = fmax(top, (double)view->bus.share[i]);
    }
    hb_draw_text(list, hb_cut_top(&body, hb_em(ui, 1.6)), HB_FONT_BOLD, HB_ALIGN_LEFT, list->theme->text,
                 "Transactions by type");
    for (uint32_t i = 0; i < view->machine.types; i++) {
        char count[HB_FORMAT_BYTES];
        hb_format_count(count, view->bus.count[i]);
        draw_row(list, hb_cut_top(&body, hb_em(ui, 1.5)), ui, view->machine.type[i], (double)view->bus.share[i] / top,
                 count);
    }
}

static void draw_waiting(struct hb_draw_list *list, struct hb_rect body, const struct hb_view *view,
                         const struct hb_ui_state *ui) {
    hb_draw_text(list, hb_cut_top(&body, hb_em(ui, 1.6)), HB_FONT_BOLD, HB_ALIGN_LEFT, list->theme->text,
                 "Time spent waiting for the bus");
    int harts = (int)view->machine.harts, height = hb_em(ui, 1.5), rows = hb_max(1, body.h / height);
    int columns = (harts + rows - 1) / rows, width = body.w / columns;
    for (int i = 0; i < harts; i++) {
        char name[16], share[HB_FORMAT_BYTES];
        struct hb_rect row = {body.x + i / rows * width, body.y + i % rows * height, width - hb_em(ui, 0.8), height};
        snprintf(name, sizeof name, "CPU %d", i);
        hb_format_percent(share, (double)view->bus.waiting[i]);
        if (columns == 1) {
            draw_row(list, row, ui, name, (double)view->bus.waiting[i], share);
        } else {
            hb_draw_textf(list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, list->theme->text, "%s: %s", name, share);
        }
    }
}

void hb_panel_bus(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                  const struct hb_ui_state *ui) {
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_PANEL_BUS, "Bus");
    struct hb_rect body = frame.body;
    hb_draw_text(list, frame.head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted,
                 "share of time in which it is held");
    draw_now(list, &body, view, ui);
    struct hb_rect left = hb_cut_left(&body, body.w / 2 - hb_em(ui, 1));
    hb_cut_left(&body, hb_em(ui, 2));
    draw_types(list, left, view, ui);
    draw_waiting(list, body, view, ui);
}
