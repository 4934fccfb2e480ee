#include "sim/experiment/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/json_write.h"
#include "sim/base/output.h"
#include "sim/base/pool.h"
#include "sim/experiment/csv.h"
#include "sim/experiment/implied.h"
#include "sim/machine/commit_log.h"
#include "sim/result/carry.h"
#include "sim/result/gather.h"
#include "sim/state/recording.h"
#include "sim/trace/trace.h"

#define SLICE_CYCLES 100000u /* how often progress is reported and signals are checked */

enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE, STATUS_UNFINISHED, STATUS_INTERNAL };

/* ---- Files ----------------------------------------------------------------------------------------------------- */

static bool join(char *path, const char *dir, const char *name, struct hb_error *error) {
    if (snprintf(path, HB_PATH_BYTES, "%s/%s", dir, name) < HB_PATH_BYTES)
        return true;
    hb_error_set(error, "%.60s...: the path is too long", dir);
    return false;
}

static bool write_file(const char *dir, const char *name, const char *bytes, size_t n, struct hb_error *error) {
    char path[HB_PATH_BYTES];
    return join(path, dir, name, error) && hb_output_write(path, bytes, n, error);
}

static bool can_write(const char *dir, const char *name, struct hb_error *error) {
    char path[HB_PATH_BYTES];
    return join(path, dir, name, error) && hb_output_probe(path, error);
}

bool hb_run_prepare_folder(const char *dir, struct hb_error *error) {
    return hb_output_folder(dir, error) && can_write(dir, "result.json", error) && can_write(dir, "console.txt", error);
}

static bool write_json(const char *dir, char *json, struct hb_error *error) {
    bool ok = write_file(dir, "result.json", json, strlen(json), error);
    free(json);
    return ok;
}

static bool write_console(const struct hb_machine *machine, const char *dir, struct hb_error *error) {
    return write_file(dir, "console.txt", machine->console, machine->saved->console_bytes, error);
}

bool hb_run_write_result(struct hb_machine *machine, const struct hb_run_result *result, const char *dir,
                         struct hb_error *error) {
    struct hb_run_result *gathered = result ? NULL : hb_result_gather(machine);
    char *json = hb_result_json(result ? result : gathered, NULL, 0);
    hb_result_free(gathered);
    return write_json(dir, json, error) && write_console(machine, dir, error);
}

bool hb_run_prepare_csv(const char *dir, struct hb_error *error) {
    for (uint32_t i = 0; hb_csv_file(i); i++)
        if (!can_write(dir, hb_csv_file(i), error))
            return false;
    return true;
}

bool hb_run_write_csv(const struct hb_run_report *report, const char *dir, struct hb_error *error) {
    bool ok = true;
    for (uint32_t i = 0; ok && hb_csv_file(i); i++) {
        char *text = hb_csv_text(report, i);
        ok = write_file(dir, hb_csv_file(i), text, strlen(text), error);
        free(text);
    }
    return ok;
}

/* ---- One running experiment ------------------------------------------------------------------------------------ */

struct work {
    const struct hb_experiment *experiment;
    const struct hb_run_options *options;
    struct hb_run_report *report;
    cJSON *root; /* what expectations are evaluated on: the result, or {name of variant: result} */
    struct hb_error *error;
    uint32_t variant; /* that runs in this process */
    uint32_t ended;   /* variants */
    _Atomic uint32_t
        *part; /* of each variant that is done, in thousandths; shared with the workers. NULL: no variants */
};

/* The folder for the results of a variant. */
static bool folder_of(const struct work *work, uint32_t variant, char *dir) {
    const char *out = work->options->out_dir;
    if (work->experiment->has_variants)
        return join(dir, out, work->experiment->variant[variant].name, work->error);
    if (snprintf(dir, HB_PATH_BYTES, "%s", out) < HB_PATH_BYTES)
        return true;
    hb_error_set(work->error, "%.60s...: the path is too long", out);
    return false;
}

static bool prepare_folders(const struct work *work) {
    const struct hb_experiment *experiment = work->experiment;
    char dir[HB_PATH_BYTES];
    if (!work->options->out_dir)
        return true;
    for (uint32_t i = 0; i < experiment->variants; i++)
        if (!folder_of(work, i, dir) || !hb_run_prepare_folder(dir, work->error))
            return false;
    return (!experiment->has_variants || can_write(work->options->out_dir, "result.json", work->error)) &&
           (!work->options->csv || hb_run_prepare_csv(work->options->out_dir, work->error));
}

/* The first option that needs an experiment without variants, or NULL; `*kind` is what it writes or reads. */
static const char *of_one_run(const struct hb_run_options *options, const char **kind) {
    const struct {
        const char *value, *name, *kind;
    } given[] = {
        {options->record, "--record", "recording"},     {options->replay, "--replay", "recording"},
        {options->save, "--save-at", "snapshot"},       {options->trace, "--trace", "trace"},
        {options->log_commits, "--log-commits", "log"},
    };
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        *kind = given[i].kind;
        if (given[i].value)
            return given[i].name;
    }
    return NULL;
}

static bool check_options(const struct work *work) {
    const struct hb_run_options *options = work->options;
    const char *kind, *option = of_one_run(options, &kind);
    if (work->experiment->has_variants && option)
        hb_error_set(work->error, "%s: %s: the experiment has variants, and a %s covers one run",
                     work->experiment->name, option, kind);
    else if (options->from && options->replay)
        hb_error_set(work->error, "--replay: the snapshot of --from holds its own inputs");
    else
        return true;
    return false;
}

static void console(void *context, const char *text, size_t n) {
    const struct work *work = context;
    work->options->console(work->options->context, text, n);
}

/* A recording holds all outside input, including the experiment's own. */
static bool load_recording(struct hb_machine *machine, const struct work *work) {
    if (!work->options->replay)
        return true;
    hb_machine_forget_inputs(machine, 0);
    return hb_recording_read(machine, work->options->replay, work->error);
}

static struct hb_machine *build(const struct work *work, uint32_t variant) {
    const struct hb_run_options *options = work->options;
    struct hb_config *config = malloc(sizeof *config);
    if (!config)
        abort();
    *config = work->experiment->variant[variant].config;
    if (options->cycles_limit && options->cycles_limit < config->stop_cycles)
        config->stop_cycles = options->cycles_limit;
    struct hb_machine *machine = hb_machine_create(config, work->error);
    free(config);
    if (!machine ||
        (load_recording(machine, work) && (!options->from || hb_snapshot_read(machine, options->from, work->error))))
        return machine;
    hb_machine_destroy(machine);
    return NULL;
}

/* Check that all machines can be built before the first one has run for minutes. */
static bool check_variants(const struct work *work) {
    for (uint32_t i = 0; i < work->experiment->variants; i++) {
        struct hb_machine *machine = build(work, i);
        if (!machine)
            return false;
        hb_machine_destroy(machine);
    }
    return true;
}

/* The part known to be done, in thousandths. */
static uint32_t part_done(const struct hb_machine *machine, uint64_t tasks) {
    const uint64_t cycle = machine->saved->cycle, limit = machine->config.stop_cycles;
    double part = limit && limit != UINT64_MAX ? (double)cycle / (double)limit : 0;
    if (tasks && (double)machine->saved->os.tasks_done / (double)tasks > part)
        part = (double)machine->saved->os.tasks_done / (double)tasks;
    return part >= 1 ? 1000 : (uint32_t)(1000 * part);
}

static void show_progress(const struct work *work, const struct hb_machine *machine, uint64_t tasks) {
    const struct hb_run_options *options = work->options;
    if (work->part)
        work->part[work->variant] = part_done(machine, tasks);
    else if (options->progress)
        options->progress(options->context, machine->saved->cycle, machine->config.stop_cycles,
                          machine->saved->os.tasks_done, tasks);
}

static bool is_interrupted(const struct work *work) {
    return work->options->interrupted && work->options->interrupted(work->options->context);
}

static bool run_machine(struct work *work, struct hb_machine *machine, struct hb_trace *trace) {
    const struct hb_run_options *options = work->options;
    struct hb_save_request save = {.path = options->save, .cycle = options->save_cycle, .clean = options->save_clean};
    const uint64_t tasks = machine->cores.trace_points ? machine->config.os.workload_tasks : 0;
    if (options->log_commits && !hb_commit_log_open(machine, options->log_commits, work->error))
        return false;
    while (machine->saved->outcome == HB_OUTCOME_RUNNING && !is_interrupted(work)) {
        if (!hb_run_traced(machine, trace, &save, machine->saved->cycle + SLICE_CYCLES, work->error))
            return false;
        show_progress(work, machine, tasks);
    }
    const bool cut_short = machine->saved->outcome == HB_OUTCOME_RUNNING;
    if (cut_short)
        machine->saved->outcome = HB_OUTCOME_INTERRUPTED;
    return hb_commit_log_close(machine, work->error) && (cut_short || hb_save_was_done(machine, &save, work->error));
}

static bool run_and_trace(struct work *work, struct hb_machine *machine) {
    const char *path = work->options->trace;
    struct hb_trace *trace = path ? hb_trace_open(machine, path, work->error) : NULL;
    if (path && !trace)
        return false;
    struct hb_watcher watcher = {.context = work, .console = work->options->console ? console : NULL};
    hb_machine_watch_add(machine, &watcher);
    bool ok = run_machine(work, machine, trace);
    hb_machine_watch_remove(machine, &watcher);
    bool closed = hb_trace_close(trace, ok ? work->error : NULL);
    /* If a run was cut short, the traced cycles may never have come. */
    bool cut_short = machine->saved->outcome == HB_OUTCOME_INTERRUPTED;
    return ok && (closed || (cut_short && !hb_error_is_the_hosts(work->error)));
}

static bool write_run(const struct work *work, struct hb_machine *machine, const struct hb_run_result *result) {
    char dir[HB_PATH_BYTES];
    if (work->options->record && !hb_recording_write(machine, work->options->record, work->error))
        return false;
    return !work->options->out_dir ||
           (folder_of(work, work->variant, dir) && hb_run_write_result(machine, result, dir, work->error));
}

/* Run work->variant and write its files. NULL: work->error. */
static struct hb_run_result *run_variant(struct work *work) {
    struct hb_run_result *result = NULL;
    struct hb_machine *machine = build(work, work->variant);
    if (!machine)
        return NULL;
    if (run_and_trace(work, machine)) {
        result = hb_result_gather(machine);
        if (!write_run(work, machine, result)) {
            hb_result_free(result);
            result = NULL;
        }
    }
    hb_machine_destroy(machine);
    return result;
}

/* ---- Variants, several at a time (sim/base/pool.h) ------------------------------------------------------------- */

static bool run_in_worker(void *context, uint32_t job, FILE *answer, struct hb_error *error) {
    struct work *work = context;
    work->error = error;
    work->variant = job;
    struct hb_run_result *result = run_variant(work);
    bool ok = result && hb_result_pack(result, answer);
    hb_result_free(result);
    return ok;
}

static bool take_result(void *context, uint32_t job, const char *bytes, size_t n, struct hb_error *error) {
    struct work *work = context;
    work->report->variant[job].result = hb_result_unpack(&bytes, &n);
    work->ended++;
    work->part[job] = 1000;
    if (work->report->variant[job].result)
        return true;
    hb_error_set(error, "%s: the result did not arrive complete", work->experiment->variant[job].name);
    return false;
}

static const char *name_of_job(void *context, uint32_t job) {
    const struct work *work = context;
    return work->experiment->variant[job].name;
}

static void show_parts(void *context) {
    const struct work *work = context;
    const uint32_t variants = work->experiment->variants;
    double sum = 0;
    for (uint32_t i = 0; i < variants; i++)
        sum += work->part[i];
    if (work->options->progress_variants)
        work->options->progress_variants(work->options->context, work->ended, variants, sum / (1000.0 * variants));
}

static bool pool_is_interrupted(void *context) {
    return is_interrupted(context);
}

static bool run_variants(struct work *work) {
    const uint32_t variants = work->experiment->variants;
    struct hb_pool pool = {.jobs = variants,
                           .workers = work->options->jobs ? work->options->jobs : hb_pool_cores(),
                           .run = run_in_worker,
                           .take = take_result,
                           .tick = show_parts,
                           .interrupted = work->options->interrupted ? pool_is_interrupted : NULL,
                           .name = name_of_job,
                           .context = work};
    work->part = hb_pool_share(variants * sizeof *work->part);
    if (!work->part) {
        hb_error_set(work->error, "the host does not have enough memory");
        return false;
    }
    bool ok = hb_pool_run(&pool, work->error);
    hb_pool_unshare((void *)work->part, variants * sizeof *work->part);
    work->part = NULL;
    return ok;
}

/* ---- Expectations, the common result, the status --------------------------------------------------------------- */

/* Expectations see what is in the file: the text is read back. */
static void keep_for_expectations(struct work *work, const struct hb_run_variant *variant) {
    char *json = hb_result_json(variant->result, NULL, 0);
    cJSON *result = cJSON_Parse(json);
    if (!result)
        abort();
    free(json);
    if (work->experiment->has_variants)
        cJSON_AddItemToObject(work->root, variant->name, result);
    else
        work->root = result;
}

static void evaluate(struct work *work) {
    for (uint32_t i = 0; i < work->experiment->expectations; i++) {
        const struct hb_expectation *wanted = &work->experiment->expectation[i];
        hb_expectation_judge(wanted->that, wanted->because, work->root, &work->report->expectation[i]);
    }
    hb_imply_expectations(work->experiment, work->root, work->report);
}

static char *common_json(const struct hb_run_report *report) {
    struct hb_json_writer json = {.broken = 2};
    hb_json_open(&json, NULL, '{');
    hb_json_string(&json, "schema", "hartbeat-result/1");
    hb_json_open(&json, "variants", '{');
    for (uint32_t i = 0; i < report->variants; i++)
        hb_json_string(&json, report->variant[i].name, hb_outcome_name(report->variant[i].result->outcome));
    hb_json_close(&json, '}');
    hb_result_write_expect(&json, report->expectation, report->expectations);
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}

static bool write_last(const struct work *work) {
    const struct hb_run_report *report = work->report;
    if (!work->options->out_dir)
        return true;
    if (report->has_variants)
        return write_json(work->options->out_dir, common_json(report), work->error);
    if (report->expectations == 0)
        return true;
    char *json = hb_result_json(report->variant[0].result, report->expectation, report->expectations);
    return write_json(work->options->out_dir, json, work->error);
}

static bool write_csv(const struct work *work) {
    return !work->options->csv || hb_run_write_csv(work->report, work->options->out_dir, work->error);
}

static int status_of(const struct hb_run_report *report) {
    int status = STATUS_OK;
    if (report->interrupted)
        return STATUS_UNFINISHED;
    for (uint32_t i = 0; i < report->expectations; i++)
        if (!report->expectation[i].holds)
            status = STATUS_FAILED;
    for (uint32_t i = 0; i < report->variants && report->expectations == 0; i++) {
        enum hb_outcome outcome = report->variant[i].result->outcome;
        if (outcome == HB_OUTCOME_FAILED || outcome == HB_OUTCOME_CRASH)
            status = STATUS_FAILED;
        else if (outcome != HB_OUTCOME_PASSED && status == STATUS_OK)
            status = STATUS_UNFINISHED;
    }
    return status;
}

static int status_of_error(const struct hb_error *error) {
    return hb_error_is_the_hosts(error) ? STATUS_INTERNAL : STATUS_USAGE;
}

/* ---- Whole experiments ----------------------------------------------------------------------------------------- */

static struct hb_run_report *new_report(const struct hb_experiment *experiment) {
    struct hb_run_report *report = calloc(1, sizeof *report);
    if (!report)
        abort();
    memcpy(report->name, experiment->name, sizeof report->name);
    report->has_variants = experiment->has_variants;
    report->variants = experiment->variants;
    report->expectations = experiment->expectations;
    report->variant = calloc(experiment->variants, sizeof *report->variant);
    report->expectation = calloc(experiment->expectations + 1, sizeof *report->expectation);
    if (!report->variant || !report->expectation)
        abort();
    for (uint32_t i = 0; i < report->variants; i++)
        memcpy(report->variant[i].name, experiment->variant[i].name, sizeof report->variant[i].name);
    return report;
}

static bool run_all(struct work *work) {
    struct hb_run_report *report = work->report;
    if (work->experiment->has_variants && !run_variants(work))
        return false;
    if (!work->experiment->has_variants && !(report->variant[0].result = run_variant(work)))
        return false;
    if (work->experiment->has_variants)
        work->root = cJSON_CreateObject();
    for (uint32_t i = 0; i < report->variants; i++) {
        keep_for_expectations(work, &report->variant[i]);
        report->interrupted |= report->variant[i].result->outcome == HB_OUTCOME_INTERRUPTED;
    }
    evaluate(work);
    return write_last(work) && write_csv(work);
}

int hb_run_experiment(const struct hb_experiment *experiment, const struct hb_run_options *options,
                      struct hb_run_report **report, struct hb_error *error) {
    struct work work = {.experiment = experiment, .options = options, .error = error};
    *report = NULL;
    if (!check_options(&work) || !check_variants(&work) || !prepare_folders(&work))
        return status_of_error(error);
    work.report = new_report(experiment);
    bool ok = run_all(&work);
    cJSON_Delete(work.root);
    if (!ok) {
        hb_report_free(work.report);
        return status_of_error(error);
    }
    work.report->exit_status = status_of(work.report);
    *report = work.report;
    return work.report->exit_status;
}
