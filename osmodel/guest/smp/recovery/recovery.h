/* Recovery of what a dead hart leaves behind, in a time that does not grow with the number of tasks.
 *
 * Most of it is not the dead hart's alone: its run queue and its sleepers go on where they stand, served by the living
 * (queue.h, sleep.h). What nobody else can know is published by each hart in its lifetime: which spin-lock it may own
 * (lib/lock.h), which task it runs, and which one it is moving into a queue (hand.h). So there are a lock to be freed,
 * with what it guards, and two tasks to be put right. The one that it ran begins anew, at once and on the recoverer.
 * At last the list of waiters that it was changing, if it was, is filled again, and the whole task table is verified,
 * both in pieces between tasks.
 *
 * One word per dead hart says who recovers it and which phase is next. It is claimed, handed on and advanced by
 * compare-and-swap, and each phase may be repeated from its beginning at any time (phases.c says why of each): so when
 * the recoverer dies, whoever recovers that one continues where it stopped.
 *
 * The phases up to the freeing of the lock are urgent. They wait for no lock, so they can be done in the middle of a
 * spin loop, and must be: the dead hart may own what the loop waits for. The remaining phases may themselves wait for
 * locks, and are done when the hart is not in the middle of anything: it puts its own task back into a queue first. */
#ifndef HB_SMP_RECOVERY_H
#define HB_SMP_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

/* The executing hart, which owns no lock, has found `dead` silent: it expels and fences it and frees its lock, unless
 * another hart does. Then it does the same for all harts that the dead one was recovering. */
void hb_recover_urgent(uint32_t dead);

/* Are there such phases left which wait for hb_recover_rest? */
bool hb_recovery_waits(void);

/* The remaining phases but those in pieces, for all harts that the executing one has begun to recover. It owns no lock
 * and has no task. What a dead hart ran is self->adopted afterwards, or in a run queue. */
void hb_recover_rest(void);

/* After these: fill or verify a piece, if there is one left. To be called again while self->claims is not 0. */
void hb_recover_verify(void);

/* Is it being recovered, or has it been? */
bool hb_recovery_has_begun(uint32_t hart);

/* By whom? Only if it has begun. */
uint32_t hb_recovery_by(uint32_t hart);

/* Is there nothing left to be done about it? */
bool hb_recovery_is_over(uint32_t hart);

/* It is about to take part again: what was done about it counts no more. False: it is being recovered. */
bool hb_recovery_forget(uint32_t hart);

#endif
