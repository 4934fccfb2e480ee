/* Tasks that wait for something other than a hart or a time: a mutex, a condition, a semaphore, ...
 *
 * Each such thing has a number that no other has, which is the detail of the word of a task that is BLOCKED on it, and
 * in a line of its own a spin-lock with a list of those tasks. As with run queues, the table is the truth and the list
 * an index: it is in the order in which they came, and a wake-up takes its first. One that a dead hart was changing is
 * filled again from the table.
 *
 *     struct hb_thing { uint64_t lock; struct hb_waiters waiters; ... } __attribute__((aligned(HB_LOCK_ALIGN)));
 *
 * To wait, with the task's context ready for what it will do when it next runs (often: make the call again):
 *
 *     hb_lock_acquire(&thing->lock);
 *     bool waits = ...;
 *     if (waits)
 *         hb_waiters_add(&thing->waiters, number, task);
 *     hb_lock_release(&thing->lock);
 *     if (waits)
 *         hb_schedule();
 *
 * To wake one (or all, by doing it until there is none):
 *
 *     hb_lock_acquire(&thing->lock);
 *     uint32_t woken = hb_waiters_take(&thing->waiters, number);
 *     hb_lock_release(&thing->lock);
 *     hb_waiters_wake(woken);
 *
 * Between the last two the task is WAKING, and in the hands of the executing hart: since no hart owns two locks, it
 * cannot join a run queue earlier. If the hart dies there, recovery puts it into a queue. So a wake-up is never lost;
 * but what was given to the task with it must be seen in the thing itself, not in the list.
 *
 * When a hart has died holding the lock, whoever recovers it calls, instead of trusting the list:
 *
 *     if (hb_lock_steal(&thing->lock, dead)) {
 *         hb_waiters_rebuild(&thing->waiters, number);
 *         hb_lock_release(&thing->lock);
 *     } */
#ifndef HB_SMP_WAITERS_H
#define HB_SMP_WAITERS_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/smp/sched/list.h"

/* All zero: nobody waits. */
struct hb_waiters {
    struct hb_list list;
};

/* The executing hart's current task is BLOCKED on thing `number` from now on. The hart owns the thing's lock. */
void hb_waiters_add(struct hb_waiters *waiters, uint32_t number, uint32_t task);

/* Take out the one that has waited longest, which is WAKING afterwards; HB_NO_TASK if nobody waits. The hart owns the
 * thing's lock. */
uint32_t hb_waiters_take(struct hb_waiters *waiters, uint32_t number);

/* Put a task that was taken into the executing hart's run queue; HB_NO_TASK: do nothing. The hart owns no lock. */
void hb_waiters_wake(uint32_t task);

/* Fill the list from the table, in the order of the tasks' numbers. The hart owns the thing's lock. */
void hb_waiters_rebuild(struct hb_waiters *waiters, uint32_t number);

#endif
