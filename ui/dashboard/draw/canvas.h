/* Pixels in memory, and how they are painted: filled rectangles, masks in a colour, straight lines. Nothing is painted
 * outside the clip. Colours are blended by their opacity; one that is opaque replaces what was there.
 *
 *     struct hb_canvas canvas = {.pixels = pixels, .stride = w, .w = w, .h = h};
 *     hb_canvas_clip(&canvas, (struct hb_rect){0, 0, w, h});
 *     hb_canvas_fill(&canvas, rect, colour);
 */
#ifndef HB_DASHBOARD_CANVAS_H
#define HB_DASHBOARD_CANVAS_H

#include <stdint.h>

#include "ui/dashboard/draw/rect.h"
#include "ui/dashboard/draw/theme.h"

struct hb_canvas {
    uint32_t *pixels; /* 0x00RRGGBB, the topmost byte is not used */
    int stride;       /* pixels from one row to the next */
    int w, h;
    struct hb_rect clip;
};

/* What a shape or a glyph covers of each pixel: 0 nothing, 255 all of it. */
struct hb_mask {
    int w, h;
    uint8_t *cover; /* w x h; NULL: there was no memory, and nothing is painted */
};

/* Limits what follows to `rect`, and to the canvas. */
void hb_canvas_clip(struct hb_canvas *canvas, struct hb_rect rect);

void hb_canvas_fill(const struct hb_canvas *canvas, struct hb_rect rect, hb_colour colour);

/* Paints the part `from` of the mask, which lies inside it, with its upper left corner at (x, y). */
void hb_canvas_stamp(const struct hb_canvas *canvas, const struct hb_mask *mask, struct hb_rect from, int x, int y,
                     hb_colour colour);

/* A line from the corner of a pixel to another's, with ends cut at right angles. Its sides fade over one pixel more
 * than it is thick. */
void hb_canvas_line(const struct hb_canvas *canvas, int from_x, int from_y, int to_x, int to_y, int thickness,
                    hb_colour colour);

#endif
