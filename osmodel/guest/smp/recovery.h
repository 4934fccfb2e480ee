/* Recovery of what a dead hart has left behind: its membership, its locks, the task that it ran, its queue, its
 * sleepers, and the recoveries that it was in the middle of.
 *
 * One word a dead hart says who recovers it and which phase is next. It is claimed, handed on and moved forward by
 * compare-and-swap, and each phase may be done again from its beginning at any time: so when the recoverer dies,
 * whoever recovers that one goes on where it stopped. */
#ifndef HB_SMP_RECOVERY_H
#define HB_SMP_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

/* The executing hart, which owns no lock, has found `dead` silent: it expels, fences and recovers it, unless another
 * hart does. */
void hb_recover(uint32_t dead);

/* Somebody recovers it, or has. */
bool hb_recovery_has_begun(uint32_t hart);

#endif
