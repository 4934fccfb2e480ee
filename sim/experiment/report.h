/* What an experiment gave: the result of every run and what was expected of them, as plain data and as text. The runner
 * fills it in (sim/experiment/runner.h); for a single machine it is filled in by hand:
 *
 *     struct hb_run_variant variant = {.result = result};
 *     struct hb_run_report report = {.variants = 1, .variant = &variant};
 *     char *text = hb_report_table(&report);
 */
#ifndef HB_SIM_REPORT_H
#define HB_SIM_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/result/result.h"

struct hb_run_variant {
    char name[HB_NAME_BYTES]; /* empty without variants */
    struct hb_run_result *result;
};

struct hb_run_report {
    char name[HB_NAME_BYTES];
    bool has_variants;
    bool interrupted; /* not every run came to its end */
    uint32_t variants;
    struct hb_run_variant *variant;
    uint32_t expectations;
    struct hb_expect_result *expectation; /* its texts belong to the experiment, or to `implied` */
    char **implied;                       /* expressions that the experiment does not have (sim/experiment/implied.h) */
    uint32_t implied_count;
    int exit_status;
};

/* The report as text for a terminal, to be freed. NULL: out of memory. */
char *hb_report_table(const struct hb_run_report *report);

/* Warnings that the reader must not miss, whatever else is printed: a line "warning: ..." for each fault that never
 * struck, and for sums of increments that a death has spoilt; to be freed. Empty: nothing. NULL: out of memory. */
char *hb_report_warnings(const struct hb_run_report *report);

/* A report that the runner made, and the results in it. */
void hb_report_free(struct hb_run_report *report);

#endif
