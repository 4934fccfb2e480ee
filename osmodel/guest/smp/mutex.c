#include "osmodel/guest/smp/mutex.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/task.h"

struct hb_mutex hb_mutexes[HB_MUTEXES_MAX];

uint32_t hb_mutex_count(void) {
    return hb_params.workload_kind != HB_KIND_BATCH ? (uint32_t)hb_params.workload_locks : 0;
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

/* The task's context must be complete by now: from the swap on it may be woken, and run elsewhere. */
static void block(struct hb_mutex *mutex, uint32_t task, uint64_t word) {
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_BLOCKED);
    uint64_t blocked = hb_task_word(word, HB_TASK_BLOCKED, hb_hart_id(), (uint32_t)(mutex - hb_mutexes));
    if (hb_compare_and_swap(&hb_task_words[task], word, blocked))
        mutex->waiters++;
}

bool hb_mutex_lock(uint32_t mutex_id, uint32_t task) {
    struct hb_mutex *mutex = &hb_mutexes[mutex_id];
    uint64_t word = hb_load(&hb_task_words[task]);
    hb_lock_acquire(&mutex->lock);
    bool is_free = mutex->owner == 0 || has_lapsed(mutex->owner);
    if (is_free)
        hb_store(&mutex->owner, owner_word(task, word));
    else
        block(mutex, task, word);
    hb_lock_release(&mutex->lock);
    return is_free;
}

static bool is_blocked_on(uint64_t word, uint32_t mutex) {
    return hb_task_state(word) == HB_TASK_BLOCKED && hb_task_detail(word) == mutex;
}

/* Choose a waiter and make it WAKING, under the mutex's lock; the caller queues it afterwards, since no hart owns two
 * locks. If the hart dies in between, recovery does it. */
static uint32_t choose_waiter(struct hb_mutex *mutex, uint64_t *word) {
    uint32_t tasks = (uint32_t)hb_params.workload_tasks;
    uint32_t id = (uint32_t)(mutex - hb_mutexes);
    for (uint32_t i = 0; i < tasks && mutex->waiters > 0; i++) {
        uint32_t task = mutex->next;
        mutex->next = task + 1 < tasks ? task + 1 : 0;
        uint64_t old = hb_load(&hb_task_words[task]);
        if (is_blocked_on(old, id)) {
            *word = hb_task_word(old, HB_TASK_WAKING, hb_hart_id(), 0);
            if (hb_compare_and_swap(&hb_task_words[task], old, *word)) {
                mutex->waiters--;
                return task;
            }
        }
        hb_breathe_in_loop(i);
    }
    return HB_NO_TASK;
}

static void wake(uint32_t task, uint64_t word) {
    if (task != HB_NO_TASK)
        hb_queue_put(task, word, hb_task_word(word, HB_TASK_READY, hb_hart_id(), 0), HB_WHY_WOKEN);
}

void hb_mutex_unlock(uint32_t mutex_id, uint32_t task) {
    struct hb_mutex *mutex = &hb_mutexes[mutex_id];
    uint64_t word = 0;
    hb_tasks[task].mutexes_owned--;
    hb_lock_acquire(&mutex->lock);
    hb_store(&mutex->owner, 0);
    uint32_t woken = choose_waiter(mutex, &word);
    hb_lock_release(&mutex->lock);
    wake(woken, word);
}

/* A woken waiter may have died before it took the mutex, so for every free mutex a waiter is woken. One too many does
 * no harm: it finds the mutex taken and waits again. */
static void sweep(struct hb_mutex *mutex) {
    uint64_t word = 0;
    uint32_t woken = HB_NO_TASK;
    hb_lock_acquire(&mutex->lock);
    if (mutex->owner != 0 && has_lapsed(mutex->owner))
        hb_store(&mutex->owner, 0);
    if (mutex->owner == 0)
        woken = choose_waiter(mutex, &word);
    hb_lock_release(&mutex->lock);
    wake(woken, word);
}

void hb_mutexes_sweep(void) {
    for (uint32_t i = 0; i < hb_mutex_count(); i++) {
        sweep(&hb_mutexes[i]);
        hb_spin_poll();
    }
}

static uint32_t count_waiters(uint32_t mutex) {
    uint32_t waiters = 0;
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        waiters += is_blocked_on(hb_load(&hb_task_words[task]), mutex);
        hb_breathe_in_loop(task);
    }
    return waiters;
}

void hb_mutex_recover_lock(uint32_t mutex, uint32_t dead) {
    if (hb_lock_steal(&hb_mutexes[mutex].lock, dead)) {
        hb_mutexes[mutex].waiters = count_waiters(mutex);
        hb_lock_release(&hb_mutexes[mutex].lock);
    }
}
