#include "osmodel/guest/smp/schedule.h"

#include "osmodel/guest/lib/devices.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/protection.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/finish.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/io/interrupts.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/orphans.h"
#include "osmodel/guest/smp/recovery/recovery.h"
#include "osmodel/guest/smp/sched/balance.h"
#include "osmodel/guest/smp/sched/knock.h"
#include "osmodel/guest/smp/sync/life.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/smp/timer.h"

#define SPINS_MAX 100u /* no healthy hart owns the lock of a queue for so long */

/* The end of the task's turn, or sooner: whoever pushes tasks looks every quantum whether somebody is idle. */
static void set_slice_end(void) {
    struct hb_smp_hart *self = hb_self();
    uint64_t look = hb_balance_pushes() ? hb_now_ticks() + hb_quantum() : HB_FOREVER;
    self->slice_end = look < self->turn_end ? look : self->turn_end;
}

static void begin_slice(uint32_t task) {
    struct hb_smp_hart *self = hb_self();
    const struct hb_scheduler *scheduler = hb_scheduler();
    uint64_t now = hb_now_ticks();
    uint64_t slice = scheduler->slice ? scheduler->slice(task, now) : HB_FOREVER;
    self->turn_end = slice == HB_FOREVER ? HB_FOREVER : now + slice;
    set_slice_end();
}

_Noreturn void hb_continue(bool has_rung) {
    struct hb_smp_hart *self = hb_self();
    if (self->has_claims && hb_recover_rest())
        hb_yield(HB_STOP_PREEMPTED);
    if (self->has_claims && has_rung)
        hb_recover_verify();
    if (has_rung)
        hb_timer_set(self->slice_end);
    hb_context_resume(&hb_tasks[self->current].context);
}

static void protect(uint32_t task) {
    const struct hb_task_reach *reach = &hb_tasks[task].reach;
    hb_protection_set(reach->begin, reach->end);
    hb_protection_share(reach->shared_begin, reach->shared_end);
}

/* Of a group that has begun again meanwhile: so does the task, and this gives its word as if it had waited as a new
 * attempt. */
static uint64_t bring_up_to_date(uint32_t task, uint64_t was) {
    uint64_t word = hb_load(&hb_task_words[task]);
    if (!hb_is_outdated(task, word))
        return was;
    uint64_t again = hb_word_of_life(task, word);
    hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(again, HB_TASK_RUNNING, hb_hart_id(), 0));
    HB_TRACE(HB_TP_TASK_RESTART, task, hb_task_attempt(again));
    return again;
}

/* The task is RUNNING on this hart; `was`: its word before. With cold caches and many harts on the bus even this is
 * long enough to need a breath. */
static _Noreturn void dispatch(uint32_t task, uint64_t was) {
    hb_breathe();
    if (hb_balance_pushes())
        hb_balance_push();
    was = bring_up_to_date(task, was);
    if (hb_task_detail(was) == HB_TASK_FRESH) {
        hb_task_begin_attempt(task);
        hb_breathe();
    }
    protect(task);
    hb_tasks[task].home = hb_hart_id();
    hb_self()->current = task;
    hb_self()->charged = hb_now_ticks();
    begin_slice(task);
    hb_timer_set(hb_self()->slice_end);
    HB_TRACE(HB_TP_TASK_RUN, task, hb_task_attempt(was));
    hb_context_resume(&hb_tasks[task].context);
}

static void recover(void) {
    if (!hb_self()->has_claims)
        return;
    hb_recover_rest();
    hb_recover_verify();
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
        hb_interrupt_serve_if_pending();
        recover();
        enum hb_end end = hb_look_for_end();
        if (hb_balance_is_work_in_sight() || end == HB_END_REACHED)
            break;
        hb_timer_set(end == HB_END_UNKNOWN ? 0 : UINT64_MAX);
        hb_wait_for_interrupt();
        hb_self()->entered = hb_now_ticks();
    }
    hb_fetch_and(&hb_idle, ~hb_bit(me));
    HB_TRACE(HB_TP_IDLE_LEAVE, me, 0);
}

_Noreturn void hb_schedule(void) {
    for (uint32_t spins = 1;; spins++) {
        uint64_t was = 0;
        hb_breathe();
        if (hb_self()->has_claims)
            hb_recover_rest();
        hb_knock_forget();
        uint32_t task = hb_orphan_take(&was);
        if (task == HB_NO_TASK)
            task = hb_balance_take(&was);
        if (task != HB_NO_TASK)
            dispatch(task, was);
        if (hb_look_for_end() == HB_END_REACHED)
            hb_finish_run();
        if (hb_balance_is_work_in_sight()) {
            hb_self()->entered = hb_now_ticks();
            hb_spin_poll(); /* its queue is locked, perhaps by a dead hart */
            if (spins == SPINS_MAX)
                hb_balance_tell_lock();
        } else {
            sleep_until_work();
            spins = 0;
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

/* No other task waits here: it goes on, and the host sees that it has used up its slice. */
static void go_on(uint32_t task) {
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_PREEMPTED);
    HB_TRACE(HB_TP_TASK_RUN, task, hb_task_attempt(hb_load(&hb_task_words[task])));
    hb_charge_current();
    begin_slice(task);
}

void hb_preempt_if_due(bool has_rung) {
    struct hb_smp_hart *self = hb_self();
    if (hb_knock_is_to_be_heard())
        hb_yield(HB_STOP_PREEMPTED);
    if (!has_rung || hb_now_ticks() < self->slice_end)
        return;
    if (hb_balance_pushes())
        hb_balance_push();
    if (self->slice_end < self->turn_end)
        set_slice_end();
    else if (!hb_queue_looks_empty(hb_balance_own()) || hb_orphans_wait())
        hb_yield(HB_STOP_PREEMPTED);
    else
        go_on(self->current);
}
