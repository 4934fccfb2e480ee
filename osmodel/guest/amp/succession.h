/* Succession: how a worker comes to be the master (os.recovery.failover).
 *
 *     none       nobody watches the master: when it dies, the service ends
 *     static     the worker with the lowest number of the crew is its heir, and watches it; when both die before the
 *                heir is the master, the service ends
 *     election   all workers watch it, and the first that claims the next term is the master
 *
 * A worker that finds the master silent has itself reset: no other way leads out of its walls (walls.h). It begins
 * again at the kernel's entry, without walls, and looks once more; then it fences the old master, claims the term after
 * the old one's in one step (reign.h), and takes over (takeover.h). Whoever comes too late, or was wrong, raises its
 * walls and is a worker again.
 *
 * So nobody acts as the master before the one before it is fenced: not in the term after it, for it was fenced before
 * that was claimed, and not in a later one, for the same holds of each term. */
#ifndef HB_AMP_SUCCESSION_H
#define HB_AMP_SUCCESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/amp/vigil.h"

/* A worker's view of the reign; in its cell. */
struct hb_heir {
    uint64_t word;   /* of the reign, as last seen */
    uint64_t joined; /* the term whose master knows what this hart has */
    struct hb_vigil vigil;
};

/* By a worker, when the service opens. */
void hb_succession_begin(void);

/* By a worker, in its loop: notice a new master, and find out whether the present one is silent. */
void hb_succession_serve(void);

/* When that is due next, in ticks; UINT64_MAX: never. */
uint64_t hb_succession_due(void);

/* By a worker that comes out of its reset: fence the master and claim the next term. False: there is no need any more,
 * and it must raise its walls again. */
bool hb_succession_claim(void);

#endif
