#include "ui/dashboard/panels/layout.h"

#include <string.h>

bool hb_layout_narrow(int width, const struct hb_ui_state *ui) {
    return width < hb_em(ui, 84);
}

static void layout_main(struct hb_rect rest, const struct hb_ui_state *ui, uint32_t harts, struct hb_layout *layout) {
    int gap = hb_em(ui, 0.5);
    double upper_share = harts > 16 ? 0.5 : hb_layout_narrow(rest.w, ui) ? 0.6 : 0.56;
    struct hb_rect upper = hb_cut_top(&rest, (int)((rest.h - gap) * upper_share));
    hb_cut_top(&rest, gap);
    int cpus = hb_clamp((int)(upper.w * 0.44), hb_min(hb_em(ui, 30), upper.w / 2), hb_em(ui, 46));
    layout->panel[HB_PANEL_CPUS] = hb_cut_left(&upper, cpus);
    hb_cut_left(&upper, gap);
    layout->panel[HB_PANEL_THROUGHPUT] = upper;
    int events = hb_clamp((int)(rest.w * 0.31), hb_min(hb_em(ui, 22), rest.w / 3), hb_em(ui, 34));
    layout->panel[HB_PANEL_EVENTS] = hb_cut_right(&rest, events);
    hb_cut_right(&rest, gap);
    layout->panel[HB_PANEL_TIMELINE] = rest;
}

void hb_layout(struct hb_rect window, const struct hb_ui_state *ui, uint32_t harts, struct hb_layout *layout) {
    int gap = hb_em(ui, 0.5);
    memset(layout, 0, sizeof *layout);
    layout->top = hb_cut_top(&window, hb_em(ui, 3.3));
    layout->status = hb_cut_bottom(&window, hb_em(ui, 1.7));
    window = hb_rect_inset(window, gap, 0);
    hb_cut_top(&window, gap);
    layout->story = hb_cut_top(&window, hb_em(ui, hb_layout_narrow(window.w, ui) ? 6.2 : 4));
    hb_cut_top(&window, gap);
    hb_cut_bottom(&window, gap / 2);
    if (ui->maximised != HB_PANEL_NONE)
        layout->panel[ui->maximised] = window;
    else
        layout_main(window, ui, harts, layout);
}

struct hb_rect hb_layout_lanes(struct hb_rect panel, const struct hb_ui_state *ui) {
    struct hb_rect body = hb_rect_inset(panel, hb_em(ui, 0.75), hb_em(ui, 0.55));
    hb_cut_top(&body, hb_em(ui, 2));
    hb_cut_bottom(&body, hb_em(ui, 1.3));
    hb_cut_left(&body, hb_em(ui, 3.4));
    return body;
}
