#include "osmodel/guest/smp/sleep.h"

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/sched/list.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/smp/waiters.h"

/* Those of one hart, by the time at which they wake. */
struct sleepers {
    uint64_t lock;
    struct hb_list list;
} __attribute__((aligned(HB_LOCK_ALIGN)));

static struct sleepers sleepers[HB_HARTS_MAX];

static void wake_not_after(uint64_t ticks) {
    struct hb_smp_hart *self = hb_self();
    if (ticks < self->next_wake)
        self->next_wake = ticks;
}

/* The last of those that wake no later than `ticks`; HB_NO_TASK: there is none. */
static uint32_t find_before(const struct hb_list *list, uint64_t ticks) {
    uint32_t before = HB_NO_TASK;
    uint32_t task = hb_list_first(list);
    for (uint32_t step = 0; task != HB_NO_TASK && hb_tasks[task].wake_ticks <= ticks; step++) {
        before = task;
        task = hb_list_next(task);
        hb_breathe_in_loop(step);
    }
    return before;
}

/* Put it to sleep on the executing hart, if its word is still `word`. */
static void lay_down(uint32_t task, uint64_t word) {
    struct sleepers *mine = &sleepers[hb_hart_id()];
    uint64_t ticks = hb_tasks[task].wake_ticks;
    hb_lock_acquire(&mine->lock);
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_SLEEPING, hb_hart_id(), 0))) {
        hb_list_insert_after(&mine->list, find_before(&mine->list, ticks), task);
        wake_not_after(ticks);
    }
    hb_lock_release(&mine->lock);
}

void hb_sleep_until(uint32_t task, uint64_t ticks) {
    hb_charge_current();
    hb_tasks[task].wake_ticks = ticks;
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_SLEEPING);
    lay_down(task, hb_load(&hb_task_words[task]));
}

void hb_adopt_sleeper(uint32_t task, uint64_t word) {
    lay_down(task, word);
}

/* Take out the first that is due, which is WAKING afterwards; if there is none, HB_NO_TASK, and next_wake is known. */
static uint32_t take_due(struct sleepers *from, uint64_t now) {
    uint32_t task;
    while ((task = hb_list_first(&from->list)) != HB_NO_TASK) {
        uint64_t word = hb_load(&hb_task_words[task]);
        if (hb_tasks[task].wake_ticks > now) {
            wake_not_after(hb_tasks[task].wake_ticks);
            return HB_NO_TASK;
        }
        hb_list_pop(&from->list);
        if (hb_task_state(word) == HB_TASK_SLEEPING &&
            hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_WAKING, hb_hart_id(), 0)))
            return task;
    }
    return HB_NO_TASK;
}

void hb_wake_sleepers(uint64_t now) {
    struct sleepers *mine = &sleepers[hb_hart_id()];
    uint32_t woken;
    hb_self()->next_wake = UINT64_MAX;
    do {
        hb_lock_acquire(&mine->lock);
        woken = take_due(mine, now);
        hb_lock_release(&mine->lock);
        hb_waiters_wake(woken);
    } while (woken != HB_NO_TASK);
}
