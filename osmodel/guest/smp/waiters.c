#include "osmodel/guest/smp/waiters.h"

#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/agree.h"
#include "osmodel/guest/smp/recovery/hand.h"
#include "osmodel/guest/smp/task.h"

#define WAKE_COST 20 /* of a piece */

static bool is_blocked_on(uint64_t word, uint32_t number) {
    return hb_task_state(word) == HB_TASK_BLOCKED && hb_task_detail(word) == number;
}

/* The word changes first: whoever fills the list again from the table then finds the task in any case. */
void hb_waiters_add(struct hb_waiters *waiters, uint32_t number, uint32_t task) {
    uint64_t word = hb_load(&hb_task_words[task]);
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_BLOCKED);
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_BLOCKED, hb_hart_id(), number))) {
        hb_refill_note(&waiters->refill, task);
        hb_list_push_back(&waiters->list, task);
    }
}

/* What the table does not confirm is skipped: where harts are not fenced, there may be such tasks. */
static bool make_waking(uint32_t task, uint32_t number) {
    uint64_t word = hb_load(&hb_task_words[task]);
    hb_hand_take(HB_TASK_WAKING, task);
    return is_blocked_on(word, number) &&
           hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_WAKING, hb_hart_id(), 0));
}

uint32_t hb_waiters_take(struct hb_waiters *waiters, uint32_t number) {
    uint32_t task;
    while ((task = hb_list_pop(&waiters->list)) != HB_NO_TASK)
        if (make_waking(task, number))
            return task;
    if (HB_RARE(!hb_waiters_are_whole(waiters)) && waiters->owed != HB_OWED_TO_ALL)
        waiters->owed++;
    return HB_NO_TASK;
}

/* If it is in the list, that is, has been found. */
static void leave(struct hb_list *list, uint32_t task) {
    uint32_t before = HB_NO_TASK, at = hb_list_first(list);
    for (uint32_t step = 0; at != HB_NO_TASK && at != task; step++) {
        before = at;
        at = hb_list_next(at);
        hb_breathe_in_loop(step);
    }
    if (at == task)
        hb_list_remove_after(list, before);
}

bool hb_waiters_remove(struct hb_waiters *waiters, uint32_t task, uint64_t word) {
    hb_hand_take(HB_TASK_WAKING, task);
    if (!hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_WAKING, hb_hart_id(), 0)))
        return false;
    leave(&waiters->list, task);
    return true;
}

void hb_waiters_wake(uint32_t task) {
    if (task == HB_NO_TASK)
        return;
    hb_agree_in_time();
    uint64_t word = hb_load(&hb_task_words[task]);
    if (hb_task_is(word, HB_TASK_WAKING, hb_hart_id()))
        hb_queue_put(task, word, hb_task_word(word, HB_TASK_READY, hb_hart_id(), hb_task_detail(word)), HB_WHY_WOKEN);
}

/* What is owed to those who were not found yet stays owed. */
void hb_waiters_mend(struct hb_waiters *waiters) {
    waiters->list = (struct hb_list){0};
    hb_refill_begin(&waiters->refill);
}

/* The task is WAKING before the debt is paid: if the hart dies in between, one is woken too many, which does no
 * harm. */
uint32_t hb_waiters_fill(struct hb_waiters *waiters, uint32_t number, int32_t *piece) {
    uint64_t blocked = (uint64_t)number << 16 | HB_TASK_BLOCKED;
    uint32_t task;
    while ((task = hb_refill_next(&waiters->refill, piece, 0xffff00ff, blocked)) != HB_NO_TASK) {
        if (waiters->owed == 0) {
            hb_list_push_back(&waiters->list, task);
        } else if (make_waking(task, number)) {
            waiters->owed -= waiters->owed != HB_OWED_TO_ALL;
            *piece -= WAKE_COST;
            return task;
        }
    }
    if (hb_waiters_are_whole(waiters))
        waiters->owed = 0;
    return HB_NO_TASK;
}
