/* What of the screen a draw list changes: the screen in square cells, each with a hash of all that is seen in it.
 *
 * Where a cell's hash is that of the frame before, its pixels are on the screen already. In the others nothing is
 * painted below the last item that covers the whole cell. So a frame costs what changes in it, not what is drawn. */
#ifndef HB_DASHBOARD_CHANGES_H
#define HB_DASHBOARD_CHANGES_H

#include "ui/dashboard/draw/draw.h"

#define HB_CHANGES_CELL  32   /* pixels of a side: a small part of a panel, so that few cells have a panel's edge */
#define HB_CHANGES_CELLS 8192 /* 3840 x 2160; a larger screen has larger cells */
#define HB_CHANGES_RECTS 256
#define HB_CHANGES_NONE  UINT32_MAX

struct hb_changes {
    int w, h, side, columns, rows; /* w 0: nothing is known of the screen */
    uint64_t cell[HB_CHANGES_CELLS], before[HB_CHANGES_CELLS];
    uint32_t from[HB_CHANGES_CELLS]; /* the first item to be painted there; HB_CHANGES_NONE: it has not changed */
};

/* Nothing is known of the screen any more: the next list is painted whole. */
void hb_changes_forget(struct hb_changes *changes);

/* Finds the cells in which this list differs from the one before, on a screen of w x h pixels, and writes the
 * rectangles that they make up; these do not overlap. Returns how many there are. What does not fit becomes one that
 * holds everything. */
int hb_changes_find(struct hb_changes *changes, const struct hb_draw_list *list, int w, int h,
                    struct hb_rect rect[HB_CHANGES_RECTS]);

/* The cells that a rectangle on the screen meets, as columns and rows. */
static inline struct hb_rect hb_changes_cells(const struct hb_changes *changes, struct hb_rect r) {
    const int x = r.x / changes->side, y = r.y / changes->side;
    return (struct hb_rect){x, y, (r.x + r.w - 1) / changes->side - x + 1, (r.y + r.h - 1) / changes->side - y + 1};
}

/* How many cells from column `x` on, before column `end`, are to be painted with this item, one beside the other. */
int hb_changes_run(const struct hb_changes *changes, uint32_t item, int x, int y, int end);

/* Where an item paints, were it not clipped. */
static inline struct hb_rect hb_draw_extent(const struct hb_draw *item) {
    if (item->kind != HB_DRAW_LINE)
        return item->rect;
    const int t = item->detail + 1; /* its edge fades */
    return (struct hb_rect){item->rect.x - t, item->rect.y - t, item->rect.w + 2 * t, item->rect.h + 2 * t};
}

#endif
