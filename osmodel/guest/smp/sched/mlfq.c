/* Multi-level feedback queues: a task begins in level 0, where slices are short, and goes to the next level, where they
 * are twice as long, when it has used one up. So tasks that sleep before their slice is over stay in front of those
 * that compute, without anybody having said which is which. Every os.boost_cycles all begin in level 0 again, with a
 * whole slice. */
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/sched/scheduler.h"

#define MLFQ_LEVELS 3 /* slices of one, two and four quanta */

/* What is noted about a task. */
enum {
    LEVEL, /* and, above its lowest byte, in which period this was noted: after the next boost neither counts */
    USED   /* of its slice */
};

/* The period between two boosts, and in which tick one begins. */
static uint64_t period_of(uint64_t now) {
    uint64_t boost = hb_params.boost_cycles;
    return boost != 0 ? now * hb_params.cycles_per_tick / boost : 0;
}

static uint64_t begin_of(uint64_t period) {
    uint64_t per_tick = hb_params.cycles_per_tick;
    return (period * hb_params.boost_cycles + per_tick - 1) / per_tick;
}

/* Up to date: a boost takes effect when somebody asks. */
static uint64_t *note_of(uint32_t task, uint64_t period) {
    uint64_t *note = hb_note(task);
    if (note[LEVEL] >> 8 != period) {
        note[LEVEL] = period << 8;
        note[USED] = 0;
    }
    return note;
}

static uint32_t level_of(const uint64_t *note) {
    return note[LEVEL] & 0xff;
}

static uint64_t slice_of(uint32_t level) {
    return hb_quantum() << level;
}

static void boost(struct hb_rq *rq, uint64_t period) {
    if (rq->note[0] == period)
        return;
    rq->note[0] = period;
    for (uint32_t level = 1; level < MLFQ_LEVELS; level++)
        hb_list_append(&rq->level[0], &rq->level[level]);
}

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    uint64_t period = period_of(hb_now_ticks());
    uint64_t *note = note_of(task, period);
    struct hb_list *level = &rq->level[level_of(note)];
    boost(rq, period); /* whoever comes after it stands behind all others */
    if (why == HB_WHY_PREEMPTED && note[USED] != 0) {
        hb_list_push_front(level, task); /* by a task of a lower level: it has the rest of its slice to come */
    } else {
        if (why == HB_WHY_WOKEN)
            note[USED] = 0;
        hb_list_push_back(level, task);
    }
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    boost(rq, period_of(now));
    for (uint32_t level = 0; level < MLFQ_LEVELS; level++)
        if (!hb_list_is_empty(&rq->level[level]))
            return hb_list_pop(&rq->level[level]);
    return HB_NO_TASK;
}

/* What is left of it, but no longer than to the next boost: then its level and slice are others. */
static uint64_t slice(uint32_t task, uint64_t now) {
    uint64_t period = period_of(now);
    const uint64_t *note = note_of(task, period);
    uint64_t whole = slice_of(level_of(note));
    uint64_t rest = note[USED] < whole ? whole - note[USED] : whole; /* the host may have shortened the quantum */
    uint64_t to_boost = hb_params.boost_cycles != 0 ? begin_of(period + 1) - now : rest;
    return to_boost < rest ? to_boost : rest;
}

static void charge(uint32_t task, uint64_t ran) {
    uint64_t now = hb_now_ticks();
    uint64_t period = period_of(now);
    uint64_t *note = note_of(task, period);
    uint64_t since_boost = period != 0 ? now - begin_of(period) : ran;
    note[USED] += ran < since_boost ? ran : since_boost;
    if (note[USED] < slice_of(level_of(note)))
        return;
    if (level_of(note) + 1 < MLFQ_LEVELS)
        note[LEVEL]++;
    note[USED] = 0;
}

static bool preempts(uint32_t woken, uint32_t running) {
    uint64_t period = period_of(hb_now_ticks());
    return level_of(note_of(woken, period)) < level_of(note_of(running, period));
}

const struct hb_scheduler hb_mlfq = {enqueue, pick, slice, charge, preempts};
