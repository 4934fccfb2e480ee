/* Text widths: what panels need to lay themselves out, without any font library.
 *
 * text.c fills it from the real fonts; hb_metrics_fixed() gives round figures that depend on no font, for tests of draw
 * lists. Text is UTF-8; the dashboard writes ASCII and the few characters of hb_metrics_extra. */
#ifndef HB_DASHBOARD_METRICS_H
#define HB_DASHBOARD_METRICS_H

#include <stddef.h>
#include <stdint.h>

enum hb_font {
    HB_FONT_BODY,
    HB_FONT_SMALL,
    HB_FONT_BOLD,
    HB_FONT_SMALL_BOLD,
    HB_FONT_TITLE,
    HB_FONT_MONO,
    HB_FONT_COUNTER,
    HB_FONTS
};

#define HB_GLYPH_FIRST   32
#define HB_GLYPHS_ASCII  95
#define HB_GLYPHS_EXTRA  10
#define HB_GLYPHS        (HB_GLYPHS_ASCII + HB_GLYPHS_EXTRA)
#define HB_TEXT_PX_MIN   14
#define HB_TEXT_PX_MAX   40
#define HB_TEXT_PX_START 18
#define HB_TEXT_PX_LARGE 28

/* Code points beyond ASCII that have a glyph. */
extern const uint16_t hb_metrics_extra[HB_GLYPHS_EXTRA];

struct hb_metrics {
    int text_px;                      /* size of the body font: the unit of every layout */
    int line[HB_FONTS];               /* height of a line */
    int advance[HB_FONTS][HB_GLYPHS]; /* width of a glyph */
};

/* Size of a font in pixels when the body has `text_px`. None is smaller than 14. */
int hb_metrics_font_px(enum hb_font font, int text_px);

/* Metrics that depend on no font: 0.55 em a glyph, 0.6 in mono-spaced fonts. */
void hb_metrics_fixed(struct hb_metrics *metrics, int text_px);

/* The glyph number of the character at *text, which moves past it; '?' for one that has none. */
int hb_metrics_glyph(const char **text);

/* Width in pixels of `text` (up to its end) in this font. */
int hb_metrics_width(const struct hb_metrics *metrics, enum hb_font font, const char *text);

/* How many bytes of `text` fit into `width` pixels (whole characters). */
size_t hb_metrics_fit(const struct hb_metrics *metrics, enum hb_font font, const char *text, int width);

#endif
