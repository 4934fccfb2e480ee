#include "osmodel/guest/smp/sync/mutex.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/sync/sync.h"
#include "osmodel/guest/smp/task.h"

/* Of a mutex: 0 when it is free; free, too, but its owner has died with it; else task + 1 | attempt << 32. */
#define ORPHAN (1ull << 63)

static uint64_t owner_word(uint32_t task, uint64_t word) {
    return (task + 1) | (uint64_t)hb_task_attempt(word) << 32;
}

static bool is_free(uint64_t owner) {
    return owner == 0 || owner == ORPHAN;
}

/* The attempt that owns it has ended: by an exit, a fault, or the death of its hart. */
static bool has_lapsed(uint64_t owner) {
    uint32_t task = (uint32_t)owner - 1;
    uint64_t word = hb_load(&hb_task_words[task]);
    return owner != owner_word(task, word) || hb_task_has_ended(word);
}

bool hb_mutex_is_owner(uint32_t mutex, uint32_t task) {
    return hb_load(&hb_syncs[mutex].value) == owner_word(task, hb_load(&hb_task_words[task]));
}

bool hb_mutex_looks_taken(uint32_t mutex) {
    return !is_free(hb_load(&hb_syncs[mutex].value));
}

bool hb_mutex_lock(uint32_t mutex, uint32_t task) {
    uint64_t word = hb_load(&hb_task_words[task]);
    hb_things_add(&hb_tasks[task].things, mutex);
    struct hb_sync *sync = hb_sync_enter(mutex, task, word);
    uint64_t owner = sync->value;
    if (!is_free(owner) && !has_lapsed(owner))
        hb_sync_wait(sync, task);
    hb_store(&sync->value, owner_word(task, word));
    hb_sync_leave(sync);
    return owner != 0;
}

void hb_mutex_unlock(uint32_t mutex, uint32_t task) {
    struct hb_sync *sync = hb_sync_enter(mutex, task, hb_load(&hb_task_words[task]));
    hb_store(&sync->value, 0);
    uint32_t woken = hb_sync_take(sync);
    hb_sync_leave(sync);
    hb_things_remove(&hb_tasks[task].things, mutex);
    hb_waiters_wake(woken);
}

bool hb_mutex_sweep(struct hb_sync *sync) {
    if (!is_free(sync->value) && has_lapsed(sync->value))
        hb_store(&sync->value, ORPHAN);
    return is_free(sync->value);
}

bool hb_mutex_give_up(struct hb_sync *sync, uint32_t task) {
    if (sync->value == owner_word(task, hb_load(&hb_task_words[task])))
        hb_store(&sync->value, ORPHAN);
    return is_free(sync->value);
}
