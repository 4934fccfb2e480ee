/* Shortest job first: of the tasks that wait, the one with the least work, as its declared length says; those of one
 * length in the order in which they came. A task that runs is not interrupted. */
#include "osmodel/guest/smp/sched/scheduler.h"

static bool is_before(uint32_t task, uint32_t other) {
    return hb_task_length(task) < hb_task_length(other);
}

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    (void)why;
    hb_list_insert_sorted(&rq->level[0], task, is_before);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    (void)now;
    return hb_list_pop(&rq->level[0]);
}

const struct hb_scheduler hb_sjf = {.enqueue = enqueue, .pick = pick};
