#include "osmodel/guest/smp/sync/barrier.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/sync/sync.h"
#include "osmodel/guest/smp/task.h"

/* Bits 0..31: how many have arrived; 32..63: how often it has opened. */
#define ROUND (1ull << 32)

void hb_barrier_arrive(uint32_t barrier, uint32_t task) {
    struct hb_list taken = {0};
    uint64_t word = hb_load(&hb_task_words[task]);
    struct hb_sync *sync = hb_sync_enter(barrier, task, word);
    uint64_t value = sync->value + 1;
    if ((uint32_t)value < hb_params.group[hb_task_group(task)].tasks) {
        hb_store(&sync->value, value);
        hb_sync_wait(sync, task);
    }
    value = (value & ~(ROUND - 1)) + ROUND;
    hb_store(&sync->value, value);
    hb_sync_take_all(sync, &taken);
    hb_sync_leave(sync);
    HB_TRACE(HB_TP_PROGRESS, task, value / ROUND);
    hb_sync_wake_all(&taken);
}
