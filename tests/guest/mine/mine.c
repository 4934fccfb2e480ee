/* A scheduler of somebody's own, in the place of a student's: first in, first out, with one mistake, which the seed
 * chooses. */
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/sched/scheduler.h"
#include "tests/guest/mine/mistakes.h"

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    if (hb_params.seed == MISTAKE_LOSES && task == 17 && why != HB_WHY_NEW)
        return;
    if (hb_params.seed == MISTAKE_FORGETS_REBUILT && why == HB_WHY_REBUILT)
        return;
    hb_list_push_back(&rq->level[0], task);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    (void)now;
    if (hb_params.seed == MISTAKE_KEEPS_LAST && hb_list_first(&rq->level[0]) + 1 == rq->level[0].tail)
        return HB_NO_TASK;
    uint32_t task = hb_list_pop(&rq->level[0]);
    if (hb_params.seed == MISTAKE_INVENTS && task == 17)
        return 5000;
    if (hb_params.seed == MISTAKE_REPEATS && task == 17)
        hb_list_push_back(&rq->level[0], task);
    return task;
}

static uint64_t slice(uint32_t task, uint64_t now) {
    (void)task;
    (void)now;
    return hb_quantum();
}

const struct hb_scheduler hb_mine = {.enqueue = enqueue, .pick = pick, .slice = slice};
