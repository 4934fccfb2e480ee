/* Gangs: the tasks of a group run at the same time, so that they can wait for each other without giving their harts
 * away. Whose turn it is follows from the time alone, so all harts agree without talking to each other. A hart on which
 * the group has nothing to run takes a task of the next group that has. */
#include "osmodel/guest/smp/sched/scheduler.h"
#include "osmodel/guest/smp/task.h"

_Static_assert(HB_GROUPS_MAX <= HB_LEVELS, "each group has a list of its own");

static uint32_t turn_of(uint64_t now) {
    return (uint32_t)(now / hb_quantum() % hb_groups());
}

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    (void)why;
    hb_list_push_back(&rq->level[hb_task_group(task)], task);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    uint32_t groups = hb_groups();
    uint32_t group = turn_of(now);
    for (uint32_t i = 0; i < groups; i++) {
        if (!hb_list_is_empty(&rq->level[group]))
            return hb_list_pop(&rq->level[group]);
        group = group + 1 < groups ? group + 1 : 0;
    }
    return HB_NO_TASK;
}

/* To the end of this turn. */
static uint64_t slice(uint32_t task, uint64_t now) {
    (void)task;
    return hb_quantum() - now % hb_quantum();
}

static bool preempts(uint32_t woken, uint32_t running) {
    uint32_t turn = turn_of(hb_now_ticks());
    return hb_task_group(woken) == turn && hb_task_group(running) != turn;
}

const struct hb_scheduler hb_gang = {.enqueue = enqueue, .pick = pick, .slice = slice, .preempts = preempts};
