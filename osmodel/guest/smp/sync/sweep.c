#include "osmodel/guest/smp/sync/sweep.h"

#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/sync/mutex.h"
#include "osmodel/guest/smp/sync/semaphore.h"
#include "osmodel/guest/smp/sync/sync.h"
#include "osmodel/guest/smp/task.h"

/* `ending`: a task that may still own it; HB_NO_TASK: none. */
static bool may_be_had(struct hb_sync *sync, uint32_t id, uint32_t ending) {
    if (!hb_sync_is_mutex(id))
        return hb_semaphore_may_pass(sync);
    return ending != HB_NO_TASK ? hb_mutex_give_up(sync, ending) : hb_mutex_sweep(sync);
}

static void sweep(uint32_t id, uint32_t ending) {
    struct hb_sync *sync = &hb_syncs[id];
    hb_lock_acquire(&sync->lock);
    uint32_t woken = may_be_had(sync, id, ending) ? hb_sync_take(sync) : HB_NO_TASK;
    hb_sync_unlock(sync);
    hb_waiters_wake(woken);
}

/* Nobody changes the bits but a new attempt. */
static void sweep_all(const struct hb_things *things, uint32_t ending) {
    for (uint32_t i = 0; i < HB_THINGS_MAX / 64; i++) {
        uint64_t bits = things->bits[i];
        if (bits == 0)
            continue;
        for (uint32_t id = i * 64; bits != 0; id++, bits >>= 1)
            if (bits & 1)
                sweep(id, ending);
        hb_spin_poll();
    }
}

void hb_sync_sweep(const struct hb_things *things) {
    sweep_all(things, HB_NO_TASK);
}

void hb_sync_give_up(uint32_t task) {
    sweep_all(&hb_tasks[task].things, task);
}
