/* The draw list: what a panel wants on the screen, as plain data.
 *
 * Panels write into it with the calls below; gfx.c paints it; tests read it. It is bounded: what does not fit is
 * counted in `dropped` and not drawn. Text is measured by `metrics` when it enters the list, so its position is final.
 *
 * A zone is a rectangle that reacts to the mouse: it carries the command of a click, and why (or why not) in a tooltip.
 * Later zones lie above earlier ones. */
#ifndef HB_DASHBOARD_DRAW_H
#define HB_DASHBOARD_DRAW_H

#include <stdio.h>

#include "ui/dashboard/draw/metrics.h"
#include "ui/dashboard/draw/rect.h"
#include "ui/dashboard/draw/theme.h"
#include "ui/dashboard/model/command.h"

#define HB_DRAW_MAX       32768
#define HB_DRAW_TEXT_MAX  65536
#define HB_DRAW_ZONES_MAX 1024

enum hb_draw_kind {
    HB_DRAW_RECT,
    HB_DRAW_ROUND,
    HB_DRAW_HATCH,
    HB_DRAW_SHAPE,
    HB_DRAW_TEXT,
    HB_DRAW_CLIP,
    HB_DRAW_LINE
};

enum hb_shape {
    HB_SHAPE_CIRCLE,
    HB_SHAPE_RING,
    HB_SHAPE_SQUARE,
    HB_SHAPE_BOX, /* a square's outline */
    HB_SHAPE_DIAMOND,
    HB_SHAPE_PLAY,
    HB_SHAPE_PAUSE,
    HB_SHAPE_BACK,      /* triangle to the left */
    HB_SHAPE_STEP,      /* triangle and bar */
    HB_SHAPE_STEP_LINE, /* two triangles and a bar */
    HB_SHAPE_TO_START,  /* bar and triangle to the left */
    HB_SHAPE_CROSS,
    HB_SHAPE_NO_ENTRY, /* disc with a bar */
    HB_SHAPE_HOURGLASS,
    HB_SHAPE_BOLT,
    HB_SHAPE_CHECK,
    HB_SHAPE_ARROW,
    HB_SHAPE_EYE,
    HB_SHAPE_LOCK,
    HB_SHAPE_UNDO,
    HB_SHAPE_POINTER,
    HB_SHAPE_BAR, /* a short horizontal bar */
    HB_SHAPE_UP,  /* triangles */
    HB_SHAPE_DOWN,
    HB_SHAPES
};

enum hb_align { HB_ALIGN_LEFT, HB_ALIGN_CENTRE, HB_ALIGN_RIGHT };

/* What hovering asks the panel for when no fixed sentence is enough. */
enum hb_probe { HB_PROBE_NONE, HB_PROBE_TIMELINE, HB_PROBE_THROUGHPUT, HB_PROBE_TIME };

struct hb_draw {
    uint8_t kind;   /* enum hb_draw_kind */
    uint8_t detail; /* shape, font, radius of a rounded rectangle, or thickness of a line */
    uint8_t elided; /* text: shortened because it did not fit */
    uint8_t rising; /* line: from the lower left corner of `rect` to the upper right; else from the upper left */
    struct hb_rect rect;
    hb_colour colour;
    uint32_t text; /* offset into texts */
};

struct hb_zone {
    struct hb_rect rect;
    struct hb_command command;
    uint8_t probe;               /* enum hb_probe */
    bool enabled;                /* otherwise a click does nothing and the tooltip says why */
    uint64_t from_cycle, cycles; /* a click goes to the cycle at its place, see hb_zone_cycle(); 0 cycles: does not */
    bool slider;                 /* the command's value depends on where it is clicked, see hb_slider_value() */
    uint32_t tip;                /* offset into texts; 0 is the empty text */
};

struct hb_draw_list {
    const struct hb_metrics *metrics;
    const struct hb_theme *theme;
    struct hb_rect clip; /* the current clip, empty for none */
    uint32_t count, zone_count, text_bytes, dropped;
    struct hb_draw item[HB_DRAW_MAX];
    struct hb_zone zone[HB_DRAW_ZONES_MAX];
    char texts[HB_DRAW_TEXT_MAX];
};

/* Empties the list. Both pointers are kept until the next call. */
void hb_draw_begin(struct hb_draw_list *list, const struct hb_metrics *metrics, const struct hb_theme *theme);

/* Filled rectangle; rounded one (`radius` in pixels); diagonal stripes over a rectangle; a shape, as large as fits. */
void hb_draw_rect(struct hb_draw_list *list, struct hb_rect rect, hb_colour colour);
void hb_draw_round(struct hb_draw_list *list, struct hb_rect rect, int radius, hb_colour colour);
void hb_draw_hatch(struct hb_draw_list *list, struct hb_rect rect, hb_colour colour);
void hb_draw_shape(struct hb_draw_list *list, struct hb_rect rect, enum hb_shape shape, hb_colour colour);

/* A straight line, so many pixels thick. */
void hb_draw_line(struct hb_draw_list *list, int from_x, int from_y, int to_x, int to_y, int thickness,
                  hb_colour colour);

/* A line of text, centred vertically in `rect`; shortened with an ellipsis when it is too wide. Returns its width. */
int hb_draw_text(struct hb_draw_list *list, struct hb_rect rect, enum hb_font font, enum hb_align align,
                 hb_colour colour, const char *text);

/* The same, formatted as by printf. */
int hb_draw_textf(struct hb_draw_list *list, struct hb_rect rect, enum hb_font font, enum hb_align align,
                  hb_colour colour, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Draws the first of `n` forms that fits whole, or nothing; returns its width. */
int hb_draw_first_fit(struct hb_draw_list *list, struct hb_rect rect, enum hb_font font, enum hb_align align,
                      hb_colour colour, const char *const *form, int n);

/* Limits what follows to `rect`; an empty rectangle lifts the limit. */
void hb_draw_clip(struct hb_draw_list *list, struct hb_rect rect);

/* Adds a zone; returns it for further settings, or a scratch zone when there is no room. */
struct hb_zone *hb_draw_zone(struct hb_draw_list *list, struct hb_rect rect, struct hb_command command, bool enabled,
                             const char *tip);

/* The cycle at the place x of a zone that stands for a stretch of time. */
uint64_t hb_zone_cycle(const struct hb_zone *zone, int x);

/* The zone at this place, topmost first, or NULL. */
const struct hb_zone *hb_draw_zone_at(const struct hb_draw_list *list, int x, int y);

/* The text at an offset of the list. */
const char *hb_draw_string(const struct hb_draw_list *list, uint32_t offset);

/* Writes the list as text, one line per item: what the golden tests compare. */
void hb_draw_dump(const struct hb_draw_list *list, FILE *out);

#endif
