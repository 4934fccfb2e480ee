/* The last task of a queue never runs. */
#include "lab.h"

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    hb_list_push_back(&rq->level[0], task);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    if (hb_list_first(&rq->level[0]) + 1 == rq->level[0].tail)
        return HB_NO_TASK;
    return hb_list_pop(&rq->level[0]);
}

static uint64_t slice(uint32_t task, uint64_t now) {
    return hb_quantum();
}

const struct hb_scheduler hb_mine = {.enqueue = enqueue, .pick = pick, .slice = slice};
