/* Mutexes. One is owned by an attempt of a task, not by a hart: when a hart dies and its task begins again, the old
 * attempt's ownership has visibly lapsed. Whoever takes such a mutex is told that its owner died: what the mutex guards
 * may be half-way. A mutex that becomes free goes to whoever asks first, not to the waiter that is woken. */
#ifndef HB_SMP_MUTEX_H
#define HB_SMP_MUTEX_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/smp/sync/sync.h"

/* The current task takes the mutex. True: its last owner died with it. Does not return when the task must wait: then it
 * makes the system call again when it next runs (its context must be ready for that beforehand). */
bool hb_mutex_lock(uint32_t mutex, uint32_t task);

/* A hint, without the lock: would one who wants it have to wait? */
bool hb_mutex_looks_taken(uint32_t mutex);

/* Does the task's present attempt own it? */
bool hb_mutex_is_owner(uint32_t mutex, uint32_t task);

/* Free it and wake a waiter. The current task owns it. */
void hb_mutex_unlock(uint32_t mutex, uint32_t task);

/* For whoever holds the object's lock: free the mutex if the attempt that owns it has ended. Is it free? */
bool hb_mutex_sweep(struct hb_sync *sync);

/* The same if it is the present attempt of `task`, which is about to end. */
bool hb_mutex_give_up(struct hb_sync *sync, uint32_t task);

#endif
