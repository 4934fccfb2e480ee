/* Figures of campaigns whose faults have a rate. */
#ifndef HB_SIM_LIFETIMES_H
#define HB_SIM_LIFETIMES_H

#include "sim/report/figures.h"

/* R(t) and the mean time to failure of k of n CPUs, where faults stop CPUs for good. */
bool hb_figure_lifetimes(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);

/* Availability, where CPUs come back. */
bool hb_figure_availability(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error);

#endif
