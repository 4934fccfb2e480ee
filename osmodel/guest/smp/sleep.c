#include "osmodel/guest/smp/sleep.h"

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/hand.h"
#include "osmodel/guest/smp/recovery/replug.h"
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

/* Where it belongs by its time. */
static void insert(struct hb_list *list, uint32_t task) {
    hb_list_insert_after(list, find_before(list, hb_tasks[task].wake_ticks), task);
}

/* The word changes first: whoever fills the list again then finds the task in any case. */
void hb_sleep_until(uint32_t task, uint64_t ticks) {
    struct sleepers *mine = &sleepers[hb_hart_id()];
    hb_charge_current();
    hb_tasks[task].wake_ticks = ticks;
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_SLEEPING);
    hb_lock_acquire(&mine->lock);
    uint64_t word = hb_load(&hb_task_words[task]);
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_SLEEPING, hb_hart_id(), 0))) {
        insert(&mine->list, task);
        wake_not_after(ticks);
    }
    hb_lock_release(&mine->lock);
}

void hb_sleep_until_arrival(uint32_t task, uint32_t hart, uint64_t ticks) {
    hb_tasks[task].wake_ticks = ticks;
    hb_tasks[task].home = hart;
    hb_task_words[task] = hb_task_word(hb_task_words[task], HB_TASK_SLEEPING, hart, HB_TASK_FRESH);
    hb_list_insert_after(&sleepers[hart].list, HB_NO_TASK, task);
    hb_harts[hart].next_wake = ticks;
}

bool hb_sleepers_mend(const uint64_t *lock) {
    struct sleepers *of = (struct sleepers *)lock;
    if (of < sleepers || of >= sleepers + HB_HARTS_MAX)
        return false;
    of->list = (struct hb_list){0};
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        if (hb_task_is(hb_load(&hb_task_words[task]), HB_TASK_SLEEPING, (uint32_t)(of - sleepers)))
            insert(&of->list, task);
        hb_breathe_in_loop(task);
    }
    return true;
}

/* ---- Waking ---------------------------------------------------------------------------------------------------- */

/* Take out the first that is due, which is WAKING afterwards; if there is none, HB_NO_TASK, and next_wake is known. */
static uint32_t take_due(struct hb_list *list, uint64_t now) {
    uint32_t task;
    while ((task = hb_list_first(list)) != HB_NO_TASK) {
        uint64_t word = hb_load(&hb_task_words[task]);
        if (hb_tasks[task].wake_ticks > now) {
            wake_not_after(hb_tasks[task].wake_ticks);
            return HB_NO_TASK;
        }
        hb_hand_take(HB_TASK_WAKING, task);
        hb_list_pop(list);
        if (hb_task_state(word) == HB_TASK_SLEEPING &&
            hb_compare_and_swap(&hb_task_words[task], word,
                                hb_task_word(word, HB_TASK_WAKING, hb_hart_id(), hb_task_detail(word))))
            return task;
    }
    return HB_NO_TASK;
}

static void wake_from(struct sleepers *from, uint64_t now) {
    uint32_t woken;
    do {
        hb_lock_acquire(&from->lock);
        woken = take_due(&from->list, now);
        hb_lock_release(&from->lock);
        hb_waiters_wake(woken);
        hb_breathe(); /* many may be due at once */
    } while (woken != HB_NO_TASK);
}

static uint32_t next(uint32_t hart) {
    return hart + 1 < hb_board.harts ? hart + 1 : 0;
}

/* Its own, and those of all harts between it and the next live one: of these it is the watcher. */
void hb_wake_sleepers(uint64_t now) {
    uint32_t q = hb_hart_id();
    hb_self()->next_wake = UINT64_MAX;
    do {
        if (!hb_list_is_empty(&sleepers[q].list))
            wake_from(&sleepers[q], now);
        q = next(q);
    } while (!(hb_load(&hb_live) & hb_bit(q)));
    wake_not_after(hb_replug_as_due(now));
}
