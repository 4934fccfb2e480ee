/* Of a sweep of healthy machines over seeds: a figure of each measure (sim/campaign/means.h), its means with their
 * intervals, along the swept number that has the most values; a line for each combination of the others. */
#ifndef HB_SIM_REPORT_MEANS_H
#define HB_SIM_REPORT_MEANS_H

#include "sim/report/figures.h"

/* The figure of measure number `measure`; `*more` is false, and nothing is drawn, when there is none of that number.
 * False: `error`. */
bool hb_figure_means(const struct hb_report_data *data, uint32_t measure, struct hb_figure *figure, bool *more,
                     struct hb_error *error);

#endif
