/* Feedback queues of three levels. A task that has used its slice up goes down; one that sleeps keeps its level. */
#include "lab.h"

#define LEVELS 3

enum { LEVEL, USED };

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    uint64_t *note = hb_note(task);
    if (why == HB_WHY_WOKEN)
        note[USED] = 0;
    if (why == HB_WHY_PREEMPTED && note[USED] != 0)
        hb_list_push_front(&rq->level[note[LEVEL]], task);
    else
        hb_list_push_back(&rq->level[note[LEVEL]], task);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    uint32_t task = HB_NO_TASK;
    for (uint32_t level = 0; level < LEVELS && task == HB_NO_TASK; level++)
        task = hb_list_pop(&rq->level[level]);
    return task;
}

static uint64_t slice(uint32_t task, uint64_t now) {
    uint64_t whole = hb_quantum() << hb_note(task)[LEVEL];
    return whole - hb_note(task)[USED];
}

static void charge(uint32_t task, uint64_t ran) {
    uint64_t *note = hb_note(task);
    note[USED] += ran;
    if (note[USED] < hb_quantum() << note[LEVEL])
        return;
    note[USED] = 0;
    note[LEVEL] += note[LEVEL] < LEVELS - 1;
}

static bool preempts(uint32_t woken, uint32_t running) {
    return hb_note(woken)[LEVEL] < hb_note(running)[LEVEL];
}

const struct hb_scheduler hb_mine = {enqueue, pick, slice, charge, preempts};
