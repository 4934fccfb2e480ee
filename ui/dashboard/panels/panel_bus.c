/* Panel 6: how much the bus is used, by what, and who waits for it. */
#include <math.h>
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

static void draw_now(struct hb_draw_list *list, struct hb_rect *body, const struct hb_view *view,
                     const struct hb_ui_state *ui) {
    const struct hb_view_bus *bus = &view->bus;
    char share[HB_FORMAT_BYTES];
    struct hb_rect row = hb_cut_top(body, hb_em(ui, 2));
    struct hb_rect figure = hb_cut_left(&row, hb_em(ui, 4.5));
    hb_draw_text(list, figure, HB_FONT_TITLE, HB_ALIGN_LEFT, list->theme->text,
                 hb_format_percent(share, (double)bus->utilisation));
    hb_level_bar(list, row, ui, (double)bus->utilisation, -1, HB_TONE_INFO);
    row = hb_cut_top(body, hb_em(ui, body->w < hb_em(ui, 44) ? 2.8 : 1.6)); /* one line or two */
    if (bus->active) {
        char left[48] = "the other caches are being asked";
        if (bus->left_cycles > 0)
            snprintf(left, sizeof left, "%u more cycle%s", bus->left_cycles, bus->left_cycles == 1 ? "" : "s");
        char text[160];
        snprintf(text, sizeof text, "Now: CPU %u, %s of line %08llx, %s; %u request%s wait%s.", bus->hart,
                 view->machine.type[bus->type], (unsigned long long)bus->address, left, bus->posted,
                 bus->posted == 1 ? "" : "s", bus->posted == 1 ? "s" : "");
        if (hb_paragraph(list, row, HB_FONT_BODY, list->theme->text, text, false) > row.h)
            snprintf(text, sizeof text, "Now: CPU %u, %s; %u wait%s.", bus->hart, view->machine.type[bus->type],
                     bus->posted, bus->posted == 1 ? "s" : "");
        hb_paragraph(list, row, HB_FONT_BODY, list->theme->text, text, true);
    } else {
        hb_draw_text(list, row, HB_FONT_BODY, HB_ALIGN_LEFT, list->theme->muted, "Now: the bus is idle.");
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

/* Kinds of transactions seen so far. */
static int types_in_use(const struct hb_view *view) {
    int used = 0;
    for (uint32_t i = 0; i < view->machine.types; i++)
        used += view->bus.count[i] > 0;
    return used;
}

static void draw_types(struct hb_draw_list *list, struct hb_rect body, const struct hb_view *view,
                       const struct hb_ui_state *ui) {
    double top = 1;
    for (uint32_t i = 0; i < view->machine.types; i++)
        top = fmax(top, (double)view->bus.count[i]);
    static const char *const titles[] = {"Transactions so far, by kind", "Transactions so far", "Transactions"};
    hb_draw_first_fit(list, hb_cut_top(&body, hb_em(ui, 1.6)), HB_FONT_BOLD, HB_ALIGN_LEFT, list->theme->text, titles,
                      3);
    for (uint32_t i = 0; i < view->machine.types; i++) {
        char count[HB_FORMAT_BYTES];
        if (view->bus.count[i] == 0)
            continue;
        hb_format_count(count, view->bus.count[i]);
        draw_row(list, hb_cut_top(&body, hb_em(ui, 1.5)), ui, view->machine.type[i], (double)view->bus.count[i] / top,
                 count);
    }
}

static void draw_short(struct hb_draw_list *list, struct hb_rect row, int hart, const char *name, const char *share) {
    char whole[HB_FORMAT_BYTES + 24], shorter[HB_FORMAT_BYTES + 24];
    snprintf(whole, sizeof whole, "%s: %s", name, share);
    snprintf(shorter, sizeof shorter, "%d: %s", hart, share);
    const char *const forms[] = {whole, shorter, share};
    hb_draw_first_fit(list, row, HB_FONT_SMALL, HB_ALIGN_LEFT, list->theme->text, forms, 3);
}

static void draw_waiting(struct hb_draw_list *list, struct hb_rect body, const struct hb_view *view,
                         const struct hb_ui_state *ui) {
    static const char *const titles[] = {"Time spent waiting for the bus", "Waiting for it"};
    hb_draw_first_fit(list, hb_cut_top(&body, hb_em(ui, 1.6)), HB_FONT_BOLD, HB_ALIGN_LEFT, list->theme->text, titles,
                      2);
    int harts = (int)view->machine.harts,
        height = hb_em(ui, body.h < hb_em(ui, 1.5) * (int)view->machine.harts ? 1.1 : 1.5);
    if (body.h < height)
        return;
    int rows = hb_max(1, body.h / height);
    int columns = (harts + rows - 1) / rows, width = body.w / columns;
    for (int i = 0; i < harts; i++) {
        char name[16], share[HB_FORMAT_BYTES];
        struct hb_rect row = {body.x + i / rows * width, body.y + i % rows * height, width - hb_em(ui, 0.8), height};
        snprintf(name, sizeof name, "CPU %d", i);
        hb_format_percent(share, (double)view->bus.waiting[i]);
        if (columns == 1)
            draw_row(list, row, ui, name, (double)view->bus.waiting[i], share);
        else
            draw_short(list, row, i, name, share);
    }
}

struct plot {
    struct hb_rect rect;
    int group; /* columns averaged in one step of the curve */
};

static void draw_scale(struct hb_draw_list *list, struct hb_rect gutter, struct hb_rect rect) {
    int line = list->metrics->line[HB_FONT_SMALL];
    for (int percent = 0; percent <= 100; percent += 50) {
        int y = rect.y + rect.h - rect.h * percent / 100;
        hb_draw_rect(list, (struct hb_rect){rect.x, y, rect.w, 1}, list->theme->grid);
        hb_draw_textf(list, (struct hb_rect){gutter.x, y - line / 2, gutter.w, line}, HB_FONT_SMALL, HB_ALIGN_RIGHT,
                      list->theme->muted, "%d %%", percent);
    }
}

static void draw_past(struct hb_draw_list *list, const struct plot *plot, const struct hb_view_timeline *timeline) {
    struct hb_rect rect = plot->rect;
    uint32_t columns = timeline->columns;
    for (uint32_t i = 0; i < columns; i += (uint32_t)plot->group) {
        uint32_t end = i + (uint32_t)plot->group < columns ? i + (uint32_t)plot->group : columns;
        int held = 0, x = rect.x + (int)((int64_t)rect.w * i / columns);
        int w = rect.x + (int)((int64_t)rect.w * end / columns) - x;
        for (uint32_t j = i; j < end; j++)
            held += timeline->bus[j];
        int h = rect.h * held / hb_max(1, (int)(end - i)) / 255;
        hb_draw_rect(list, (struct hb_rect){x, rect.y + rect.h - h, w, h},
                     hb_theme_mix(list->theme->chart, list->theme->panel, 0.35));
    }
}

static void draw_history(struct hb_draw_list *list, struct hb_rect body, const struct hb_view *view,
                         const struct hb_ui_state *ui) {
    const struct hb_view_timeline *timeline = &view->timeline;
    char from[HB_FORMAT_BYTES], to[HB_FORMAT_BYTES];
    hb_draw_text(list, hb_cut_top(&body, hb_em(ui, 1.8)), HB_FONT_BOLD, HB_ALIGN_LEFT, list->theme->text,
                 "How much of its time the bus was held");
    hb_cut_top(&body, hb_em(ui, 0.4));
    struct hb_rect axis = hb_cut_bottom(&body, hb_em(ui, 1.3));
    struct hb_rect gutter = hb_cut_left(&body, hb_em(ui, 3));
    hb_cut_left(&body, hb_em(ui, 0.4));
    struct plot plot = {body, timeline->column_cycles < 16 ? 1 : 4};
    if (hb_rect_empty(body) || timeline->columns == 0)
        return;
    draw_scale(list, gutter, body);
    draw_past(list, &plot, timeline);
    hb_format_count(from, timeline->from_cycle);
    hb_format_count(to, timeline->from_cycle + timeline->column_cycles * timeline->columns);
    axis.x = body.x;
    axis.w = body.w;
    hb_draw_textf(list, axis, HB_FONT_SMALL, HB_ALIGN_LEFT, list->theme->muted, "cycle %s", from);
    hb_draw_text(list, axis, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, to);
}

static void draw_whole(struct hb_draw_list *list, struct hb_rect head, const struct hb_view *view) {
    char share[HB_FORMAT_BYTES], whole[128], brief[96];
    hb_format_percent(share, (double)view->bus.whole);
    snprintf(whole, sizeof whole, "so much of recent time it is held; of the whole run so far %s", share);
    snprintf(brief, sizeof brief, "of the whole run %s", share);
    const char *const forms[] = {whole, brief};
    hb_draw_first_fit(list, head, HB_FONT_SMALL, HB_ALIGN_RIGHT, list->theme->muted, forms, 2);
}

void hb_panel_bus(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                  const struct hb_ui_state *ui) {
    struct hb_frame frame = hb_panel_frame(list, rect, ui, HB_SCENE_BUS, "Bus");
    struct hb_rect body = frame.body;
    draw_whole(list, frame.head, view);
    draw_now(list, &body, view, ui);
    int rows = hb_max(types_in_use(view), hb_min((int)view->machine.harts, 12));
    struct hb_rect lower = hb_cut_bottom(&body, body.h - hb_em(ui, 1.6 + 1.5 * rows + 0.8));
    if (lower.h > hb_em(ui, 7))
        draw_history(list, lower, view, ui);
    struct hb_rect left = hb_cut_left(&body, body.w / 2 - hb_em(ui, 1));
    hb_cut_left(&body, hb_em(ui, 2));
    draw_types(list, left, view, ui);
    draw_waiting(list, body, view, ui);
}
