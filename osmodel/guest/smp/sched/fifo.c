/* First in, first out: a task runs until it ends, waits or yields. One that is interrupted all the same goes on first.
 */
#include "osmodel/guest/smp/sched/scheduler.h"

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    if (why == HB_WHY_PREEMPTED)
        hb_list_push_front(&rq->level[0], task);
    else
        hb_list_push_back(&rq->level[0], task);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    (void)now;
    return hb_list_pop(&rq->level[0]);
}

const struct hb_scheduler hb_fifo = {.enqueue = enqueue, .pick = pick};
