/* What was measured beyond the common counters, as plain data: part of the result of a run. */
#ifndef HB_SIM_MEASURED_H
#define HB_SIM_MEASURED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bus/protocol/coherence.h"
#include "sim/machine/measure.h"
#include "sim/observe/locks.h"
#include "sim/observe/misses.h"
#include "sim/observe/sharing.h"

struct hb_interval {
    uint64_t from_cycle, to_cycle;
    uint64_t misses; /* of all L1s */
    uint64_t bus_busy_cycles;
    uint64_t transactions[HB_TXNS];
};

struct hb_lock_result {
    struct hb_lock counts;
    char symbol[HB_SHARING_SYMBOL_BYTES];
};

struct hb_measured {
    bool has_region; /* the counts are of a part of the run */
    bool began, ended;
    uint64_t from_cycle, to_cycle; /* `to_cycle` of a region that did not end: where the run did */
    bool has_misses;
    uint64_t misses[HB_AGENTS_MAX][HB_MISSES];
    bool has_lines;
    uint64_t invalidations, updates, interventions, memory_updates;
    uint32_t lines;
    struct hb_line_result *line; /* the hottest first */
    bool has_locks;
    uint64_t reservations_lost[HB_HARTS_LIMIT];
    uint32_t locks;
    struct hb_lock_result *lock; /* those that were waited for longest first */
    bool has_series;
    uint32_t intervals;
    struct hb_interval *interval;
    uint64_t *instructions; /* of each hart, for each interval */
};

/* Read it off a machine; NULL: nothing was requested. The machine may continue afterwards. */
struct hb_measured *hb_measured_gather(const struct hb_machine *machine);
void hb_measured_free(struct hb_measured *measured);

/* The keys of result.json: "roi"; "lines", "locks", "series". What was not requested is absent; `measured` may be
 * NULL. */
struct hb_json_writer;
void hb_measured_write_region(struct hb_json_writer *json, const struct hb_measured *measured);
void hb_measured_write(struct hb_json_writer *json, const struct hb_measured *measured, uint32_t harts);

/* The same for people, as part of the report, with the classes of misses. */
void hb_measured_print(FILE *out, const struct hb_measured *measured, uint32_t harts);

#endif
