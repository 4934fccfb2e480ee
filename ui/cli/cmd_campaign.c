/* hartbeat campaign CAMPAIGN.json: many runs of one experiment, each with other faults; hartbeat merge: its shards;
 * hartbeat report DIR: a page with plots of what came of it, or of an experiment. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/campaign/drive.h"
#include "sim/campaign/summary_text.h"
#include "sim/config/images.h"
#include "sim/harvest/merge.h"
#include "sim/harvest/slurm.h"
#include "sim/report/report.h"
#include "ui/cli/commands.h"
#include "ui/cli/terminal/interrupt.h"
#include "ui/cli/terminal/progress.h"

#define JOBS_MAX    256
#define SHARDS_MAX  100000
#define TASKS       16  /* of a job array */
#define SHOWN_EVERY 0.2 /* seconds */

/* ---- Progress -------------------------------------------------------------------------------------------------- */

static void show_counts(const struct hb_campaign_progress *progress) {
    for (uint32_t i = 0; i < HB_CLASSES_KNOWN; i++)
        if (progress->counts[i])
            fprintf(stderr, ", %s %" PRIu64, hb_class[i].name, progress->counts[i]);
}

static void show(void *context, const struct hb_campaign_progress *progress) {
    struct hb_progress_line *line = context;
    double now = line->shown ? hb_seconds() : 0, spent = now - line->started;
    if (!line->shown || now - line->updated < SHOWN_EVERY)
        return;
    line->updated = now;
    line->dirty = true;
    fprintf(stderr, "\r\033[Kpoint %" PRIu32 " of %" PRIu32 ": %" PRIu64 " of %" PRIu64 " runs", progress->point + 1,
            progress->points, progress->done, progress->runs);
    if (spent > 1 && progress->done)
        fprintf(stderr, ", %.0f a second, about %.0f s left", (double)progress->done / spent,
                spent * (double)(progress->runs - progress->done) / (double)progress->done);
    show_counts(progress);
    fflush(stderr);
}

/* ---- On this computer ------------------------------------------------------------------------------------------ */

/* "2/8": the third of eight. */
static bool read_shard(const char *text, struct hb_campaign_options *wanted) {
    char rest;
    if (!text)
        return true;
    if (sscanf(text, "%" SCNu32 "/%" SCNu32 "%c", &wanted->shard, &wanted->shards, &rest) == 2 && wanted->shards &&
        wanted->shards <= SHARDS_MAX && wanted->shard < wanted->shards)
        return true;
    fprintf(stderr, "hartbeat campaign: --shard: %s should be I/N, with I from 0 to N - 1\n", text);
    return false;
}

static bool read_options(const struct hb_options *options, struct hb_campaign_options *wanted) {
    uint64_t jobs = 0;
    if (!options->out) {
        fputs("hartbeat campaign: --out DIR: where shall the results go?\n", stderr);
        return false;
    }
    if (options->jobs && (!hb_options_number(options->jobs, "--jobs", &jobs) || jobs < 1 || jobs > JOBS_MAX)) {
        fprintf(stderr, "hartbeat campaign: --jobs: %s is not from 1 to %d\n", options->jobs, JOBS_MAX);
        return false;
    }
    *wanted = (struct hb_campaign_options){.out_dir = options->out,
                                           .jobs = (uint32_t)jobs,
                                           .resume = options->resume,
                                           .progress = show,
                                           .interrupted = hb_interrupted};
    return read_shard(options->shard, wanted);
}

/* What came of it: the summary, or when quiet only the expectations that do not hold. */
static void print_summary(const struct hb_options *options, enum hb_campaign_status status) {
    bool over = status == HB_CAMPAIGN_DONE || status == HB_CAMPAIGN_FAILED;
    char *text = over ? hb_summary_text(options->out, options->quiet) : NULL;
    if (text)
        fputs(text, options->quiet ? stderr : stdout);
    free(text);
}

static int exit_of(enum hb_campaign_status status) {
    switch (status) {
    case HB_CAMPAIGN_DONE: return HB_EXIT_OK;
    case HB_CAMPAIGN_FAILED: return HB_EXIT_FAILED;
    case HB_CAMPAIGN_REFUSED: return HB_EXIT_USAGE;
    case HB_CAMPAIGN_INTERRUPTED: return HB_EXIT_UNFINISHED;
    default: return HB_EXIT_INTERNAL;
    }
}

static int carry_out(const struct hb_campaign *campaign, struct hb_campaign_options *wanted,
                     const struct hb_options *options) {
    struct hb_progress_line line;
    struct hb_error error = {.text = ""};
    if (wanted->shards && campaign->stop.wanted) {
        fprintf(stderr, "%s: sampling.stop: a shard does not know when to stop\n", campaign->path);
        return HB_EXIT_USAGE;
    }
    hb_interrupt_catch();
    hb_progress_begin(&line, options->quiet);
    wanted->context = &line;
    enum hb_campaign_status status = hb_campaign_drive(campaign, wanted, &error);
    hb_progress_end(&line);
    if (error.text[0])
        fprintf(stderr, "%s\n", error.text);
    else
        print_summary(options, status);
    return exit_of(status);
}

/* ---- For a cluster --------------------------------------------------------------------------------------------- */

static bool read_tasks(const struct hb_options *options, uint64_t *tasks) {
    *tasks = TASKS;
    if (options->out || options->shard || options->resume || options->jobs) {
        fputs("hartbeat campaign: --slurm: goes with --tasks alone; the scripts say the rest\n", stderr);
        return false;
    }
    if (options->tasks && !hb_options_number(options->tasks, "--tasks", tasks))
        return false;
    if (*tasks >= 1 && *tasks <= HB_SLURM_TASKS_MAX)
        return true;
    fprintf(stderr, "hartbeat campaign: --tasks: %s is not from 1 to %u\n", options->tasks, HB_SLURM_TASKS_MAX);
    return false;
}

static int write_scripts(const struct hb_campaign *campaign, uint64_t tasks, const struct hb_options *options) {
    struct hb_error error = {.text = ""};
    if (hb_slurm_write(campaign, (uint32_t)tasks, options->slurm, &error)) {
        if (!options->quiet)
            printf("%s/submit.sh submits the campaign as %" PRIu64 " tasks\n", options->slurm, tasks);
        return HB_EXIT_OK;
    }
    fprintf(stderr, "%s\n", error.text);
    return hb_error_is_the_hosts(&error) ? HB_EXIT_INTERNAL : HB_EXIT_USAGE;
}

/* ---- The commands ---------------------------------------------------------------------------------------------- */

/* A file, or the name of a bundled campaign. */
static void find_campaign(const char *name, char path[HB_PATH_BYTES]) {
    char bundled[HB_NAME_BYTES + 16];
    snprintf(path, HB_PATH_BYTES, "%s", name);
    if (access(path, F_OK) != 0 && strlen(name) < HB_NAME_BYTES) {
        snprintf(bundled, sizeof bundled, "campaigns/%s", name);
        if (!hb_experiment_find(bundled, path))
            hb_experiment_find(name, path); /* which is then told what it is */
    }
}

int hb_cmd_campaign(const struct hb_options *options) {
    char path[HB_PATH_BYTES];
    struct hb_campaign campaign;
    struct hb_campaign_options wanted;
    struct hb_error error = {.text = ""};
    uint64_t tasks = 0;
    if (options->slurm ? !read_tasks(options, &tasks) : !read_options(options, &wanted))
        return HB_EXIT_USAGE;
    find_campaign(options->argument[0], path);
    if (!hb_campaign_read(path, &campaign, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return HB_EXIT_USAGE;
    }
    int status = options->slurm ? write_scripts(&campaign, tasks, options) : carry_out(&campaign, &wanted, options);
    hb_campaign_free(&campaign);
    return status;
}

int hb_cmd_merge(const struct hb_options *options) {
    struct hb_error error = {.text = ""};
    if (!options->out) {
        fputs("hartbeat merge: --out DIR: where shall the results go?\n", stderr);
        return HB_EXIT_USAGE;
    }
    enum hb_campaign_status status =
        hb_campaign_merge(options->argument, (uint32_t)options->arguments, options->out, &error);
    if (error.text[0])
        fprintf(stderr, "hartbeat merge: %s\n", error.text);
    else
        print_summary(options, status);
    return exit_of(status);
}

int hb_cmd_report(const struct hb_options *options) {
    char path[HB_PATH_BYTES];
    struct hb_error error;
    if (hb_report_write(options->argument[0], path, &error)) {
        puts(path);
        return HB_EXIT_OK;
    }
    fprintf(stderr, "hartbeat report: %s\n", error.text);
    return hb_error_is_the_hosts(&error) ? HB_EXIT_INTERNAL : HB_EXIT_USAGE;
}
