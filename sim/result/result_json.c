/* result.json: the keys of hartbeat-result/1. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/json_write.h"
#include "sim/machine/engine_note.h"
#include "sim/result/result.h"

#define BROKEN_DEPTH 2 /* a line for each hart, cache, fault, window */

/* ---- Harts, caches, bus ---------------------------------------------------------------------------------------- */

/* Write the figure `name` of what `context` stands for. */
typedef void figure_writer(struct hb_json_writer *json, const char *name, const void *context);

/* The statistics of one object: its counts as they are, its figures by `figure`. */
static void write_statistics(struct hb_json_writer *json, enum hb_statistic_of of, const void *object,
                             figure_writer *figure, const void *context) {
    for (const struct hb_statistic *statistic = hb_statistics[of]; statistic->name; statistic++)
        if (statistic->offset == HB_NO_COUNT)
            figure(json, statistic->name, context);
        else
            hb_json_number(json, statistic->name, hb_statistic_of(statistic, object));
}

static void write_quotient(struct hb_json_writer *json, const char *name, struct hb_quotient quotient) {
    hb_json_quotient(json, name, quotient.part, quotient.whole);
}

static void write_figure_of_hart(struct hb_json_writer *json, const char *name, const void *context) {
    const struct hb_hart_stats *hart = context;
    if (strcmp(name, "ipc") == 0) {
        write_quotient(json, name, hb_stats_ipc(hart));
        return;
    }
    hb_json_open(json, name, '{');
    for (uint32_t i = 0; i < HB_STALLS; i++)
        if (i != HB_STALL_FAULT || hart->stalled_cycles[i]) /* no cause of a machine that nothing ails */
            hb_json_number(json, hb_stall_key(i), hart->stalled_cycles[i]);
    hb_json_close(json, '}');
}

static void write_hart(struct hb_json_writer *json, const struct hb_run_result *result, uint32_t h) {
    const struct hb_hart_stats *hart = &result->hart[h];
    hb_json_open(json, NULL, '{');
    hb_json_number(json, "id", h);
    hb_json_string(json, "role", result->role[h]);
    hb_json_string(json, "state", hb_run_state_key(hart->run_state));
    write_statistics(json, HB_OF_HART, hart, write_figure_of_hart, hart);
    if (result->measured && result->measured->has_locks)
        hb_json_number(json, "reservations_lost", result->measured->reservations_lost[h]);
    hb_json_close(json, '}');
}

/* Of one cache: `classes` NULL when they were not asked for. */
struct misses {
    uint64_t total, accesses;
    const uint64_t *classes;
};

static void write_figure_of_cache(struct hb_json_writer *json, const char *name, const void *context) {
    const struct misses *misses = context;
    if (strcmp(name, "hit_rate") == 0) {
        hb_json_quotient(json, name, misses->accesses - misses->total, misses->accesses);
        return;
    }
    hb_json_open(json, name, '{');
    hb_json_number(json, "total", misses->total);
    for (uint32_t i = 0; misses->classes && i < HB_MISSES; i++)
        hb_json_number(json, hb_miss_key(i), misses->classes[i]);
    hb_json_close(json, '}');
}

static void write_cache(struct hb_json_writer *json, const struct hb_run_result *result, uint32_t h, bool l1i) {
    const struct hb_measured *measured = result->measured;
    const struct hb_cache_stats *cache = l1i ? &result->l1i[h] : &result->l1d[h];
    const uint8_t agent = l1i ? hb_agent_l1i(h) : hb_agent_l1d(h);
    const struct misses misses = {cache->misses, cache->accesses,
                                  measured && measured->has_misses ? measured->misses[agent] : NULL};
    hb_json_open(json, NULL, '{');
    hb_json_number(json, "hart", h);
    hb_json_string(json, "kind", l1i ? "l1i" : "l1d");
    write_statistics(json, HB_OF_L1, cache, write_figure_of_cache, &misses);
    hb_json_close(json, '}');
}

static void write_waits(struct hb_json_writer *json, const struct hb_run_result *result) {
    hb_json_open(json, "wait_cycles", '{');
    hb_json_open(json, "per_hart", '[');
    for (uint32_t h = 0; h < result->harts; h++)
        hb_json_number(json, NULL, result->wait[h].cycles);
    hb_json_close(json, ']');
    hb_json_open(json, "max_per_hart", '[');
    for (uint32_t h = 0; h < result->harts; h++)
        hb_json_number(json, NULL, result->wait[h].max_cycles);
    hb_json_close(json, ']');
    hb_json_open(json, "mean_per_hart", '[');
    for (uint32_t h = 0; h < result->harts; h++)
        hb_json_quotient(json, NULL, result->wait[h].cycles, result->wait[h].grants);
    hb_json_close(json, ']');
    write_quotient(json, "mean", hb_stats_mean_wait(&result->bus));
    hb_json_number(json, "max", hb_stats_longest_wait(result->wait, result->harts));
    hb_json_close(json, '}');
}

static void write_transactions(struct hb_json_writer *json, const struct hb_run_result *result) {
    hb_json_open(json, "transactions", '{');
    for (uint32_t i = HB_TXN_NONE + 1; i < HB_TXNS; i++)
        hb_json_number(json, hb_txn_name(i), result->bus.transactions[i]);
    hb_json_close(json, '}');
    if (!result->measured || !result->measured->has_lines)
        return;
    hb_json_number(json, "invalidations", result->measured->invalidations);
    hb_json_number(json, "updates", result->measured->updates);
    hb_json_number(json, "interventions", result->measured->interventions);
    hb_json_number(json, "memory_updates", result->measured->memory_updates);
}

static void write_figure_of_bus(struct hb_json_writer *json, const char *name, const void *context) {
    const struct hb_run_result *result = context;
    if (strcmp(name, "utilisation") == 0)
        write_quotient(json, name, hb_stats_utilisation(&result->bus, result->counted_cycles));
    else if (strcmp(name, "transactions") == 0)
        write_transactions(json, result);
    else
        write_waits(json, result);
}

static void write_bus(struct hb_json_writer *json, const struct hb_run_result *result) {
    hb_json_open(json, "bus", '{');
    write_statistics(json, HB_OF_BUS, &result->bus, write_figure_of_bus, result);
    if (result->script_length) {
        hb_json_open(json, "script", '{');
        hb_json_number(json, "length", result->script_length);
        hb_json_number(json, "played", result->script_played);
        hb_json_close(json, '}');
    }
    hb_json_close(json, '}');
}

/* ---- Crash and violation --------------------------------------------------------------------------------------- */

static void write_crash(struct hb_json_writer *json, const struct hb_run_result *result) {
    const struct hb_crash_report *crash = &result->crash;
    if (!result->has_crash) {
        hb_json_null(json, "crash");
        return;
    }
    hb_json_open(json, "crash", '{');
    hb_json_number(json, "hart", crash->hart);
    hb_json_string(json, "cause", crash->cause);
    hb_json_address(json, "pc", crash->pc);
    hb_json_text(json, "symbol", crash->symbol);
    hb_json_open(json, "last", '[');
    for (uint32_t i = 0; i < crash->steps; i++) {
        hb_json_open(json, NULL, '{');
        hb_json_address(json, "pc", crash->last[i].pc);
        hb_json_text(json, "symbol", crash->last[i].symbol);
        hb_json_string(json, "instruction", crash->last[i].text);
        hb_json_close(json, '}');
    }
    hb_json_close(json, ']');
    hb_json_close(json, '}');
}

static void write_violation(struct hb_json_writer *json, const struct hb_run_result *result) {
    if (!result->checked)
        return; /* not checked, so not measured */
    if (!result->violation.found) {
        hb_json_null(json, "coherence_violation");
        return;
    }
    hb_json_open(json, "coherence_violation", '{');
    hb_json_number(json, "cycle", result->violation.cycle);
    hb_json_address(json, "address", result->violation.address);
    hb_json_number(json, "hart", result->violation.hart);
    hb_json_string(json, "what", result->violation.what);
    hb_json_close(json, '}');
}

/* ---- The operating system -------------------------------------------------------------------------------------- */

static void write_series(struct hb_json_writer *json, const struct hb_os_result *os) {
    if (os->windows_count == 0)
        return; /* no series was requested, or there is no goodput */
    hb_json_number(json, "window_cycles", os->window_cycles);
    hb_json_open(json, "goodput_series", '[');
    for (uint32_t i = 0; i < os->windows_count; i++) {
        const struct hb_os_window *window = &os->windows[i];
        hb_json_open(json, NULL, '{');
        hb_json_number(json, "from_cycle", window->from_cycle);
        hb_json_number(json, "to_cycle", window->to_cycle);
        hb_json_number(json, "tasks_completed", window->tasks_completed);
        hb_json_ratio(json, "goodput", window->goodput);
        hb_json_close(json, '}');
    }
    hb_json_close(json, ']');
}

static void write_verdicts(struct hb_json_writer *json, const struct hb_os_result *os) {
    hb_json_cycle(json, "last_completion_cycle", os->last_completion_cycle);
    hb_json_number(json, "tasks_created", os->tasks_created);
    hb_json_number(json, "tasks_completed", os->tasks_completed);
    hb_json_number(json, "tasks_lost", os->tasks_lost);
    hb_json_number(json, "tasks_wrong", os->tasks_wrong);
    hb_json_number(json, "tasks_unfinished", os->tasks_unfinished);
    if (os->has_goodput)
        hb_json_ratio(json, "goodput", os->goodput);
    else
        hb_json_null(json, "goodput");
    hb_json_number(json, "instructions_completed", os->instructions_completed);
}

static void write_level(struct hb_json_writer *json, const char *key, bool measured, double mean, uint32_t max) {
    hb_json_open(json, key, '{');
    if (measured)
        hb_json_ratio(json, "mean", mean);
    else
        hb_json_null(json, "mean");
    hb_json_number(json, "max", max);
    hb_json_close(json, '}');
}

static void write_spread(struct hb_json_writer *json, const char *key, const struct hb_os_spread *spread) {
    const bool has = spread->n > 0, has_all = has && spread->has_percentiles;
    hb_json_open(json, key, '{');
    if (has)
        hb_json_ratio(json, "mean", spread->mean);
    else
        hb_json_null(json, "mean");
    hb_json_cycle(json, "p50", has_all ? spread->p50 : HB_OS_NONE);
    hb_json_cycle(json, "p95", has_all ? spread->p95 : HB_OS_NONE);
    hb_json_cycle(json, "p99", has_all ? spread->p99 : HB_OS_NONE);
    hb_json_cycle(json, "max", has ? spread->max : HB_OS_NONE);
    hb_json_close(json, '}');
}

static void write_request_series(struct hb_json_writer *json, const struct hb_os_requests *requests) {
    hb_json_open(json, "series", '[');
    for (uint32_t i = 0; i < requests->windows_count; i++) {
        hb_json_open(json, NULL, '{');
        hb_json_number(json, "from_cycle", requests->windows[i].from_cycle);
        hb_json_number(json, "to_cycle", requests->windows[i].to_cycle);
        hb_json_number(json, "arrived", requests->windows[i].arrived);
        hb_json_number(json, "served", requests->windows[i].served);
        hb_json_close(json, '}');
    }
    hb_json_close(json, ']');
}

static void write_accounts(struct hb_json_writer *json, const struct hb_os_accounts *accounts) {
    hb_json_open(json, "transactions", '{');
    hb_json_number(json, "accounts", accounts->accounts);
    hb_json_number(json, "wrong", accounts->wrong);
    hb_json_number(json, "balance", accounts->balance);
    hb_json_number(json, "balance_expected", accounts->expected);
    hb_json_close(json, '}');
}

static void write_requests(struct hb_json_writer *json, const struct hb_run_result *result) {
    const struct hb_os_result *os = &result->os;
    const struct hb_os_requests *requests = &os->requests;
    if (!os->has_requests)
        return;
    hb_json_open(json, "requests", '{');
    hb_json_number(json, "offered", requests->offered);
    hb_json_number(json, "served", requests->served);
    hb_json_number(json, "wrong", requests->wrong);
    hb_json_number(json, "dropped", requests->dropped);
    hb_json_number(json, "retried", requests->retried);
    hb_json_number(json, "lost", requests->lost);
    if (result->has_accounts)
        write_accounts(json, &result->accounts);
    write_spread(json, "wait", &requests->wait);
    write_spread(json, "service", &requests->service);
    write_spread(json, "latency", &requests->latency);
    write_request_series(json, requests);
    hb_json_close(json, '}');
    if (requests->has_availability)
        hb_json_ratio(json, "availability", requests->availability);
    else
        hb_json_null(json, "availability");
}

static void write_groups(struct hb_json_writer *json, const struct hb_run_result *result) {
    hb_json_open(json, "groups", '{');
    for (uint32_t g = 0; g < result->os.groups; g++) {
        const struct hb_os_group *group = &result->os.group[g];
        hb_json_open(json, result->group_name[g], '{');
        if (group->has_share)
            hb_json_ratio(json, "cpu_share", group->cpu_share);
        else
            hb_json_null(json, "cpu_share");
        write_spread(json, "response", &group->response);
        write_spread(json, "waiting", &group->waiting);
        write_spread(json, "turnaround", &group->turnaround);
        hb_json_close(json, '}');
    }
    hb_json_close(json, '}');
}

static void write_interrupts(struct hb_json_writer *json, const struct hb_run_result *result) {
    hb_json_open(json, "interrupts", '{');
    hb_json_open(json, "per_hart", '[');
    for (uint32_t h = 0; h < result->harts; h++)
        hb_json_number(json, NULL, result->os.interrupts[h]);
    hb_json_close(json, ']');
    hb_json_number(json, "spurious", result->os.spurious_interrupts);
    hb_json_number(json, "overruns", result->overruns);
    hb_json_close(json, '}');
}

/* All transactions of the run count, those of its beginning and end among them: with some hundred acquisitions a thread
 * they hardly weigh. */
static void write_user_locks(struct hb_json_writer *json, const struct hb_run_result *result) {
    uint64_t transactions = 0;
    for (uint32_t i = HB_TXN_NONE + 1; i < HB_TXNS; i++)
        transactions += result->bus.transactions[i];
    hb_json_open(json, "user_locks", '{');
    hb_json_number(json, "acquisitions", result->user_acquisitions);
    hb_json_quotient(json, "transactions_per_acquisition", transactions, result->user_acquisitions);
    hb_json_close(json, '}');
}

static void write_failover(struct hb_json_writer *json, const struct hb_failover_result *failover) {
    hb_json_open(json, "failover", '{');
    hb_json_number(json, "term", failover->term);
    hb_json_number(json, "master", failover->master);
    hb_json_cycle(json, "elected_cycle", failover->elected_cycle);
    hb_json_cycle(json, "outage_cycles", failover->outage_cycles);
    hb_json_number(json, "bound_cycles", failover->bound_cycles);
    hb_json_close(json, '}');
}

static void write_os(struct hb_json_writer *json, const struct hb_run_result *result) {
    const struct hb_os_result *os = &result->os;
    if (!result->has_os)
        return;
    hb_json_open(json, "os", '{');
    hb_json_cycle(json, "harts_up_cycle", os->harts_up_cycle);
    if (result->has_verdicts)
        write_verdicts(json, os);
    if (result->has_increments) {
        hb_json_number(json, "increments_expected", result->increments_expected);
        hb_json_number(json, "increments_counted", result->increments_counted);
    }
    if (result->has_user_locks)
        write_user_locks(json, result);
    hb_json_number(json, "tasks_restarted", os->tasks_restarted);
    hb_json_number(json, "migrations", os->migrations);
    hb_json_number(json, "context_switches", os->context_switches);
    write_interrupts(json, result);
    write_groups(json, result);
    write_requests(json, result);
    write_level(json, "parallelism", os->has_levels, os->parallelism_mean, os->parallelism_max);
    write_level(json, "concurrency", os->has_levels, os->concurrency_mean, os->concurrency_max);
    hb_json_ratio(json, "hart_work_jain", os->hart_work_jain);
    hb_json_number(json, "longest_wait_cycles", os->longest_wait_cycles);
    hb_json_number(json, "idle_while_waiting_cycles", os->idle_while_waiting_cycles);
    hb_json_cycle(json, "max_irq_off_cycles", os->max_irq_off_cycles);
    hb_json_cycle(json, "jitter_cycles", result->jitter_cycles);
    hb_json_cycle(json, "jitter_bound_cycles", result->jitter_bound_cycles ? result->jitter_bound_cycles : HB_OS_NONE);
    hb_json_number(json, "locks_recovered", os->locks_recovered);
    hb_json_number(json, "false_alarms", os->false_alarms);
    hb_json_number(json, "double_runs", os->double_runs);
    if (result->has_failover)
        write_failover(json, &result->failover);
    hb_json_number(json, "instructions_reexecuted", os->instructions_reexecuted);
    if (result->has_verdicts)
        write_series(json, os);
    hb_json_close(json, '}');
}

/* ---- Faults ---------------------------------------------------------------------------------------------------- */

static void write_count(struct hb_json_writer *json, const char *key, bool happened, uint64_t count) {
    hb_json_cycle(json, key, happened ? count : HB_OS_NONE);
}

static bool died(const struct hb_fault_result *fault) {
    return fault->activated && hb_fault_model[fault->terms.model].flags & HB_MODEL_KILLS;
}

/* Those that its model takes; a duration that was not given is null: it lasts. */
static void write_terms(struct hb_json_writer *json, const struct hb_fault_terms *terms) {
    for (size_t i = 0; i < HB_FAULT_TERMS; i++) {
        const struct hb_fault_term *term = &hb_fault_term[i];
        uint64_t value = hb_fault_term_get(term, terms);
        if (!(hb_fault_model[terms->model].takes & term->bit))
            continue;
        if (term->names)
            hb_json_string(json, term->result, term->names[value]);
        else
            write_count(json, term->result, value != 0, value);
    }
}

static void write_lost(struct hb_json_writer *json, const struct hb_fault_result *fault) {
    write_count(json, "lines_lost", died(fault), fault->lines_lost);
    write_count(json, "lines_differing", died(fault), fault->lines_differing);
    write_count(json, "stores_lost", died(fault), fault->stores_lost);
    hb_json_open(json, "lost", '[');
    for (uint32_t i = 0; i < fault->lost_listed; i++) {
        hb_json_open(json, NULL, '{');
        hb_json_address(json, "address", fault->lost[i].address);
        hb_json_text(json, "symbol", fault->lost[i].symbol);
        hb_json_close(json, '}');
    }
    hb_json_close(json, ']');
}

static void write_recovery(struct hb_json_writer *json, const struct hb_fault_result *fault) {
    const struct hb_os_recovery *recovery = &fault->recovery;
    hb_json_cycle(json, "suspected_cycle", recovery->suspected_cycle);
    hb_json_cycle(json, "fenced_cycle", recovery->fenced_cycle);
    hb_json_cycle(json, "recovered_cycle", recovery->recovered_cycle);
    hb_json_cycle(json, "first_work_cycle", recovery->first_work_cycle);
    hb_json_bool(json, "false_alarm", fault->false_alarm);
    write_count(json, "locks_recovered", fault->activated, recovery->locks_recovered);
    write_count(json, "tasks_requeued", fault->activated, recovery->tasks_requeued);
    write_count(json, "instructions_reexecuted", fault->activated, recovery->instructions_reexecuted);
}

static void write_repeats(struct hb_json_writer *json, const struct hb_fault_repeats *all, bool has_os) {
    hb_json_number(json, "strikes", all->strikes);
    hb_json_number(json, "down_cycles", all->down_cycles);
    if (!has_os)
        return;
    hb_json_number(json, "suspected", all->suspected);
    hb_json_number(json, "suspected_cycles", all->suspected_cycles);
    hb_json_number(json, "resumed", all->resumed);
    hb_json_number(json, "resumed_cycles", all->resumed_cycles);
}

static void write_fault(struct hb_json_writer *json, const struct hb_run_result *result,
                        const struct hb_fault_result *fault) {
    hb_json_open(json, NULL, '{');
    hb_json_string(json, "model", hb_fault_model[fault->terms.model].name);
    write_count(json, "hart", fault->part == NULL, fault->hart);
    write_terms(json, &fault->terms);
    write_count(json, "cycle", fault->struck, fault->cycle);
    hb_json_bool(json, "activated", fault->activated);
    if (hb_fault_model[fault->terms.model].takes & HB_TERM_DURATION)
        write_count(json, "ended_cycle", fault->ended, fault->end_cycle);
    write_count(json, "instructions_at_death", died(fault), fault->instructions_at_death);
    write_lost(json, fault);
    if (result->has_os)
        write_recovery(json, fault);
    if (fault->repeats)
        write_repeats(json, &fault->all, result->has_os);
    hb_json_close(json, '}');
}

/* ---- Everything ------------------------------------------------------------------------------------------------ */

static const char *const guest_words[] = {
    [HB_GUEST_SILENT] = "", [HB_GUEST_PASSED] = "passed", [HB_GUEST_FAILED] = "failed"};

static void write_engine_notes(struct hb_json_writer *json, uint32_t notes) {
    static const char *const words[HB_ENGINE_NOTES_KNOWN] = {
#define NOTE(id, words_) [HB_ENGINE_NOTE_##id] = (words_),
        HB_ENGINE_NOTES(NOTE)
#undef NOTE
    };
    hb_json_open(json, "engine_notes", '[');
    for (uint32_t i = 0; i < HB_ENGINE_NOTES_KNOWN; i++)
        if (notes >> i & 1)
            hb_json_string(json, NULL, words[i]);
    hb_json_close(json, ']');
}

static void write_head(struct hb_json_writer *json, const struct hb_run_result *result) {
    hb_json_string(json, "schema", "hartbeat-result/1");
    hb_json_string(json, "name", result->name);
    hb_json_number(json, "seed", result->seed);
    hb_json_string(json, "engine", hb_engine_name(result->engine));
    if (result->engine_notes)
        write_engine_notes(json, result->engine_notes);
    hb_json_string(json, "outcome", hb_outcome_name(result->outcome));
    hb_json_text(json, "guest_outcome", guest_words[result->guest_outcome]);
    write_count(json, "exit_code", result->has_exit_code, result->exit_code);
    hb_json_text(json, "reason", result->reason);
    hb_json_number(json, "cycles", result->cycles);
}

static void write_l2(struct hb_json_writer *json, const struct hb_run_result *result) {
    hb_json_open(json, NULL, '{');
    hb_json_null(json, "hart");
    hb_json_string(json, "kind", "l2");
    const struct misses misses = {result->l2.accesses - result->l2.hits, result->l2.accesses, NULL};
    write_statistics(json, HB_OF_L2, &result->l2, write_figure_of_cache, &misses);
    hb_json_close(json, '}');
}

static void write_lists(struct hb_json_writer *json, const struct hb_run_result *result) {
    hb_json_open(json, "harts", '[');
    for (uint32_t h = 0; h < result->harts; h++)
        write_hart(json, result, h);
    hb_json_close(json, ']');
    hb_json_open(json, "caches", '[');
    for (uint32_t h = 0; h < result->harts; h++) {
        write_cache(json, result, h, true);
        write_cache(json, result, h, false);
    }
    if (result->has_l2)
        write_l2(json, result);
    hb_json_close(json, ']');
}

static void write_faults(struct hb_json_writer *json, const struct hb_run_result *result) {
    hb_json_open(json, "faults", '[');
    for (uint32_t i = 0; i < result->faults; i++)
        write_fault(json, result, &result->fault[i]);
    hb_json_close(json, ']');
}

void hb_result_write_expect(struct hb_json_writer *json, const struct hb_expect_result *expect, uint32_t n) {
    hb_json_open(json, "expect", '[');
    for (uint32_t i = 0; i < n; i++) {
        hb_json_open(json, NULL, '{');
        hb_json_string(json, "that", expect[i].that);
        if (expect[i].because[0])
            hb_json_string(json, "because", expect[i].because);
        hb_json_bool(json, "holds", expect[i].holds);
        hb_json_string(json, "values", expect[i].values);
        hb_json_close(json, '}');
    }
    hb_json_close(json, ']');
}

char *hb_result_json(const struct hb_run_result *result, const struct hb_expect_result *expect, uint32_t n) {
    struct hb_json_writer json = {.broken = BROKEN_DEPTH};
    char hash[20];
    hb_json_open(&json, NULL, '{');
    write_head(&json, result);
    hb_measured_write_region(&json, result->measured);
    write_lists(&json, result);
    write_bus(&json, result);
    hb_measured_write(&json, result->measured, result->harts);
    hb_watched_write(&json, result->watched);
    write_crash(&json, result);
    write_violation(&json, result);
    write_os(&json, result);
    write_faults(&json, result);
    snprintf(hash, sizeof hash, "%016" PRIx64, result->state_hash);
    hb_json_string(&json, "state_hash", hash);
    if (expect)
        hb_result_write_expect(&json, expect, n);
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}
