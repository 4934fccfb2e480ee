#include "sim/campaign/workers.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "sim/base/bounds.h"
#include "sim/base/pool.h"
#include "sim/campaign/curve.h"
#include "sim/campaign/folder.h"
#include "sim/campaign/journal.h"
#include "sim/campaign/record.h"
#include "sim/result/gather.h"

#define NO_RUN     UINT64_MAX
#define DEATHS_MAX 2u /* of its worker, before a run is given up */
#define ENDS_MAX   8u /* deaths in a row, before the workers are: not even giving up goes well */

/* What workers and caller share: which run is next, and who does which. */
struct hb_workers_shared {
    _Atomic uint64_t next;  /* run of this point */
    _Atomic uint64_t limit; /* runs from here on are not begun any more: stopped early */
    struct {
        _Atomic uint64_t run; /* NO_RUN: none */
        _Atomic uint32_t deaths;
    } worker[HB_WORKERS_MAX];
    _Atomic uint8_t class_of[]; /* of each run, plus 1; 0: it has not ended */
};

/* ---- In a worker: run after run -------------------------------------------------------------------------------- */

bool hb_workers_is_ours(const struct hb_workers *workers, uint64_t run) {
    const struct hb_campaign_options *options = workers->options;
    return options->shards == 0 || run % options->shards == options->shard;
}

static bool is_wanted(const struct hb_workers *workers, uint64_t run) {
    return hb_workers_is_ours(workers, run) && atomic_load(&workers->shared->class_of[run]) == 0;
}

/* The next run that nobody has begun; NO_RUN: there is none. It is the worker's before it is nobody else's: a death in
 * between leaves it with two, who do the same, and never with none. */
static uint64_t next_run(const struct hb_workers *workers, uint32_t job) {
    struct hb_workers_shared *shared = workers->shared;
    uint64_t run = atomic_load(&shared->next);
    for (;;) {
        if (run >= workers->plan.runs || run >= atomic_load(&shared->limit))
            return NO_RUN;
        if (is_wanted(workers, run))
            atomic_store(&shared->worker[job].run, run);
        if (!atomic_compare_exchange_weak(&shared->next, &run, run + 1))
            continue;
        if (is_wanted(workers, run))
            return run;
        run++;
    }
}

/* The configured faults of a run. */
bool hb_workers_load_run(const struct hb_workers *workers, const cJSON *chosen, struct hb_experiment *experiment,
                         struct hb_error *error) {
    cJSON *settings = cJSON_Duplicate(workers->golden->settings, true);
    const cJSON *parts[] = {workers->campaign->fault_settings, chosen};
    for (size_t i = 0; i < 2; i++)
        for (const cJSON *setting = parts[i] ? parts[i]->child : NULL; setting; setting = setting->next)
            cJSON_AddItemToObject(settings, setting->string, cJSON_Duplicate(setting, true));
    bool ok = hb_campaign_load(workers->campaign, workers->point, settings, experiment, error);
    cJSON_Delete(settings);
    return ok;
}

/* The run's line, to be freed. NULL: `error`. */
static char *do_run(const struct hb_workers *workers, const struct hb_record_place *place, const cJSON *chosen,
                    uint8_t *class_, struct hb_error *error) {
    struct hb_experiment experiment;
    if (!hb_workers_load_run(workers, chosen, &experiment, error))
        return NULL;
    const struct hb_config *config = &experiment.variant->config;
    char *line = NULL;
    if (hb_golden_inject(workers->golden, config->faults, config->n_faults, error)) {
        struct hb_run_result *result = hb_result_gather_by(workers->golden->machine, workers->golden->checksum);
        struct hb_class_case compared = hb_golden_compare(workers->golden);
        *class_ = (uint8_t)hb_class_of(result, &compared);
        cJSON *curve = hb_curve_of_run(workers->golden->machine, result, hb_curve_window(compared.golden_cycles));
        line = hb_record_line(place, chosen, result, curve, *class_, hb_class_flags(result, &compared));
        hb_result_free(result);
    }
    hb_experiment_free(&experiment);
    return line;
}

static bool journal_run(const struct hb_workers *workers, struct hb_journal *journal, uint64_t run, bool given_up,
                        struct hb_error *error) {
    char stratum[HB_STRATUM_BYTES];
    uint8_t class_ = HB_CLASS_SIM_ERROR;
    hb_plan_stratum_name(&workers->plan, hb_plan_stratum(&workers->plan, run), stratum);
    struct hb_record_place place = {workers->base + run, workers->campaign->point[workers->point].name, stratum};
    cJSON *chosen = hb_plan_choices(&workers->plan, run);
    char *line = given_up ? hb_record_error_line(&place, chosen) : do_run(workers, &place, chosen, &class_, error);
    bool ok = line && hb_journal_add(journal, line, error);
    if (ok)
        atomic_store(&workers->shared->class_of[run], (uint8_t)(class_ + 1));
    free(line);
    cJSON_Delete(chosen);
    return ok;
}

static bool is_interrupted(const struct hb_workers *workers) {
    return workers->options->interrupted && workers->options->interrupted(workers->options->context);
}

/* A worker may die when its run is in the journal already, and nobody knows. The class in it; HB_CLASSES_KNOWN: the run
 * has not ended. */
static uint8_t class_in_journal(const struct hb_workers *workers, uint64_t run) {
    struct hb_journal_lines lines;
    struct hb_record record = {.class_ = HB_CLASSES_KNOWN};
    uint64_t index = workers->base + run;
    if (hb_journal_read(workers->options->out_dir, index, index + 1, &lines, NULL) && lines.line[0])
        hb_record_read(lines.line[0], strlen(lines.line[0]), &record);
    hb_journal_forget(&lines);
    return record.class_;
}

/* The run that killed this worker's predecessor, if it has not ended; NO_RUN: there is none. */
static uint64_t left_run(const struct hb_workers *workers, uint32_t job) {
    struct hb_workers_shared *shared = workers->shared;
    uint64_t run = atomic_load(&shared->worker[job].run);
    uint8_t class_ = run == NO_RUN ? 0 : class_in_journal(workers, run);
    if (run == NO_RUN || class_ == HB_CLASSES_KNOWN)
        return run;
    atomic_store(&shared->class_of[run], (uint8_t)(class_ + 1));
    return NO_RUN;
}

/* The runs of one worker. One that begins again after a death takes up the run that killed its predecessor. */
static bool work(void *context, uint32_t job, FILE *answer, struct hb_error *error) {
    struct hb_workers *workers = context;
    struct hb_workers_shared *shared = workers->shared;
    struct hb_journal journal;
    hb_folder_unlock(&workers->lock);
    if (!hb_journal_open(&journal, workers->options->out_dir, error))
        return false;
    bool ok = true;
    uint64_t run = left_run(workers, job);
    while (ok && !is_interrupted(workers)) {
        if (run == NO_RUN) {
            atomic_store(&shared->worker[job].deaths, 0);
            atomic_store(&shared->worker[job].run, NO_RUN);
            run = next_run(workers, job);
        }
        if (run == NO_RUN)
            break;
        ok = journal_run(workers, &journal, run, atomic_load(&shared->worker[job].deaths) >= DEATHS_MAX, error);
        run = NO_RUN;
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    fprintf(answer, "%.6f %ld", (double)clock() / CLOCKS_PER_SEC, used.ru_maxrss);
    return hb_journal_close(&journal, ok ? error : NULL) && ok;
}

/* ---- In the caller: the workers of a point --------------------------------------------------------------------- */

static bool take(void *context, uint32_t job, const char *bytes, size_t n, struct hb_error *error) {
    struct hb_workers *workers = context;
    char *end = NULL;
    (void)job, (void)n, (void)error;
    workers->cpu_seconds += bytes ? strtod(bytes, &end) : 0;
    const uint64_t peak = end ? strtoull(end, NULL, 10) : 0;
    workers->peak_kib = peak > workers->peak_kib ? peak : workers->peak_kib;
    return true;
}

/* A worker has died: the run that it was at is tried once more. */
static bool again(void *context, uint32_t job) {
    struct hb_workers *workers = context;
    return atomic_fetch_add(&workers->shared->worker[job].deaths, 1) + 1 < ENDS_MAX;
}

/* How many runs from the first on have all ended, and how many of them in the class. */
static uint64_t ended_prefix(const struct hb_workers *workers, uint64_t up_to, uint32_t class_, uint64_t *hits) {
    uint64_t run = 0;
    *hits = 0;
    for (; run < up_to && atomic_load(&workers->shared->class_of[run]); run++)
        *hits += atomic_load(&workers->shared->class_of[run]) == class_ + 1;
    return run;
}

/* Where the campaign may stop: the first look, on the runs in their order, at which the share is known well enough.
 * NO_RUN: not yet. The looks are fixed and share the confidence, so that looking often does not make one surer than one
 * is. */
static uint64_t stop_at(const struct hb_workers *workers) {
    const struct hb_campaign_stop *stop = &workers->campaign->stop;
    for (uint32_t look = 1; look < stop->looks; look++) {
        uint64_t hits, up_to = workers->plan.runs * look / stop->looks;
        if (ended_prefix(workers, up_to, stop->class_, &hits) < up_to)
            return NO_RUN;
        if (hb_bounds_suffice(hits, up_to, stop->margin, stop->confidence, stop->looks))
            return up_to;
    }
    return NO_RUN;
}

static void look(struct hb_workers *workers) {
    if (workers->campaign->stop.wanted && atomic_load(&workers->shared->limit) == NO_RUN)
        atomic_store(&workers->shared->limit, stop_at(workers));
}

static void tick(void *context) {
    struct hb_workers *workers = context;
    look(workers);
    if (!workers->options->progress)
        return;
    struct hb_campaign_progress progress = {
        .point = workers->point, .points = workers->campaign->points, .runs = workers->plan.runs};
    for (uint64_t run = 0; run < workers->plan.runs; run++) {
        uint8_t class_ = atomic_load(&workers->shared->class_of[run]);
        progress.done += class_ != 0;
        if (class_)
            progress.counts[class_ - 1]++;
    }
    workers->options->progress(workers->options->context, &progress);
}

static bool interrupted(void *context) {
    struct hb_workers *workers = context;
    workers->interrupted = workers->interrupted || is_interrupted(workers);
    return workers->interrupted;
}

static bool share(struct hb_workers *workers) {
    workers->shared_bytes = sizeof *workers->shared + workers->plan.runs;
    workers->shared = hb_pool_share(workers->shared_bytes);
    if (!workers->shared) {
        hb_error_set(workers->error, "the host does not have enough memory");
        return false;
    }
    atomic_store(&workers->shared->limit, NO_RUN);
    for (uint32_t i = 0; i < HB_WORKERS_MAX; i++)
        atomic_store(&workers->shared->worker[i].run, NO_RUN);
    return true;
}

/* Runs that the journal has already are not done again. */
static bool take_journal(const struct hb_workers *workers) {
    struct hb_journal_lines lines;
    struct hb_record record;
    bool ok = hb_journal_read(workers->options->out_dir, workers->base, workers->base + workers->plan.runs, &lines,
                              workers->error);
    for (uint64_t i = 0; ok && i < lines.n; i++)
        if (lines.line[i] && hb_record_read(lines.line[i], strlen(lines.line[i]), &record))
            atomic_store(&workers->shared->class_of[i], (uint8_t)(record.class_ + 1));
    hb_journal_forget(&lines);
    return ok;
}

bool hb_workers_run(struct hb_workers *workers) {
    const uint32_t jobs = workers->plan.runs < workers->jobs ? (uint32_t)workers->plan.runs : workers->jobs;
    struct hb_pool pool = {.jobs = jobs,
                           .workers = jobs,
                           .run = work,
                           .take = take,
                           .tick = tick,
                           .again = again,
                           .interrupted = interrupted,
                           .context = workers};
    bool ok = hb_pool_run(&pool, workers->error);
    look(workers);
    return ok;
}

uint64_t hb_workers_runs(const struct hb_workers *workers) {
    uint64_t limit = atomic_load(&workers->shared->limit);
    return limit < workers->plan.runs ? limit : workers->plan.runs;
}

bool hb_workers_begin(struct hb_workers *workers) {
    return share(workers) && take_journal(workers);
}

void hb_workers_end(struct hb_workers *workers) {
    if (workers->shared)
        hb_pool_unshare(workers->shared, workers->shared_bytes);
    workers->shared = NULL;
}
