/* Round-robin: each task in its turn, for a quantum. */
#include "osmodel/guest/smp/sched/scheduler.h"

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    (void)why;
    hb_list_push_back(&rq->level[0], task);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    (void)now;
    return hb_list_pop(&rq->level[0]);
}

static uint64_t slice(uint32_t task, uint64_t now) {
    (void)task;
    (void)now;
    return hb_quantum();
}

const struct hb_scheduler hb_round_robin = {.enqueue = enqueue, .pick = pick, .slice = slice};
