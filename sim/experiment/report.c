#include "sim/experiment/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/os_text.h"

#define EXPECT_COLUMNS 80 /* of a long expectation that holds; result.json has the whole */
#define EXPECT_LONG    240
#define VARIANTS_TOLD  16 /* beyond this many only the comparison is printed; result.json has all */
#define LOST_SHOWN     8  /* lost lines that are listed; result.json has all */

/* Room for one number; each use in a call of printf needs its own. */
struct number {
    char text[HB_OS_GROUPED_BYTES];
};

#define NUMBER(value) hb_os_grouped((value), (struct number){""}.text)

static double percent(uint64_t part, uint64_t whole) {
    return 100 * hb_quotient_value((struct hb_quotient){part, whole});
}

static double bus_percent(const struct hb_run_result *result) {
    return 100 * hb_quotient_value(hb_stats_utilisation(&result->bus, result->counted_cycles));
}

/* A share of `whole` as wide as a column; "-": there is none. */
static const char *share(uint64_t part, uint64_t whole, char text[16]) {
    if (whole)
        snprintf(text, 16, "%.1f%%", percent(part, whole));
    else
        snprintf(text, 16, "-");
    return text;
}

/* ---- One run --------------------------------------------------------------------------------------------------- */

static void print_outcome(FILE *out, const char *name, const struct hb_run_result *result) {
    fprintf(out, "%s: %s after %s cycles%s%s\n", name, hb_outcome_name(result->outcome), NUMBER(result->cycles),
            result->reason[0] ? ": " : "", result->reason);
}

static enum hb_stall worst_cause(const struct hb_hart_stats *hart) {
    enum hb_stall worst = 0;
    for (uint32_t i = 1; i < HB_STALLS; i++)
        if (hart->stalled_cycles[i] > hart->stalled_cycles[worst])
            worst = i;
    return worst;
}

static void print_hart(FILE *out, const struct hb_run_result *result, uint32_t h) {
    const struct hb_hart_stats *hart = &result->hart[h];
    uint64_t stalled = hb_stats_stalled(hart), all = hb_stats_cycles(hart);
    enum hb_stall cause = worst_cause(hart);
    fprintf(out, "  %4" PRIu32 "  %-7s %-8s %15s  %5.3f  %5.1f%%  %6.1f%%  %5.1f%%  %9s  %8s", h, result->role[h],
            hb_run_state_key(hart->run_state), NUMBER(hart->instructions), hb_quotient_value(hb_stats_ipc(hart)),
            percent(hart->busy_cycles, all), percent(stalled, all), percent(hart->idle_cycles, all),
            share(result->l1i[h].hits, result->l1i[h].accesses, (char[16]){0}),
            share(result->l1d[h].hits, result->l1d[h].accesses, (char[16]){0}));
    if (stalled)
        fprintf(out, "  %s %.1f%%", hb_stall_key(cause), percent(hart->stalled_cycles[cause], all));
    fputc('\n', out);
}

static void print_harts(FILE *out, const struct hb_run_result *result) {
    fprintf(out, "  %4s  %-7s %-8s %15s  %5s  %6s  %7s  %6s  %9s  %8s  %s\n", "CPU", "role", "state", "instructions",
            "IPC", "busy", "stalled", "idle", "L1I hits", "L1D hits", "mostly stalled by");
    for (uint32_t h = 0; h < result->harts; h++)
        print_hart(out, result, h);
}

static void print_bus(FILE *out, const struct hb_run_result *result) {
    fprintf(out, "  bus     %.1f%% in use; a request waits %.1f cycles on average, %s at most\n         ",
            bus_percent(result), hb_quotient_value(hb_stats_mean_wait(&result->bus)),
            NUMBER(hb_stats_longest_wait(result->wait, result->harts)));
    for (uint32_t i = HB_TXN_NONE + 1; i < HB_TXNS; i++)
        if (result->bus.transactions[i])
            fprintf(out, " %s %s", hb_txn_name(i), NUMBER(result->bus.transactions[i]));
    fputc('\n', out);
}

static void print_goodput(FILE *out, const struct hb_os_result *os) {
    if (os->has_goodput)
        fprintf(out, "  goodput %.3f instructions a cycle, from all harts up (%s) to the last completion (%s)\n",
                os->goodput, NUMBER(os->harts_up_cycle), NUMBER(os->last_completion_cycle));
}

static void print_requests(FILE *out, const struct hb_run_result *result) {
    const struct hb_os_requests *requests = &result->os.requests;
    if (!result->os.has_requests)
        return;
    fprintf(out, "  served  %s of %s requests: %s dropped, %s lost, %s wrong; %s retried", NUMBER(requests->served),
            NUMBER(requests->offered), NUMBER(requests->dropped), NUMBER(requests->lost), NUMBER(requests->wrong),
            NUMBER(requests->retried));
    if (requests->latency.n > 0)
        fprintf(out, "; latency %s cycles on average, %s at most", NUMBER((uint64_t)requests->latency.mean),
                NUMBER(requests->latency.max));
    fputc('\n', out);
    if (result->has_accounts)
        fprintf(out, "  paid    %s into %s accounts, of %s; %s of them wrong\n", NUMBER(result->accounts.balance),
                NUMBER(result->accounts.accounts), NUMBER(result->accounts.expected), NUMBER(result->accounts.wrong));
}

static void print_failover(FILE *out, const struct hb_failover_result *failover) {
    if (failover->elected_cycle == HB_OS_NONE)
        return;
    fprintf(out, "  master  CPU %" PRIu32 " since %s, term %" PRIu32, failover->master, NUMBER(failover->elected_cycle),
            failover->term);
    if (failover->outage_cycles != HB_OS_NONE)
        fprintf(out, "; nobody was for %s cycles (at most %s)", NUMBER(failover->outage_cycles),
                NUMBER(failover->bound_cycles));
    fputc('\n', out);
}

static void print_os(FILE *out, const struct hb_run_result *result) {
    const struct hb_os_result *os = &result->os;
    if (!result->has_os)
        return;
    if (result->has_verdicts)
        fprintf(out,
                "  tasks   %" PRIu64 " created: %" PRIu64 " completed, %" PRIu64 " wrong, %" PRIu64 " lost, %" PRIu64
                " unfinished; %" PRIu64 " restarted\n",
                os->tasks_created, os->tasks_completed, os->tasks_wrong, os->tasks_lost, os->tasks_unfinished,
                os->tasks_restarted);
    if (result->has_increments)
        fprintf(out, "  counted %s increments of %s\n", NUMBER(result->increments_counted),
                NUMBER(result->increments_expected));
    print_requests(out, result);
    print_goodput(out, os);
    fprintf(out, "  kernel  %s context switches, %s migrations; longest wait of a task %s cycles",
            NUMBER(os->context_switches), NUMBER(os->migrations), NUMBER(os->longest_wait_cycles));
    if (result->jitter_cycles != HB_OS_NONE)
        fprintf(out, "; J %s cycles", NUMBER(result->jitter_cycles));
    if (result->jitter_cycles != HB_OS_NONE && result->jitter_bound_cycles)
        fprintf(out, " (at most %s)", NUMBER(result->jitter_bound_cycles));
    fputc('\n', out);
    if (result->has_failover)
        print_failover(out, &result->failover);
}

/* ---- Faults ---------------------------------------------------------------------------------------------------- */

static void print_step(FILE *out, const char *what, uint64_t cycle, uint64_t since) {
    if (cycle == HB_OS_NONE)
        fprintf(out, "            %-11s %15s\n", what, "never");
    else
        fprintf(out, "            %-11s %15s  + %s\n", what, NUMBER(cycle), NUMBER(cycle - since));
}

static void print_recovery(FILE *out, const struct hb_fault_result *fault) {
    const struct hb_os_recovery *recovery = &fault->recovery;
    print_step(out, "suspected", recovery->suspected_cycle, fault->cycle);
    print_step(out, "fenced", recovery->fenced_cycle, fault->cycle);
    print_step(out, "recovered", recovery->recovered_cycle, fault->cycle);
    print_step(out, "first work", recovery->first_work_cycle, fault->cycle);
    fprintf(out,
            "            tasks put back: %" PRIu32 "; locks recovered: %" PRIu32
            "; instructions executed again: %s%s\n",
            recovery->tasks_requeued, recovery->locks_recovered, NUMBER(recovery->instructions_reexecuted),
            fault->false_alarm ? "; there was a false alarm before" : "");
}

static void print_lost(FILE *out, const struct hb_fault_result *fault) {
    fprintf(out, "            %" PRIu32 " modified lines lost, %" PRIu32 " not as in memory%s", fault->lines_lost,
            fault->lines_differing, fault->lost_listed ? ":" : "");
    for (uint32_t i = 0; i < fault->lost_listed && i < LOST_SHOWN; i++) {
        const struct hb_lost_line *line = &fault->lost[i];
        fprintf(out, "%s 0x%" PRIx64 "%s%s", i ? ";" : "", line->address, line->symbol[0] ? " " : "", line->symbol);
    }
    fprintf(out, "%s\n", fault->lines_lost > LOST_SHOWN ? "; ..." : "");
}

static const char *const effects[] = {
    [HB_FAULT_DROP] = "drop", [HB_FAULT_DELAY] = "delay", [HB_FAULT_SPURIOUS] = "spurious"};

/* ", its cache lost", ", for 5,000 cycles", ", by a factor of 4" */
static void print_terms(FILE *out, const struct hb_fault_terms *terms) {
    uint32_t takes = hb_fault_model[terms->model].takes;
    if (takes & HB_TERM_CACHE)
        fprintf(out, ", its cache %s", terms->lost ? "lost" : "snoopable");
    if (takes & HB_TERM_FACTOR)
        fprintf(out, ", by a factor of %" PRIu32, terms->factor);
    if (takes & HB_TERM_EFFECT)
        fprintf(out, " (%s: %s)", terms->interrupt == HB_FAULT_TIMER ? "timer" : "software", effects[terms->effect]);
    if (takes & HB_TERM_DURATION && terms->duration_cycles)
        fprintf(out, ", for %s cycles", NUMBER(terms->duration_cycles));
}

/* "CPU 2", or "the recoverer". */
static const char *whom(const struct hb_fault_result *fault, char text[32]) {
    if (fault->part)
        snprintf(text, 32, "the %s", fault->part);
    else
        snprintf(text, 32, "CPU %" PRIu32, fault->hart);
    return text;
}

/* Of a fault with a rate, above what stands of its last strike. */
static void print_repeats(FILE *out, const struct hb_fault_repeats *all) {
    fprintf(out, "            the last of %s strikes", NUMBER(all->strikes));
    if (all->down_cycles)
        fprintf(out, "; the CPU was away for %s cycles in all", NUMBER(all->down_cycles));
    if (all->suspected)
        fprintf(out, "; suspected after %s cycles on average", NUMBER(all->suspected_cycles / all->suspected));
    fputc('\n', out);
}

static void print_fault(FILE *out, const struct hb_run_result *result, const struct hb_fault_result *fault) {
    const struct hb_fault_model_info *model = &hb_fault_model[fault->terms.model];
    char text[32];
    if (!fault->struck) {
        fprintf(out, "  fault   %s was to %s, but NEVER DID: the run ended before the trigger came\n",
                whom(fault, text), model->was_to);
        return;
    }
    if (fault->activated)
        fprintf(out, "  fault   CPU %" PRIu32 " %s in cycle %s", fault->hart, model->did, NUMBER(fault->cycle));
    else
        fprintf(out, "  fault   CPU %" PRIu32 " was to %s, but had stopped before cycle %s", fault->hart, model->was_to,
                NUMBER(fault->cycle));
    print_terms(out, &fault->terms);
    fputc('\n', out);
    if (!fault->activated)
        return;
    if (fault->repeats)
        print_repeats(out, &fault->all);
    if (result->has_os)
        print_recovery(out, fault);
    if (fault->terms.lost)
        print_lost(out, fault);
}

static void print_crash(FILE *out, const struct hb_crash_report *crash) {
    fprintf(out, "  crash   CPU %" PRIu32 ": %s\n          pc 0x%" PRIx64 "%s%s; executed last:\n", crash->hart,
            crash->cause, crash->pc, crash->symbol[0] ? " in " : "", crash->symbol);
    for (uint32_t i = 0; i < crash->steps; i++)
        fprintf(out, "            0x%08" PRIx64 "  %-28s  %s\n", crash->last[i].pc, crash->last[i].symbol,
                crash->last[i].text);
}

static void print_run(FILE *out, const char *name, const struct hb_run_result *result) {
    print_outcome(out, name, result);
    print_harts(out, result);
    print_bus(out, result);
    hb_measured_print(out, result->measured, result->harts);
    print_os(out, result);
    for (uint32_t i = 0; i < result->faults; i++)
        print_fault(out, result, &result->fault[i]);
    if (result->checked && result->violation.found)
        fprintf(out, "  incoherent in cycle %s: %s (line 0x%" PRIx64 ")\n", NUMBER(result->violation.cycle),
                result->violation.what, result->violation.address);
    if (result->has_crash)
        print_crash(out, &result->crash);
}

/* ---- The experiment -------------------------------------------------------------------------------------------- */

static uint64_t misses_of(const struct hb_run_result *result) {
    uint64_t sum = 0;
    for (uint32_t h = 0; h < result->harts; h++)
        sum += result->l1d[h].misses;
    return sum;
}

static void print_compared(FILE *out, const char *name, const struct hb_run_result *result) {
    fprintf(out, "  %-16s %-8s %4" PRIu32 " %14s %6.1f%% %13s %13s %13s %12s", name, hb_outcome_name(result->outcome),
            result->harts, NUMBER(result->cycles), bus_percent(result), NUMBER(hb_stats_transactions(&result->bus)),
            NUMBER(result->bus.address_cycles), NUMBER(result->bus.data_cycles), NUMBER(misses_of(result)));
    if (result->has_os && result->os.has_goodput)
        fprintf(out, " %8.3f", result->os.goodput);
    else
        fprintf(out, " %8s", "-");
    if (result->has_verdicts)
        fprintf(out, " %9" PRIu64 " %5" PRIu64 " %4" PRIu64, result->os.tasks_completed, result->os.tasks_wrong,
                result->os.tasks_lost);
    fputc('\n', out);
}

static void print_comparison(FILE *out, const struct hb_run_report *report) {
    fprintf(out, "  %-16s %-8s %4s %14s %7s %13s %13s %13s %12s %8s %9s %5s %4s\n", "variant", "outcome", "CPUs",
            "cycles", "bus", "transactions", "address cyc.", "data cycles", "L1D misses", "goodput", "completed",
            "wrong", "lost");
    for (uint32_t i = 0; i < report->variants; i++)
        print_compared(out, report->variant[i].name, report->variant[i].result);
}

/* An expectation that holds shows its reason; a long one shows only its final comparison in place of its values. One
 * that does not hold shows everything. */
static void print_expectation(FILE *out, const struct hb_expect_result *expect) {
    const char *told = expect->because[0] ? expect->because : expect->that, *values = expect->values;
    const bool is_long = expect->holds && strlen(expect->that) + strlen(values) > EXPECT_LONG;
    const char *end = strrchr(values, ';');
    fprintf(out, "  %-14s %s\n", expect->holds ? "holds" : "DOES NOT HOLD", told);
    if (is_long) {
        fprintf(out, "                 %.*s%s%s\n", EXPECT_COLUMNS, expect->that,
                strlen(expect->that) > EXPECT_COLUMNS ? " ..." : "", end ? end : "");
        return;
    }
    if (expect->because[0])
        fprintf(out, "                 %s\n", expect->that);
    fprintf(out, "                 %s\n", values);
}

static void print_expectations(FILE *out, const struct hb_run_report *report) {
    if (report->expectations)
        fputs("expected\n", out);
    for (uint32_t i = 0; i < report->expectations; i++)
        print_expectation(out, &report->expectation[i]);
}

char *hb_report_table(const struct hb_run_report *report) {
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    for (uint32_t i = 0; i < report->variants && report->variants <= VARIANTS_TOLD; i++) {
        const struct hb_run_variant *variant = &report->variant[i];
        print_run(out, report->has_variants ? variant->name : report->name, variant->result);
        if (report->has_variants)
            fputc('\n', out);
    }
    if (report->has_variants)
        print_comparison(out, report);
    print_expectations(out, report);
    return fclose(out) == 0 ? text : NULL;
}

/* ---- Warnings -------------------------------------------------------------------------------------------------- */

static void warn_of_faults(FILE *out, const struct hb_run_variant *variant) {
    const struct hb_run_result *result = variant->result;
    for (uint32_t f = 0; f < result->faults; f++) {
        const struct hb_fault_result *fault = &result->fault[f];
        char text[32];
        if (fault->activated)
            continue;
        fprintf(out, "warning: %s%sfaults.%" PRIu32 ": ", variant->name, variant->name[0] ? ": " : "", f);
        if (fault->struck)
            fprintf(out, "it struck nothing, because CPU %" PRIu32 " had stopped before cycle %s\n", fault->hart,
                    NUMBER(fault->cycle));
        else
            fprintf(out, "%s never failed, because the run ended after %s cycles, before the trigger came\n",
                    whom(fault, text), NUMBER(result->cycles));
    }
}

/* The counters of the workload share hold what tasks counted before they were started again, too. */
static void warn_of_increments(FILE *out, const struct hb_run_variant *variant) {
    const struct hb_run_result *result = variant->result;
    for (uint32_t f = 0; result->has_increments && f < result->faults; f++) {
        const struct hb_fault_result *fault = &result->fault[f];
        if (!fault->activated || !(hb_fault_model[fault->terms.model].flags & HB_MODEL_KILLS))
            continue;
        fprintf(out,
                "warning: %s%sos.increments_counted: tasks that are started again after a CPU has died count their "
                "increments twice: %s were counted, %s are expected of runs without a fault\n",
                variant->name, variant->name[0] ? ": " : "", NUMBER(result->increments_counted),
                NUMBER(result->increments_expected));
        return;
    }
}

char *hb_report_warnings(const struct hb_run_report *report) {
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    for (uint32_t i = 0; i < report->variants; i++)
        warn_of_faults(out, &report->variant[i]);
    for (uint32_t i = 0; i < report->variants; i++)
        warn_of_increments(out, &report->variant[i]);
    return fclose(out) == 0 ? text : NULL;
}

void hb_report_free(struct hb_run_report *report) {
    if (!report)
        return;
    for (uint32_t i = 0; i < report->variants; i++)
        hb_result_free(report->variant[i].result);
    for (uint32_t i = 0; i < report->implied_count; i++)
        free(report->implied[i]);
    free(report->variant);
    free(report->expectation);
    free(report->implied);
    free(report);
}
