#include "osmodel/guest/smp/waiters.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/hand.h"
#include "osmodel/guest/smp/task.h"

static bool is_blocked_on(uint64_t word, uint32_t number) {
    return hb_task_state(word) == HB_TASK_BLOCKED && hb_task_detail(word) == number;
}

/* The word changes first: whoever rebuilds the list from the table then finds the task in any case. */
void hb_waiters_add(struct hb_waiters *waiters, uint32_t number, uint32_t task) {
    uint64_t word = hb_load(&hb_task_words[task]);
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_BLOCKED);
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_BLOCKED, hb_hart_id(), number)))
        hb_list_push_back(&waiters->list, task);
}

/* What the table does not confirm is skipped: where harts are not fenced, there may be such tasks. */
uint32_t hb_waiters_take(struct hb_waiters *waiters, uint32_t number) {
    for (;;) {
        uint32_t task = hb_list_pop(&waiters->list);
        if (task == HB_NO_TASK)
            return HB_NO_TASK;
        uint64_t word = hb_load(&hb_task_words[task]);
        hb_hand_take(HB_TASK_WAKING, task);
        if (is_blocked_on(word, number) &&
            hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_WAKING, hb_hart_id(), 0)))
            return task;
    }
}

void hb_waiters_wake(uint32_t task) {
    if (task == HB_NO_TASK)
        return;
    uint64_t word = hb_load(&hb_task_words[task]);
    if (hb_task_is(word, HB_TASK_WAKING, hb_hart_id()))
        hb_queue_put(task, word, hb_task_word(word, HB_TASK_READY, hb_hart_id(), hb_task_detail(word)), HB_WHY_WOKEN);
}

void hb_waiters_rebuild(struct hb_waiters *waiters, uint32_t number) {
    waiters->list = (struct hb_list){0};
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        if (is_blocked_on(hb_load(&hb_task_words[task]), number))
            hb_list_push_back(&waiters->list, task);
        hb_breathe_in_loop(task);
    }
}
