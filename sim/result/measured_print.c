/* What was measured, as text for a terminal. */
#include <inttypes.h>
#include <stdio.h>

#include "osmodel/os_text.h"
#include "sim/result/measured.h"

#define LINES_SHOWN 10 /* result.json has all */
#define LOCKS_SHOWN 8

/* Room for one number; each use in one call of printf needs its own. */
struct number {
    char text[HB_OS_GROUPED_BYTES];
};

#define NUMBER(value) hb_os_grouped((value), (struct number){""}.text)

static void print_region(FILE *out, const struct hb_measured *measured) {
    if (!measured->has_region)
        return;
    if (measured->began)
        fprintf(out, "  counted from cycle %s to %s%s\n", NUMBER(measured->from_cycle), NUMBER(measured->to_cycle),
                measured->ended ? "" : ", the end of the run");
    else
        fputs("  counted nothing: the region of interest never began\n", out);
}

/* ---- Misses ---------------------------------------------------------------------------------------------------- */

static void print_cache(FILE *out, const char *name, const uint64_t *classes) {
    fprintf(out, "  %-8s %14s", name, NUMBER(hb_misses_sum(classes)));
    for (uint32_t i = 0; i < HB_MISSES; i++)
        fprintf(out, " %14s", NUMBER(classes[i]));
    fputc('\n', out);
}

static void print_misses(FILE *out, const struct hb_measured *measured, uint32_t harts) {
    char name[16];
    if (!measured->has_misses)
        return;
    fprintf(out, "  %-8s %14s", "misses", "all");
    for (uint32_t i = 0; i < HB_MISSES; i++)
        fprintf(out, " %14s", hb_miss_name(i));
    fputc('\n', out);
    for (uint32_t agent = 0; agent < 2 * harts; agent++) {
        snprintf(name, sizeof name, "%" PRIu32 " %s", agent / 2, hb_agent_is_l1i((uint8_t)agent) ? "L1I" : "L1D");
        print_cache(out, name, measured->misses[agent]);
    }
}

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

static void print_transactions(FILE *out, const struct hb_line_result *line) {
    const char *before = " (";
    for (uint32_t i = HB_TXN_NONE + 1; i < HB_TXNS; i++)
        if (line->transactions[i]) {
            fprintf(out, "%s%s %s", before, hb_txn_name(i), NUMBER(line->transactions[i]));
            before = ", ";
        }
    fputs(")\n", out);
}

static void print_line(FILE *out, const struct hb_line_result *line) {
    fprintf(out, "  line    0x%" PRIx64 "%s%s%s%s: %s transaction%s", line->address, line->symbol[0] ? " " : "",
            line->symbol, line->source[0] ? ", " : "", line->source, NUMBER(line->all_transactions),
            line->all_transactions == 1 ? "" : "s");
    print_transactions(out, line);
    fprintf(out, "          %s\n", line->why);
    for (uint32_t i = 0; i < line->harts; i++)
        if (line->false_sharing && line->hart[i].symbol[0])
            fprintf(out, "          hart %" PRIu32 " asked for it %s times, mostly at %s%s%s\n", line->hart[i].hart,
                    NUMBER(line->hart[i].transactions), line->hart[i].symbol, line->hart[i].source[0] ? ", " : "",
                    line->hart[i].source);
}

static void print_lines(FILE *out, const struct hb_measured *measured) {
    if (!measured->has_lines)
        return;
    fprintf(
        out,
        "  sharing copies taken away %s, updated %s; lines supplied by caches %s, taken by memory %s; hottest lines:\n",
        NUMBER(measured->invalidations), NUMBER(measured->updates), NUMBER(measured->interventions),
        NUMBER(measured->memory_updates));
    for (uint32_t i = 0; i < measured->lines && i < LINES_SHOWN; i++)
        print_line(out, &measured->line[i]);
}

/* ---- Locks ----------------------------------------------------------------------------------------------------- */

static uint64_t mean(const struct hb_lock_times *times) {
    return times->n ? (times->cycles + times->n / 2) / times->n : 0;
}

static void print_lock(FILE *out, const struct hb_lock_result *lock) {
    fprintf(out, "  %-24.24s %12s %10s %10s %10s %10s %10s\n", lock->symbol, NUMBER(lock->counts.acquisitions),
            NUMBER(lock->counts.wait.n), NUMBER(mean(&lock->counts.wait)), NUMBER(lock->counts.wait.max_cycles),
            NUMBER(mean(&lock->counts.handover)), NUMBER(mean(&lock->counts.held)));
}

static void print_locks(FILE *out, const struct hb_measured *measured, uint32_t harts) {
    if (!measured->has_locks)
        return;
    fputs("  LR reservations lost, by CPU:", out);
    for (uint32_t h = 0; h < harts; h++)
        fprintf(out, " %s", NUMBER(measured->reservations_lost[h]));
    fputc('\n', out);
    if (measured->locks)
        fprintf(out, "  %-24s %12s %10s %10s %10s %10s %10s\n", "lock", "acquisitions", "contended", "mean wait",
                "max wait", "hand-over", "held");
    for (uint32_t i = 0; i < measured->locks && i < LOCKS_SHOWN; i++)
        print_lock(out, &measured->lock[i]);
    if (measured->locks > LOCKS_SHOWN)
        fprintf(out, "  and %" PRIu32 " locks more\n", measured->locks - LOCKS_SHOWN);
}

void hb_measured_print(FILE *out, const struct hb_measured *measured, uint32_t harts) {
    if (!measured)
        return;
    print_region(out, measured);
    print_misses(out, measured, harts);
    print_lines(out, measured);
    print_locks(out, measured, harts);
}
