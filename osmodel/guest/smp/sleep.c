#include "osmodel/guest/smp/sleep.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/task.h"

static void wake_not_after(uint64_t ticks) {
    struct hb_smp_hart *self = hb_self();
    if (ticks < self->next_wake)
        self->next_wake = ticks;
}

void hb_sleep_until(uint32_t task, uint64_t ticks) {
    uint64_t word = hb_load(&hb_task_words[task]);
    hb_charge_current();
    hb_tasks[task].wake_ticks = ticks;
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_SLEEPING);
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_SLEEPING, hb_hart_id(), 0)))
        wake_not_after(ticks);
}

void hb_adopt_sleeper(uint32_t task, uint64_t word) {
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_SLEEPING, hb_hart_id(), 0)))
        wake_not_after(hb_tasks[task].wake_ticks);
}

/* next_wake is raised before the table is searched, so that what the spin loop of hb_queue_put adds meanwhile
 * (hb_adopt_sleeper) counts. */
void hb_wake_sleepers(uint64_t now) {
    hb_self()->next_wake = UINT64_MAX;
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        uint64_t word = hb_load(&hb_task_words[task]);
        if (hb_task_is(word, HB_TASK_SLEEPING, hb_hart_id())) {
            if (hb_tasks[task].wake_ticks <= now)
                hb_queue_put(task, word, hb_task_word(word, HB_TASK_READY, hb_hart_id(), 0), HB_WHY_WOKEN);
            else
                wake_not_after(hb_tasks[task].wake_ticks);
        }
        hb_breathe_in_loop(task);
    }
}
