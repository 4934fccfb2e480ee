#include "ui/dashboard/draw/canvas.h"

#include <math.h>
#include <string.h>

#define RED_BLUE 0xff00ffu
#define GREEN    0x00ff00u
#define ROUNDING 1e-9

void hb_canvas_clip(struct hb_canvas *canvas, struct hb_rect rect) {
    canvas->clip = hb_rect_common(rect, (struct hb_rect){0, 0, canvas->w, canvas->h});
}

static uint32_t *row_at(const struct hb_canvas *canvas, int x, int y) {
    return canvas->pixels + (size_t)y * (size_t)canvas->stride + x;
}

/* ---- Rectangles ------------------------------------------------------------------------------------------------ */

static void fill_row(uint32_t *to, int n, hb_colour colour) {
    for (int i = 0; i < n; i++)
        to[i] = colour;
}

static uint32_t part(uint32_t of, uint32_t alpha) {
    return (of & 0xff) * alpha / 255;
}

static void veil_row(uint32_t *to, int n, hb_colour colour) {
    const uint32_t alpha = colour >> 24, rest = 255 - alpha;
    const uint32_t red = part(colour >> 16, alpha), green = part(colour >> 8, alpha), blue = part(colour, alpha);
    for (int i = 0; i < n; i++)
        to[i] =
            (red + part(to[i] >> 16, rest)) << 16 | (green + part(to[i] >> 8, rest)) << 8 | (blue + part(to[i], rest));
}

void hb_canvas_fill(const struct hb_canvas *canvas, struct hb_rect rect, hb_colour colour) {
    const struct hb_rect r = hb_rect_common(rect, canvas->clip);
    for (int y = r.y; y < r.y + r.h; y++)
        (colour >> 24 == 0xff ? fill_row : veil_row)(row_at(canvas, r.x, y), r.w, colour);
}

/* ---- Masks ----------------------------------------------------------------------------------------------------- */

/* Two colours that share a pixel, each channel by itself. */
static uint32_t mixed(uint32_t colour, uint32_t below, uint32_t alpha) {
    const uint32_t rest = 255 - alpha;
    return ((((colour & RED_BLUE) * alpha) >> 8) & RED_BLUE) + ((((below & RED_BLUE) * rest) >> 8) & RED_BLUE) +
           ((((colour & GREEN) * alpha) >> 8) & GREEN) + ((((below & GREEN) * rest) >> 8) & GREEN);
}

static void mix_pixel(uint32_t *to, hb_colour colour, uint32_t alpha) {
    if (alpha == 255)
        *to = colour;
    else if (alpha > 0)
        *to = mixed(colour, *to, alpha);
}

static bool is_blank(const uint8_t *cover) {
    uint64_t eight;
    memcpy(&eight, cover, sizeof eight);
    return eight == 0;
}

/* Most of a glyph's cell is empty. */
static void stamp_row(uint32_t *to, const uint8_t *cover, int n, hb_colour colour) {
    const uint32_t opacity = colour >> 24;
    for (int i = 0; i < n;) {
        if (i + 8 <= n && is_blank(cover + i)) {
            i += 8;
            continue;
        }
        mix_pixel(&to[i], colour, opacity == 255 ? cover[i] : cover[i] * opacity / 255);
        i++;
    }
}

void hb_canvas_stamp(const struct hb_canvas *canvas, const struct hb_mask *mask, struct hb_rect from, int x, int y,
                     hb_colour colour) {
    const struct hb_rect r = hb_rect_common((struct hb_rect){x, y, from.w, from.h}, canvas->clip);
    if (hb_rect_empty(r) || mask->cover == NULL)
        return;
    const uint8_t *cover = mask->cover + (size_t)(from.y + r.y - y) * (size_t)mask->w + (from.x + r.x - x);
    for (int i = 0; i < r.h; i++, cover += mask->w)
        stamp_row(row_at(canvas, r.x, r.y + i), cover, r.w, colour);
}

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

struct line {
    double x, y, along_x, along_y; /* where it begins, and the direction of length 1 */
    double length, half;           /* half of its thickness */
};

/* How much of the pixel the line covers, 0 to 255. */
static uint32_t line_covers(const struct line *line, int x, int y) {
    const double dx = x + 0.5 - line->x, dy = y + 0.5 - line->y;
    const double along = dx * line->along_x + dy * line->along_y;
    const double over = fabs(dx * line->along_y - dy * line->along_x) - line->half;
    if (along < -ROUNDING || along > line->length + ROUNDING || over >= 1)
        return 0;
    return over <= 0 ? 255 : (uint32_t)(255 * (1 - over));
}

/* The pixels of this row that may lie on it. */
static struct hb_rect line_row(const struct line *line, struct hb_rect within, int y) {
    if (fabs(line->along_y) < 1e-6)
        return (struct hb_rect){within.x, y, within.w, 1};
    const double middle = line->x + (y + 0.5 - line->y) * line->along_x / line->along_y;
    const double reach = (line->half + 1) / fabs(line->along_y);
    const double first = fmax(within.x, floor(middle - reach)), end = fmin(within.x + within.w, ceil(middle + reach));
    return (struct hb_rect){(int)first, y, end > first ? (int)(end - first) : 0, 1};
}

void hb_canvas_line(const struct hb_canvas *canvas, int from_x, int from_y, int to_x, int to_y, int thickness,
                    hb_colour colour) {
    const double length = hypot(to_x - from_x, to_y - from_y);
    if (length < 0.5)
        return;
    const struct line line = {from_x, from_y,         (to_x - from_x) / length, (to_y - from_y) / length,
                              length, thickness / 2.0};
    const int edge = thickness + 1;
    struct hb_rect box = {hb_min(from_x, to_x) - edge, hb_min(from_y, to_y) - edge,
                          hb_max(from_x, to_x) - hb_min(from_x, to_x) + 2 * edge,
                          hb_max(from_y, to_y) - hb_min(from_y, to_y) + 2 * edge};
    box = hb_rect_common(box, canvas->clip);
    for (int y = box.y; y < box.y + box.h; y++) {
        const struct hb_rect row = line_row(&line, box, y);
        for (int x = row.x; x < row.x + row.w; x++)
            mix_pixel(row_at(canvas, x, y), colour, line_covers(&line, x, y));
    }
}
