/* Recovery of what a dead hart leaves behind: its membership, its locks, the task that it ran, its queue, its sleepers,
 * and the recoveries that it had begun.
 *
 * One word per dead hart says who recovers it and which phase is next. It is claimed, handed on and advanced by
 * compare-and-swap, and each phase may be repeated from its beginning at any time: so when the recoverer dies, whoever
 * recovers that one continues where it stopped.
 *
 * The phases up to the freeing of locks are urgent. They wait for no lock, so they can be done in the middle of a spin
 * loop, and must be: the dead hart may own what the loop waits for. The remaining phases may themselves wait for locks,
 * and are done when the hart is not in the middle of anything. */
#ifndef HB_SMP_RECOVERY_H
#define HB_SMP_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

/* The executing hart, which owns no lock, has found `dead` silent: it expels and fences it and frees its locks, unless
 * another hart does. Then it does the same for all harts that the dead one was recovering. */
void hb_recover_urgent(uint32_t dead);

/* The remaining phases, for all harts that the executing one has begun to recover. It owns no lock and waits for
 * none. */
void hb_recover_rest(void);

/* Is it being recovered, or has it been? */
bool hb_recovery_has_begun(uint32_t hart);

#endif
