/* Rectangles in pixels, and cutting them: a panel lays itself out by cutting strips off the rest of its rectangle.
 *
 * A cut never gives more than there is, so a panel that gets too little room ends with empty rectangles, in which
 * nothing is drawn, and never with negative ones. */
#ifndef HB_DASHBOARD_RECT_H
#define HB_DASHBOARD_RECT_H

#include <stdbool.h>

struct hb_rect {
    int x, y, w, h;
};

static inline int hb_min(int a, int b) {
    return a < b ? a : b;
}

static inline int hb_max(int a, int b) {
    return a > b ? a : b;
}

static inline int hb_clamp(int value, int low, int high) {
    return value < low ? low : value > high ? high : value;
}

static inline bool hb_rect_empty(struct hb_rect r) {
    return r.w <= 0 || r.h <= 0;
}

static inline bool hb_rect_has(struct hb_rect r, int x, int y) {
    return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}

/* What both have; empty where they do not meet. */
static inline struct hb_rect hb_rect_common(struct hb_rect a, struct hb_rect b) {
    int x = hb_max(a.x, b.x), y = hb_max(a.y, b.y);
    return (struct hb_rect){x, y, hb_max(0, hb_min(a.x + a.w, b.x + b.w) - x),
                            hb_max(0, hb_min(a.y + a.h, b.y + b.h) - y)};
}

/* The rectangle without `dx` at its left and right and `dy` at its top and bottom. */
static inline struct hb_rect hb_rect_inset(struct hb_rect r, int dx, int dy) {
    return (struct hb_rect){r.x + dx, r.y + dy, hb_max(0, r.w - 2 * dx), hb_max(0, r.h - 2 * dy)};
}

/* Cut `n` pixels off the named side of *r and return the strip. */
static inline struct hb_rect hb_cut_top(struct hb_rect *r, int n) {
    n = hb_clamp(n, 0, r->h);
    struct hb_rect cut = {r->x, r->y, r->w, n};
    r->y += n;
    r->h -= n;
    return cut;
}

/* The same, or an empty rectangle when there is less: a row is there whole or not at all. */
static inline struct hb_rect hb_take_top(struct hb_rect *r, int n) {
    return n <= r->h ? hb_cut_top(r, n) : (struct hb_rect){r->x, r->y, r->w, 0};
}

static inline struct hb_rect hb_cut_bottom(struct hb_rect *r, int n) {
    n = hb_clamp(n, 0, r->h);
    r->h -= n;
    return (struct hb_rect){r->x, r->y + r->h, r->w, n};
}

static inline struct hb_rect hb_cut_left(struct hb_rect *r, int n) {
    n = hb_clamp(n, 0, r->w);
    struct hb_rect cut = {r->x, r->y, n, r->h};
    r->x += n;
    r->w -= n;
    return cut;
}

static inline struct hb_rect hb_cut_right(struct hb_rect *r, int n) {
    n = hb_clamp(n, 0, r->w);
    r->w -= n;
    return (struct hb_rect){r->x + r->w, r->y, n, r->h};
}

/* A w x h rectangle (at most as large as r) in the middle of r. */
static inline struct hb_rect hb_rect_centre(struct hb_rect r, int w, int h) {
    w = hb_min(w, r.w);
    h = hb_min(h, r.h);
    return (struct hb_rect){r.x + (r.w - w) / 2, r.y + (r.h - h) / 2, w, h};
}

#endif
