/* hartbeat run EXPERIMENT.json: every variant, the table of results, the expectations; a lesson: ui/cli/lesson.c. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/experiment/runner.h"
#include "sim/lesson/lesson.h"
#include "ui/cli/commands.h"
#include "ui/cli/lesson.h"
#include "ui/cli/options.h"
#include "ui/cli/rerun.h"
#include "ui/cli/terminal/interrupt.h"
#include "ui/cli/terminal/progress.h"

#ifdef HB_HAS_GUI
#include "ui/dashboard/source/describe.h"
#endif

#define JOBS_MAX 256

struct telling {
    struct hb_progress_line progress;
    bool console; /* show what the guest writes */
    const char *name;
};

static void show_progress(void *context, uint64_t cycle, uint64_t limit, uint64_t tasks_done, uint64_t tasks) {
    struct telling *telling = context;
    double percent = tasks ? 100.0 * (double)tasks_done / (double)tasks : -1;
    (void)limit;
    hb_progress_show(&telling->progress, telling->name, cycle, percent);
}

static void show_variants(void *context, uint32_t ended, uint32_t variants, double part) {
    struct telling *telling = context;
    hb_progress_show_all(&telling->progress, ended, variants, part);
}

static void show_console(void *context, const char *text, size_t n) {
    struct telling *telling = context;
    hb_progress_end(&telling->progress);
    fwrite(text, 1, n, stdout);
    fflush(stdout);
}

static bool print_report(const struct hb_run_report *report, bool quiet) {
    char *table = hb_report_table(report), *warnings = hb_report_warnings(report);
    const bool ok = table && warnings;
    if (ok && !quiet)
        fputs(table, stdout);
    if (ok)
        fputs(warnings, stderr);
    free(table);
    free(warnings);
    return ok;
}

static void warn_of_images(const struct hb_experiment *experiment, bool quiet) {
    char *warnings = quiet ? NULL : hb_experiment_image_warnings(experiment);
    if (warnings)
        fputs(warnings, stderr);
    free(warnings);
}

/* `rerun`: of which campaign the experiment is a run; NULL: of none. */
static int run(const struct hb_experiment *experiment, const struct hb_rerun *rerun, const struct hb_options *options,
               uint64_t limit, uint64_t save_cycle, uint32_t jobs) {
    struct telling telling = {.name = experiment->name};
    struct hb_run_report *report = NULL;
    struct hb_error error = {.text = ""};
    struct hb_run_options chosen = {.out_dir = options->out,
                                    .record = options->record,
                                    .replay = options->replay,
                                    .cycles_limit = limit,
                                    .from = options->from,
                                    .save = options->save_at[1],
                                    .save_cycle = save_cycle,
                                    .save_clean = options->clean,
                                    .trace = options->trace,
                                    .log_commits = options->log_commits,
                                    .jobs = jobs,
                                    .csv = options->csv,
                                    .progress = show_progress,
                                    .progress_variants = show_variants,
                                    .interrupted = hb_interrupted,
                                    .console = experiment->has_variants ? NULL : show_console,
                                    .context = &telling};
    hb_interrupt_catch();
    warn_of_images(experiment, options->quiet);
    hb_progress_begin(&telling.progress, options->quiet);
    int status = hb_run_experiment(experiment, &chosen, &report, &error);
    hb_progress_end(&telling.progress);
    if (!report) {
        fprintf(stderr, "%s\n", error.text);
        return status;
    }
    if (!print_report(report, options->quiet))
        status = HB_EXIT_INTERNAL;
    else if (rerun && !report->interrupted)
        status = hb_rerun_compare(rerun, options, report->variant[0].result->state_hash, status);
    hb_report_free(report);
    return status;
}

static bool read_jobs(const char *text, uint64_t *jobs) {
    if (!hb_options_number(text, "--jobs", jobs))
        return false;
    if (*jobs >= 1 && *jobs <= JOBS_MAX)
        return true;
    fprintf(stderr, "hartbeat run: --jobs: %s is not from 1 to %d\n", text, JOBS_MAX);
    return false;
}

static int run_again(const struct hb_options *options, uint64_t limit, uint64_t save_cycle) {
    struct hb_rerun rerun;
    if (!hb_rerun_open_by(&rerun, options))
        return HB_EXIT_USAGE;
    int status = run(&rerun.experiment, &rerun, options, limit, save_cycle, 1);
    hb_rerun_close(&rerun);
    return status;
}

#ifdef HB_HAS_GUI

/* Each variant, up to `cycle` (0: to its end). */
static int describe(const struct hb_experiment *experiment, uint64_t cycle) {
    struct hb_error error;
    for (uint32_t i = 0; i < experiment->variants; i++) {
        const struct hb_variant *variant = &experiment->variant[i];
        char title[2 * HB_NAME_BYTES + 2];
        snprintf(title, sizeof title, "%s%s%s", experiment->name, variant->name[0] ? " " : "", variant->name);
        if (!hb_describe_run(&variant->config, title, cycle, &error)) {
            fprintf(stderr, "%s\n", error.text);
            return HB_EXIT_USAGE;
        }
    }
    return HB_EXIT_OK;
}

#else

static int describe(const struct hb_experiment *experiment, uint64_t cycle) {
    (void)experiment;
    (void)cycle;
    fputs("hartbeat run: --describe: this hartbeat was built without its dashboard (HB_GUI=OFF)\n", stderr);
    return HB_EXIT_USAGE;
}

#endif

int hb_cmd_run(const struct hb_options *options) {
    struct hb_experiment experiment;
    struct hb_error error;
    uint64_t limit = 0, save_cycle = 0, jobs = 0;
    if ((options->cycles && !hb_options_number(options->cycles, "--cycles", &limit)) ||
        (options->save_at[0] && !hb_options_number(options->save_at[0], "--save-at", &save_cycle)) ||
        (options->jobs && !read_jobs(options->jobs, &jobs)))
        return HB_EXIT_USAGE;
    if (hb_rerun_is_meant(options))
        return run_again(options, limit, save_cycle);
    if (hb_lesson_is(options->argument[0]))
        return hb_run_lesson(options);
    if (!hb_experiment_load(options->argument[0], options->set, options->sets, &experiment, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return HB_EXIT_USAGE;
    }
    int status = options->why ? describe(&experiment, limit)
                              : run(&experiment, NULL, options, limit, save_cycle, (uint32_t)jobs);
    hb_experiment_free(&experiment);
    return status;
}
