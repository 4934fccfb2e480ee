/* What the machine has counted, read between two cycles: nothing of the machine changes.
 *
 * A hart's time is divided without a rest: busy (one cycle an instruction) + stalled (by cause) + idle is the number of
 * cycles until its death, or until now. A hart that is stopped or fenced is idle from then on.
 */
#ifndef HB_SIM_STATS_H
#define HB_SIM_STATS_H

#include <stdbool.h>
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
    uint64_t irq_off_max_cycles; /* longest stretch in M mode with interrupts off; the present one counts */
    uint8_t run_state;           /* enum hb_run_state */
};

/* hits + misses = accesses. An upgrade is a hit that needs the bus. */
struct hb_cache_stats {
    uint64_t accesses;
    uint64_t hits;
    uint64_t misses;
    uint64_t upgrades;
    uint64_t writebacks;
    uint64_t invalidations_received;
    uint64_t updates_received;
};

struct hb_bus_stats {
    uint64_t busy_cycles;    /* from a grant to its finish, the present transaction included; split: data lines */
    uint64_t address_cycles; /* arbitration and address phases */
    uint64_t data_cycles;    /* transfers */
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

/* Sum of all causes. */
uint64_t hb_stats_stalled(const struct hb_hart_stats *stats);

/* The key of a stall cause in results ("load_miss"), and of a run state ("idle"). */
const char *hb_stall_key(enum hb_stall cause);
const char *hb_run_state_key(enum hb_run_state state);

#endif
