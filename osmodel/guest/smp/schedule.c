#include "osmodel/guest/smp/schedule.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/protection.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/finish.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/io/interrupts.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/agree.h"
#include "osmodel/guest/smp/recovery/checkpoint.h"
#include "osmodel/guest/smp/recovery/doubt.h"
#include "osmodel/guest/smp/recovery/orphans.h"
#include "osmodel/guest/smp/recovery/recovery.h"
#include "osmodel/guest/smp/sched/balance.h"
#include "osmodel/guest/smp/sched/knock.h"
#include "osmodel/guest/smp/sched/pace.h"
#include "osmodel/guest/smp/sync/life.h"
#include "osmodel/guest/smp/sync/sweep.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/smp/timer.h"

#define SPINS_MAX 100u /* no healthy hart owns the lock of a queue for so long */

/* The end of the task's turn, or sooner: it is to be copied, or whoever pushes tasks looks every quantum whether
 * somebody is idle. */
HB_INLINE void set_slice_end(uint64_t now) {
    struct hb_smp_hart *self = hb_self();
    uint64_t end = self->turn_end;
    if (HB_RARE(hb_balance_pushes()) && now + hb_quantum() < end)
        end = now + hb_quantum();
    if (hb_checkpoints_are_on() && self->checkpoint_at < end)
        end = self->checkpoint_at;
    self->slice_end = end;
}

HB_INLINE void begin_slice(uint32_t task, uint64_t now) {
    const struct hb_scheduler *scheduler = hb_scheduler();
    uint64_t slice = scheduler->slice ? scheduler->slice(task, now) : HB_FOREVER;
    hb_self()->turn_end = slice == HB_FOREVER ? HB_FOREVER : now + slice;
    if (hb_checkpoints_are_on())
        hb_checkpoint_begin_slice(task, now);
    set_slice_end(now);
}

HB_INLINE void protect(uint32_t task) {
    const struct hb_task_reach *reach = &hb_tasks[task].reach;
    const struct hb_group_facts *group = hb_task_facts(task);
    hb_protection_set(reach->begin, reach->end);
    if (hb_self()->shares == group)
        return; /* of the same group as the task before */
    hb_self()->shares = group;
    hb_protection_share(group->shared_begin, group->shared_end);
}

/* The attempt counts no more: the task begins again, and this gives its word as if it had waited as a new one. */
static HB_APART uint64_t bring_up_to_date(uint32_t task) {
    uint64_t word = hb_load(&hb_task_words[task]);
    uint64_t again = hb_word_of_life(task, word);
    if (hb_flushes())
        hb_sync_give_up(task);
    hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(again, HB_TASK_RUNNING, hb_hart_id(), 0));
    HB_TRACE(HB_TP_TASK_RESTART, task, hb_task_attempt(again));
    return again;
}

static HB_APART void begin_attempt(uint32_t task) {
    hb_task_begin_attempt(task);
    hb_breathe();
}

/* The task is RUNNING on this hart since `now`; `was`: its word before. With cold caches and many harts on the bus even
 * this is long enough to need a breath. */
static __attribute__((noinline)) _Noreturn void dispatch(uint32_t task, uint64_t now, uint64_t was) {
    struct hb_smp_hart *self = hb_self();
    hb_breathe_at(now);
    if (hb_balance_pushes())
        hb_balance_push();
    if (HB_RARE(hb_is_outdated(task, was)))
        was = bring_up_to_date(task);
    if (HB_RARE(hb_task_detail(was) == HB_TASK_FRESH))
        begin_attempt(task);
    if (hb_flushes())
        hb_doubt_note_run(task, hb_task_detail(was) == HB_TASK_FRESH);
    protect(task);
    hb_tasks[task].home = hb_hart_id();
    self->current = task;
    self->charged = now;
    hb_pace_begin(now);
    begin_slice(task, now);
    hb_timer_set(self->slice_end);
    HB_TRACE(HB_TP_TASK_RUN, task, hb_task_attempt(was));
    hb_context_resume(&hb_tasks[task].context);
}

/* A look may be long, and there may be several: between them the hart is open to interrupts. */
static enum hb_end look_for_end(void) {
    enum hb_end end = hb_look_for_end();
    if (end == HB_END_UNKNOWN)
        hb_nap();
    return end;
}

static void sleep(void) {
    hb_timer_set(UINT64_MAX);
    hb_wait_for_interrupt();
}

/* Sleep until there is something to look for. An interrupt that arrives after the look stays pending and ends the
 * wfi. */
static void sleep_until_work(void) {
    uint32_t me = hb_hart_id();
    HB_TRACE(HB_TP_IDLE_ENTER, me, 0);
    hb_pace_end();
    hb_fetch_or(&hb_idle, hb_bit(me));
    for (;;) {
        hb_clear_interrupt(me);
        hb_agree_answer();
        if (hb_flushes())
            hb_beat(hb_now_ticks()); /* somebody may have asked whether it is alive */
        hb_tick(hb_now_ticks());
        hb_interrupt_serve_if_pending();
        if (hb_self()->claims != 0 && hb_recovery_waits())
            break;
        enum hb_end end = look_for_end();
        if (hb_balance_is_work_in_sight() || end == HB_END_REACHED)
            break;
        hb_pace_look();
        bool has_more = hb_self()->claims != 0 || end == HB_END_UNKNOWN;
        if (hb_self()->claims != 0)
            hb_recover_verify();
        if (has_more)
            hb_nap();
        else
            sleep();
        hb_self()->entered = hb_now_ticks();
    }
    hb_fetch_and(&hb_idle, ~hb_bit(me));
    HB_TRACE(HB_TP_IDLE_LEAVE, me, 0);
}

/* What a dead hart ran goes on first. */
static HB_APART void recover(void) {
    struct hb_smp_hart *self = hb_self();
    hb_recover_rest();
    uint32_t task = self->adopted;
    self->adopted = HB_NO_TASK;
    if (task != HB_NO_TASK)
        dispatch(task, hb_now_ticks(), hb_load(&hb_task_words[task]));
}

static _Noreturn void schedule(bool orphans_first) {
    for (uint32_t spins = 1;; spins++) {
        uint64_t was = 0;
        hb_breathe();
        hb_agree_in_time();
        hb_knock_answer(); /* it is about to choose */
        uint32_t task = orphans_first ? hb_orphan_take(&was) : HB_NO_TASK;
        if (task == HB_NO_TASK)
            task = hb_balance_take(&was);
        if (task != HB_NO_TASK)
            dispatch(task, hb_now_ticks(), was);
        if (look_for_end() == HB_END_REACHED)
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
        if (hb_self()->claims != 0)
            recover();
        orphans_first = hb_orphans_turn();
    }
}

_Noreturn void hb_schedule(void) {
    if (HB_RARE(hb_self()->claims != 0))
        recover();
    schedule(hb_orphans_turn());
}

/* ---- The end of a turn ----------------------------------------------------------------------------------------- */

/* The current task waits in a queue from now on. */
static void give_up(uint32_t reason) {
    uint32_t task = hb_self()->current;
    uint64_t word = hb_load(&hb_task_words[task]);
    enum hb_why why = reason == HB_STOP_PREEMPTED ? HB_WHY_PREEMPTED : HB_WHY_YIELDED;
    HB_TRACE(HB_TP_TASK_STOP, task, reason);
    hb_queue_put(task, word, hb_task_word(word, HB_TASK_READY, hb_hart_id(), 0), why);
}

/* An idle hart gets on faster, and takes the current task over. */
static HB_APART _Noreturn void hand_over(uint32_t to) {
    uint32_t task = hb_self()->current;
    uint64_t word = hb_load(&hb_task_words[task]);
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_PREEMPTED);
    HB_TRACE(HB_TP_TASK_MIGRATE, task, hb_hart_id() | to << 16);
    hb_pace_give(to);
    hb_queue_put_into(to, task, word, hb_task_word(word, HB_TASK_READY, to, 0), HB_WHY_PREEMPTED);
    hb_schedule();
}

void hb_hand_over_if_asked(void) {
    uint32_t to = hb_pace_thief();
    if (HB_RARE(to != HB_HARTS_MAX) && hb_self()->claims == 0)
        hand_over(to);
}

/* A hart has died, and what it ran goes on before the current task. */
static HB_APART _Noreturn void give_way(uint32_t reason) {
    give_up(reason);
    hb_schedule();
}

/* The next task comes out of the queue that this one joins: the way of most. */
HB_INLINE void change_within(uint32_t q, uint32_t reason) {
    uint64_t was;
    uint64_t now = hb_now_ticks();
    hb_knock_answer();
    HB_TRACE(HB_TP_TASK_STOP, hb_self()->current, reason);
    uint32_t next = hb_queue_exchange(q, reason == HB_STOP_PREEMPTED ? HB_WHY_PREEMPTED : HB_WHY_YIELDED, now, &was);
    if (next != HB_NO_TASK)
        dispatch(next, now, was);
}

_Noreturn void hb_yield(uint32_t reason) {
    hb_agree_in_time();
    if (HB_RARE(hb_self()->claims != 0) && hb_recovery_waits())
        give_way(reason);
    uint32_t own = hb_balance_own();
    bool orphans_first = hb_orphans_turn();
    if (!orphans_first && hb_balance_home(hb_self()->current) == own)
        change_within(own, reason);
    else
        give_up(reason);
    schedule(orphans_first);
}

/* No other task waits here: it goes on, and the host sees that it has used up its slice. */
static void go_on(uint32_t task) {
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_PREEMPTED);
    HB_TRACE(HB_TP_TASK_RUN, task, hb_task_attempt(hb_load(&hb_task_words[task])));
    hb_charge_current();
    begin_slice(task, hb_now_ticks());
}

void hb_preempt_if_due(bool has_rung) {
    struct hb_smp_hart *self = hb_self();
    if (hb_knock_is_to_be_heard())
        hb_yield(HB_STOP_PREEMPTED);
    if (!has_rung || hb_now_ticks() < self->slice_end)
        return;
    if (hb_checkpoints_are_on())
        hb_checkpoint_as_due(self->current);
    if (hb_balance_pushes())
        hb_balance_push();
    if (self->slice_end < self->turn_end)
        set_slice_end(hb_now_ticks());
    else if (!hb_queue_looks_empty(hb_balance_own()) || hb_orphans_wait())
        hb_yield(HB_STOP_PREEMPTED);
    else
        go_on(self->current);
}

_Noreturn void hb_continue(bool has_rung) {
    struct hb_smp_hart *self = hb_self();
    if (HB_RARE(self->claims != 0) && hb_recovery_waits())
        give_way(HB_STOP_PREEMPTED);
    if (HB_RARE(self->claims != 0) && has_rung)
        hb_recover_verify();
    if (has_rung)
        hb_timer_set(self->slice_end);
    hb_context_resume(&hb_tasks[self->current].context);
}
