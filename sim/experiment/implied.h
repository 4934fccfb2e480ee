/* What an experiment with `expect` implicitly expects: every fault was activated, and no run ended by a limit or a
 * signal. An expression that names `faults.N.activated` or `outcome` (with variants: of that variant) replaces the
 * implied one. Without this, a run whose fault never struck would prove whatever it was meant to prove.
 */
#ifndef HB_SIM_IMPLIED_H
#define HB_SIM_IMPLIED_H

#include "sim/experiment/experiment.h"
#include "sim/experiment/report.h"

struct cJSON;

/* Evaluate one expression against `root` (the result, or {name of variant: result}). It has been parsed before. */
void hb_expectation_judge(const char *that, const char *because, const struct cJSON *root,
                          struct hb_expect_result *result);

/* Add the implied expectations that do not hold to the report. Nothing is implied where nothing is expected. */
void hb_imply_expectations(const struct hb_experiment *experiment, const struct cJSON *root,
                           struct hb_run_report *report);

#endif
