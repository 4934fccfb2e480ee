/* Plots: gnuplot draws what a script says, as one SVG.
 *
 *     struct hb_plot plot;
 *     hb_plot_begin(&plot);
 *     fputs("$data << EOD\n1 2\n3 4\nEOD\nplot $data with lines\n", plot.script);
 *     char *svg = hb_plot_draw(&plot, &error);       // to be freed; NULL: `error`
 *
 * gnuplot is a program of its own (Debian: gnuplot-nox); nothing else here needs it. */
#ifndef HB_SIM_PLOT_H
#define HB_SIM_PLOT_H

#include <stdio.h>

#include "sim/base/error.h"

struct hb_plot {
    FILE *script;
    char *text;
    size_t bytes;
};

/* A new script, with size, font and colours set. */
void hb_plot_begin(struct hb_plot *plot);

/* Write `text` as a string of gnuplot's, quotes around it. */
void hb_plot_string(struct hb_plot *plot, const char *text);

/* Draw it, and forget the script. NULL: `error`, the host's: there is no gnuplot, or it does not understand. */
char *hb_plot_draw(struct hb_plot *plot, struct hb_error *error);

/* Forget a script that is not drawn. */
void hb_plot_drop(struct hb_plot *plot);

#endif
