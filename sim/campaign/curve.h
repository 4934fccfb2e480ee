/* Goodput around a fault: a short series of each run, its windows counted from the cycle of the fault, so that those of
 * many runs can be averaged.
 */
#ifndef HB_SIM_CURVE_H
#define HB_SIM_CURVE_H

#include <cjson/cJSON.h>

#include "sim/result/result.h"

#define HB_CURVE_WINDOWS 48u /* of a run: so many of them ... */
#define HB_CURVE_BEFORE  12u /* ... before the fault */
#define HB_CURVE_FINER   4u  /* windows of the golden run in one of the others */

/* The length of a window, where the golden run takes `cycles`: 64 of them fill it. */
uint64_t hb_curve_window(uint64_t cycles);

/* Of a run that has just ended, around the strike of its first fault: instructions a cycle, in thousandths; null before
 * the run began and after it has ended. NULL: the fault struck nobody, or strikes again and again, or there is no
 * operating system to tell. To be freed with cJSON_Delete(). */
cJSON *hb_curve_of_run(const struct hb_machine *machine, const struct hb_run_result *result, uint64_t window);

/* Of the whole golden run, which has just ended: {"window_cycles", "series"}, the series in windows HB_CURVE_FINER
 * times as fine. NULL: there is no operating system to tell. */
cJSON *hb_curve_of_golden(const struct hb_machine *machine, const struct hb_run_result *result);

#endif
