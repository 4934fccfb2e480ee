/* Where everything stands in the window. Sizes count in ems of the body text, so that a large text and a small window
 * are the same case: where the four panels of the overview have no room side by side, the CPUs fill it. */
#ifndef HB_DASHBOARD_LAYOUT_H
#define HB_DASHBOARD_LAYOUT_H

#include "ui/dashboard/draw/rect.h"
#include "ui/dashboard/model/view.h"
#include "ui/dashboard/panels/ui_state.h"

struct hb_layout {
    struct hb_rect top, story, bar, time, status;
    struct hb_rect panel[HB_SCENES]; /* empty: not shown; of HB_SCENE_ALL: never shown, for it consists of others */
};

/* The layout of a window for this text size, number of CPUs and scene. */
void hb_layout(struct hb_rect window, const struct hb_ui_state *ui, uint32_t harts, struct hb_layout *layout);

/* Whether a window of this size has no room for the overview's four panels, for this number of CPUs. */
bool hb_layout_compact(int width, int height, const struct hb_ui_state *ui, uint32_t harts);

/* Whether a top bar of this width has a second row for its buttons. */
bool hb_layout_two_rows(int width, const struct hb_ui_state *ui);

/* Whether a narration of this width puts its stages and buttons below its text. */
bool hb_layout_narrow(int width, const struct hb_ui_state *ui);

/* The lanes' part of the timeline panel, without labels and axis: its width determines how many columns are shown. */
struct hb_rect hb_layout_lanes(struct hb_rect timeline_panel, const struct hb_ui_state *ui, uint32_t harts);

/* The title row of a panel of this height; 0: it has none, for the tabs name it. */
int hb_layout_head(struct hb_rect panel, const struct hb_ui_state *ui);

#endif
