/* Mutexes of tasks (system calls lock and unlock). A mutex is owned by an attempt of a task, not by a hart: when a hart
 * dies and its task is started again, the old attempt's ownership has visibly lapsed. */
#ifndef HB_SMP_MUTEX_H
#define HB_SMP_MUTEX_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/smp/waiters.h"

#define HB_MUTEXES_MAX HB_THINGS_MAX

struct hb_mutex {
    uint64_t lock;             /* guards what follows */
    uint64_t owner;            /* task + 1 | attempt << 32; 0: free */
    struct hb_waiters waiters; /* BLOCKED on the mutex's number */
} __attribute__((aligned(HB_LOCK_ALIGN)));

extern struct hb_mutex hb_mutexes[HB_MUTEXES_MAX];

/* The current task takes the mutex, or becomes BLOCKED: then this returns false, and the system call must be made again
 * when the task next runs (its context must be ready for that beforehand). */
bool hb_mutex_lock(uint32_t mutex, uint32_t task);

/* A hint, without the lock: would one who wants it have to wait? */
bool hb_mutex_looks_taken(uint32_t mutex);

/* Does the task's present attempt own it? */
bool hb_mutex_is_owner(uint32_t mutex, uint32_t task);

/* Free it and wake a waiter. The current task owns it. */
void hb_mutex_unlock(uint32_t mutex, uint32_t task);

/* How many mutexes there are: one for each counter of every group. */
uint32_t hb_mutex_count(void);

/* Of these mutexes, free those whose owner is an attempt that no longer exists, and wake a waiter of each that is free.
 * The hart owns no lock. */
void hb_mutexes_sweep(const struct hb_things *things);

/* If `lock` is a mutex's: fill its list of waiters again from the table. The executing hart owns the lock. Returns
 * whether it is. */
bool hb_mutex_mend(const uint64_t *lock);

#endif
