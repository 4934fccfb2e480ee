/* Lanes over one time axis: of CPUs, of tasks, of locks. Shared by the panel that draws them all (panel_timeline.c) and
 * what draws lanes of tasks and locks (panel_lanes.c). */
#ifndef HB_DASHBOARD_LANES_H
#define HB_DASHBOARD_LANES_H

#include "ui/dashboard/draw/draw.h"
#include "ui/dashboard/model/view.h"
#include "ui/dashboard/panels/ui_state.h"

#define HB_LANES_MAX     96
#define HB_LANE_OF_TASKS 1000  /* added to the number of a task in the argument of a lane's zone ... */
#define HB_LANE_OF_LOCKS 10000 /* ... and to that of a lock */

struct hb_lanes {
    struct hb_draw_list *list;
    const struct hb_ui_state *ui;
    const struct hb_view_timeline *timeline;
    struct hb_rect rect; /* all lanes, the bus and the faults */
    int lane_h, bus_h, faults_h, gap;
    enum hb_lanes_by by;
    uint32_t count, hidden;   /* lanes above the bus's, and those that have no room */
    int32_t of[HB_LANES_MAX]; /* the CPU, task or lock of each */
};

/* The left edge of a column; the place of a lane, that of the bus coming after the last. */
int hb_lanes_x(const struct hb_lanes *lanes, uint32_t column);
struct hb_rect hb_lanes_row(const struct hb_lanes *lanes, uint32_t lane);

/* Chooses which tasks or locks have lanes: those that are seen in the time that is shown, from the row on to which the
 * list is scrolled, as many as have room by name. */
void hb_lanes_choose(struct hb_lanes *lanes, uint32_t harts);

/* Draws the lane of a task, in the colours of the CPUs that it runs on, or of a lock, in those of its owners. */
void hb_lanes_draw(const struct hb_lanes *lanes, uint32_t lane, uint32_t harts);

/* What a lane is called: "CPU 1", "task 7", "mutex 2". */
void hb_lanes_name(const struct hb_lanes *lanes, uint32_t lane, char *text, size_t bytes);

/* The number by which its zone knows it. */
int64_t hb_lanes_number(const struct hb_lanes *lanes, uint32_t lane);

/* What the tooltip of such a lane says about a column. */
void hb_lanes_tip(const struct hb_view *view, uint32_t number, uint32_t column, char *text, size_t bytes);

/* By what the lanes are, to choose from, at the right end of *head, which is cut off it. */
void hb_lanes_tabs(struct hb_draw_list *list, struct hb_rect *head, const struct hb_ui_state *ui);

#endif
