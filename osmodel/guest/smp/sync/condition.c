#include "osmodel/guest/smp/sync/condition.h"

#include "osmodel/guest/smp/sync/mutex.h"
#include "osmodel/guest/smp/sync/sync.h"
#include "osmodel/guest/smp/task.h"

/* No hart owns two locks, so signals are counted: one that comes after the mutex was freed shows. */
void hb_condition_wait(uint32_t condition, uint32_t mutex, uint32_t task) {
    uint64_t word = hb_load(&hb_task_words[task]);
    struct hb_sync *sync = hb_sync_enter(condition, task, word);
    uint64_t signals = sync->value;
    hb_sync_leave(sync);
    hb_mutex_unlock(mutex, task);
    sync = hb_sync_enter(condition, task, word);
    if (sync->value == signals)
        hb_sync_wait(sync, task);
    hb_sync_leave(sync);
}

void hb_condition_signal(uint32_t condition, uint32_t task) {
    struct hb_sync *sync = hb_sync_enter(condition, task, hb_load(&hb_task_words[task]));
    hb_store(&sync->value, sync->value + 1);
    uint32_t woken = hb_sync_take(sync);
    hb_sync_leave(sync);
    hb_waiters_wake(woken);
}

void hb_condition_broadcast(uint32_t condition, uint32_t task) {
    struct hb_list taken = {0};
    struct hb_sync *sync = hb_sync_enter(condition, task, hb_load(&hb_task_words[task]));
    hb_store(&sync->value, sync->value + 1);
    hb_sync_take_all(sync, &taken);
    hb_sync_leave(sync);
    hb_sync_wake_all(&taken);
}
