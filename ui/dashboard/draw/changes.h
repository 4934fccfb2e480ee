/* What of the screen a draw list changes: the screen in square cells, each with a hash of all that is drawn into it.
 *
 * Where a cell's hash is that of the frame before, its pixels are on the screen already. So a frame costs what changes
 * in it, and not what is to be seen. */
#ifndef HB_DASHBOARD_CHANGES_H
#define HB_DASHBOARD_CHANGES_H

#include "ui/dashboard/draw/draw.h"

#define HB_CHANGES_CELL  64   /* pixels of a side */
#define HB_CHANGES_CELLS 4096 /* a larger screen has larger cells */
#define HB_CHANGES_RECTS 256

struct hb_changes {
    int w, h, side, columns, rows; /* w 0: nothing is known of the screen */
    uint64_t cell[HB_CHANGES_CELLS], before[HB_CHANGES_CELLS];
};

/* Nothing is known of the screen any more: the next list is painted whole. */
void hb_changes_forget(struct hb_changes *changes);

/* Writes the rectangles in which this list differs from the one before, on a screen of w x h pixels; they do not
 * overlap. Returns how many there are. What does not fit becomes one that holds everything. */
int hb_changes_find(struct hb_changes *changes, const struct hb_draw_list *list, int w, int h,
                    struct hb_rect rect[HB_CHANGES_RECTS]);

/* Where an item paints, were it not clipped. */
struct hb_rect hb_draw_extent(const struct hb_draw *item);

#endif
