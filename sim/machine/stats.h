/* What the machine has counted, read between two cycles; the machine does not change.
 *
 * A hart's time is fully accounted for: busy (one cycle per instruction) + stalled (by cause) + idle is the number of
 * cycles until its death, or until now. A hart that is stopped or fenced is idle from then on.
 */
#ifndef HB_SIM_STATS_H
#define HB_SIM_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"
#include "cpu/hart/hart.h"

struct hb_machine;

struct hb_hart_stats {
    uint64_t instructions;
    uint64_t user_instructions;
    uint64_t busy_cycles;
    uint64_t stalled_cycles[HB_STALLS];
    uint64_t idle_cycles;
    uint64_t traps;
    uint64_t bus_transactions;   /* finished ones of its caches and of its uncached accesses */
    uint64_t bus_bytes;          /* that they moved */
    uint64_t lines_from_caches;  /* that its caches got from another and not from memory */
    uint64_t lines_to_caches;    /* that its caches gave to others, or to a device */
    uint64_t irq_off_max_cycles; /* longest stretch in M mode with interrupts off; the present one counts */
    uint8_t run_state;           /* enum hb_run_state */
};

/* hits + misses = accesses = reads + writes. An upgrade is a write hit that needs the bus. */
struct hb_cache_stats {
    uint64_t accesses;
    uint64_t hits;
    uint64_t misses;
    uint64_t reads;
    uint64_t writes;
    uint64_t read_misses;
    uint64_t write_misses;
    uint64_t upgrades;
    uint64_t writebacks;
    uint64_t invalidations_received;
    uint64_t back_invalidations_received;
    uint64_t updates_received;
};

struct hb_bus_stats {
    uint64_t busy_cycles;           /* from grant to finish, including the present transaction; split: data lines */
    uint64_t address_cycles;        /* arbitration and address phases */
    uint64_t data_cycles;           /* transfers */
    uint64_t bytes;                 /* moved by finished transactions */
    uint64_t cache_to_cache;        /* lines that came from a cache and not from memory */
    uint64_t transactions[HB_TXNS]; /* finished ones */
    uint64_t granted;
    uint64_t wait_cycles; /* from post to grant, of all that were granted */
};

struct hb_port_wait {
    uint64_t cycles;     /* from post to grant, summed */
    uint64_t grants;     /* how many were granted */
    uint64_t max_cycles; /* of one request; one that still waits counts */
};

void hb_stats_hart(const struct hb_machine *machine, uint32_t hart, struct hb_hart_stats *stats);
void hb_stats_cache(const struct hb_machine *machine, uint32_t hart, bool l1i, struct hb_cache_stats *stats);
void hb_stats_bus(const struct hb_machine *machine, struct hb_bus_stats *stats);
struct hb_port_wait hb_stats_wait(const struct hb_machine *machine, uint32_t hart);

/* ---- Figures ----
 *
 * What is computed from counts, in this place alone: result.json, tables and gdb's monitor print it. A quotient keeps
 * its parts, so that result.json can round it exactly. */
struct hb_quotient {
    uint64_t part, whole;
};

/* As a number; 0 without a whole. */
double hb_quotient_value(struct hb_quotient quotient);

/* Sum of all causes. */
uint64_t hb_stats_stalled(const struct hb_hart_stats *stats);

/* Busy, stalled and idle: how long the hart lived. */
uint64_t hb_stats_cycles(const struct hb_hart_stats *stats);

struct hb_quotient hb_stats_ipc(const struct hb_hart_stats *stats);
struct hb_quotient hb_stats_utilisation(const struct hb_bus_stats *stats, uint64_t cycles);

/* Cycles from request to grant, of one request on average. */
struct hb_quotient hb_stats_mean_wait(const struct hb_bus_stats *stats);

/* Of the ports of `harts` harts. */
uint64_t hb_stats_longest_wait(const struct hb_port_wait *wait, uint32_t harts);

/* Finished ones of all kinds. */
uint64_t hb_stats_transactions(const struct hb_bus_stats *stats);

/* The key of a stall cause in results ("load_miss"), and of a run state ("idle"). */
const char *hb_stall_key(enum hb_stall cause);
const char *hb_run_state_key(enum hb_run_state state);

/* ---- The table of statistics ----
 *
 * What is counted is declared once: result.json, docs/results.md, the region of interest and whatever else lists
 * statistics go by these rows. A count is a uint64_t field of the struct of what it belongs to and grows; the region of
 * interest takes the difference of two moments. A figure is made of several numbers: its row has the place and the
 * sentence, and sim/result/result_json.c writes it. */

/* What it is counted of, once for each. */
enum hb_statistic_of { HB_OF_HART, HB_OF_L1, HB_OF_L2, HB_OF_BUS, HB_OFS };

#define HB_NO_COUNT UINT32_MAX

struct hb_statistic {
    const char *name; /* its key in result.json */
    const char *unit; /* NULL: a number of what its name says */
    uint32_t offset;  /* into the struct; HB_NO_COUNT: a figure */
    const char *meaning;
};

/* In the order of result.json; the last one has no name. */
extern const struct hb_statistic *const hb_statistics[HB_OFS];

/* "harts[]", "caches[]", "bus": where they stand in result.json. */
const char *hb_statistics_path(enum hb_statistic_of of);

/* A count, of its struct. */
static inline uint64_t hb_statistic_of(const struct hb_statistic *statistic, const void *object) {
    return *(const uint64_t *)(const void *)((const uint8_t *)object + statistic->offset);
}

/* Leave in `object`, a struct of that kind, what was counted since `base`. */
void hb_statistics_subtract(enum hb_statistic_of of, void *object, const void *base);

#endif
