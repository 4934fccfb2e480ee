/* The bus watcher for the statistics of what happened and why: it feeds sim/observe/misses.h and sim/observe/lines.h,
 * and counts lost reservations and longest waits.
 *
 * It must see every access, so host lookups have to be off. The machine does not change: the observer only looks.
 *
 *     struct hb_observer observer;
 *     hb_observer_start(&observer, &bus, harts, true, true);   // classes of misses; lines
 *     observer.counts = true;
 *     ... run ...
 *     hb_observer_misses(&observer, hb_agent_l1d(0), counts);
 *     hb_observer_stop(&observer);
 */
#ifndef HB_SIM_OBSERVER_H
#define HB_SIM_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/shared/watch.h"
#include "cpu/hart/hart.h"
#include "sim/observe/lines.h"
#include "sim/observe/misses.h"

/* A miss that has been counted but not performed. */
struct hb_pending_miss {
    bool active;
    bool counts; /* it was counted in the region of interest */
    uint32_t bytes;
    uint64_t address;
};

struct hb_observer {
    struct hb_bus_watch watch;
    struct hb_bus *bus;
    const struct hb_hart *hart; /* of each port; NULL: places in the program are unknown */
    struct hb_misses *misses;   /* NULL: not wanted */
    struct hb_lines *lines;     /* NULL: not wanted */
    bool counts;                /* inside the region of interest; otherwise only history is followed */
    bool ends_copies;           /* under this protocol a write ends all other copies */
    struct hb_pending_miss pending[HB_AGENTS_MAX];
    uint64_t misses_seen[HB_HARTS_LIMIT][2]; /* L1D, L1I: as the port has counted them */
    uint64_t pc[HB_HARTS_LIMIT];             /* of the instruction whose request is on the port */
    /* Counted in the region of interest: */
    uint64_t reservations_lost[HB_HARTS_LIMIT];
    uint64_t wait_max_cycles[HB_HARTS_LIMIT + 1];
    uint64_t invalidations;  /* copies in L1s that others took away */
    uint64_t updates;        /* copies in L1Ds that received the bytes of another's store */
    uint64_t interventions;  /* lines that a cache, not memory, supplied to a reader or writer */
    uint64_t memory_updates; /* lines that memory took from a cache: written back, or while another cache got them */
};

/* Attach it to the bus. Lines that the caches already hold count as known. `hart`: the harts of the ports, or NULL. */
void hb_observer_start(struct hb_observer *observer, struct hb_bus *bus, const struct hb_hart *hart, bool misses,
                       bool lines);

/* Take it off the bus and free what it holds. */
void hb_observer_stop(struct hb_observer *observer);

/* The hart's caches have been emptied because it starts. */
void hb_observer_hart_started(struct hb_observer *observer, uint32_t hart);

/* Misses of a cache by class; their sum is what its port counted while observer->counts was set. */
void hb_observer_misses(const struct hb_observer *observer, uint8_t agent, uint64_t counts[HB_MISSES]);

#endif
