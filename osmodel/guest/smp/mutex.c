#include "osmodel/guest/smp/mutex.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/workloads/groups.h"

struct hb_mutex hb_mutexes[HB_MUTEXES_MAX];

uint32_t hb_mutex_count(void) {
    return hb_group_counters_before(&hb_params, (uint32_t)hb_params.workload_groups);
}

static uint64_t owner_word(uint32_t task, uint64_t word) {
    return (task + 1) | (uint64_t)hb_task_attempt(word) << 32;
}

/* The attempt that owns it has ended: by an exit, a fault, or the death of its hart. */
static bool has_lapsed(uint64_t owner) {
    uint32_t task = (uint32_t)owner - 1;
    uint64_t word = hb_load(&hb_task_words[task]);
    return owner != owner_word(task, word) || hb_task_has_ended(word);
}

bool hb_mutex_is_owner(uint32_t mutex, uint32_t task) {
    return hb_load(&hb_mutexes[mutex].owner) == owner_word(task, hb_load(&hb_task_words[task]));
}

bool hb_mutex_looks_taken(uint32_t mutex) {
    return hb_load(&hb_mutexes[mutex].owner) != 0;
}

static uint32_t number_of(const struct hb_mutex *mutex) {
    return (uint32_t)(mutex - hb_mutexes);
}

bool hb_mutex_lock(uint32_t mutex_id, uint32_t task) {
    struct hb_mutex *mutex = &hb_mutexes[mutex_id];
    uint64_t word = hb_load(&hb_task_words[task]);
    hb_things_add(&hb_tasks[task].things, mutex_id);
    hb_lock_acquire(&mutex->lock);
    bool is_free = mutex->owner == 0 || has_lapsed(mutex->owner);
    if (is_free)
        hb_store(&mutex->owner, owner_word(task, word));
    else
        hb_waiters_add(&mutex->waiters, number_of(mutex), task); /* whose context must be complete by now */
    hb_lock_release(&mutex->lock);
    return is_free;
}

void hb_mutex_unlock(uint32_t mutex_id, uint32_t task) {
    struct hb_mutex *mutex = &hb_mutexes[mutex_id];
    hb_lock_acquire(&mutex->lock);
    hb_store(&mutex->owner, 0);
    uint32_t woken = hb_waiters_take(&mutex->waiters, number_of(mutex));
    hb_lock_release(&mutex->lock);
    hb_things_remove(&hb_tasks[task].things, mutex_id);
    hb_waiters_wake(woken);
}

/* A woken waiter may have died before it took the mutex, so for every free mutex a waiter is woken. One too many does
 * no harm: it finds the mutex taken and waits again. */
static void sweep(struct hb_mutex *mutex) {
    uint32_t woken = HB_NO_TASK;
    hb_lock_acquire(&mutex->lock);
    if (mutex->owner != 0 && has_lapsed(mutex->owner))
        hb_store(&mutex->owner, 0);
    if (mutex->owner == 0)
        woken = hb_waiters_take(&mutex->waiters, number_of(mutex));
    hb_lock_release(&mutex->lock);
    hb_waiters_wake(woken);
}

void hb_mutexes_sweep(const struct hb_things *things) {
    for (uint32_t i = 0; i < HB_THINGS_MAX / 64; i++) {
        uint64_t bits = things->bits[i]; /* of an attempt that has ended: nobody changes them but a new one */
        for (uint32_t number = i * 64; bits != 0; number++, bits >>= 1)
            if (bits & 1)
                sweep(&hb_mutexes[number]);
        hb_spin_poll();
    }
}

bool hb_mutex_mend(const uint64_t *lock) {
    struct hb_mutex *mutex = (struct hb_mutex *)lock;
    if (mutex < hb_mutexes || mutex >= hb_mutexes + HB_MUTEXES_MAX)
        return false;
    hb_waiters_rebuild(&mutex->waiters, number_of(mutex));
    return true;
}
