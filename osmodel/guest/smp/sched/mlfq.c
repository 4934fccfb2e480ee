/* Multi-level feedback queues: a task begins in level 0, where slices are short, and goes to the next level, where they
 * are twice as long, when it has used one up. So tasks that sleep before their slice is over stay in front of those
 * that compute, without anybody having said which is which. Every os.boost_cycles all begin in level 0 again. */
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/sched/scheduler.h"

#define MLFQ_LEVELS 3 /* slices of one, two and four quanta */

/* What is noted about a task. */
enum {
    LEVEL, /* and, above its lowest byte, in which period it was reached: after the next boost it does not count */
    USED   /* of its slice */
};

/* The period between two boosts. */
static uint64_t period_of(uint64_t now) {
    uint64_t boost = hb_params.boost_cycles;
    return boost != 0 ? now * hb_params.cycles_per_tick / boost : 0;
}

static uint32_t level_of(uint32_t task) {
    uint64_t level = hb_note(task)[LEVEL];
    return level >> 8 == period_of(hb_now_ticks()) ? level & 0xff : 0;
}

static uint64_t slice_of(uint32_t level) {
    return hb_quantum() << level;
}

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    uint64_t *used = &hb_note(task)[USED];
    struct hb_list *level = &rq->level[level_of(task)];
    if (why == HB_WHY_PREEMPTED && *used != 0) {
        hb_list_push_front(level, task); /* by a task of a lower level: it has the rest of its slice to come */
    } else {
        if (why == HB_WHY_WOKEN)
            *used = 0;
        hb_list_push_back(level, task);
    }
}

static void boost(struct hb_rq *rq, uint64_t now) {
    uint64_t period = period_of(now);
    if (rq->note[0] == period)
        return;
    rq->note[0] = period;
    for (uint32_t level = 1; level < MLFQ_LEVELS; level++)
        hb_list_append(&rq->level[0], &rq->level[level]);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    boost(rq, now);
    for (uint32_t level = 0; level < MLFQ_LEVELS; level++)
        if (!hb_list_is_empty(&rq->level[level]))
            return hb_list_pop(&rq->level[level]);
    return HB_NO_TASK;
}

static uint64_t slice(uint32_t task, uint64_t now) {
    (void)now;
    uint64_t whole = slice_of(level_of(task));
    uint64_t used = hb_note(task)[USED];
    return used < whole ? whole - used : whole;
}

static void charge(uint32_t task, uint64_t ran) {
    uint64_t *note = hb_note(task);
    uint32_t level = level_of(task);
    note[USED] += ran;
    if (note[USED] < slice_of(level))
        return;
    uint32_t next = level + 1 < MLFQ_LEVELS ? level + 1 : level;
    note[LEVEL] = next | period_of(hb_now_ticks()) << 8;
    note[USED] = 0;
}

static bool preempts(uint32_t woken, uint32_t running) {
    return level_of(woken) < level_of(running);
}

const struct hb_scheduler hb_mlfq = {enqueue, pick, slice, charge, preempts};
