/* Running an experiment: every variant, several at a time, then the expectations; the results go to a folder, and are
 * the same however many run at a time.
 *
 *     DIR/result.json, DIR/console.txt              without variants
 *     DIR/NAME/result.json, DIR/NAME/console.txt    with variants, and DIR/result.json with their outcomes
 *
 *     struct hb_run_report *report;
 *     int status = hb_run_experiment(&experiment, &options, &report, &error);
 *     if (!report) ... error.text ...
 *     char *text = hb_report_table(report);
 */
#ifndef HB_SIM_RUNNER_H
#define HB_SIM_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/experiment/experiment.h"
#include "sim/experiment/report.h"

/* All zero: nothing is written, nothing is reported. */
struct hb_run_options {
    const char *out_dir; /* NULL: no files */
    const char *record;  /* file for the inputs; only without variants */
    const char *replay;  /* file whose inputs take the place of the experiment's; only without variants */
    const char *from;    /* a snapshot to continue from, in every variant; only without replay */
    const char *save;    /* file for a snapshot of cycle save_cycle; only without variants */
    uint64_t save_cycle;
    bool save_clean;
    const char *log_commits; /* file for the log of commits; only without variants */
    const char *trace;       /* file for a trace (sim/trace/trace.h); only without variants */
    uint64_t cycles_limit;   /* 0: as the experiment says */
    uint32_t jobs;           /* this many variants at a time; 0: as many as the host has cores */
    bool csv;                /* write the results as comma-separated values too (sim/experiment/csv.h) */
    /* Progress, now and then, without variants: `limit` is UINT64_MAX without one; `tasks` is 0 when the image has no
     * visible tasks. */
    void (*progress)(void *context, uint64_t cycle, uint64_t limit, uint64_t tasks_done, uint64_t tasks);
    /* The same with variants: how many have ended, and what part of the whole is known to be done (0 to 1). */
    void (*progress_variants)(void *context, uint32_t ended, uint32_t variants, double part);
    bool (*interrupted)(void *context);                         /* asked now and then: should the run end here? */
    void (*console)(void *context, const char *text, size_t n); /* what the guest writes, as it comes */
    void *context;
};

/* Run it. Returns the exit status of design section 4: 0 passed (or all expectations hold), 1 failed or crashed (or one
 * does not hold), 3 limit, hang or interrupted; and with `*report` NULL and `error` filled 4 when a file could not be
 * written whole, 2 when the user's input is wrong (which is found before anything has run). */
int hb_run_experiment(const struct hb_experiment *experiment, const struct hb_run_options *options,
                      struct hb_run_report **report, struct hb_error *error);

/* Create the folder (and its parents) and check that result.json and console.txt can be written there. */
bool hb_run_prepare_folder(const char *dir, struct hb_error *error);

/* Write the result (NULL: gathered here) and the console of a machine whose run has ended, without expectations. */
bool hb_run_write_result(struct hb_machine *machine, const struct hb_run_result *result, const char *dir,
                         struct hb_error *error);

/* Can the files of sim/experiment/csv.h be written to the folder, which is there? */
bool hb_run_prepare_csv(const char *dir, struct hb_error *error);

/* Write them. */
bool hb_run_write_csv(const struct hb_run_report *report, const char *dir, struct hb_error *error);

#endif
