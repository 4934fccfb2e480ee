#include "sim/campaign/drive.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/json.h"
#include "sim/base/json_write.h"
#include "sim/base/output.h"
#include "sim/base/pool.h"
#include "sim/campaign/bounds.h"
#include "sim/campaign/golden.h"
#include "sim/campaign/journal.h"
#include "sim/campaign/plan.h"
#include "sim/campaign/record.h"
#include "sim/campaign/summary.h"
#include "sim/result/gather.h"

#define WORKERS_MAX 256u
#define NO_RUN      UINT64_MAX
#define DEATHS_MAX  2u /* of its worker, before a run is given up */

/* What workers and caller share: which run is next, and who does which. */
struct shared {
    _Atomic uint64_t next;  /* run of this point */
    _Atomic uint64_t limit; /* runs from here on are not begun any more: stopped early */
    struct {
        _Atomic uint64_t run; /* NO_RUN: none */
        _Atomic uint32_t deaths;
    } worker[WORKERS_MAX];
    _Atomic uint8_t class_of[]; /* of each run, plus 1; 0: it has not ended */
};

struct drive {
    const struct hb_campaign *campaign;
    const struct hb_campaign_options *options;
    uint32_t workers;
    struct hb_summary summary;
    struct hb_output runs; /* runs.jsonl */
    cJSON *golden_json;    /* golden.json */
    cJSON *golden_before;  /* --resume: as it was left; NULL: there was none */
    uint64_t base;         /* index of the point's first run */
    uint64_t all_runs;     /* that have ended, of all points */
    double cpu_seconds;

    /* The point under way. */
    uint32_t point;
    struct hb_golden *golden;
    struct hb_plan plan;
    struct shared *shared;
    size_t shared_bytes;
    bool interrupted;
    struct hb_error *error;
};

/* ---- The folder ------------------------------------------------------------------------------------------------ */

static bool path_in(const struct drive *drive, const char *name, char path[HB_PATH_BYTES]) {
    if (snprintf(path, HB_PATH_BYTES, "%s/%s", drive->options->out_dir, name) < HB_PATH_BYTES)
        return true;
    hb_error_set(drive->error, "%.60s...: the path is too long", drive->options->out_dir);
    return false;
}

static bool write_text(const struct drive *drive, const char *name, char *text) {
    char path[HB_PATH_BYTES];
    bool ok = path_in(drive, name, path) && hb_output_write(path, text, strlen(text), drive->error);
    free(text);
    return ok;
}

/* ---- In a worker: run after run -------------------------------------------------------------------------------- */

static bool is_ours(const struct drive *drive, uint64_t run) {
    const struct hb_campaign_options *options = drive->options;
    return options->shards == 0 || run % options->shards == options->shard;
}

/* The next run that nobody has begun; NO_RUN: there is none. */
static uint64_t next_run(const struct drive *drive) {
    struct shared *shared = drive->shared;
    for (;;) {
        uint64_t run = atomic_fetch_add(&shared->next, 1);
        if (run >= drive->plan.runs || run >= atomic_load(&shared->limit))
            return NO_RUN;
        if (is_ours(drive, run) && atomic_load(&shared->class_of[run]) == 0)
            return run;
    }
}

/* The configured faults of a run. */
static bool load_faults(const struct drive *drive, const cJSON *chosen, struct hb_experiment *experiment,
                        struct hb_error *error) {
    cJSON *settings = cJSON_Duplicate(drive->golden->settings, true);
    const cJSON *parts[] = {drive->campaign->fault_settings, chosen};
    for (size_t i = 0; i < 2; i++)
        for (const cJSON *setting = parts[i] ? parts[i]->child : NULL; setting; setting = setting->next)
            cJSON_AddItemToObject(settings, setting->string, cJSON_Duplicate(setting, true));
    bool ok = hb_campaign_load(drive->campaign, drive->point, settings, experiment, error);
    cJSON_Delete(settings);
    return ok;
}

/* The run's line, to be freed. NULL: `error`. */
static char *do_run(const struct drive *drive, const struct hb_record_place *place, const cJSON *chosen,
                    uint8_t *class_, struct hb_error *error) {
    struct hb_experiment experiment;
    if (!load_faults(drive, chosen, &experiment, error))
        return NULL;
    const struct hb_config *config = &experiment.variant->config;
    char *line = NULL;
    if (hb_golden_inject(drive->golden, config->faults, config->n_faults, error)) {
        struct hb_run_result *result = hb_result_gather_by(drive->golden->machine, drive->golden->checksum);
        struct hb_class_case compared = hb_golden_compare(drive->golden);
        *class_ = (uint8_t)hb_class_of(result, &compared);
        line = hb_record_line(place, chosen, result, *class_, hb_class_flags(result, &compared));
        hb_result_free(result);
    }
    hb_experiment_free(&experiment);
    return line;
}

static bool journal_run(const struct drive *drive, struct hb_journal *journal, uint64_t run, bool given_up,
                        struct hb_error *error) {
    char stratum[HB_STRATUM_BYTES];
    uint8_t class_ = HB_CLASS_SIM_ERROR;
    hb_plan_stratum_name(&drive->plan, hb_plan_stratum(&drive->plan, run), stratum);
    struct hb_record_place place = {drive->base + run, drive->campaign->point[drive->point].name, stratum};
    cJSON *chosen = hb_plan_choices(&drive->plan, run);
    char *line = given_up ? hb_record_error_line(&place, chosen) : do_run(drive, &place, chosen, &class_, error);
    bool ok = line && hb_journal_add(journal, line, error);
    if (ok)
        atomic_store(&drive->shared->class_of[run], (uint8_t)(class_ + 1));
    free(line);
    cJSON_Delete(chosen);
    return ok;
}

static bool is_interrupted(const struct drive *drive) {
    return drive->options->interrupted && drive->options->interrupted(drive->options->context);
}

/* The runs of one worker. One that begins again after a death takes up the run that killed its predecessor. */
static bool work(void *context, uint32_t job, FILE *answer, struct hb_error *error) {
    struct drive *drive = context;
    struct shared *shared = drive->shared;
    struct hb_journal journal;
    if (!hb_journal_open(&journal, drive->options->out_dir, error))
        return false;
    bool ok = true;
    while (ok && !is_interrupted(drive)) {
        uint64_t run = atomic_load(&shared->worker[job].run);
        if (run == NO_RUN)
            run = next_run(drive);
        if (run == NO_RUN)
            break;
        atomic_store(&shared->worker[job].run, run);
        ok = journal_run(drive, &journal, run, atomic_load(&shared->worker[job].deaths) >= DEATHS_MAX, error);
        atomic_store(&shared->worker[job].deaths, 0);
        atomic_store(&shared->worker[job].run, NO_RUN);
    }
    fprintf(answer, "%.6f", (double)clock() / CLOCKS_PER_SEC);
    return hb_journal_close(&journal, ok ? error : NULL) && ok;
}

/* ---- In the caller: the workers of a point --------------------------------------------------------------------- */

static bool take(void *context, uint32_t job, const char *bytes, size_t n, struct hb_error *error) {
    struct drive *drive = context;
    (void)job, (void)n, (void)error;
    drive->cpu_seconds += bytes ? strtod(bytes, NULL) : 0;
    return true;
}

/* A worker has died in the middle of a run: that run is tried once more. */
static bool again(void *context, uint32_t job) {
    struct drive *drive = context;
    if (atomic_load(&drive->shared->worker[job].run) == NO_RUN)
        return false;
    atomic_fetch_add(&drive->shared->worker[job].deaths, 1);
    return true;
}

/* How many runs from the first on have all ended, and how many of them in the class. */
static uint64_t ended_prefix(const struct drive *drive, uint64_t up_to, uint32_t class_, uint64_t *hits) {
    uint64_t run = 0;
    *hits = 0;
    for (; run < up_to && atomic_load(&drive->shared->class_of[run]); run++)
        *hits += atomic_load(&drive->shared->class_of[run]) == class_ + 1;
    return run;
}

/* Where the campaign may stop: the first look, on the runs in their order, at which the share is known well enough.
 * NO_RUN: not yet. The looks are fixed and share the confidence, so that looking often does not make one surer than one
 * is. */
static uint64_t stop_at(const struct drive *drive) {
    const struct hb_campaign_stop *stop = &drive->campaign->stop;
    for (uint32_t look = 1; look < stop->looks; look++) {
        uint64_t hits, up_to = drive->plan.runs * look / stop->looks;
        if (ended_prefix(drive, up_to, stop->class_, &hits) < up_to)
            return NO_RUN;
        struct hb_bounds in = hb_bounds_of(hits, up_to, 1 - (1 - stop->confidence) / stop->looks);
        if (up_to && (in.high - in.low) / 2 <= stop->margin)
            return up_to;
    }
    return NO_RUN;
}

static void look(struct drive *drive) {
    if (drive->campaign->stop.wanted && atomic_load(&drive->shared->limit) == NO_RUN)
        atomic_store(&drive->shared->limit, stop_at(drive));
}

static void tick(void *context) {
    struct drive *drive = context;
    look(drive);
    if (!drive->options->progress)
        return;
    struct hb_campaign_progress progress = {
        .point = drive->point, .points = drive->campaign->points, .runs = drive->plan.runs};
    for (uint64_t run = 0; run < drive->plan.runs; run++) {
        uint8_t class_ = atomic_load(&drive->shared->class_of[run]);
        progress.done += class_ != 0;
        if (class_)
            progress.counts[class_ - 1]++;
    }
    drive->options->progress(drive->options->context, &progress);
}

static bool interrupted(void *context) {
    struct drive *drive = context;
    drive->interrupted = drive->interrupted || is_interrupted(drive);
    return drive->interrupted;
}

static bool share(struct drive *drive) {
    drive->shared_bytes = sizeof *drive->shared + drive->plan.runs;
    drive->shared = hb_pool_share(drive->shared_bytes);
    if (!drive->shared) {
        hb_error_set(drive->error, "the host does not have enough memory");
        return false;
    }
    atomic_store(&drive->shared->limit, NO_RUN);
    for (uint32_t i = 0; i < WORKERS_MAX; i++)
        atomic_store(&drive->shared->worker[i].run, NO_RUN);
    return true;
}

/* Runs that the journal has already are not done again. */
static bool take_journal(const struct drive *drive) {
    struct hb_journal_lines lines;
    struct hb_record record;
    bool ok =
        hb_journal_read(drive->options->out_dir, drive->base, drive->base + drive->plan.runs, &lines, drive->error);
    for (uint64_t i = 0; ok && i < lines.n; i++)
        if (lines.line[i] && hb_record_read(lines.line[i], strlen(lines.line[i]), &record))
            atomic_store(&drive->shared->class_of[i], (uint8_t)(record.class_ + 1));
    hb_journal_forget(&lines);
    return ok;
}

static bool run_workers(struct drive *drive) {
    struct hb_pool pool = {.jobs = drive->workers,
                           .workers = drive->workers,
                           .run = work,
                           .take = take,
                           .tick = tick,
                           .again = again,
                           .interrupted = interrupted,
                           .context = drive};
    return hb_pool_run(&pool, drive->error);
}

/* ---- The files of a point -------------------------------------------------------------------------------------- */

static void note_golden(struct drive *drive) {
    const struct hb_golden *golden = drive->golden;
    char *result = hb_result_json(golden->result, NULL, 0), machine[20];
    cJSON *point = cJSON_AddObjectToObject(drive->golden_json, drive->campaign->point[drive->point].name);
    cJSON_AddItemToObject(point, "set", cJSON_Duplicate(golden->settings, true));
    cJSON *window = cJSON_AddObjectToObject(point, "window");
    cJSON_AddNumberToObject(window, "from", (double)golden->window_from);
    cJSON_AddNumberToObject(window, "to", (double)golden->window_to);
    cJSON_AddNumberToObject(point, "harts", golden->machine->config.harts);
    cJSON_AddNumberToObject(point, "runs", (double)drive->plan.runs);
    snprintf(machine, sizeof machine, "%016" PRIx64, golden->machine->birth);
    cJSON_AddStringToObject(point, "machine_hash", machine);
    cJSON_AddItemToObject(point, "result", cJSON_Parse(result));
    free(result);
}

/* A campaign that is resumed has the same golden run: else the image, or hartbeat, is another by now. */
static bool is_as_before(const struct drive *drive) {
    const char *name = drive->campaign->point[drive->point].name;
    const cJSON *before = cJSON_GetObjectItemCaseSensitive(drive->golden_before, name);
    if (!before || cJSON_Compare(before, cJSON_GetObjectItemCaseSensitive(drive->golden_json, name), true))
        return true;
    hb_error_set(drive->error, "--resume: %.400s: the golden run of %s was another: the image or hartbeat has changed",
                 drive->options->out_dir, name);
    return false;
}

/* Before the point's runs begin. */
static bool keep_golden(struct drive *drive) {
    note_golden(drive);
    return is_as_before(drive) && write_text(drive, "golden.json", cJSON_Print(drive->golden_json));
}

/* The lines of the point's runs, by index; all that count have ended. */
static bool write_runs(struct drive *drive) {
    struct hb_journal_lines lines;
    uint64_t limit = atomic_load(&drive->shared->limit);
    uint64_t runs = limit < drive->plan.runs ? limit : drive->plan.runs;
    bool ok = hb_journal_read(drive->options->out_dir, drive->base, drive->base + runs, &lines, drive->error);
    hb_summary_add_point(&drive->summary, &drive->plan, drive->point, drive->campaign->point[drive->point].settings);
    drive->summary.point[drive->summary.points - 1].stopped = runs < drive->plan.runs;
    for (uint64_t i = 0; ok && i < lines.n; i++) {
        struct hb_record record;
        if (!is_ours(drive, i))
            continue;
        if (!lines.line[i] || !hb_record_read(lines.line[i], strlen(lines.line[i]), &record)) {
            hb_error_set(drive->error, "run %" PRIu64 " is missing from the journal", drive->base + i);
            hb_error_blame_host(drive->error);
            ok = false;
            break;
        }
        fprintf(drive->runs.file, "%s\n", lines.line[i]);
        hb_summary_add_run(&drive->summary, &drive->plan, i, &record);
        drive->all_runs++;
    }
    hb_journal_forget(&lines);
    return ok;
}

/* ---- Points ---------------------------------------------------------------------------------------------------- */

/* The faults of the first run tell what is wrong in those of all. */
static bool check_faults(const struct drive *drive) {
    struct hb_experiment experiment;
    cJSON *chosen = hb_plan_choices(&drive->plan, 0);
    bool ok = load_faults(drive, chosen, &experiment, drive->error);
    cJSON_Delete(chosen);
    if (!ok)
        return false;
    ok = hb_experiment_check_images(&experiment, drive->error);
    hb_experiment_free(&experiment);
    return ok;
}

static enum hb_campaign_status prepare_point(struct drive *drive) {
    bool failed;
    drive->golden = hb_golden_run(drive->campaign, drive->point, &failed, drive->error);
    if (!drive->golden)
        return failed ? HB_CAMPAIGN_FAILED : HB_CAMPAIGN_REFUSED;
    if (!hb_plan_make(&drive->plan, drive->campaign, drive->golden->experiment.variant->config.harts,
                      drive->golden->window_from, drive->golden->window_to, drive->error) ||
        !check_faults(drive))
        return HB_CAMPAIGN_REFUSED;
    return HB_CAMPAIGN_DONE;
}

static enum hb_campaign_status run_point(struct drive *drive) {
    if (!share(drive) || !keep_golden(drive) || !take_journal(drive) || !run_workers(drive))
        return hb_error_is_the_hosts(drive->error) ? HB_CAMPAIGN_BROKEN : HB_CAMPAIGN_REFUSED;
    if (drive->interrupted) {
        hb_error_set(drive->error, "interrupted; --resume goes on where it was");
        return HB_CAMPAIGN_INTERRUPTED;
    }
    look(drive);
    return write_runs(drive) ? HB_CAMPAIGN_DONE : HB_CAMPAIGN_BROKEN;
}

static void end_point(struct drive *drive) {
    hb_pool_unshare(drive->shared, drive->shared_bytes);
    hb_golden_free(drive->golden);
    drive->base += drive->plan.runs;
    drive->shared = NULL;
    drive->golden = NULL;
}

/* ---- The folder ------------------------------------------------------------------------------------------------ */

static bool is_resumable(struct drive *drive, const char *text) {
    char path[HB_PATH_BYTES];
    if (!path_in(drive, "campaign.json", path))
        return false;
    FILE *file = fopen(path, "r");
    if (!file) {
        hb_error_set(drive->error, "--resume: %.600s: there is no campaign to resume", drive->options->out_dir);
        return false;
    }
    size_t n = strlen(text), got;
    char *bytes = calloc(1, n + 2);
    got = bytes ? fread(bytes, 1, n + 1, file) : 0;
    bool same = bytes && got == n && memcmp(bytes, text, n) == 0;
    free(bytes);
    fclose(file);
    if (!same)
        hb_error_set(drive->error, "--resume: %.600s holds another campaign", drive->options->out_dir);
    if (same && path_in(drive, "golden.json", path) && access(path, F_OK) == 0)
        drive->golden_before = hb_json_read(path, NULL);
    return same;
}

static bool open_folder(struct drive *drive) {
    char path[HB_PATH_BYTES];
    char *text = hb_campaign_understood(drive->campaign, drive->error);
    bool ok = text != NULL;
    if (ok && drive->options->resume) {
        ok = is_resumable(drive, text);
    } else if (ok && hb_journal_exists(drive->options->out_dir)) {
        hb_error_set(drive->error, "%.600s holds a campaign that has not ended: --resume, or another folder",
                     drive->options->out_dir);
        ok = false;
    }
    if (!ok) {
        free(text);
        return false;
    }
    return hb_output_folder(drive->options->out_dir, drive->error) && write_text(drive, "campaign.json", text) &&
           path_in(drive, "runs.jsonl", path) && hb_output_open(&drive->runs, path, HB_OUTPUT_WHOLE, drive->error);
}

static double now_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

char *hb_campaign_speed_json(uint64_t runs, uint64_t jobs, double seconds, double cpu_seconds) {
    struct hb_json_writer json = {.broken = 2};
    hb_json_open(&json, NULL, '{');
    hb_json_number(&json, "runs", runs);
    hb_json_number(&json, "jobs", jobs);
    hb_json_ratio(&json, "seconds", seconds);
    hb_json_ratio(&json, "worker_cpu_seconds", cpu_seconds);
    hb_json_ratio(&json, "runs_per_cpu_hour", cpu_seconds > 0 ? 3600 * (double)runs / cpu_seconds : 0);
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}

static char *shard_json(const struct drive *drive) {
    struct hb_json_writer json = {.broken = 2};
    hb_json_open(&json, NULL, '{');
    hb_json_number(&json, "shard", drive->options->shard);
    hb_json_number(&json, "shards", drive->options->shards);
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}

static enum hb_campaign_status write_files(struct drive *drive, double seconds) {
    bool holds;
    char *summary = hb_summary_json(&drive->summary, &holds);
    char *table = hb_summary_csv(&drive->summary);
    bool ok = hb_output_close(&drive->runs, drive->error);
    ok = write_text(drive, "summary.json", summary) && ok;
    ok = write_text(drive, "summary.csv", table) && ok;
    char *speed = hb_campaign_speed_json(drive->all_runs, drive->workers, seconds, drive->cpu_seconds);
    ok = write_text(drive, "speed.json", speed) && ok;
    if (drive->options->shards)
        ok = write_text(drive, "shard.json", shard_json(drive)) && ok;
    if (!ok)
        return HB_CAMPAIGN_BROKEN;
    hb_journal_remove(drive->options->out_dir);
    return holds ? HB_CAMPAIGN_DONE : HB_CAMPAIGN_FAILED;
}

/* The first point is looked at before anything is written. */
static enum hb_campaign_status run_points(struct drive *drive) {
    enum hb_campaign_status status = HB_CAMPAIGN_DONE;
    for (drive->point = 0; drive->point < drive->campaign->points && status == HB_CAMPAIGN_DONE; drive->point++) {
        status = prepare_point(drive);
        if (status == HB_CAMPAIGN_DONE && drive->point == 0 && !open_folder(drive))
            status = hb_error_is_the_hosts(drive->error) ? HB_CAMPAIGN_BROKEN : HB_CAMPAIGN_REFUSED;
        if (status == HB_CAMPAIGN_DONE)
            status = run_point(drive);
        end_point(drive);
    }
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

enum hb_campaign_status hb_campaign_drive(const struct hb_campaign *campaign, const struct hb_campaign_options *options,
                                          struct hb_error *error) {
    struct drive *drive = calloc(1, sizeof *drive);
    double begun = now_seconds();
    if (!drive)
        abort();
    drive->campaign = campaign;
    drive->options = options;
    drive->error = error;
    drive->workers = options->jobs ? options->jobs : hb_pool_cores();
    drive->workers = drive->workers < WORKERS_MAX ? drive->workers : WORKERS_MAX;
    drive->golden_json = cJSON_CreateObject();
    hb_summary_begin(&drive->summary, campaign);
    enum hb_campaign_status status = run_points(drive);
    if (status == HB_CAMPAIGN_DONE)
        status = write_files(drive, now_seconds() - begun);
    hb_output_drop(&drive->runs);
    hb_summary_free(&drive->summary);
    cJSON_Delete(drive->golden_json);
    cJSON_Delete(drive->golden_before);
    free(drive);
    return status;
}
