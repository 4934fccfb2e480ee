#include "osmodel/guest/smp/sync/sweep.h"

#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/sync/mutex.h"
#include "osmodel/guest/smp/sync/semaphore.h"
#include "osmodel/guest/smp/sync/sync.h"

static void sweep(uint32_t id) {
    struct hb_sync *sync = &hb_syncs[id];
    hb_lock_acquire(&sync->lock);
    bool may_be_had = hb_sync_is_mutex(id) ? hb_mutex_sweep(sync) : hb_semaphore_may_pass(sync);
    uint32_t woken = may_be_had ? hb_sync_take(sync) : HB_NO_TASK;
    hb_lock_release(&sync->lock);
    hb_waiters_wake(woken);
}

/* Nobody changes the bits but a new attempt. */
void hb_sync_sweep(const struct hb_things *things) {
    for (uint32_t i = 0; i < HB_THINGS_MAX / 64; i++) {
        uint64_t bits = things->bits[i];
        if (bits == 0)
            continue;
        for (uint32_t id = i * 64; bits != 0; id++, bits >>= 1)
            if (bits & 1)
                sweep(id);
        hb_spin_poll();
    }
}
