#include "osmodel/guest/smp/recovery/orphans.h"

#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/sched/balance.h"

static uint64_t dead_harts(void) {
    return (UINT64_MAX >> (HB_HARTS_MAX - hb_board.harts)) & ~hb_load(&hb_live);
}

static bool looks_worth(uint32_t q) {
    return !hb_queue_looks_empty(q) && hb_balance_may_take(q);
}

bool hb_orphans_turn_of(uint64_t dead) {
    struct hb_smp_hart *self = hb_self();
    self->owed_to_orphans += hb_count(dead);
    if (self->owed_to_orphans < hb_board.harts)
        return false;
    self->owed_to_orphans -= hb_board.harts;
    return true;
}

uint32_t hb_orphan_take(uint64_t *was) {
    uint32_t q = hb_hart_id();
    for (uint64_t dead = dead_harts(); dead != 0; dead &= ~hb_bit(q)) {
        q = hb_next_in(dead, q);
        uint32_t task = looks_worth(q) ? hb_queue_try_take(q, HB_TASK_RUNNING, was) : HB_NO_TASK;
        if (task != HB_NO_TASK) {
            HB_TRACE(HB_TP_TASK_MIGRATE, task, q | hb_hart_id() << 16);
            return task;
        }
    }
    return HB_NO_TASK;
}

bool hb_orphans_wait(void) {
    for (uint64_t dead = dead_harts(), q = 0; dead != 0; dead &= ~hb_bit((uint32_t)q)) {
        q = hb_next_in(dead, (uint32_t)q);
        if (looks_worth((uint32_t)q))
            return true;
    }
    return false;
}

void hb_orphans_first(void) {
    hb_self()->owed_to_orphans = hb_board.harts;
}
