#include "sim/result/gather.h"

#include <stdlib.h>
#include <string.h>

#include "osmodel/guest/workloads/groups.h"
#include "sim/config/heartbeat.h"
#include "sim/machine/measure.h"
#include "sim/machine/state_hash.h"
#include "sim/result/line_name.h"
#include "sim/result/verdict.h"

/* ---- The image's note ------------------------------------------------------------------------------------------ */

static bool read_note(const struct hb_machine *machine, struct hb_note *note) {
    if (!machine->elf.has_note || machine->elf.note_bytes < sizeof *note)
        return false;
    memcpy(note, machine->elf.note, sizeof *note);
    return true;
}

static const char *role_of(const struct hb_machine *machine, uint32_t hart) {
    struct hb_note note;
    if (!read_note(machine, &note))
        return "hart";
    if (!note.amp)
        return "equal";
    const struct hb_os_view *view = &machine->saved->os;
    const char *other = view->harts[hart].reigned ? "former" : "worker";
    return hart == view->master ? "master" : other;
}

/* ---- Harts, caches, bus ---------------------------------------------------------------------------------------- */

/* For the region of interest, if there is one. */
static void gather_counters(const struct hb_machine *machine, struct hb_run_result *result) {
    struct hb_counts counts;
    result->harts = machine->bus.harts;
    result->counted_cycles = result->cycles;
    result->measured = hb_measured_gather(machine);
    result->watched = hb_watched_gather(machine);
    hb_counts_take(machine, &counts);
    if (result->measured && result->measured->has_region) {
        hb_measure_counts(machine, &counts);
        result->counted_cycles =
            result->measured->began ? result->measured->to_cycle - result->measured->from_cycle : 0;
    }
    for (uint32_t h = 0; h < result->harts; h++) {
        result->role[h] = role_of(machine, h);
        result->hart[h] = counts.hart[h];
        result->hart[h].run_state = machine->hart[h].run_state;
        result->l1d[h] = counts.l1d[h];
        result->l1i[h] = counts.l1i[h];
        result->wait[h] = counts.wait[h];
    }
    result->bus = counts.bus;
    result->script_length = machine->config.bus.script_length;
    result->script_played = machine->saved->bus.script_place;
    result->has_l2 = machine->config.l2.size_bytes != 0;
    result->l2 = counts.l2;
}

/* ---- The operating system -------------------------------------------------------------------------------------- */

/* The guest's present parameters: those of the configuration, with changes made in mid-run. */
static struct hb_params present_params(const struct hb_machine *machine) {
    struct hb_params params = machine->config.os;
    for (uint32_t i = 0; i < machine->saved->next_input; i++) {
        const struct hb_input *input = &machine->log.input[i];
        if (input->kind == HB_INPUT_PARAMETER)
            memcpy((uint8_t *)&params + sizeof(uint64_t) * input->parameter, &input->value, sizeof input->value);
    }
    return params;
}

static bool read_slots(const struct hb_machine *machine, struct hb_result *slots) {
    return machine->results_address &&
           hb_bus_debug_read(&machine->bus, machine->results_address, slots, HB_TASKS_MAX * sizeof *slots);
}

/* Of the whole run, whatever region the counters are of, as J is. */
static void gather_interrupts_off(const struct hb_machine *machine, struct hb_run_result *result) {
    uint64_t longest = 0;
    for (uint32_t h = 0; h < result->harts; h++) {
        struct hb_hart_stats hart;
        hb_stats_hart(machine, h, &hart);
        longest = hart.irq_off_max_cycles > longest ? hart.irq_off_max_cycles : longest;
    }
    result->os.max_irq_off_cycles = result->os.harts_up_cycle != HB_OS_NONE ? longest : HB_OS_NONE;
}

static void gather_work(const struct hb_machine *machine, struct hb_run_result *result) {
    uint64_t work[HB_HARTS_MAX];
    for (uint32_t h = 0; h < result->harts; h++) {
        struct hb_hart_stats hart;
        hb_stats_hart(machine, h, &hart);
        work[h] = hart.user_instructions;
    }
    result->os.hart_work_jain = hb_os_jain(work, result->harts);
}

static void gather_jitter(const struct hb_machine *machine, const struct hb_params *params,
                          struct hb_run_result *result) {
    struct hb_note note;
    result->jitter_cycles = hb_os_view_longest_gap(&machine->saved->os, machine->saved->cycle);
    if (!read_note(machine, &note))
        return;
    uint64_t follows = hb_heartbeat_gap_cycles(&machine->config, params->heartbeat_period_cycles);
    result->jitter_bound_cycles = note.jitter_cycles ? note.jitter_cycles : follows;
}

/* Who is the master at the end. What may pass between a master's death and the next one's first word is what finds it
 * dead, and what the image takes then. */
static void gather_failover(const struct hb_machine *machine, const struct hb_params *params,
                            struct hb_run_result *result) {
    const struct hb_os_view *view = &machine->saved->os;
    struct hb_note note;
    result->has_failover = read_note(machine, &note) && note.amp && params->recovery_failover != HB_FAILOVER_NONE;
    if (!result->has_failover)
        return;
    result->failover = (struct hb_failover_result){
        .master = view->master,
        .term = view->term,
        .elected_cycle = view->elected_cycle,
        .outage_cycles = hb_os_view_outage(view),
        .bound_cycles = params->heartbeat_timeout_cycles + params->heartbeat_check_cycles +
                        result->jitter_bound_cycles + hb_heartbeat_takeover_cycles(&machine->config),
    };
}

static uint64_t tasks_seen(const struct hb_os_view *view, const struct hb_group *group) {
    uint64_t seen = 0;
    for (uint64_t task = group->first; task < group->first + group->tasks && task < HB_TASKS_MAX; task++)
        seen += view->tasks[task].state != HB_OS_TASK_UNSEEN;
    return seen;
}

static uint64_t count_in(const struct hb_machine *machine, uint64_t at, uint64_t counters) {
    uint64_t sum = 0, count;
    for (uint64_t i = 0; i < counters && i < HB_LOCKS_MAX; i++)
        if (hb_bus_debug_read(&machine->bus, at + i * HB_SHARED_COUNTER_BYTES, &count, sizeof count))
            sum += count;
    return sum;
}

/* The counters themselves, not what the kernel says of them. */
static void gather_increments(const struct hb_machine *machine, const struct hb_params *params,
                              struct hb_run_result *result) {
    uint64_t memory;
    if (!hb_symbols_find(&machine->symbols, "hb_user_memory", &memory, NULL))
        return;
    for (uint32_t g = 0; g < params->workload_groups && g < HB_GROUPS_MAX; g++) {
        if (params->group[g].kind != HB_KIND_SHARE)
            continue;
        result->has_increments = true;
        result->increments_expected += tasks_seen(&machine->saved->os, &params->group[g]) * params->group[g].work;
        result->increments_counted += count_in(machine, memory + hb_group_offset(params, g), params->group[g].locks);
    }
}

/* Where the tasks' memory begins. */
struct tasks_memory {
    const struct hb_machine *machine;
    uint64_t begin;
};

static bool read_word(const void *context, uint64_t offset, uint64_t *word) {
    const struct tasks_memory *memory = context;
    return hb_bus_debug_read(&memory->machine->bus, memory->begin + offset, word, sizeof *word);
}

bool hb_result_gather_accounts(const struct hb_machine *machine, const struct hb_params *params,
                               struct hb_os_accounts *accounts) {
    struct tasks_memory memory = {.machine = machine};
    return hb_symbols_find(&machine->symbols, "hb_user_memory", &memory.begin, NULL) &&
           hb_os_accounts_fill(&machine->saved->os, params, read_word, &memory, accounts);
}

static uint64_t tasks_completed(const struct hb_os_result *os, const struct hb_group *group) {
    uint64_t completed = 0;
    for (uint64_t task = group->first; task < group->first + group->tasks && task < HB_TASKS_MAX; task++)
        completed += os->verdicts[task] == HB_OS_COMPLETED;
    return completed;
}

static void gather_user_locks(const struct hb_params *params, struct hb_run_result *result) {
    for (uint32_t g = 0; g < params->workload_groups && g < HB_GROUPS_MAX; g++) {
        const struct hb_group *group = &params->group[g];
        if (group->kind != HB_KIND_SHARE || group->lock < HB_USER_LOCK_TAS)
            continue;
        result->has_user_locks = true;
        result->user_acquisitions += tasks_completed(&result->os, group) * group->work;
    }
}

static uint64_t by_array(void *context, uint32_t task) {
    return ((const uint64_t *)context)[task];
}

/* `checksum`: of each task, NULL: to be computed. */
static void gather_os(struct hb_machine *machine, const uint64_t *checksum, struct hb_run_result *result) {
    static const struct hb_result none;
    struct hb_result *slots = malloc(HB_TASKS_MAX * sizeof *slots);
    if (!slots)
        abort();
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++)
        slots[i] = none;
    const struct hb_params params = present_params(machine);
    result->has_os = true;
    result->has_verdicts = read_slots(machine, slots);
    struct hb_os_end end = {
        .slots = slots,
        .params = &params,
        .expected = checksum ? by_array : NULL,
        .context = (void *)(uintptr_t)checksum,
        .cycle = machine->saved->cycle,
        .window_cycles = machine->config.window_cycles,
        .final = machine->saved->outcome != HB_OUTCOME_LIMIT && machine->saved->outcome != HB_OUTCOME_RUNNING,
    };
    hb_os_view_finish(&machine->saved->os, &end, &result->os);
    memcpy(result->group_name, machine->config.group_name, sizeof result->group_name);
    free(slots);
    result->overruns = machine->saved->devices.uart.overruns;
    gather_increments(machine, &params, result);
    result->has_accounts = hb_result_gather_accounts(machine, &params, &result->accounts);
    gather_user_locks(&params, result);
    gather_interrupts_off(machine, result);
    gather_work(machine, result);
    gather_jitter(machine, &params, result);
    gather_failover(machine, &params, result);
}

/* ---- Faults ---------------------------------------------------------------------------------------------------- */

static int compare_addresses(const void *left, const void *right) {
    const struct hb_lost_line *a = left, *b = right;
    return a->address < b->address ? -1 : a->address > b->address;
}

static void gather_lost_lines(const struct hb_machine *machine, const struct hb_fault_state *fault,
                              struct hb_fault_result *result) {
    uint32_t kept = machine->saved->lost_lines - fault->first_lost_line;
    if (!fault->terms.lost || fault->lines_lost == 0 || fault->first_lost_line > machine->saved->lost_lines)
        return;
    result->lost_listed = fault->lines_lost < kept ? fault->lines_lost : kept;
    result->lost = calloc(result->lost_listed ? result->lost_listed : 1, sizeof *result->lost);
    if (!result->lost)
        abort();
    for (uint32_t i = 0; i < result->lost_listed; i++) {
        result->lost[i].address = machine->saved->lost_line[fault->first_lost_line + i];
        hb_line_name(machine, result->lost[i].address, result->lost[i].symbol, sizeof result->lost[i].symbol);
    }
    qsort(result->lost, result->lost_listed, sizeof *result->lost, compare_addresses);
}

/* What happened before the fault, or without it, does not belong to it. */
static void drop_before(uint64_t *cycle, uint64_t fault_cycle) {
    if (*cycle < fault_cycle)
        *cycle = HB_OS_NONE;
}

/* How the kernel dealt with it. */
static void gather_recovery(const struct hb_machine *machine, const struct hb_fault_state *fault,
                            struct hb_fault_result *result) {
    struct hb_os_recovery *recovery = &result->recovery;
    *recovery = fault->settled ? fault->recovery : machine->saved->os.harts[result->hart].recovery;
    uint64_t since = result->activated ? result->cycle : HB_OS_NONE;
    result->false_alarm = recovery->false_alarms > 0;
    drop_before(&recovery->suspected_cycle, since);
    drop_before(&recovery->fenced_cycle, since);
    drop_before(&recovery->began_cycle, since);
    drop_before(&recovery->recovered_cycle, since);
    drop_before(&recovery->first_work_cycle, since);
}

/* What is still open counts up to the end of the run. */
static void gather_repeats(const struct hb_machine *machine, uint32_t index, struct hb_fault_result *result) {
    const struct hb_fault_state *fault = &machine->saved->fault[index];
    result->repeats = index < machine->config.n_faults && machine->config.faults[index].rate.scale_cycles;
    result->all = fault->repeats;
    if (fault->repeats.down)
        result->all.down_cycles += machine->saved->cycle - fault->cycle;
    if (fault->activated && !fault->settled)
        hb_fault_add_recovery(&result->all, &result->recovery, fault->cycle);
}

/* The part whose holder a fault was to strike. */
static const char *part_of(const struct hb_machine *machine, uint32_t index) {
    if (index >= machine->config.n_faults || machine->saved->fault[index].done)
        return NULL;
    switch (machine->config.faults[index].hart) {
    case HB_TARGET_RECOVERER: return "recoverer";
    case HB_TARGET_WATCHER: return "watcher";
    case HB_TARGET_MASTER: return "master";
    default: return NULL;
    }
}

static void gather_fault(const struct hb_machine *machine, uint32_t index, struct hb_fault_result *result) {
    const struct hb_fault_state *fault = &machine->saved->fault[index];
    *result = (struct hb_fault_result){
        .hart = fault->hart,
        .part = part_of(machine, index),
        .struck = fault->done,
        .activated = fault->activated,
        .terms = fault->terms,
        .cycle = fault->cycle,
        .ended = fault->ended,
        .end_cycle = fault->end_cycle,
        .instructions_at_death = fault->instructions_at_death,
        .lines_lost = fault->lines_lost,
        .lines_differing = fault->lines_differing,
        .stores_lost = fault->stores_lost,
    };
    if (fault->activated)
        gather_lost_lines(machine, fault, result);
    gather_recovery(machine, fault, result);
    gather_repeats(machine, index, result);
}

static void gather_faults(const struct hb_machine *machine, struct hb_run_result *result) {
    result->faults = machine->saved->faults;
    result->fault = calloc(result->faults ? result->faults : 1, sizeof *result->fault);
    if (!result->fault)
        abort();
    for (uint32_t i = 0; i < result->faults; i++)
        gather_fault(machine, i, &result->fault[i]);
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

struct hb_run_result *hb_result_gather(struct hb_machine *machine) {
    return hb_result_gather_by(machine, NULL);
}

struct hb_run_result *hb_result_gather_by(struct hb_machine *machine, const uint64_t *checksum) {
    struct hb_run_result *result = calloc(1, sizeof *result);
    if (!result)
        abort();
    memcpy(result->name, machine->config.name, sizeof result->name);
    result->seed = machine->config.seed;
    result->engine = machine->config.engine;
    result->engine_notes = machine->engine_notes;
    result->cycles = machine->saved->cycle;
    result->jitter_cycles = HB_OS_NONE;
    gather_counters(machine, result);
    if (machine->cores.trace_points)
        gather_os(machine, checksum, result);
    gather_faults(machine, result);
    result->checked = machine->bus.checker != NULL;
    result->violation = machine->checker.first;
    hb_verdict(machine, result);
    result->state_hash = hb_state_hash(machine);
    return result;
}
