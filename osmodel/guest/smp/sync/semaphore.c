#include "osmodel/guest/smp/sync/semaphore.h"

#include "osmodel/guest/smp/task.h"

bool hb_semaphore_may_pass(const struct hb_sync *sync) {
    return sync->value != 0;
}

/* It is noted first: a wake-up that a dead task did not use is for the next. */
void hb_semaphore_down(uint32_t semaphore, uint32_t task) {
    uint64_t word = hb_load(&hb_task_words[task]);
    hb_things_add(&hb_tasks[task].things, semaphore);
    struct hb_sync *sync = hb_sync_enter(semaphore, task, word);
    if (!hb_semaphore_may_pass(sync))
        hb_sync_wait(sync, task);
    hb_store(&sync->value, sync->value - 1);
    hb_sync_leave(sync);
    hb_things_remove(&hb_tasks[task].things, semaphore);
}

void hb_semaphore_up(uint32_t semaphore, uint32_t task) {
    struct hb_sync *sync = hb_sync_enter(semaphore, task, hb_load(&hb_task_words[task]));
    hb_store(&sync->value, sync->value + 1);
    uint32_t woken = hb_sync_take(sync);
    hb_sync_leave(sync);
    hb_waiters_wake(woken);
}
