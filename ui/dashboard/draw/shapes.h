/* The shapes of the draw list as coverage: whether a point lies inside a shape.
 *
 * Coordinates run from -1 to 1 over the shape's square, x to the right, y downwards. gfx.c samples them several times a
 * pixel, which gives smooth edges at every size without any drawing library. */
#ifndef HB_DASHBOARD_SHAPES_H
#define HB_DASHBOARD_SHAPES_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/dashboard/draw/draw.h"

/* Whether (x, y) lies inside the shape. */
bool hb_shape_inside(enum hb_shape shape, double x, double y);

/* What the shape covers of each of `size` x `size` pixels, 0 to 255. */
void hb_shape_cover(enum hb_shape shape, int size, uint8_t *cover);

/* The same for a tile of diagonal stripes that repeats every HB_HATCH_PERIOD pixels both ways; `size` is a multiple of
 * it. */
#define HB_HATCH_PERIOD 8
void hb_hatch_cover(int size, uint8_t *cover);

#endif
