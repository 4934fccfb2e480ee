/* Keeps what it knows where a death loses it. */
#include "lab.h"

static uint32_t turns;

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    hb_list_push_back(&rq->level[0], task);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    return hb_list_pop(&rq->level[0]);
}

static uint64_t slice(uint32_t task, uint64_t now) {
    return hb_quantum() << turns++ % 2;
}

const struct hb_scheduler hb_mine = {.enqueue = enqueue, .pick = pick, .slice = slice};
