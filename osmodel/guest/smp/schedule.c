#include "osmodel/guest/smp/schedule.h"

#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/devices.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/protection.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/finish.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/recovery.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/smp/timer.h"

static void begin_slice(uint32_t task) {
    struct hb_smp_hart *self = hb_self();
    const struct hb_scheduler *scheduler = hb_scheduler();
    uint64_t now = hb_now_ticks();
    uint64_t slice = scheduler->slice ? scheduler->slice(task, now) : HB_FOREVER;
    self->slice_end = slice == HB_FOREVER ? HB_FOREVER : now + slice;
}

_Noreturn void hb_continue(bool has_rung) {
    struct hb_smp_hart *self = hb_self();
    if (self->has_claims)
        hb_recover_rest();
    if (has_rung)
        hb_timer_set(self->slice_end);
    hb_context_resume(&hb_tasks[self->current].context);
}

/* The task is RUNNING on this hart; `was`: its word before. With cold caches and many harts on the bus even this is
 * long enough to need a breath. */
static _Noreturn void dispatch(uint32_t task, uint64_t was) {
    hb_breathe();
    if (hb_task_detail(was) == HB_TASK_FRESH) {
        hb_task_begin_attempt(task);
        hb_breathe();
    }
    struct hb_task_memory memory = hb_task_memory(task);
    hb_protection_set(memory.begin, memory.end);
    hb_self()->current = task;
    hb_self()->charged = hb_now_ticks();
    begin_slice(task);
    hb_timer_set(hb_self()->slice_end);
    HB_TRACE(HB_TP_TASK_RUN, task, hb_task_attempt(was));
    hb_context_resume(&hb_tasks[task].context);
}

static uint32_t steal(uint64_t *was) {
    uint32_t me = hb_hart_id();
    uint64_t others = hb_load(&hb_live) & ~hb_bit(me);
    uint32_t victim = me;
    for (uint64_t left = others; left != 0; left &= ~hb_bit(victim)) {
        victim = hb_next_in(left, victim);
        if (hb_queue_looks_empty(victim))
            continue;
        uint32_t task = hb_queue_try_take(victim, HB_TASK_RUNNING, was);
        if (task != HB_NO_TASK) {
            HB_TRACE(HB_TP_TASK_MIGRATE, task, victim | me << 16);
            return task;
        }
    }
    return HB_NO_TASK;
}

static uint32_t find_task(uint64_t *was) {
    uint32_t me = hb_hart_id();
    uint32_t task = hb_queue_looks_empty(me) ? HB_NO_TASK : hb_queue_take(me, HB_TASK_RUNNING, was);
    return task != HB_NO_TASK ? task : steal(was);
}

static bool is_work_in_sight(void) {
    uint64_t live = hb_load(&hb_live);
    for (uint32_t q = 0; q < hb_board.harts; q++)
        if (live & hb_bit(q) && !hb_queue_looks_empty(q))
            return true;
    return false;
}

/* Sleep until there is something to look for. An interrupt that arrives after the look stays pending and ends the
 * wfi. */
static void sleep_until_work(void) {
    uint32_t me = hb_hart_id();
    HB_TRACE(HB_TP_IDLE_ENTER, me, 0);
    hb_fetch_or(&hb_idle, hb_bit(me));
    for (;;) {
        hb_clear_interrupt(me);
        hb_tick();
        if (is_work_in_sight() || hb_all_tasks_ended())
            break;
        hb_timer_set(UINT64_MAX);
        hb_wait_for_interrupt();
        hb_self()->entered = hb_now_ticks();
    }
    hb_fetch_and(&hb_idle, ~hb_bit(me));
    HB_TRACE(HB_TP_IDLE_LEAVE, me, 0);
}

_Noreturn void hb_schedule(void) {
    for (;;) {
        uint64_t was = 0;
        hb_breathe();
        if (hb_self()->has_claims)
            hb_recover_rest();
        uint32_t task = find_task(&was);
        if (task != HB_NO_TASK)
            dispatch(task, was);
        if (hb_all_tasks_ended())
            hb_finish_run();
        if (is_work_in_sight()) {
            hb_self()->entered = hb_now_ticks();
            hb_spin_poll(); /* its queue is locked, perhaps by a dead hart */
        } else {
            sleep_until_work();
        }
    }
}

_Noreturn void hb_yield(uint32_t reason) {
    uint32_t task = hb_self()->current;
    uint64_t word = hb_load(&hb_task_words[task]);
    HB_TRACE(HB_TP_TASK_STOP, task, reason);
    enum hb_why why = reason == HB_STOP_PREEMPTED ? HB_WHY_PREEMPTED : HB_WHY_YIELDED;
    hb_queue_put(task, word, hb_task_word(word, HB_TASK_READY, hb_hart_id(), 0), why);
    hb_schedule();
}

void hb_preempt_if_due(void) {
    struct hb_smp_hart *self = hb_self();
    if (hb_now_ticks() < self->slice_end)
        return;
    if (!hb_queue_looks_empty(hb_hart_id()))
        hb_yield(HB_STOP_PREEMPTED);
    /* No other task waits here: it goes on, and the host sees that it has used up its slice. */
    HB_TRACE(HB_TP_TASK_STOP, self->current, HB_STOP_PREEMPTED);
    HB_TRACE(HB_TP_TASK_RUN, self->current, hb_task_attempt(hb_load(&hb_task_words[self->current])));
    hb_charge_current();
    begin_slice(self->current);
}
