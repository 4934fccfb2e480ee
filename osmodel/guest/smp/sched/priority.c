/* Fixed priorities: the task of the lowest level runs, those of one level in turn, a quantum each; one that is woken
 * takes the hart from a task of a higher level. A level that always has tasks starves the levels above it, unless
 * waiting tasks age: after each os.aging_cycles of waiting a task goes down a level, until it has run. */
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/sched/scheduler.h"

/* What is noted about a task. */
enum {
    SINCE, /* it waits in its present level since then */
    USED   /* of its quantum */
};

static uint32_t level_of(uint32_t task) {
    uint32_t priority = hb_task_priority(task);
    return priority < HB_LEVELS ? priority : HB_LEVELS - 1;
}

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    uint64_t *note = hb_note(task);
    struct hb_list *level = &rq->level[level_of(task)];
    note[SINCE] = hb_now_ticks();
    if (why == HB_WHY_PREEMPTED && note[USED] < hb_quantum()) {
        hb_list_push_front(level, task); /* by a task of a lower level: it has the rest of its quantum to come */
    } else {
        note[USED] = 0;
        hb_list_push_back(level, task);
    }
}

/* The tasks of a level that have waited long enough: those in front. */
static void age_level(struct hb_rq *rq, uint32_t level, uint64_t now, uint64_t aging) {
    for (;;) {
        uint32_t task = hb_list_first(&rq->level[level]);
        if (task == HB_NO_TASK)
            return;
        uint64_t *note = hb_note(task);
        uint64_t levels = (now - note[SINCE]) / aging;
        if (levels == 0)
            return;
        levels = levels < level ? levels : level;
        note[SINCE] += levels * aging;
        hb_list_pop(&rq->level[level]);
        hb_list_push_back(&rq->level[level - levels], task);
    }
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    uint64_t aging = hb_ticks(hb_params.aging_cycles);
    for (uint32_t level = 1; aging != 0 && level < HB_LEVELS; level++)
        age_level(rq, level, now, aging);
    for (uint32_t level = 0; level < HB_LEVELS; level++)
        if (!hb_list_is_empty(&rq->level[level]))
            return hb_list_pop(&rq->level[level]);
    return HB_NO_TASK;
}

static uint64_t slice(uint32_t task, uint64_t now) {
    (void)now;
    uint64_t used = hb_note(task)[USED];
    return used < hb_quantum() ? hb_quantum() - used : hb_quantum();
}

static void charge(uint32_t task, uint64_t ran) {
    hb_note(task)[USED] += ran;
}

static bool preempts(uint32_t woken, uint32_t running) {
    return level_of(woken) < level_of(running);
}

const struct hb_scheduler hb_priority = {enqueue, pick, slice, charge, preempts};
