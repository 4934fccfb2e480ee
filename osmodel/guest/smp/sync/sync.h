/* What tasks wait for: mutexes, conditions, semaphores and barriers. All are objects of one shape: a word, and a list
 * of the tasks that are BLOCKED on it (waiters.h). What the word means is the business of mutex.c, semaphore.c and so
 * on; here is what they have in common, and what a death leaves to be done.
 *
 * Each group has objects of its own, which its tasks count from 0: first its mutexes, then the others, as its kind lays
 * them out (osmodel/guest/workloads/kinds.h). The last object of a group with lives is not for its
 * tasks' calls: they wait there for each other when they end (life.h). */
#ifndef HB_SMP_SYNC_H
#define HB_SMP_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/smp/waiters.h"
#include "osmodel/guest/workloads/groups.h"

struct hb_sync {
    uint64_t lock;  /* guards what follows, and who is BLOCKED on it */
    uint64_t value; /* mutex: owner; semaphore: how many may pass; condition: signals so far; barrier: arrivals */
    uint64_t life;  /* of its group; what remains of an older one does not count */
    struct hb_waiters waiters;
} __attribute__((aligned(HB_LOCK_ALIGN)));

extern struct hb_sync hb_syncs[HB_OBJECTS_MAX];

#define HB_SYNC_BYTES (offsetof(struct hb_sync, waiters) + sizeof(struct hb_waiters))

/* The executing hart has locked it. */
HB_INLINE void hb_sync_unlock(struct hb_sync *sync) {
    hb_lock_release_of(&sync->lock, HB_SYNC_BYTES);
}

/* The objects of a group are those from hb_sync_first(group) on. */
uint32_t hb_sync_first(uint32_t group);
uint32_t hb_sync_objects(uint32_t group);

/* Is this one of its group's mutexes? */
bool hb_sync_is_mutex(uint32_t id);

/* Lock an object for the current task, whose word this is. If the life of the task's group has ended, this does not
 * return: the task begins again. */
struct hb_sync *hb_sync_enter(uint32_t id, uint32_t task, uint64_t word);
void hb_sync_leave(struct hb_sync *sync);

/* The current task waits for the object, which is locked; unlocks it. The task's context must be complete: it may run
 * elsewhere at once. */
_Noreturn void hb_sync_wait(struct hb_sync *sync, uint32_t task);

/* Take the first waiter out, under the lock; HB_NO_TASK if there is none. After the lock it must be given to
 * hb_waiters_wake. */
uint32_t hb_sync_take(struct hb_sync *sync);

/* The same for all waiters: they are in `taken` until they are woken. */
void hb_sync_take_all(struct hb_sync *sync, struct hb_list *taken);
void hb_sync_wake_all(struct hb_list *taken);

/* `task`, which is BLOCKED on an object by this word, waits no longer, and makes its call again; if its word is another
 * by now, nothing happens. The executing hart owns no lock. */
void hb_sync_end_wait(uint32_t task, uint64_t word);

/* Bring the object to the present life of its group: who waits there is let go, and its value is as at first. Does
 * nothing to one that is there already. The executing hart owns no lock. */
void hb_sync_renew(uint32_t id);

/* If `lock` is an object's, taken from a dead hart: begin to put right what it guards. The executing hart owns the
 * lock. Returns whether it is. */
bool hb_sync_mend(const uint64_t *lock);

/* A piece of the rest, if there is one: to be called until it returns true. The hart owns no lock. */
bool hb_sync_fill(const uint64_t *lock);

/* At boot, while one hart runs: every object as at first. */
void hb_sync_init(void);

#endif
