/* What the master tells all workers when it opens the service. It writes this once, and everybody may read it.
 *
 * The tasks' memory is divided among the harts: a task runs in memory of the worker that it was given to. Each part has
 * as many rooms, equally large, as fit; a worker takes them in turn, so that a task finds memory that was used long
 * ago, if ever. */
#ifndef HB_AMP_OPENING_H
#define HB_AMP_OPENING_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"

struct hb_opening {
    uint64_t is_open; /* written last: workers may start */
    uint64_t memory;  /* where the first hart's part begins */
    uint64_t part_bytes;
    uint64_t room_bytes;
    uint64_t rooms;    /* in each part */
    uint64_t failover; /* HB_FAILOVER_* */
    uint64_t power;    /* where the power controller is */
};

extern struct hb_opening hb_opening;

/* Is there anybody who would take the master's place? Fixed when the service opens, for walls cannot be moved later. */
static inline bool hb_has_failover(void) {
    return hb_opening.failover != HB_FAILOVER_NONE;
}

/* The part of `hart`. */
static inline uint64_t hb_part_begin(uint32_t hart) {
    return hb_opening.memory + hart * hb_opening.part_bytes;
}

/* By the first master: divide the memory, and decide who may succeed. Panics if the memory does not suffice, or nobody
 * could be fenced. */
void hb_opening_prepare(void);

/* By the master, when all is prepared; and by a worker: has it? */
void hb_open(void);
uint64_t hb_is_open(void);

#endif
