/* Sleeping tasks: each is in the heap of the hart on which it went to sleep, by the time at which it wakes, so that
 * a wake-up looks at those alone that are due. A heap outlives its hart: the one before it in hb_live, which has
 * watched it, wakes its sleepers as well as its own. */
#ifndef HB_SMP_SLEEP_H
#define HB_SMP_SLEEP_H

#include <stdbool.h>
#include <stdint.h>

/* The executing hart's current task sleeps until `ticks`. The caller goes on to schedule. */
void hb_sleep_until(uint32_t task, uint64_t ticks);

/* At boot, while the others wait: `task`, which has not begun, sleeps on `hart` until `ticks`. */
void hb_sleep_until_arrival(uint32_t task, uint32_t hart, uint64_t ticks);

/* Put sleepers whose time has come into the executing hart's run queue, a few at a time; to be called from next_wake
 * on. The hart owns no lock before and after. */
void hb_wake_sleepers(uint64_t now);

/* `task`, which is SLEEPING by this word, wakes now; if its word is another by now, nothing happens. The executing hart
 * owns no lock. */
void hb_sleep_end(uint32_t task, uint64_t word);

/* If `lock` is that of a heap of sleepers: it is filled again from the table, in pieces, by whoever wakes them. The
 * executing hart owns the lock. Returns whether it is. */
bool hb_sleepers_mend(const uint64_t *lock);

#endif
