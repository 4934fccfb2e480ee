#include "ui/dashboard/draw/shapes.h"

#include <math.h>

#define SAMPLES 5 /* a side of a pixel */

typedef bool inside_fn(double x, double y);

static bool box(double x, double y, double half_w, double half_h) {
    return fabs(x) <= half_w && fabs(y) <= half_h;
}

static bool disc(double x, double y, double radius) {
    return x * x + y * y <= radius * radius;
}

/* A triangle with its tip at (tip, 0) and its base, 2 x half high, at x = base. */
static bool triangle(double x, double y, double base, double tip, double half) {
    double along = (x - base) / (tip - base);
    return along >= 0 && along <= 1 && fabs(y) <= half * (1 - along);
}

/* A bar of the given half width around the line from (x0, y0) to (x1, y1). */
static bool stroke(double x, double y, double x0, double y0, double x1, double y1, double half) {
    double dx = x1 - x0, dy = y1 - y0;
    double along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy);
    along = along < 0 ? 0 : along > 1 ? 1 : along;
    return disc(x - x0 - along * dx, y - y0 - along * dy, half);
}

/* Even-odd rule: a ray to the right crosses the outline an odd number of times. */
static bool polygon(double x, double y, const double (*corner)[2], int corners) {
    bool inside = false;
    for (int i = 0, j = corners - 1; i < corners; j = i++) {
        bool crosses = (corner[i][1] > y) != (corner[j][1] > y);
        double slope = (corner[j][0] - corner[i][0]) / (corner[j][1] - corner[i][1]);
        inside ^= crosses && x < corner[i][0] + (y - corner[i][1]) * slope;
    }
    return inside;
}

static bool in_circle(double x, double y) {
    return disc(x, y, 1.0);
}

static bool in_ring(double x, double y) {
    return disc(x, y, 0.9) && !disc(x, y, 0.6);
}

static bool in_square(double x, double y) {
    return box(x, y, 0.82, 0.82);
}

static bool in_box(double x, double y) {
    return box(x, y, 0.82, 0.82) && !box(x, y, 0.58, 0.58);
}

static bool in_diamond(double x, double y) {
    return fabs(x) + fabs(y) <= 1.0;
}

static bool in_play(double x, double y) {
    return triangle(x, y, -0.6, 0.9, 0.85);
}

static bool in_pause(double x, double y) {
    return box(x + 0.42, y, 0.22, 0.8) || box(x - 0.42, y, 0.22, 0.8);
}

static bool in_back(double x, double y) {
    return triangle(-x, y, -0.6, 0.9, 0.85);
}

static bool in_step(double x, double y) {
    return triangle(x, y, -0.8, 0.45, 0.8) || box(x - 0.68, y, 0.15, 0.8);
}

static bool in_step_line(double x, double y) {
    return triangle(x, y, -0.95, -0.15, 0.7) || triangle(x, y, -0.15, 0.65, 0.7) || box(x - 0.8, y, 0.13, 0.7);
}

static bool in_to_start(double x, double y) {
    return in_step(-x, y);
}

static bool in_cross(double x, double y) {
    return stroke(x, y, -0.65, -0.65, 0.65, 0.65, 0.22) || stroke(x, y, -0.65, 0.65, 0.65, -0.65, 0.22);
}

static bool in_no_entry(double x, double y) {
    return disc(x, y, 0.95) && !box(x, y, 0.6, 0.2);
}

static bool in_hourglass(double x, double y) {
    bool glass = fabs(y) <= 0.72 && fabs(x) <= 0.1 + 0.6 * fabs(y);
    return glass || box(x, fabs(y) - 0.85, 0.75, 0.13);
}

static bool in_bolt(double x, double y) {
    static const double corners[][2] = {{0.3, -1}, {-0.6, 0.12}, {-0.08, 0.12}, {-0.3, 1}, {0.6, -0.28}, {0.08, -0.28}};
    return polygon(x, y, corners, 6);
}

static bool in_check(double x, double y) {
    return stroke(x, y, -0.65, 0.05, -0.2, 0.52, 0.19) || stroke(x, y, -0.2, 0.52, 0.68, -0.5, 0.19);
}

static bool in_arrow(double x, double y) {
    return box(x + 0.3, y, 0.6, 0.17) || triangle(x, y, 0.1, 0.95, 0.62);
}

static bool in_eye(double x, double y) {
    double dy = fabs(y) + 0.55;
    bool lens = x * x + dy * dy <= 1.19;
    return lens && (!disc(x, y, 0.42) || disc(x, y, 0.2));
}

static bool in_lock(double x, double y) {
    bool body = box(x, y - 0.35, 0.68, 0.55);
    bool shackle = y <= -0.2 && disc(x, y + 0.25, 0.52) && !disc(x, y + 0.25, 0.28);
    return body || shackle;
}

static bool in_undo(double x, double y) {
    bool arc = disc(x, y - 0.1, 0.8) && !disc(x, y - 0.1, 0.5) && !(x < 0 && y > -0.05 && y < 0.55);
    return (arc && !(x < 0 && y >= -0.05)) || triangle(y, x + 0.65, -0.3, 0.45, 0.38);
}

static bool in_pointer(double x, double y) {
    static const double corners[][2] = {{-0.55, -0.95}, {-0.55, 0.65}, {-0.18, 0.32}, {0.08, 0.95},
                                        {0.36, 0.83},   {0.1, 0.22},   {0.6, 0.2}};
    return polygon(x, y, corners, 7);
}

static bool in_bar(double x, double y) {
    return box(x, y, 0.75, 0.2);
}

static bool in_up(double x, double y) {
    return triangle(-y, x, -0.6, 0.9, 0.85);
}

static bool in_down(double x, double y) {
    return triangle(y, x, -0.6, 0.9, 0.85);
}

static inside_fn *const insides[HB_SHAPES] = {
    in_circle, in_ring,      in_square,   in_box,   in_diamond,  in_play,      in_pause, in_back,
    in_step,   in_step_line, in_to_start, in_cross, in_no_entry, in_hourglass, in_bolt,  in_check,
    in_arrow,  in_eye,       in_lock,     in_undo,  in_pointer,  in_bar,       in_up,    in_down,
};

bool hb_shape_inside(enum hb_shape shape, double x, double y) {
    return insides[shape](x, y);
}

static int shape_hits(enum hb_shape shape, int px, int py, int size) {
    int hits = 0;
    for (int sy = 0; sy < SAMPLES; sy++) {
        for (int sx = 0; sx < SAMPLES; sx++) {
            double x = 2 * (px + (sx + 0.5) / SAMPLES) / size - 1, y = 2 * (py + (sy + 0.5) / SAMPLES) / size - 1;
            hits += insides[shape](x, y);
        }
    }
    return hits;
}

void hb_shape_cover(enum hb_shape shape, int size, uint8_t *cover) {
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            cover[y * size + x] = (uint8_t)(255 * shape_hits(shape, x, y, size) / (SAMPLES * SAMPLES));
}

/* How much of the pixel at distance `phase` along the period a stripe covers, in eighths. */
static int hatch_hits(int phase) {
    static const int profile[HB_HATCH_PERIOD] = {4, 8, 4, 0, 0, 0, 0, 0};
    return profile[phase % HB_HATCH_PERIOD];
}

void hb_hatch_cover(int size, uint8_t *cover) {
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            cover[y * size + x] = (uint8_t)(255 * hatch_hits(x + y) / 8);
}
