/* Bringing a machine to rest, for snapshots that may be taken up by a machine with another protocol, arbiter or other
 * caches.
 *
 * From the cycle that comes next no hart begins an instruction. Those that are in the middle of one end it, the bus
 * finishes what is posted and under way, store buffers drain, flushes end; timers, devices and input go on. The first
 * cycle before which nothing is in flight is the one that is kept: time has gone on by as long as that took, and harts
 * are charged for having waited (stall cause `csr`, as for a fence). Then modified lines are written to memory and all
 * caches emptied, at a stroke: LR reservations go with their lines. Translations stay in the TLBs; a disk that seeks
 * goes on seeking.
 */
#ifndef HB_SIM_CLEAN_H
#define HB_SIM_CLEAN_H

#include <stdbool.h>

#include "sim/base/error.h"

struct hb_machine;

/* False: it has ended on the way, or does not come to rest. */
bool hb_clean(struct hb_machine *machine, struct hb_error *error);

#endif
