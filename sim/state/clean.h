/* Bringing a machine to rest, for snapshots from which a machine with another protocol, arbiter or other caches may
 * continue.
 *
 * From the next cycle on no hart begins an instruction. Those in the middle of one finish it, the bus completes what is
 * posted and under way, store buffers drain, flushes end; timers, devices and input go on. The snapshot is taken before
 * the first cycle at which nothing is in flight: the time that this took has passed, and harts are charged for the wait
 * (stall cause `csr`, as for a fence). Then modified lines are written to memory and all caches emptied, taking no
 * time: LR reservations go with their lines. Translations stay in the TLBs; a disk that is seeking goes on seeking.
 */
#ifndef HB_SIM_CLEAN_H
#define HB_SIM_CLEAN_H

#include <stdbool.h>

#include "sim/base/error.h"

struct hb_machine;

/* False: it has ended on the way, or cannot come to rest. */
bool hb_clean(struct hb_machine *machine, struct hb_error *error);

#endif
