/* The plots of a report. Each takes what a folder holds and gives a figure that is drawn, or none where it would be
 * empty. */
#ifndef HB_SIM_FIGURES_H
#define HB_SIM_FIGURES_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "sim/report/plot.h"

#define HB_REPORT_LATENCIES 4u

/* What a run of a campaign says about its first fault: cycles from the fault to being suspected, fenced, recovered, and
 * to the first work after it; UINT64_MAX: it did not come to that. */
struct hb_report_run {
    uint32_t point;
    uint64_t index, after[HB_REPORT_LATENCIES];
    double cycles, fault_cycle;
    cJSON *faults;  /* as the line has them, where faults have a rate; else NULL */
    cJSON *goodput; /* around the fault (sim/campaign/curve.h); NULL: none */
};

struct hb_report_data {
    const char *dir;
    cJSON *campaign, *golden, *summary; /* of a campaign; else NULL */
    cJSON *speed;                       /* NULL: it is missing, and nothing but the command needs it */
    cJSON *result;                      /* of an experiment; else NULL */
    cJSON *variants;                    /* results by name; NULL: the experiment has none */
    const cJSON *point[4096];           /* of the summary */
    uint32_t points;
    bool has_rates; /* faults of the campaign have */
    struct hb_report_run *run;
    uint64_t runs;
};

struct hb_figure {
    const char *title;
    char *svg;          /* to be freed; NULL: there is nothing to draw */
    char *table;        /* of the page, after the plot; to be freed; NULL: none */
    char text[600];     /* what is to be seen */
    char command[4500]; /* what repeats it */
};

/* Each fills the figure; further ones: lifetimes.h, around.h. False: `error`. */
bool hb_figure_outcomes(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);
bool hb_figure_latencies(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);
bool hb_figure_outage(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);
bool hb_figure_sweep(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);
bool hb_figure_shares(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);
bool hb_figure_goodput(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);
bool hb_figure_variants(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);

/* ---- For those that draw ---- */

/* Draw the plot; the campaign's command repeats it. False: `error`. */
bool hb_figure_finish(struct hb_plot *plot, const struct hb_report_data *data, struct hb_figure *figure,
                      struct hb_error *error);

/* The command that repeats the campaign. */
void hb_figure_repeat(const struct hb_report_data *data, struct hb_figure *figure);

/* The name of a point and what it sets, as a string of the script. */
void hb_figure_point_title(const struct hb_report_data *data, uint32_t point, struct hb_plot *plot);

/* What a point sets, as one line: "locks=steal"; what all points set is left out. Empty: nothing. */
void hb_report_point_name(const struct hb_report_data *data, uint32_t point, char name[200]);

/* One setting of a summary: the last word of its key, and its value without the quotes of JSON. Gives what snprintf()
 * does. */
int hb_report_setting(const cJSON *setting, char *text, size_t n);

#endif
