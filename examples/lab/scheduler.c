/* A scheduler: first come, first served. A task runs until it ends, waits or yields. */
#include "lab.h"

/* `task` joins the queue. */
static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    hb_list_push_back(&rq->level[0], task);
}

/* Take the task that runs next out of the queue; HB_NO_TASK if there is none. */
static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    return hb_list_pop(&rq->level[0]);
}

/* How long it may run, in ticks, before it joins the queue again as HB_WHY_PREEMPTED. */
static uint64_t slice(uint32_t task, uint64_t now) {
    return HB_FOREVER;
}

const struct hb_scheduler hb_mine = {.enqueue = enqueue, .pick = pick, .slice = slice};
