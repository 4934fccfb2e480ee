#include "sim/campaign/drive.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/json.h"
#include "sim/base/json_write.h"
#include "sim/base/output.h"
#include "sim/base/pool.h"
#include "sim/campaign/folder.h"
#include "sim/campaign/journal.h"
#include "sim/campaign/means.h"
#include "sim/campaign/record.h"
#include "sim/campaign/summary.h"
#include "sim/campaign/workers.h"

struct drive {
    const struct hb_campaign *campaign;
    const struct hb_campaign_options *options;
    struct hb_summary summary;
    struct hb_output runs;     /* runs.jsonl */
    cJSON *golden_json;        /* golden.json */
    cJSON *golden_before;      /* --resume: as it was left; NULL: there was none */
    cJSON *ended;              /* --resume: the summary of a campaign that has ended; NULL: it has not */
    uint64_t all_runs;         /* that have ended, of all points */
    struct hb_workers workers; /* of the point under way */
    struct hb_error *error;
};

static bool write_file(const struct drive *drive, const char *name, char *text) {
    return hb_folder_write(drive->options->out_dir, name, text, drive->error);
}

/* ---- The files of a point -------------------------------------------------------------------------------------- */

static void note_window(cJSON *point, const struct hb_golden *golden) {
    cJSON *window = cJSON_AddObjectToObject(point, "window");
    cJSON_AddNumberToObject(window, "from", (double)golden->window_from);
    cJSON_AddNumberToObject(window, "to", (double)golden->window_to);
}

static void note_hash(cJSON *to, const char *key, uint64_t hash) {
    char text[20];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    cJSON_AddStringToObject(to, key, text);
}

/* What it was made of, and what it answered. */
static void note_contents(cJSON *point, const struct hb_golden *golden) {
    uint64_t hash;
    note_hash(point, "machine_hash", golden->machine->birth);
    if (golden->machine->bus.disk && hb_disk_image_hash(golden->machine->bus.disk, &hash))
        note_hash(point, "disk_hash", hash);
    if (golden->has_answer)
        note_hash(point, "signature", golden->answer);
}

/* The state at each snapshot: a run passes through the same until a fault strikes it. */
static void note_hashes(cJSON *point, const struct hb_golden *golden) {
    cJSON *hashes = cJSON_AddObjectToObject(point, "state_hash_at_cycle");
    for (uint32_t i = 0; i < golden->stops; i++) {
        char cycle[24];
        snprintf(cycle, sizeof cycle, "%" PRIu64, hb_snapshot_cycle(golden->stop[i].snapshot));
        note_hash(hashes, cycle, golden->stop[i].hash);
    }
}

/* As settled: what the experiment leaves open follows from the machine. */
static void note_heartbeat(cJSON *point, const struct hb_params *os) {
    cJSON *heartbeat = cJSON_AddObjectToObject(point, "heartbeat");
    cJSON_AddNumberToObject(heartbeat, "period_cycles", (double)os->heartbeat_period_cycles);
    cJSON_AddNumberToObject(heartbeat, "timeout_cycles", (double)os->heartbeat_timeout_cycles);
    cJSON_AddNumberToObject(heartbeat, "check_cycles", (double)os->heartbeat_check_cycles);
}

static void note_golden(struct drive *drive) {
    const struct hb_golden *golden = drive->workers.golden;
    char *result = hb_result_json(golden->result, NULL, 0);
    cJSON *point = cJSON_AddObjectToObject(drive->golden_json, drive->campaign->point[drive->workers.point].name);
    cJSON_AddItemToObject(point, "set", cJSON_Duplicate(golden->settings, true));
    if (drive->campaign->uses_window)
        note_window(point, golden);
    cJSON_AddNumberToObject(point, "harts", golden->machine->config.harts);
    cJSON_AddNumberToObject(point, "runs", (double)drive->workers.plan.runs);
    note_contents(point, golden);
    note_hashes(point, golden);
    note_heartbeat(point, &golden->machine->config.os);
    if (golden->curve)
        cJSON_AddItemToObject(point, "goodput", cJSON_Duplicate(golden->curve, true));
    cJSON_AddItemToObject(point, "result", cJSON_Parse(result));
    free(result);
}

/* A campaign that is resumed has the same golden run: else the image, or hartbeat, is another by now. */
static bool is_as_before(const struct drive *drive) {
    const char *name = drive->campaign->point[drive->workers.point].name;
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
    return is_as_before(drive) && (drive->ended || write_file(drive, "golden.json", cJSON_Print(drive->golden_json)));
}

static bool refuse_missing(const struct drive *drive, uint64_t run) {
    hb_error_set(drive->error, "run %" PRIu64 " is missing from the journal", drive->workers.base + run);
    hb_error_blame_host(drive->error);
    return false;
}

static bool write_run(struct drive *drive, uint64_t run, const char *line) {
    struct hb_record record;
    if (!line || !hb_record_read(line, strlen(line), &record))
        return refuse_missing(drive, run);
    fprintf(drive->runs.file, "%s\n", line);
    hb_summary_add_run(&drive->summary, &drive->workers.plan, run, &record);
    drive->all_runs++;
    return true;
}

static void begin_summary(struct drive *drive, uint64_t runs) {
    const struct hb_workers *workers = &drive->workers;
    hb_summary_add_point(&drive->summary, &workers->plan, workers->point,
                         drive->campaign->point[workers->point].settings);
    drive->summary.point[drive->summary.points - 1].stopped = runs < workers->plan.runs;
}

/* The lines of the point's runs, by index; all that count have ended. */
static bool write_runs(struct drive *drive) {
    const struct hb_workers *workers = &drive->workers;
    struct hb_journal_lines lines;
    uint64_t runs = hb_workers_runs(workers);
    bool ok = hb_journal_read(drive->options->out_dir, workers->base, workers->base + runs, &lines, drive->error);
    begin_summary(drive, runs);
    for (uint64_t i = 0; ok && i < lines.n; i++)
        ok = !hb_workers_is_ours(workers, i) || write_run(drive, i, lines.line[i]);
    hb_journal_forget(&lines);
    return ok;
}

/* ---- Points ---------------------------------------------------------------------------------------------------- */

static bool check_run(const struct drive *drive, const cJSON *chosen) {
    struct hb_experiment experiment;
    if (!hb_workers_load_run(&drive->workers, chosen, &experiment, drive->error))
        return false;
    bool ok = hb_experiment_check_images(&experiment, drive->error);
    hb_experiment_free(&experiment);
    return ok;
}

/* Whatever is wrong with faults is found before the first run, not in the middle of the night. */
static bool check_faults(const struct drive *drive) {
    bool ok = true;
    cJSON *chosen;
    for (uint64_t i = 0; ok && (chosen = hb_plan_probe(&drive->workers.plan, i)); i++) {
        ok = check_run(drive, chosen);
        cJSON_Delete(chosen);
    }
    return ok;
}

static enum hb_campaign_status blame(const struct drive *drive) {
    return hb_error_is_the_hosts(drive->error) ? HB_CAMPAIGN_BROKEN : HB_CAMPAIGN_REFUSED;
}

/* Only the first point is asked: all have the same kind of result. */
static bool check_measures(const struct drive *drive) {
    if (!hb_means_are_wanted(drive->campaign) || drive->workers.point)
        return true;
    char *text = hb_result_json(drive->workers.golden->result, NULL, 0);
    cJSON *result = cJSON_Parse(text);
    bool ok = hb_means_check(drive->campaign, result, drive->error);
    cJSON_Delete(result);
    free(text);
    return ok;
}

static enum hb_campaign_status prepare_point(struct drive *drive) {
    struct hb_workers *workers = &drive->workers;
    bool failed;
    workers->golden = hb_golden_run(drive->campaign, workers->point, &failed, drive->error);
    if (!workers->golden)
        return failed ? HB_CAMPAIGN_FAILED : HB_CAMPAIGN_REFUSED;
    if (!hb_plan_make(&workers->plan, drive->campaign, workers->golden->experiment.variant->config.harts,
                      workers->golden->window_from, workers->golden->window_to, drive->error) ||
        !check_faults(drive) || !check_measures(drive))
        return HB_CAMPAIGN_REFUSED;
    return HB_CAMPAIGN_DONE;
}

static enum hb_campaign_status check_experiment(const struct drive *drive) {
    struct hb_experiment experiment;
    if (!hb_campaign_load(drive->campaign, drive->workers.point, NULL, &experiment, drive->error))
        return HB_CAMPAIGN_REFUSED;
    bool ok = hb_experiment_check_images(&experiment, drive->error);
    hb_experiment_free(&experiment);
    return ok ? HB_CAMPAIGN_DONE : HB_CAMPAIGN_REFUSED;
}

static enum hb_campaign_status run_point(struct drive *drive) {
    struct hb_workers *workers = &drive->workers;
    if (!keep_golden(drive))
        return blame(drive);
    if (drive->ended)
        return HB_CAMPAIGN_DONE;
    if (!hb_workers_begin(workers) || !hb_workers_run(workers))
        return blame(drive);
    if (workers->interrupted) {
        hb_error_set(drive->error, "interrupted; --resume goes on where it was");
        return HB_CAMPAIGN_INTERRUPTED;
    }
    return write_runs(drive) ? HB_CAMPAIGN_DONE : HB_CAMPAIGN_BROKEN;
}

static void end_point(struct drive *drive) {
    struct hb_workers *workers = &drive->workers;
    hb_workers_end(workers);
    hb_golden_free(workers->golden);
    workers->golden = NULL;
    workers->base += workers->plan.runs;
}

/* ---- The folder ------------------------------------------------------------------------------------------------ */

/* What is there when a campaign has ended, and not before. */
static const char *const results[] = {"runs.jsonl", "summary.json", "summary.csv", "means.csv", "speed.json"};

/* Which shard the folder is for; NULL: it is for the whole. */
static char *shard_json(const struct drive *drive) {
    struct hb_json_writer json = {.broken = 2};
    if (!drive->options->shards)
        return NULL;
    hb_json_open(&json, NULL, '{');
    hb_json_number(&json, "shard", drive->options->shard);
    hb_json_number(&json, "shards", drive->options->shards);
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}

/* Does the folder have this file with this text? NULL: it should not be there. Frees `text`. */
static bool has(const struct drive *drive, const char *name, char *text) {
    char *found = hb_folder_read(drive->options->out_dir, name);
    bool same = !found == !text && (!text || strcmp(found, text) == 0);
    free(found);
    free(text);
    return same;
}

static bool is_resumable(const struct drive *drive, const char *understood) {
    const char *dir = drive->options->out_dir, *wrong = NULL;
    char *text = hb_folder_read(dir, "campaign.json");
    if (!text)
        wrong = ": there is no campaign to resume";
    else if (strcmp(text, understood) != 0)
        wrong = " holds another campaign, or one of another version of hartbeat";
    else if (!has(drive, "shard.json", shard_json(drive)))
        wrong = " holds another shard of the campaign, or the whole of it";
    if (wrong)
        hb_error_set(drive->error, "--resume: %.600s%s", dir, wrong);
    free(text);
    return !wrong;
}

/* May results be written there? */
static bool is_free(const struct drive *drive, const char *understood) {
    if (drive->options->resume)
        return is_resumable(drive, understood);
    if (!hb_journal_exists(drive->options->out_dir))
        return true;
    hb_error_set(drive->error, "%.600s holds a campaign that has not ended: --resume, or another folder",
                 drive->options->out_dir);
    return false;
}

/* What is left to do of a campaign that is resumed. */
static void take_up(struct drive *drive) {
    const char *dir = drive->options->out_dir;
    char path[HB_PATH_BYTES], *summary = hb_journal_exists(dir) ? NULL : hb_folder_read(dir, "summary.json");
    if (hb_folder_path(dir, "golden.json", path, NULL))
        drive->golden_before = hb_json_read(path, NULL);
    drive->ended = summary ? cJSON_Parse(summary) : NULL;
    free(summary);
}

/* Results of a campaign that was there before are gone as soon as another begins. */
static bool begin_files(struct drive *drive, char *understood) {
    const char *dir = drive->options->out_dir;
    char path[HB_PATH_BYTES], *shard = shard_json(drive);
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        hb_folder_remove(dir, results[i]);
    if (!shard)
        hb_folder_remove(dir, "shard.json");
    hb_folder_sweep(dir);
    return write_file(drive, "campaign.json", understood) && (!shard || write_file(drive, "shard.json", shard)) &&
           hb_folder_path(dir, "runs.jsonl", path, drive->error) &&
           hb_output_open(&drive->runs, path, HB_OUTPUT_WHOLE, drive->error);
}

static bool lock(struct drive *drive) {
    return drive->workers.lock >= 0 || hb_folder_lock(drive->options->out_dir, &drive->workers.lock, drive->error);
}

/* It is looked at under its lock, and made if it is missing. */
static bool open_folder(struct drive *drive) {
    char *text = hb_campaign_understood(drive->campaign, drive->error);
    bool ok = text && lock(drive) && is_free(drive, text);
    if (ok && drive->options->resume)
        take_up(drive);
    if (ok && !drive->ended && hb_output_folder(drive->options->out_dir, drive->error) && lock(drive))
        return begin_files(drive, text);
    free(text);
    return ok && drive->ended;
}

static double now_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

char *hb_campaign_speed_json(const struct hb_campaign_speed *speed) {
    struct hb_json_writer json = {.broken = 2};
    double hours = speed->cpu_seconds / 3600;
    hb_json_open(&json, NULL, '{');
    hb_json_number(&json, "runs", speed->runs);
    hb_json_number(&json, "jobs", speed->jobs);
    hb_json_ratio(&json, "seconds", speed->seconds);
    hb_json_ratio(&json, "worker_cpu_seconds", speed->cpu_seconds);
    hb_json_ratio(&json, "runs_per_cpu_hour", hours > 0 ? (double)speed->runs / hours : 0);
    hb_json_number(&json, "worker_peak_kib", speed->peak_kib);
    hb_json_string(&json, "campaign", speed->campaign);
    hb_json_string(&json, "experiment", speed->experiment);
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}

static void note_path(const char *file, char noted[HB_PATH_BYTES]) {
    char *path = realpath(file, NULL);
    snprintf(noted, HB_PATH_BYTES, "%s", path ? path : "");
    free(path);
}

static char *speed_json(const struct drive *drive, double seconds) {
    struct hb_campaign_speed speed = {.runs = drive->all_runs,
                                      .jobs = drive->workers.jobs,
                                      .seconds = seconds,
                                      .cpu_seconds = drive->workers.cpu_seconds,
                                      .peak_kib = drive->workers.peak_kib};
    note_path(drive->campaign->path, speed.campaign);
    note_path(drive->campaign->experiment, speed.experiment);
    return hb_campaign_speed_json(&speed);
}

static enum hb_campaign_status write_files(struct drive *drive, double seconds) {
    bool holds;
    bool ok = hb_output_close(&drive->runs, drive->error);
    ok = hb_summary_write(&drive->summary, drive->options->out_dir, &holds, drive->error) && ok;
    ok = write_file(drive, "speed.json", speed_json(drive, seconds)) && ok;
    if (!ok)
        return HB_CAMPAIGN_BROKEN;
    hb_journal_remove(drive->options->out_dir);
    return holds ? HB_CAMPAIGN_DONE : HB_CAMPAIGN_FAILED;
}

/* A point whose golden run is fine; the folder is opened before the first. */
static enum hb_campaign_status do_point(struct drive *drive) {
    enum hb_campaign_status status = prepare_point(drive);
    if (status != HB_CAMPAIGN_DONE)
        return status;
    if (drive->workers.point == 0 && !open_folder(drive))
        return blame(drive);
    return run_point(drive);
}

/* Before anything is written: is every point right, and does it pass without faults? The first is asked when its turn
 * comes, and points without faults are no more than their golden runs. */
static enum hb_campaign_status check_points(struct drive *drive) {
    const struct hb_campaign *campaign = drive->campaign;
    enum hb_campaign_status status = HB_CAMPAIGN_DONE;
    for (uint32_t i = 1; i < campaign->points && status == HB_CAMPAIGN_DONE && !drive->options->resume; i++) {
        drive->workers.point = i;
        status = campaign->faults ? prepare_point(drive) : check_experiment(drive);
        end_point(drive);
    }
    drive->workers.base = 0;
    return status;
}

static enum hb_campaign_status run_points(struct drive *drive) {
    enum hb_campaign_status status = check_points(drive);
    for (uint32_t i = 0; i < drive->campaign->points && status == HB_CAMPAIGN_DONE; i++) {
        drive->workers.point = i;
        status = do_point(drive);
        end_point(drive);
    }
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

/* What a campaign that has ended came to. */
static enum hb_campaign_status judged(const cJSON *summary) {
    const cJSON *expected;
    cJSON_ArrayForEach(
        expected,
        hb_json_find(summary, "expect")) if (!cJSON_IsTrue(hb_json_find(expected, "holds"))) return HB_CAMPAIGN_FAILED;
    return HB_CAMPAIGN_DONE;
}

static void begin(struct drive *drive) {
    const struct hb_campaign_options *options = drive->options;
    uint32_t jobs = options->jobs ? options->jobs : hb_pool_cores();
    drive->workers = (struct hb_workers){.campaign = drive->campaign,
                                         .options = options,
                                         .lock = -1,
                                         .jobs = jobs < HB_WORKERS_MAX ? jobs : HB_WORKERS_MAX,
                                         .error = drive->error};
    drive->golden_json = cJSON_CreateObject();
    hb_summary_begin(&drive->summary, drive->campaign);
    drive->summary.of_a_shard = options->shards != 0;
    drive->summary.golden = drive->golden_json;
}

static void end(struct drive *drive) {
    hb_folder_unlock(&drive->workers.lock);
    hb_output_drop(&drive->runs);
    hb_summary_free(&drive->summary);
    cJSON_Delete(drive->golden_json);
    cJSON_Delete(drive->golden_before);
    cJSON_Delete(drive->ended);
}

enum hb_campaign_status hb_campaign_drive(const struct hb_campaign *campaign, const struct hb_campaign_options *options,
                                          struct hb_error *error) {
    struct drive *drive = calloc(1, sizeof *drive);
    double begun = now_seconds();
    if (!drive)
        abort();
    *drive = (struct drive){.campaign = campaign, .options = options, .error = error};
    begin(drive);
    enum hb_campaign_status status = run_points(drive);
    if (status == HB_CAMPAIGN_DONE)
        status = drive->ended ? judged(drive->ended) : write_files(drive, now_seconds() - begun);
    end(drive);
    free(drive);
    return status;
}
