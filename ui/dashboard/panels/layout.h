/* Where everything stands in the window. */
#ifndef HB_DASHBOARD_LAYOUT_H
#define HB_DASHBOARD_LAYOUT_H

#include "ui/dashboard/draw/rect.h"
#include "ui/dashboard/model/view.h"
#include "ui/dashboard/panels/ui_state.h"

struct hb_layout {
    struct hb_rect top, story, status;
    struct hb_rect panel[HB_PANELS]; /* empty: not shown */
};

/* The layout of a window for this text size, number of CPUs and maximised panel. */
void hb_layout(struct hb_rect window, const struct hb_ui_state *ui, uint32_t harts, struct hb_layout *layout);

/* Whether a narration of this width puts its stages and buttons below its text. */
bool hb_layout_narrow(int width, const struct hb_ui_state *ui);

/* The lanes' part of the timeline panel, without labels and axis: its width determines how many columns are shown. */
struct hb_rect hb_layout_lanes(struct hb_rect timeline_panel, const struct hb_ui_state *ui);

#endif
