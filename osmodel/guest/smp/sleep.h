/* Sleeping tasks: each stands in the list of the hart on which it went to sleep, by the time at which it wakes, so that
 * a wake-up looks at those alone that are due. A list outlives its hart: the one before it in hb_live, which has
 * watched it, wakes its sleepers as well as its own. */
#ifndef HB_SMP_SLEEP_H
#define HB_SMP_SLEEP_H

#include <stdbool.h>
#include <stdint.h>

/* The executing hart's current task sleeps until `ticks`. The caller goes on to schedule. */
void hb_sleep_until(uint32_t task, uint64_t ticks);

/* At boot, while the others wait: `task`, which has not begun, sleeps on `hart` until `ticks`. To be called for those
 * that arrive last first. */
void hb_sleep_until_arrival(uint32_t task, uint32_t hart, uint64_t ticks);

/* Put the sleepers whose time has come into the executing hart's run queue; to be called from next_wake on. The hart
 * owns no lock before and after. */
void hb_wake_sleepers(uint64_t now);

/* If `lock` is that of a list of sleepers: fill the list again from the table. The executing hart owns the lock.
 * Returns whether it is. */
bool hb_sleepers_mend(const uint64_t *lock);

#endif
