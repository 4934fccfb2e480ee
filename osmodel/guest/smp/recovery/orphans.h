/* The run queues of dead harts. They stay where they are, and the living take from them in turn with their own, so that
 * a task waits no longer for having been dealt to a hart that died: of so many harts, as many as are dead have left a
 * queue, and so large a share of what each living one picks comes from these. Where queues are not recovered
 * (os.recovery.queues "none") nobody does. */
#ifndef HB_SMP_ORPHANS_H
#define HB_SMP_ORPHANS_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/smp/hart.h"

/* The executing hart is about to pick a task: is it the turn of these? */
bool hb_orphans_turn_of(uint64_t dead);

HB_INLINE bool hb_orphans_turn(void) {
    uint64_t dead = (UINT64_MAX >> (HB_HARTS_MAX - hb_board.harts)) & ~hb_load(&hb_live);
    return HB_RARE(dead != 0) && hb_orphans_turn_of(dead);
}

/* Take a task out of a dead hart's queue; it is RUNNING on the executing hart, and `was` is its word before. HB_NO_TASK
 * if there is none. */
uint32_t hb_orphan_take(uint64_t *was);

/* A hint: does a task wait there that the executing hart may take? */
bool hb_orphans_wait(void);

/* It is their turn when the executing hart next picks. */
void hb_orphans_first(void);

#endif
