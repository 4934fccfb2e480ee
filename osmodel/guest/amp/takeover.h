/* Taking over: what a worker does that has become the master.
 *
 * All that it needs is safe in memory (reign.h): the table says which task is where, the crew who there is. It counts,
 * enters what waits into new lists, and gives back what it had been given itself. Then its term is open: each worker
 * sends again what the old master may not have heard, and last that this is all (HB_MESSAGE_JOINED). What the table
 * says a worker has and the worker does not know of, the old master had not sent, or not got across: it waits again.
 *
 * From the claim to the open term it takes no longer than HB_TAKEOVER_* of osmodel/abi.h allows: its misses, and some
 * steps for each task. */
#ifndef HB_AMP_TAKEOVER_H
#define HB_AMP_TAKEOVER_H

#include <stdint.h>

/* By the hart that has claimed the present term. `old`: the master before it. */
void hb_takeover(uint32_t old);

#endif
