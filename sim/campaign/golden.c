#include "sim/campaign/golden.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "osmodel/expected.h"
#include "sim/campaign/curve.h"
#include "sim/engine/run.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"

#define FIRST_STRIDE_CYCLES 5000u /* between snapshots: running so far costs the host about what taking one does */

static void *need(void *memory) {
    if (!memory)
        abort();
    return memory;
}

/* ---- What is kept of the run ----------------------------------------------------------------------------------- */

static void stop_here(struct hb_golden *golden) {
    struct hb_machine *machine = golden->machine;
    struct hb_golden_stop *stop = &golden->stop[golden->stops++];
    stop->snapshot = need(hb_snapshot_take(machine));
    stop->hash = hb_state_hash(machine);
    stop->marks = golden->marks.n;
    stop->instructions = need(calloc(machine->config.harts, sizeof *stop->instructions));
    for (uint32_t h = 0; h < machine->config.harts; h++)
        stop->instructions[h] = machine->hart[h].instructions;
}

static void run_to_the_end(struct hb_machine *machine) {
    while (machine->saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_run(machine, UINT64_MAX);
}

static void run_with_stops(struct hb_golden *golden, uint64_t length) {
    struct hb_machine *machine = golden->machine;
    struct hb_watcher watcher = hb_marks_watcher(&golden->marks);
    uint64_t stride = length / (HB_GOLDEN_SNAPSHOTS - 1) + 1;
    stride = stride > FIRST_STRIDE_CYCLES ? stride : FIRST_STRIDE_CYCLES;
    hb_machine_watch_add(machine, &watcher);
    while (machine->saved->outcome == HB_OUTCOME_RUNNING) {
        if (golden->stops < HB_GOLDEN_SNAPSHOTS)
            stop_here(golden);
        hb_machine_run(machine, machine->saved->cycle + stride);
    }
    hb_machine_watch_remove(machine, &watcher);
}

/* ---- The window ------------------------------------------------------------------------------------------------ */

static uint64_t last_cycle(const struct hb_marks *marks, uint16_t tracepoint) {
    for (uint32_t i = marks->n; i-- > 0;)
        if (marks->mark[i].id == tracepoint)
            return marks->mark[i].cycle;
    return HB_NEVER;
}

static uint64_t cycle_of(const struct hb_golden *golden, const struct hb_window_mark *mark) {
    if (mark->kind == HB_MARK_CYCLE)
        return mark->cycle;
    if (mark->last)
        return last_cycle(&golden->marks, mark->tracepoint);
    return hb_marks_find(&golden->marks, mark->tracepoint, HB_MARKS_ANY_HART, 0, mark->count);
}

static bool find_window(struct hb_golden *golden, const struct hb_campaign *campaign, struct hb_error *error) {
    if (!campaign->uses_window)
        return true;
    if (!campaign->has_window && golden->marks.n == 0) { /* an image without tracepoints */
        golden->window_to = golden->result->cycles;
        return true;
    }
    golden->window_from = cycle_of(golden, &campaign->from);
    golden->window_to = cycle_of(golden, &campaign->to);
    if (golden->window_to > golden->result->cycles && campaign->to.kind == HB_MARK_CYCLE)
        golden->window_to = golden->result->cycles;
    const char *end = golden->window_from == HB_NEVER ? "from" : "to";
    if (golden->window_from != HB_NEVER && golden->window_to != HB_NEVER)
        return true;
    hb_error_set(error, "%.300s: window.%s: the golden run does not pass that tracepoint so often", campaign->path,
                 end);
    return false;
}

/* ---- Comparing ------------------------------------------------------------------------------------------------- */

/* Fill with zeros what of `page`, which is at `address`, holds the kernel's times (osmodel/guest/lib/times.h). An image
 * without these marks has none that are known. */
static void blank_times(const struct hb_machine *machine, uint64_t address, uint8_t *page) {
    uint64_t from, to, end = address + HB_PAGE_BYTES;
    if (!hb_symbols_find(&machine->symbols, "hb_times_begin", &from, NULL) ||
        !hb_symbols_find(&machine->symbols, "hb_times_end", &to, NULL))
        return;
    from = from > address ? from : address;
    to = to < end ? to : end;
    if (from < to)
        memset(page + (from - address), 0, to - from);
}

static uint64_t hash_memory(const struct hb_machine *machine) {
    static const uint8_t zeros[HB_PAGE_BYTES];
    uint8_t page[HB_PAGE_BYTES];
    uint64_t hash = HB_HASH_SEED;
    for (uint64_t at = 0; at < machine->ram.size_bytes; at += HB_PAGE_BYTES) {
        uint64_t address = HB_RAM_BASE + at;
        if (!hb_bus_debug_read(&machine->bus, address, page, sizeof page))
            break;
        blank_times(machine, address, page);
        if (memcmp(page, zeros, sizeof page) != 0)
            hash = hb_hash_bytes(hb_hash_u64(hash, address), page, sizeof page);
    }
    return machine->bus.disk ? hb_hash_u64(hash, hb_disk_hash(machine->bus.disk)) : hash;
}

static uint64_t hash_console(const struct hb_machine *machine) {
    return hb_hash_bytes(HB_HASH_SEED, (const uint8_t *)machine->console, machine->saved->console_bytes);
}

static bool is_the_same(void *context) {
    const struct hb_golden *golden = context;
    return hash_console(golden->machine) == golden->console_hash && hash_memory(golden->machine) == golden->memory_hash;
}

static bool answers_otherwise(const struct hb_golden *golden) {
    uint64_t answer;
    return golden->has_answer && hb_signature_hash(golden->signature, golden->machine, &answer) &&
           answer != golden->answer;
}

struct hb_class_case hb_golden_compare(struct hb_golden *golden) {
    return (struct hb_class_case){.golden_cycles = golden->result->cycles,
                                  .delay_percent = golden->delay_percent,
                                  .panicked = golden->machine->saved->panicked,
                                  .answered_otherwise = answers_otherwise(golden),
                                  .same = is_the_same,
                                  .context = golden};
}

/* ---- Running it ------------------------------------------------------------------------------------------------ */

static bool check_signature(const struct hb_machine *machine, const struct hb_campaign *campaign,
                            struct hb_error *error) {
    struct hb_error wrong;
    if (hb_signature_check(&campaign->signature, machine, &wrong))
        return true;
    hb_error_set(error, "%.300s: %.600s", campaign->path, wrong.text);
    return false;
}

static bool build(struct hb_golden *golden, const struct hb_campaign *campaign, uint32_t point,
                  struct hb_error *error) {
    hb_experiment_free(&golden->experiment);
    if (!hb_campaign_load(campaign, point, golden->settings, &golden->experiment, error))
        return false;
    if (golden->experiment.has_variants || golden->experiment.variant->config.n_faults) {
        hb_error_set(error, "%.300s: experiment: %.200s has %s of its own; a campaign gives them", campaign->path,
                     campaign->experiment, golden->experiment.has_variants ? "variants" : "faults");
        return false;
    }
    golden->machine = hb_machine_create(&golden->experiment.variant->config, error);
    return golden->machine && check_signature(golden->machine, campaign, error);
}

static void set_number(cJSON *settings, const char *key, double value) {
    cJSON_DeleteItemFromObjectCaseSensitive(settings, key);
    cJSON_AddNumberToObject(settings, key, value);
}

static void set_limits(struct hb_golden *golden, const struct hb_campaign *campaign, uint64_t length) {
    double cycles = ceil(campaign->limits.cycles_factor * (double)length);
    double quiet = ceil(campaign->limits.quiet_factor * (double)length);
    set_number(golden->settings, "stop.cycles", cycles);
    set_number(golden->settings, "stop.quiet_cycles", quiet);
}

static uint64_t *compute_checksums(const struct hb_machine *machine) {
    const struct hb_params *params = &machine->config.os;
    uint64_t *checksum = need(calloc(HB_TASKS_MAX, sizeof *checksum));
    for (uint32_t task = 0; task < params->workload_tasks; task++)
        if (hb_os_has_expected(params, task))
            checksum[task] = hb_os_expected_checksum(params, task);
    return checksum;
}

static bool has_passed(const struct hb_golden *golden, struct hb_error *error) {
    const struct hb_run_result *result = golden->result;
    if (result->outcome == HB_OUTCOME_PASSED)
        return true;
    hb_error_set(error, "the golden run, without faults, does not pass: %s: %.500s", hb_outcome_name(result->outcome),
                 result->reason);
    return false;
}

/* The first run, as the experiment has it. False: it does not come to its own end, and says nothing about a length. */
static bool measure_length(struct hb_golden *golden, uint64_t *length, struct hb_error *error) {
    run_to_the_end(golden->machine);
    *length = golden->machine->saved->cycle;
    if (golden->machine->saved->outcome != HB_OUTCOME_PASSED) {
        golden->result = hb_result_gather(golden->machine);
        return has_passed(golden, error);
    }
    hb_machine_destroy(golden->machine);
    golden->machine = NULL;
    return true;
}

static bool run_twice(struct hb_golden *golden, const struct hb_campaign *campaign, uint32_t point, bool *failed,
                      struct hb_error *error) {
    golden->settings = cJSON_Duplicate(campaign->point[point].settings, true);
    if (!build(golden, campaign, point, error))
        return false;
    uint64_t length;
    *failed = !measure_length(golden, &length, error);
    if (*failed)
        return false;
    set_limits(golden, campaign, length);
    if (!build(golden, campaign, point, error))
        return false;
    run_with_stops(golden, length);
    golden->checksum = golden->machine->results_address ? compute_checksums(golden->machine) : NULL;
    golden->result = hb_result_gather_by(golden->machine, golden->checksum);
    golden->curve = hb_curve_of_golden(golden->machine, golden->result);
    *failed = !has_passed(golden, error);
    golden->console_hash = hash_console(golden->machine);
    golden->memory_hash = hash_memory(golden->machine);
    golden->signature = &campaign->signature;
    golden->has_answer = hb_signature_hash(golden->signature, golden->machine, &golden->answer);
    golden->delay_percent = campaign->limits.delay_percent;
    return !*failed && find_window(golden, campaign, error);
}

struct hb_golden *hb_golden_run(const struct hb_campaign *campaign, uint32_t point, bool *failed,
                                struct hb_error *error) {
    struct hb_golden *golden = need(calloc(1, sizeof *golden));
    *failed = false;
    if (run_twice(golden, campaign, point, failed, error))
        return golden;
    hb_golden_free(golden);
    return NULL;
}

/* ---- Runs with faults ------------------------------------------------------------------------------------------ */

/* How often `fault`'s tracepoint was passed by its hart before the stop. */
static uint64_t seen_before(const struct hb_golden *golden, const struct hb_fault_config *fault, uint32_t stop) {
    uint64_t seen = 0;
    for (uint32_t i = 0; i < golden->stop[stop].marks; i++)
        seen += golden->marks.mark[i].id == fault->tracepoint && golden->marks.mark[i].hart == fault->hart;
    return seen;
}

/* Can the run with fault `index` begin at the stop: has its trigger not come by then, and is what it has counted known?
 */
static bool is_before(const struct hb_golden *golden, const struct hb_fault_config *faults, uint32_t index,
                      uint32_t stop) {
    const struct hb_fault_config *fault = &faults[index];
    const struct hb_golden_stop *at = &golden->stop[stop];
    if (fault->waits)
        return true; /* it comes after another, and counts from there */
    if (fault->common && fault->trigger != HB_TRIGGER_CYCLE)
        return stop == 0; /* whichever of its harts comes first */
    if (fault->common && fault->lead != index)
        return true;
    if (fault->hart >= HB_TARGET_RECOVERER && fault->trigger != HB_TRIGGER_CYCLE)
        return stop == 0;
    switch (fault->trigger) {
    case HB_TRIGGER_CYCLE:
        return hb_snapshot_cycle(at->snapshot) <= hb_fault_first_cycle(fault, golden->machine->config.seed, index);
    case HB_TRIGGER_INSTRUCTIONS: return at->instructions[fault->hart] < fault->instructions;
    case HB_TRIGGER_TRACEPOINT: return seen_before(golden, fault, stop) < fault->count;
    default: return stop == 0; /* the golden run does not count these */
    }
}

static bool are_before(const struct hb_golden *golden, const struct hb_fault_config *faults, uint32_t n,
                       uint32_t stop) {
    for (uint32_t i = 0; i < n; i++)
        if (!is_before(golden, faults, i, stop))
            return false;
    return true;
}

static bool strays(const struct hb_golden *golden, const char *what, struct hb_error *error) {
    hb_error_set(error, "in cycle %" PRIu64 " %s the golden run", golden->machine->saved->cycle, what);
    hb_error_blame_host(error);
    return false;
}

/* Only the first run from each snapshot is asked: after a restore a hash takes long, as all memory has changed. */
static bool begins_well(struct hb_golden *golden, uint32_t stop, struct hb_error *error) {
    struct hb_golden_stop *at = &golden->stop[stop];
    at->compared = at->compared || hb_state_hash(golden->machine) == at->hash;
    return at->compared || strays(golden, "a run does not begin in the state of", error);
}

/* Whatever is planned for a run, as long as nothing has struck it is the golden run. */
static bool ends_well(const struct hb_golden *golden, struct hb_error *error) {
    const struct hb_machine *machine = golden->machine;
    for (uint32_t i = 0; i < machine->saved->faults; i++)
        if (machine->saved->fault[i].done)
            return true;
    return hb_state_hash(golden->machine) == golden->result->state_hash ||
           strays(golden, "a run that no fault has struck does not end in the state of", error);
}

bool hb_golden_inject(struct hb_golden *golden, const struct hb_fault_config *faults, uint32_t n,
                      struct hb_error *error) {
    uint32_t stop = 0;
    while (stop + 1 < golden->stops && are_before(golden, faults, n, stop + 1))
        stop++;
    hb_snapshot_restore(golden->machine, golden->stop[stop].snapshot);
    if (!begins_well(golden, stop, error) || !hb_machine_set_faults(golden->machine, faults, n, error))
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (faults[i].trigger == HB_TRIGGER_TRACEPOINT && !faults[i].waits && !faults[i].common)
            golden->machine->saved->fault[i].seen = seen_before(golden, &faults[i], stop);
    run_to_the_end(golden->machine);
    return ends_well(golden, error);
}

void hb_golden_free(struct hb_golden *golden) {
    if (!golden)
        return;
    for (uint32_t i = 0; i < golden->stops; i++) {
        hb_snapshot_free(golden->stop[i].snapshot);
        free(golden->stop[i].instructions);
    }
    hb_result_free(golden->result);
    hb_machine_destroy(golden->machine);
    hb_experiment_free(&golden->experiment);
    cJSON_Delete(golden->settings);
    cJSON_Delete(golden->curve);
    free(golden->checksum);
    hb_marks_free(&golden->marks);
    free(golden);
}
