/* Fair shares: each task has a virtual time, which passes while it runs, the slower the greater its weight. The task
 * whose virtual time is the least runs for a quantum. So all virtual times stay close together, and real times are as
 * the weights are.
 *
 * A queue's clock is the virtual time of the task that was picked last. A task that was away, asleep or in another
 * queue, comes back with a time near that clock: what it did not use meanwhile is forfeited, and what it used in a
 * queue whose clock is far ahead is not held against it. */
#include "osmodel/guest/smp/sched/scheduler.h"

#define SCALE 1024u /* virtual time that passes in a tick at weight 1 */

enum { CLOCK = 0 }; /* what is noted about a queue */
enum { TIME = 0 };  /* what is noted about a task */

static uint64_t virtual_time(uint32_t task, uint64_t ticks) {
    return ticks * SCALE / hb_task_weight(task);
}

static bool is_before(uint32_t task, uint32_t other) {
    return hb_note(task)[TIME] < hb_note(other)[TIME];
}

static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
    (void)why;
    uint64_t *time = &hb_note(task)[TIME];
    uint64_t clock = rq->note[CLOCK];
    uint64_t latest = clock + virtual_time(task, 2 * hb_quantum());
    *time = *time < clock ? clock : *time > latest ? latest : *time;
    hb_list_insert_sorted(&rq->level[0], task, is_before);
}

static uint32_t pick(struct hb_rq *rq, uint64_t now) {
    (void)now;
    uint32_t task = hb_list_pop(&rq->level[0]);
    if (task != HB_NO_TASK)
        rq->note[CLOCK] = hb_note(task)[TIME];
    return task;
}

static uint64_t slice(uint32_t task, uint64_t now) {
    (void)task;
    (void)now;
    return hb_quantum();
}

static void charge(uint32_t task, uint64_t ran) {
    hb_note(task)[TIME] += virtual_time(task, ran);
}

/* Not for a trifle: switching costs, too. */
static bool preempts(uint32_t woken, uint32_t running) {
    return hb_note(woken)[TIME] + virtual_time(woken, hb_quantum() / 4) < hb_note(running)[TIME];
}

const struct hb_scheduler hb_fair = {enqueue, pick, slice, charge, preempts};
