/* The run queues of dead harts. They stay where they are, and the living take from them in turn with their own, so that
 * a task waits no longer for having been dealt to a hart that died: of so many harts, as many as are dead have left a
 * queue, and so large a share of what each living one picks comes from these. Where queues are not recovered
 * (os.recovery.queues "none") nobody does. */
#ifndef HB_SMP_ORPHANS_H
#define HB_SMP_ORPHANS_H

#include <stdbool.h>
#include <stdint.h>

/* If it is their turn: take a task out of a dead hart's queue; it is RUNNING on the executing hart, and `was` is its
 * word before. Else, or if there is none, HB_NO_TASK. */
uint32_t hb_orphan_take(uint64_t *was);

/* A hint: does a task wait there that the executing hart may take? */
bool hb_orphans_wait(void);

/* It is their turn when the executing hart next picks. */
void hb_orphans_first(void);

#endif
