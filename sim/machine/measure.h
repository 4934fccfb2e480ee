/* Measuring a run beyond the counters that the machine always has (`stats` of an experiment): classes of misses, hot
 * lines, locks, a region of interest, and a series of intervals.
 *
 *     region of interest   begins and ends before a cycle, or after the one in which a tracepoint was passed; what is
 *                          counted is what happened from `from_cycle` up to, but excluding, `to_cycle`
 *     series               from the beginning of the region on, one interval after another; the last one may be
 * shorter
 *
 * It is attached to the machine (machine->measure) and only observes: no state, and no result except the requested
 * ones, depends on it. Snapshots hold only how often the tracepoint that begins or ends the region has been passed: a
 * machine restored from a snapshot is measured from there on, in the region that it was in.
 *
 * Classes of misses, and the bytes that harts touch, need every access, so host lookups must be off for them
 * (hb_measure_needs_every_access()).
 */
#ifndef HB_SIM_MEASURE_H
#define HB_SIM_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart/core.h"
#include "sim/config/config.h"
#include "sim/machine/counts.h"
#include "sim/observe/locks.h"
#include "sim/observe/observer.h"

#define HB_SERIES_MAX 100000u /* intervals; the last one then reaches to the end */

enum hb_region_phase { HB_REGION_BEFORE, HB_REGION_WITHIN, HB_REGION_AFTER };

/* Where an interval begins or ends: what had been counted by then. */
struct hb_series_point {
    uint64_t cycle;
    uint64_t misses; /* of all L1s */
    uint64_t bus_busy_cycles;
    uint64_t transactions[HB_TXNS];
};

struct hb_measure {
    struct hb_stats_config config;
    struct hb_observer observer;
    struct hb_locks locks;
    enum hb_region_phase phase;
    bool whole;            /* the region is the whole run, which needs no mention */
    bool tracepoint_seen;  /* the region begins or ends with the next cycle */
    uint64_t times_seen;   /* of the awaited tracepoint */
    struct hb_counts base; /* when the region began */
    struct hb_counts end;  /* when it ended */
    struct hb_series_point *point;
    uint64_t *instructions; /* of each hart, for each point */
    uint32_t points, points_capacity;
};

struct hb_machine;

bool hb_measure_needs_every_access(const struct hb_stats_config *config);

/* Begin to measure a machine that has been built, or restored from a snapshot, as its configuration says. Does nothing
 * when that asks for nothing. */
void hb_measure_start(struct hb_machine *machine);
void hb_measure_stop(struct hb_machine *machine);

/* The cycle before which the machine must stop, for hb_measure_reach(); HB_NEVER: none. */
uint64_t hb_measure_next(const struct hb_measure *measure);

/* The machine has reached its present cycle: begin and end what begins and ends before it. */
void hb_measure_reach(struct hb_machine *machine);

/* A tracepoint that counts. True: the machine must stop before the next cycle. */
bool hb_measure_seen(struct hb_machine *machine, const struct hb_trace_record *record);

/* The hart's caches have been emptied because it starts. */
void hb_measure_hart_started(struct hb_machine *machine, uint32_t hart);

/* What has been counted by now, for a series: `instructions` has room for every hart. */
void hb_measure_point(const struct hb_machine *machine, struct hb_series_point *point, uint64_t *instructions);

/* What was counted in the region, up to now or to its end; all zero if it never began. Longest waits are those of the
 * region, too. */
void hb_measure_counts(const struct hb_machine *machine, struct hb_counts *counts);

#endif
