#include "osmodel/guest/smp/sync/life.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/schedule.h"
#include "osmodel/guest/smp/sync/sweep.h"
#include "osmodel/guest/smp/sync/sync.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/workloads/kinds.h"

/* Where the tasks of a group with lives wait for each other at the end. The object's value is how many have come; its
 * life is that of the group. */
static struct hb_sync *ending_of(uint32_t group) {
    return &hb_syncs[hb_sync_first(group + 1) - 1];
}

uint64_t *hb_life_counter(uint32_t group) {
    return hb_group_begins_together(&hb_params.group[group]) ? &ending_of(group)->life : NULL;
}

uint64_t hb_word_of_life(uint32_t task, uint64_t word) {
    uint64_t missed = hb_first_attempt(task) - hb_task_attempt(word);
    return hb_task_word(word + (missed << 32), HB_TASK_READY, hb_hart_id(), HB_TASK_FRESH);
}

_Noreturn void hb_begin_again(void) {
    uint32_t task = hb_self()->current;
    uint64_t word = hb_load(&hb_task_words[task]);
    uint64_t again = hb_word_of_life(task, word);
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_PREEMPTED);
    HB_TRACE(HB_TP_TASK_RESTART, task, hb_task_attempt(again));
    if (hb_flushes())
        hb_sync_give_up(task);
    hb_queue_put(task, word, again, HB_WHY_NEW);
    hb_schedule();
}

/* ---- Death ------------------------------------------------------------------------------------------------------- */

/* This hart, too, may be in the middle of one. */
static void interrupt_runners(const volatile struct hb_group *group) {
    for (uint64_t task = group->first; task < group->first + group->tasks; task++) {
        uint64_t word = hb_load(&hb_task_words[task]);
        if (hb_task_state(word) == HB_TASK_RUNNING)
            hb_send_interrupt(hb_task_hart(word));
        if (task % 16 == 15)
            hb_spin_poll();
    }
}

bool hb_life_is_complete(uint32_t group) {
    return hb_load(&ending_of(group)->value) == hb_params.group[group].tasks;
}

/* That a life ends and that its tasks have come to their end exclude each other by the lock. */
static bool end_life(uint32_t group, uint64_t life) {
    struct hb_sync *ending = ending_of(group);
    struct hb_list taken = {0};
    hb_lock_acquire(&ending->lock);
    bool complete = hb_life_is_complete(group);
    if (!complete && ending->life == life) {
        hb_sync_take_all(ending, &taken);
        hb_store(&ending->value, 0);
        hb_store(&ending->life, life + 1);
    }
    hb_sync_unlock(ending);
    hb_sync_wake_all(&taken);
    return !complete;
}

/* The life is ended first: a task that is dispatched at the same moment either is RUNNING for the look that follows, or
 * finds itself outdated. */
bool hb_life_end(uint32_t group, uint64_t life) {
    if (!end_life(group, life))
        return false;
    hb_fence();
    interrupt_runners(&hb_params.group[group]);
    for (uint32_t i = 0; i < hb_sync_objects(group); i++) {
        hb_sync_renew(hb_sync_first(group) + i);
        hb_spin_poll();
    }
    return true;
}

bool hb_life_remind(uint32_t task) {
    uint64_t word = hb_load(&hb_task_words[task]);
    if (hb_task_state(word) != HB_TASK_RUNNING || !hb_is_outdated(task, word))
        return false;
    hb_send_interrupt(hb_task_hart(word));
    return true;
}

/* ---- Completion -------------------------------------------------------------------------------------------------- */

/* The lock is held: nobody else makes them DONE. */
static void let_all_end(struct hb_sync *ending) {
    uint32_t task;
    while ((task = hb_list_pop(&ending->waiters.list)) != HB_NO_TASK) {
        uint64_t word = hb_load(&hb_task_words[task]);
        if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_DONE, hb_hart_id(), 0)))
            HB_TRACE(HB_TP_TASK_DONE, task, hb_task_attempt(word));
        hb_breathe();
    }
}

void hb_life_complete(uint32_t task) {
    uint32_t group = hb_task_group(task);
    uint64_t word = hb_load(&hb_task_words[task]);
    struct hb_sync *ending = hb_sync_enter((uint32_t)(ending_of(group) - hb_syncs), task, word);
    hb_store(&ending->value, ending->value + 1); /* by the last one's all have ended */
    if (!hb_life_is_complete(group))
        hb_sync_wait(ending, task);
    let_all_end(ending);
    hb_sync_leave(ending);
}

void hb_life_go_on(uint32_t id) {
    for (uint32_t group = 0; group < hb_params.workload_groups; group++)
        if (hb_has_lives(group) && ending_of(group) == &hb_syncs[id] && hb_life_is_complete(group))
            let_all_end(ending_of(group));
}
