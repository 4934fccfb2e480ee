/* The turns of the plainest accesses that need the bus: aligned loads, stores, LRs and AMOs in RAM that miss or must
 * upgrade, and whose translation, if there is one, is in the TLB. What they change is what hb_core_turn() changes,
 * found without asking everything that a harder access has to ask. Every other turn is left to it. */
#ifndef HB_CPU_AHEAD_MISS_H
#define HB_CPU_AHEAD_MISS_H

#include "cpu/hart/core.h"

/* The turn of cycle `*now`, if in it such an access is asked of the bus, or is done after the bus has performed it.
 * False: it is another turn; nothing has changed. If nobody else does anything before cycle `alone`, it may be asked
 * and done at once; then `*now` is the cycle in which it is done. */
bool hb_ahead_miss(struct hb_core *core, uint64_t *now, uint64_t alone);

#endif
