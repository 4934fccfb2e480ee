/* Tasks that wait for something other than a hart or a time: a mutex, a condition, a semaphore, ...
 *
 * Each such thing has a number that no other has, which is the detail of the word of a task that is BLOCKED on it, and
 * in a line of its own a spin-lock with a list of those tasks. As with run queues, the table is the truth and the list
 * an index: it is in the order in which they came, and a wake-up takes its first. One that a dead hart was changing is
 * filled again from the table, in pieces (sched/refill.h); a wake-up that comes meanwhile and finds the list empty is
 * owed to whoever is found next.
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
 *         hb_waiters_mend(&thing->waiters);
 *         hb_lock_release(&thing->lock);
 *     }
 *
 * and then, again and again, with other things between, until hb_waiters_are_whole:
 *
 *     hb_lock_acquire(&thing->lock);
 *     uint32_t woken = hb_waiters_fill(&thing->waiters, number, &piece);
 *     hb_lock_release(&thing->lock);
 *     hb_waiters_wake(woken); */
#ifndef HB_SMP_WAITERS_H
#define HB_SMP_WAITERS_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/machine/clean.h"
#include "osmodel/guest/smp/sched/list.h"
#include "osmodel/guest/smp/sched/refill.h"

/* All zero: nobody waits. */
struct hb_waiters {
    struct hb_list list;
    struct hb_refill refill;
    uint32_t owed; /* so many of those that are still to be found are to be woken */
};

#define HB_OWED_TO_ALL UINT32_MAX

/* Which things an attempt of a task has to do with: it waits for them, was woken for them, or owns them. When it ends,
 * by itself or with its hart, each of these must be looked at: it may have to be freed, or the next waiter woken. All
 * zero: none. */
#define HB_THINGS_MAX 256u

struct hb_things {
    uint64_t bits[HB_THINGS_MAX / 64];
};

static inline void hb_things_add(struct hb_things *things, uint32_t number) {
    HB_PUT(things->bits[number / 64], things->bits[number / 64] | 1ull << number % 64);
}

static inline void hb_things_remove(struct hb_things *things, uint32_t number) {
    things->bits[number / 64] &= ~(1ull << number % 64);
}

static inline bool hb_things_have(const struct hb_things *things, uint32_t number) {
    return things->bits[number / 64] >> number % 64 & 1;
}

static inline void hb_things_merge(struct hb_things *into, const struct hb_things *from) {
    for (uint32_t i = 0; i < HB_THINGS_MAX / 64; i++)
        into->bits[i] |= from->bits[i];
}

/* The executing hart's current task is BLOCKED on thing `number` from now on. The hart owns the thing's lock. */
void hb_waiters_add(struct hb_waiters *waiters, uint32_t number, uint32_t task);

/* Take out the one that has waited longest, which is WAKING afterwards; HB_NO_TASK if nobody waits, or whoever does is
 * yet to be found, and will be woken then. The hart owns the thing's lock. */
uint32_t hb_waiters_take(struct hb_waiters *waiters, uint32_t number);

/* Take out `task`, which is BLOCKED on it by this word: it is WAKING afterwards. False: its word is another by now. The
 * hart owns the thing's lock. */
bool hb_waiters_remove(struct hb_waiters *waiters, uint32_t task, uint64_t word);

/* Put a task that was taken into the executing hart's run queue; HB_NO_TASK: do nothing. The hart owns no lock. */
void hb_waiters_wake(uint32_t task);

/* After HB_NO_TASK: everybody who is yet to be found shall be woken. The same holds for the lock. */
static inline void hb_waiters_owe_all(struct hb_waiters *waiters) {
    if (waiters->refill.left != 0)
        waiters->owed = HB_OWED_TO_ALL;
}

/* The list is not to be trusted: empty it, to be filled again from the table. The hart owns the thing's lock. */
void hb_waiters_mend(struct hb_waiters *waiters);

/* Look for waiters in what is left of the table, until the `piece` (refill.h) is used up. Gives one to whom a wake-up
 * is owed, as hb_waiters_take does; HB_NO_TASK: there is none in this piece. The hart owns the thing's lock. */
uint32_t hb_waiters_fill(struct hb_waiters *waiters, uint32_t number, int32_t *piece);

static inline bool hb_waiters_are_whole(const struct hb_waiters *waiters) {
    return waiters->refill.left == 0;
}

#endif
