/* Colours: two themes over the palette of Okabe and Ito ("Color Universal Design", 2008), which stays distinguishable
 * for the colour-blind. Nothing is conveyed by colour alone: a shape, a letter or a word always goes with it.
 *
 * Text keeps a contrast of at least 4.5 : 1 against what it stands on (WCAG 2.1, 1.4.3); a test computes it. */
#ifndef HB_DASHBOARD_THEME_H
#define HB_DASHBOARD_THEME_H

#include <stdbool.h>
#include <stdint.h>

#define HB_THEME_HUES 8

typedef uint32_t hb_colour; /* 0xAARRGGBB */

/* What a colour together with its shape conveys. */
enum hb_tone { HB_TONE_NEUTRAL, HB_TONE_GOOD, HB_TONE_BUSY, HB_TONE_WARN, HB_TONE_BAD, HB_TONE_INFO, HB_TONES };

struct hb_theme {
    const char *name;
    hb_colour ground, panel, raised, border;          /* behind the panels; a panel; a button or card; edges */
    hb_colour text, muted, grid;                      /* text, less important text, lines of charts */
    hb_colour accent, accent_ink;                     /* the one emphasised control, and text on it */
    hb_colour tip, tip_ink;                           /* tooltips */
    hb_colour idle;                                   /* lanes of CPUs that do nothing */
    hb_colour chart, chart_fill;                      /* the throughput curve and what is under it */
    hb_colour hue[HB_THEME_HUES], ink[HB_THEME_HUES]; /* tasks, and letters on them */
    hb_colour tone[HB_TONES], tint[HB_TONES], tone_text[HB_TONES]; /* a tone's shape, background and words on it */
};

extern const struct hb_theme hb_theme_light, hb_theme_dark;

/* The colour of a task's hue, and of text on it. */
hb_colour hb_theme_task(const struct hb_theme *theme, int32_t task);
hb_colour hb_theme_task_ink(const struct hb_theme *theme, int32_t task);

/* From pale to vermillion as `share` goes from 0 to 1: darker in a grey picture, too. The ink stands on all of it. */
hb_colour hb_theme_heat(double share);
#define hb_theme_heat_ink ((hb_colour)0xff14171c)

/* Contrast ratio of two opaque colours, 1 to 21 (WCAG 2.1). */
double hb_theme_contrast(hb_colour a, hb_colour b);

/* `share` (0 to 1) of b mixed into a. */
hb_colour hb_theme_mix(hb_colour a, hb_colour b, double share);

#endif
