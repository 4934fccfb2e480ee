/* The result of one run: all that was measured, as plain data and as the JSON of result.json. It is read off a machine
 * by sim/result/gather.h.
 *
 * What did not happen is null in JSON, what was not measured is absent, ratios are 0 to 1. Nothing of the host is in
 * it: the same experiment gives the same bytes everywhere. Addresses are strings ("0x80001000"), since a JSON number
 * cannot hold 64 bits.
 *
 *     struct hb_run_result *result = hb_result_gather(machine);
 *     char *json = hb_result_json(result, NULL, 0);
 *     free(json); hb_result_free(result);
 */
#ifndef HB_SIM_RESULT_H
#define HB_SIM_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/shared/checker.h"
#include "osmodel/os_accounts.h"
#include "osmodel/os_result.h"
#include "sim/config/config.h"
#include "sim/machine/machine.h"
#include "sim/machine/stats.h"
#include "sim/result/crash.h"
#include "sim/result/measured.h"
#include "sim/result/watched.h"

#define HB_RESULT_REASON_BYTES 400
#define HB_EXPECT_VALUES_BYTES 1024 /* enough for the values of any expectation in configs/ */

/* A modified line that died with its hart's cache. */
struct hb_lost_line {
    uint64_t address;
    char symbol[HB_CRASH_SYMBOL_BYTES]; /* of what it holds; empty: nothing that has a name */
};

struct hb_fault_result {
    uint32_t hart;
    const char *part; /* "recoverer": whoever had that part, which nobody had; NULL: `hart` is the one */
    struct hb_fault_terms terms;
    bool struck; /* its trigger came; otherwise nothing below happened */
    bool activated;
    bool ended; /* its duration was over, in end_cycle */
    uint64_t cycle;
    uint64_t end_cycle;
    uint64_t instructions_at_death;
    uint32_t lines_lost;
    uint32_t lines_differing; /* of lines_lost: memory held other bytes */
    uint32_t stores_lost;
    uint32_t lost_listed; /* of lines_lost: the first of them are listed */
    struct hb_lost_line *lost;
    struct hb_os_recovery recovery; /* cycles before the fault are HB_OS_NONE */
    bool false_alarm;               /* the hart was suspected while nothing ailed it */
    bool repeats;                   /* it has a rate: what else stands here is of the last strike */
    struct hb_fault_repeats all;    /* of all its strikes, this one included, up to the end of the run */
};

/* What the guest itself said at its end. */
enum hb_guest_outcome { HB_GUEST_SILENT, HB_GUEST_PASSED, HB_GUEST_FAILED };

/* The present master, and how it came to be it; HB_OS_NONE: it is the first. */
struct hb_failover_result {
    uint32_t master;
    uint32_t term;
    uint64_t elected_cycle;
    uint64_t outage_cycles; /* hb_os_view_outage */
    uint64_t bound_cycles;  /* for it */
};

struct hb_run_result {
    char name[HB_NAME_BYTES];
    uint64_t seed;
    uint8_t engine;        /* enum hb_engine */
    uint32_t engine_notes; /* why lockstep has run it in place of that engine: a bit for each enum hb_engine_note */
    uint8_t outcome;       /* enum hb_outcome, the last word (sim/result/verdict.h) */
    uint8_t guest_outcome; /* enum hb_guest_outcome */
    bool has_exit_code;
    uint32_t exit_code;
    char reason[HB_RESULT_REASON_BYTES]; /* why it did not pass, without a full stop; empty if it passed */
    uint64_t cycles;
    uint64_t
        counted_cycles; /* in which the counts of harts, caches and bus were made: all, or the region of interest */
    uint32_t harts;
    const char *role[HB_HARTS_LIMIT];
    struct hb_hart_stats hart[HB_HARTS_LIMIT];
    struct hb_cache_stats l1d[HB_HARTS_LIMIT];
    struct hb_cache_stats l1i[HB_HARTS_LIMIT];
    struct hb_bus_stats bus;
    uint32_t script_length, script_played; /* choices of the arbiter `script`; length 0: another arbiter */
    bool has_l2;
    struct hb_l2_stats l2;
    struct hb_port_wait wait[HB_HARTS_LIMIT];
    struct hb_measured *measured; /* NULL: nothing more was requested */
    bool has_crash;
    struct hb_crash_report crash;
    bool checked; /* the coherence checker watched */
    struct hb_violation violation;
    bool has_os;            /* the image has tracepoints */
    bool has_verdicts;      /* ... and result slots: the tasks could be judged */
    struct hb_os_result os; /* max_irq_off_cycles: since all harts were up; HB_OS_NONE: they never were */
    char group_name[HB_GROUPS_MAX][HB_NAME_BYTES]; /* of os.group[] */
    bool has_increments;          /* the workload share: what is in the tasks' counters, read by the host */
    uint64_t overruns;            /* characters that found the UART's FIFO full */
    uint64_t increments_expected; /* of all tasks created */
    uint64_t increments_counted;
    bool has_accounts; /* a server with transactions */
    struct hb_os_accounts accounts;
    bool has_user_locks;          /* the workload share, with a lock that spins in U mode */
    uint64_t user_acquisitions;   /* of such locks, by tasks that completed */
    uint64_t jitter_cycles;       /* measured J; HB_OS_NONE with max_irq_off_cycles */
    uint64_t jitter_bound_cycles; /* the image's; 0: it states none */
    bool has_failover;            /* amp, and another may take the master's place */
    struct hb_failover_result failover;
    uint32_t faults;
    struct hb_fault_result *fault;
    struct hb_watched *watched; /* NULL: no variable is watched */
    uint64_t state_hash;
};

/* An expectation with its value. */
struct hb_expect_result {
    const char *that;    /* belongs to the experiment */
    const char *because; /* may be empty */
    bool holds;
    char values[HB_EXPECT_VALUES_BYTES];
};

void hb_result_free(struct hb_run_result *result);

/* As JSON, to be freed; with `expect` unless it is NULL. */
char *hb_result_json(const struct hb_run_result *result, const struct hb_expect_result *expect, uint32_t n);

/* The list "expect" alone. */
struct hb_json_writer;
void hb_result_write_expect(struct hb_json_writer *json, const struct hb_expect_result *expect, uint32_t n);

/* "passed", "failed", "limit", "hang", "crash", "interrupted"; "running". */
const char *hb_outcome_name(enum hb_outcome outcome);
const char *hb_engine_name(enum hb_engine engine);

#endif
