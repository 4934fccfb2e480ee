/* The figure of a campaign's goodput around the fault: the mean over its runs, each counted from its own fault. */
#ifndef HB_SIM_AROUND_H
#define HB_SIM_AROUND_H

#include "sim/report/figures.h"

bool hb_figure_around(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);

#endif
