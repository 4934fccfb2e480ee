/* Lottery (Waldspurger and Weihl 1994): whenever a hart is free, a ticket is drawn, and its holder runs for a quantum.
 * A task holds as many tickets as its weight says, so in the long run it gets that share of the time, and none starves.
 * Draws are a hash of the seed, the queue and the number of the draw. */
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/sched/scheduler.h"

/* What is noted about a queue. */
enum { DRAWS, TICKETS };

static uint64_t draw(const struct hb_rq *rq) {
    uint64_t hash = hb_results_mix(hb_params.seed, rq->index);
    for (uint32_t round = 0; round < 3; round++)
        hash = hb_results_mix(hash, rq->note[DRAWS]);
    return (hash >> 32) * rq->note[TICKETS] >> 32;
}

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    (void)why;
    hb_list_push_back(&rq->level[0], task);
    rq->note[TICKETS] += hb_task_weight(task);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    (void)now;
    if (hb_list_is_empty(&rq->level[0]))
        return HB_NO_TASK;
    uint64_t ticket = draw(rq);
    rq->note[DRAWS]++;
    uint32_t before = HB_NO_TASK;
    uint32_t holder = hb_list_first(&rq->level[0]);
    for (uint32_t step = 0; ticket >= hb_task_weight(holder) && hb_list_next(holder) != HB_NO_TASK; step++) {
        ticket -= hb_task_weight(holder);
        before = holder;
        holder = hb_list_next(holder);
        hb_breathe_in_loop(step);
    }
    rq->note[TICKETS] -= hb_task_weight(holder);
    return hb_list_remove_after(&rq->level[0], before);
}

static uint64_t slice(uint32_t task, uint64_t now) {
    (void)task;
    (void)now;
    return hb_quantum();
}

const struct hb_scheduler hb_lottery = {.enqueue = enqueue, .pick = pick, .slice = slice};
