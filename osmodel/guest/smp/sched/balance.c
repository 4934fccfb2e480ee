#include "osmodel/guest/smp/sched/balance.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/sched/pace.h"

#define GLOBAL_QUEUE 0u

static bool is_alive(uint32_t hart) {
    return (hb_load(&hb_live) & hb_bit(hart)) != 0;
}

/* The hart itself, or the one that stands in for it. */
static uint32_t living(uint32_t hart) {
    return is_alive(hart) ? hart : hb_next_in(hb_load(&hb_live), hart);
}

uint32_t hb_balance_server(uint32_t q) {
    return hb_params.balance == HB_BALANCE_GLOBAL && q == GLOBAL_QUEUE ? hb_hart_id() : living(q);
}

static uint32_t idle_or_me(void) {
    uint32_t me = hb_hart_id();
    uint64_t idle = hb_load(&hb_idle) & hb_load(&hb_live);
    return idle == 0 || idle & hb_bit(me) ? me : hb_next_in(idle, me);
}

uint32_t hb_balance_find_home(uint32_t task) {
    uint32_t place = hb_task_place(task);
    if (place != HB_PLACE_ANY)
        return living(place);
    switch (hb_params.balance) {
    case HB_BALANCE_NONE: return living(hb_tasks[task].home);
    case HB_BALANCE_PUSH: return idle_or_me();
    case HB_BALANCE_GLOBAL: return GLOBAL_QUEUE;
    default: return hb_hart_id();
    }
}

/* ---- Taking ---------------------------------------------------------------------------------------------------- */

bool hb_balance_may_take(uint32_t q) {
    if (q == hb_balance_own())
        return true;
    if (!is_alive(q) && hb_params.recovery_queues != HB_QUEUES_REBUILD)
        return false;
    return hb_balance_is_shared(q) || living(q) == hb_hart_id();
}

static bool looks_worth(uint32_t q) {
    return !hb_queue_looks_empty(q) && hb_balance_may_take(q) && !hb_pace_gave(q);
}

/* Other harts' queues, from the next on. */
static uint32_t take_from_others(uint64_t *was) {
    uint32_t me = hb_hart_id();
    uint32_t q = me;
    for (uint32_t i = 1; i < hb_board.harts; i++) {
        q = q + 1 < hb_board.harts ? q + 1 : 0;
        if (!looks_worth(q))
            continue;
        uint32_t task = hb_queue_try_take(q, HB_TASK_RUNNING, was);
        if (task != HB_NO_TASK) {
            HB_TRACE(HB_TP_TASK_MIGRATE, task, q | me << 16);
            return task;
        }
    }
    return HB_NO_TASK;
}

uint32_t hb_balance_take(uint64_t *was) {
    uint32_t own = hb_balance_own();
    uint32_t task = hb_queue_looks_empty(own) ? HB_NO_TASK : hb_queue_take(own, HB_TASK_RUNNING, was);
    if (task == HB_NO_TASK && own != hb_hart_id() && !hb_queue_looks_empty(hb_hart_id()))
        task = hb_queue_take(hb_hart_id(), HB_TASK_RUNNING, was); /* from before os.balance was changed */
    return task != HB_NO_TASK ? task : take_from_others(was);
}

bool hb_balance_is_work_in_sight(void) {
    for (uint32_t q = 0; q < hb_board.harts; q++)
        if (looks_worth(q))
            return true;
    return false;
}

void hb_balance_tell_lock(void) {
    for (uint32_t q = 0; q < hb_board.harts; q++) {
        uint32_t owner = HB_LOCK_OWNER(hb_load(&hb_queues[q].lock));
        if (owner != 0 && looks_worth(q)) {
            HB_TRACE(HB_TP_LOCK_WAIT, (uintptr_t)&hb_queues[q].lock, owner);
            return;
        }
    }
}

/* ---- Giving ---------------------------------------------------------------------------------------------------- */

/* Give one task to hart `to`; false if there is none that may go. */
static bool push_one(uint32_t to) {
    uint32_t me = hb_hart_id();
    uint64_t was;
    if (hb_queue_looks_empty(me) || hb_queues[me].pinned != 0)
        return false;
    uint32_t task = hb_queue_take(me, HB_TASK_WAKING, &was);
    if (task == HB_NO_TASK)
        return false;
    HB_TRACE(HB_TP_TASK_MIGRATE, task, me | to << 16);
    uint64_t word = hb_load(&hb_task_words[task]);
    hb_queue_put_into(to, task, word, hb_task_word(word, HB_TASK_READY, to, hb_task_detail(word)), HB_WHY_REBUILT);
    return true;
}

void hb_balance_push(void) {
    uint64_t idle = hb_load(&hb_idle) & hb_load(&hb_live) & ~hb_bit(hb_hart_id());
    uint32_t to = hb_hart_id();
    for (; idle != 0; idle &= ~hb_bit(to)) {
        to = hb_next_in(idle, to);
        if (hb_queue_looks_empty(to) && !push_one(to))
            return;
    }
}
