/* What an experiment with `expect` expects without saying so: every fault was activated, and no run ended by a limit or
 * a signal. An expression that names `faults.N.activated` or `outcome` (with variants: of that variant) takes the place
 * of the one that is implied. Without this, a run whose fault never struck proves whatever it was to prove.
 */
#ifndef HB_SIM_IMPLIED_H
#define HB_SIM_IMPLIED_H

#include "sim/experiment/experiment.h"
#include "sim/experiment/report.h"

struct cJSON;

/* Judge one expression by `root` (the result, or {name of variant: result}). It has been parsed before. */
void hb_expectation_judge(const char *that, const char *because, const struct cJSON *root,
                          struct hb_expect_result *result);

/* Add to the report what is implied and does not hold. Nothing is implied where nothing is expected. */
void hb_imply_expectations(const struct hb_experiment *experiment, const struct cJSON *root,
                           struct hb_run_report *report);

#endif
