#include "ui/dashboard/panels/layout.h"

#include <string.h>

bool hb_layout_narrow(int width, const struct hb_ui_state *ui) {
    return width < hb_em(ui, 84);
}

bool hb_layout_compact(int width, int height, const struct hb_ui_state *ui, uint32_t harts) {
    return width < hb_em(ui, 54) || height < hb_em(ui, harts > 4 ? 36 : 31);
}

bool hb_layout_two_rows(int width, const struct hb_ui_state *ui) {
    return width < hb_em(ui, 44);
}

int hb_layout_head(struct hb_rect panel, const struct hb_ui_state *ui) {
    return panel.h < hb_em(ui, 15) && ui->compact ? 0 : hb_em(ui, 1.6);
}

/* Height that the timeline needs for each lane to have its name. */
static int lanes_height(const struct hb_ui_state *ui, uint32_t harts) {
    uint32_t named = harts > 8 ? 8 : harts;
    return (int)(named + 1) * (ui->metrics->line[HB_FONT_SMALL] + 2) + hb_em(ui, 5);
}

static void layout_main(struct hb_rect rest, const struct hb_ui_state *ui, uint32_t harts, struct hb_layout *layout) {
    int gap = hb_em(ui, 0.5);
    double upper_share = harts > 16 ? 0.5 : hb_layout_narrow(rest.w, ui) ? 0.6 : 0.56;
    int upper_h = hb_min((int)((rest.h - gap) * upper_share), rest.h - gap - lanes_height(ui, harts));
    struct hb_rect upper = hb_cut_top(&rest, hb_max(upper_h, rest.h / 3));
    hb_cut_top(&rest, gap);
    int cpus = hb_clamp((int)(upper.w * 0.44), hb_min(hb_em(ui, 30), upper.w / 2), hb_em(ui, 46));
    layout->panel[HB_SCENE_CPUS] = hb_cut_left(&upper, cpus);
    hb_cut_left(&upper, gap);
    layout->panel[HB_SCENE_THROUGHPUT] = upper;
    int events = hb_clamp((int)(rest.w * 0.31), hb_min(hb_em(ui, 22), rest.w / 3), hb_em(ui, 34));
    layout->panel[HB_SCENE_EVENTS] = hb_cut_right(&rest, events);
    hb_cut_right(&rest, gap);
    layout->panel[HB_SCENE_LANES] = rest;
}

/* 0: a lesson's page says all that there is to say. */
static double story_ems(int width, const struct hb_ui_state *ui) {
    if (ui->quiet && ui->deck != NULL)
        return 0;
    if (ui->plain && ui->deck != NULL && !ui->compact)
        return 3.2;
    if (ui->compact && ui->deck != NULL)
        return 2.6; /* the lesson tells */
    if (ui->quiet && ui->scene != HB_SCENE_ALL && ui->scene != HB_SCENE_CPUS)
        return 3.2;
    return ui->compact ? 5.2 : hb_layout_narrow(width, ui) ? 6.2 : 4;
}

void hb_layout(struct hb_rect window, const struct hb_ui_state *ui, uint32_t harts, struct hb_layout *layout) {
    int gap = hb_em(ui, ui->compact ? 0.3 : 0.5);
    memset(layout, 0, sizeof *layout);
    layout->top = hb_cut_top(&window, hb_em(ui, hb_layout_two_rows(window.w, ui) ? 5 : 3.3));
    layout->bar = hb_cut_top(&window, hb_em(ui, 1.6));
    layout->status = hb_cut_bottom(&window, hb_em(ui, ui->compact ? 1.3 : 1.7));
    layout->time = hb_cut_bottom(&window, hb_em(ui, 0.9));
    window = hb_rect_inset(window, gap, 0);
    hb_cut_top(&window, gap);
    layout->story = hb_cut_top(&window, hb_em(ui, story_ems(window.w, ui)));
    hb_cut_top(&window, layout->story.h > 0 ? gap : 0);
    hb_cut_bottom(&window, gap / 2);
    if (ui->compact || ui->scene != HB_SCENE_ALL)
        layout->panel[ui->scene == HB_SCENE_ALL ? HB_SCENE_CPUS : ui->scene] = window;
    else
        layout_main(window, ui, harts, layout);
}

struct hb_rect hb_layout_lanes(struct hb_rect panel, const struct hb_ui_state *ui, uint32_t harts) {
    struct hb_rect body = hb_rect_inset(panel, hb_em(ui, 0.75), hb_em(ui, 0.3));
    int head = hb_layout_head(panel, ui);
    hb_cut_top(&body, head > 0 ? head + hb_em(ui, 0.65) : 0);
    hb_cut_bottom(&body, hb_em(ui, 1.3));
    const bool wide = ui->scene == HB_SCENE_LANES && (ui->lanes_by != HB_LANES_CPU || harts > 10);
    const char *longest = wide ? "mutex 000" : ui->scene == HB_SCENE_LANES || harts > 10 ? "CPU 00" : "CPU 0";
    hb_cut_left(&body, hb_metrics_width(ui->metrics, HB_FONT_SMALL, longest) + hb_em(ui, 0.5));
    return body;
}
