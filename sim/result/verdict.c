#include "sim/result/verdict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- Reasons --------------------------------------------------------------------------------------------------- */

static void because(struct hb_run_result *result, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Several reasons are joined by "; ". What is too long is cut. */
static void because(struct hb_run_result *result, const char *format, ...) {
    const size_t size = sizeof result->reason;
    size_t used = strlen(result->reason);
    va_list arguments;
    if (used) {
        snprintf(result->reason + used, size - used, "; ");
        used = strlen(result->reason);
    }
    va_start(arguments, format);
    vsnprintf(result->reason + used, size - used, format, arguments);
    va_end(arguments);
}

/* ---- What a guest that reports success may have got wrong ------------------------------------------------------ */

static void doubt_tasks(struct hb_run_result *result) {
    const struct hb_os_result *os = &result->os;
    if (result->has_verdicts && (os->tasks_wrong || os->tasks_lost))
        because(result,
                "the guest reports success, but of %" PRIu64 " tasks %" PRIu64
                " brought home a wrong checksum and %" PRIu64 " were lost",
                os->tasks_created, os->tasks_wrong, os->tasks_lost);
}

/* A restarted task counts again from its beginning, so then there may be more. */
static void doubt_increments(struct hb_run_result *result) {
    const uint64_t counted = result->increments_counted, expected = result->increments_expected;
    const bool too_many = counted > expected && result->os.tasks_restarted == 0;
    if (result->has_increments && (counted < expected || too_many))
        because(result,
                "the guest reports success, but the tasks' counters hold %" PRIu64 " increments in place of %" PRIu64,
                counted, expected);
}

static void doubt_accounts(struct hb_run_result *result) {
    const struct hb_os_accounts *accounts = &result->accounts;
    if (result->has_accounts && accounts->wrong)
        because(result,
                "the guest reports success, but in %" PRIu64 " of %" PRIu64
                " accounts there is not what the answered transactions paid in",
                accounts->wrong, accounts->accounts);
}

static void doubt_alarms(struct hb_run_result *result) {
    const uint64_t alarms = result->os.false_alarms;
    if (result->has_os && alarms)
        because(result, "%" PRIu64 " suspicion%s of a CPU that was alive", alarms, alarms == 1 ? "" : "s");
}

static void doubt_jitter(struct hb_run_result *result) {
    if (result->jitter_bound_cycles && result->jitter_cycles != HB_OS_NONE &&
        result->jitter_cycles > result->jitter_bound_cycles)
        because(result,
                "J was %" PRIu64 " cycles, the longest time between two beats of a healthy CPU; at most %" PRIu64
                " are allowed",
                result->jitter_cycles, result->jitter_bound_cycles);
}

static enum hb_outcome doubt(struct hb_run_result *result) {
    doubt_tasks(result);
    doubt_increments(result);
    doubt_accounts(result);
    doubt_alarms(result);
    doubt_jitter(result);
    return result->reason[0] ? HB_OUTCOME_FAILED : HB_OUTCOME_PASSED;
}

/* ---- The other outcomes ---------------------------------------------------------------------------------------- */

static bool all_are_halted(const struct hb_run_result *result) {
    uint32_t halted = 0;
    for (uint32_t h = 0; h < result->harts; h++)
        halted += result->hart[h].run_state >= HB_HART_STOPPED;
    return halted == result->harts;
}

static void explain_blocked(const struct hb_os_view *view, struct hb_run_result *result) {
    uint32_t blocked = 0;
    for (uint32_t task = 0; task < HB_TASKS_MAX; task++)
        blocked += view->tasks[task].state == HB_OS_TASK_BLOCKED;
    if (blocked)
        because(result, "%" PRIu32 " task%s blocked: what they wait for is never freed", blocked,
                blocked == 1 ? " is" : "s are");
}

/* Nobody may be waiting for such a lock, and yet what it guards is out of reach. */
static void explain_dead_locks(const struct hb_machine *machine, struct hb_run_result *result) {
    for (uint32_t h = 0; h < result->harts; h++) {
        const struct hb_os_hart *hart = &machine->saved->os.harts[h];
        if (!machine->cores.trace_points || hart->lock_held == 0 || result->hart[h].run_state < HB_HART_STOPPED)
            continue;
        char lock[64];
        hb_symbols_text(&machine->symbols, hart->lock_held, lock, sizeof lock);
        because(result, "hart %" PRIu32 " stopped while it owned the lock %s", h, lock);
    }
}

/* A kernel says so when it begins to wait. */
static void explain_lock(const struct hb_machine *machine, struct hb_run_result *result) {
    for (uint32_t h = 0; h < result->harts; h++) {
        const struct hb_os_hart *hart = &machine->saved->os.harts[h];
        if (!machine->cores.trace_points || hart->lock_wanted == 0 || result->hart[h].run_state >= HB_HART_STOPPED)
            continue;
        char lock[64];
        hb_symbols_text(&machine->symbols, hart->lock_wanted, lock, sizeof lock);
        because(result, "hart %" PRIu32 " waits for the lock %s, which hart %u owned", h, lock, hart->lock_wanted_from);
        return;
    }
    explain_dead_locks(machine, result);
    explain_blocked(&machine->saved->os, result);
}

static void explain_hang(const struct hb_machine *machine, struct hb_run_result *result) {
    uint64_t quiet = machine->config.stop_quiet_cycles, last = machine->saved->os.last_progress_cycle;
    bool was_quiet = machine->cores.trace_points && quiet && result->cycles >= (last == HB_OS_NONE ? 0 : last) + quiet;
    if (all_are_halted(result))
        because(result, "no hart can ever run again: all are dead, fenced or stopped");
    else if (was_quiet)
        because(result,
                "no task was completed or made progress for %" PRIu64
                " cycles (stop.quiet_cycles; tasks that compute for longer need more)",
                quiet);
    else
        because(result, "no hart can ever run again: those alive wait for nothing that will come");
    explain_lock(machine, result);
}

static void explain_failure(const struct hb_machine *machine, struct hb_run_result *result) {
    if (machine->saved->said == HB_OUTCOME_FAILED)
        because(result, "the program has written the text of stop.console.failed");
    else if (!hb_htif_explain(&machine->saved->htif, result->reason, sizeof result->reason))
        because(result, "the guest failed with code %" PRIu32, machine->saved->exit_code);
}

static void explain(const struct hb_machine *machine, struct hb_run_result *result) {
    switch (result->outcome) {
    case HB_OUTCOME_FAILED: explain_failure(machine, result); break;
    case HB_OUTCOME_LIMIT: because(result, "stop.cycles was reached"); break;
    case HB_OUTCOME_HANG: explain_hang(machine, result); break;
    case HB_OUTCOME_CRASH: because(result, "hart %" PRIu32 ": %s", result->crash.hart, result->crash.cause); break;
    case HB_OUTCOME_INTERRUPTED: because(result, "a signal ended the run"); break;
    default: break;
    }
}

/* ---- The verdict ----------------------------------------------------------------------------------------------- */

/* A kernel panic is a crash, whatever ended the run afterwards. */
static enum hb_outcome machines_word(const struct hb_machine *machine) {
    enum hb_outcome outcome = machine->saved->outcome;
    bool panicked = machine->saved->panicked && outcome != HB_OUTCOME_PASSED && outcome != HB_OUTCOME_INTERRUPTED;
    return panicked ? HB_OUTCOME_CRASH : outcome;
}

static enum hb_guest_outcome guests_word(const struct hb_run_result *result, enum hb_outcome raw) {
    if (!result->has_exit_code)
        return HB_GUEST_SILENT;
    return raw == HB_OUTCOME_PASSED ? HB_GUEST_PASSED : HB_GUEST_FAILED;
}

void hb_verdict(const struct hb_machine *machine, struct hb_run_result *result) {
    enum hb_outcome raw = machine->saved->outcome;
    result->outcome = (uint8_t)machines_word(machine);
    result->has_crash = result->outcome == HB_OUTCOME_CRASH && hb_crash_report(machine, &result->crash);
    result->has_exit_code = raw == HB_OUTCOME_PASSED || (raw == HB_OUTCOME_FAILED && !machine->saved->htif.refused) ||
                            (raw == HB_OUTCOME_CRASH && result->has_crash && result->crash.panic);
    result->exit_code = machine->saved->exit_code;
    result->guest_outcome = (uint8_t)guests_word(result, raw);
    if (result->outcome == HB_OUTCOME_PASSED)
        result->outcome = (uint8_t)doubt(result);
    else
        explain(machine, result);
}
