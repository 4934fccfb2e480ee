/* Schedulers: each is a file of this room, and decides which of a run queue's tasks runs next, and for how long.
 *
 * The kernel calls a scheduler with the queue's lock held, so it needs no locks of its own. It is told of every task
 * that joins a queue (`enqueue`) and asked for one when a hart is free (`pick`). Between the two the task belongs to
 * the queue; a task that was picked belongs to its hart until it joins a queue again.
 *
 * Where a scheduler keeps what it knows:
 *   - the tasks of a queue in its lists, rq->level[0 .. HB_LEVELS - 1] (list.h: push, pop, walk);
 *   - what else it knows of a queue in rq->note[], which is 0 at first and when the queue has been emptied;
 *   - what it knows of a task in hb_note(task)[], which is 0 at first. It stays when the task moves to another queue.
 * Nothing else: when a hart dies with the lock held, the kernel empties the queue, lists and notes, and puts its tasks
 * in again, for the reason REBUILT, in the order of their numbers; if there are many, not all at once, and others join
 * and leave in between.
 *
 * What a scheduler must do: it may delay a task, but it must not lose one, nor return one that it has returned already.
 * The kernel counts, and ends the run with a line that says which scheduler lost which task.
 *
 * The whole of round-robin:
 *
 *     static void enqueue(struct hb_rq *rq, uint32_t task, enum hb_why why) {
 *         hb_list_push_back(&rq->level[0], task);
 *     }
 *     static uint32_t pick(struct hb_rq *rq, uint64_t now) {
 *         return hb_list_pop(&rq->level[0]);
 *     }
 *     static uint64_t slice(uint32_t task, uint64_t now) {
 *         return hb_quantum();
 *     }
 *     const struct hb_scheduler hb_round_robin = {.enqueue = enqueue, .pick = pick, .slice = slice};
 */
#ifndef HB_SCHED_SCHEDULER_H
#define HB_SCHED_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/sched/list.h"
#include "osmodel/guest/smp/sched/rq.h"
#include "osmodel/guest/smp/task.h"

#define HB_FOREVER UINT64_MAX

/* Why a task joins a queue. */
enum hb_why {
    HB_WHY_NEW,       /* it has not run yet */
    HB_WHY_WOKEN,     /* it slept, or waited for something */
    HB_WHY_YIELDED,   /* it gave its hart away */
    HB_WHY_PREEMPTED, /* its slice was over, or another was preferred to it */
    HB_WHY_REBUILT,   /* it has waited since it last joined one: a hart died with the lock, or it was moved */
};

/* Times are in ticks. `enqueue` and `pick` are needed; the others may be NULL. */
struct hb_scheduler {
    /* `task` joins the queue. */
    void (*enqueue)(struct hb_rq *rq, uint32_t task, enum hb_why why);

    /* Take the task that runs next out of the queue; HB_NO_TASK if the queue has none. The hart may be another than the
     * queue's. */
    uint32_t (*pick)(struct hb_rq *rq, uint64_t now);

    /* How long it may run before it is put back as PREEMPTED; HB_FOREVER, as without this function: until it ends,
     * waits or yields. */
    uint64_t (*slice)(uint32_t task, uint64_t now);

    /* It has run for so long since it was picked, or charged last. Called before it joins a queue as YIELDED or
     * PREEMPTED, when its slice is over and no other waits, and before it sleeps or waits. */
    void (*charge)(uint32_t task, uint64_t ran);

    /* Shall `running`, which has just been charged, make room for `woken`, which waits in the same queue? Without this
     * function never. */
    bool (*preempts)(uint32_t woken, uint32_t running);
};

/* ---- What a scheduler may ask ---------------------------------------------------------------------------------- */

/* The length of a quantum (os.quantum_cycles), in ticks; at least 1. */
void hb_quantum_work_out(struct hb_period *quantum);
static inline uint64_t hb_quantum(void) {
    struct hb_period *quantum = &hb_self()->quantum;
    if (quantum->cycles != hb_params.quantum_cycles || quantum->ticks == 0)
        hb_quantum_work_out(quantum);
    return quantum->ticks;
}

/* The scheduler's own two words about a task. */
static inline uint64_t *hb_note(uint32_t task) {
    struct hb_task *of = &hb_tasks[task];
    if (of->noted_by != hb_params.scheduler) { /* what another has noted means nothing to this one */
        of->noted_by = (uint32_t)hb_params.scheduler;
        of->note[0] = 0;
        of->note[1] = 0;
    }
    return of->note;
}

/* How many groups of tasks there are, at least 1; hb_task_group() in task.h gives the number of a task's group. */
uint32_t hb_groups(void);

/* What os.workload says of a task: its priority, 0 (first) to HB_LEVELS - 1; its weight, at least 1; how much work it
 * has to do in all, in no particular unit. */
uint32_t hb_task_priority(uint32_t task);
uint32_t hb_task_weight(uint32_t task);
uint64_t hb_task_length(uint32_t task);

/* ---- For the kernel -------------------------------------------------------------------------------------------- */

/* By HB_SCHED_*. */
extern const struct hb_scheduler *const hb_schedulers[HB_SCHEDULERS];
extern const char *const hb_scheduler_names[HB_SCHEDULERS];

/* The scheduler that the parameter `scheduler` names; boot has seen that there is one, and if the host has put another
 * number there since, it is the first. */
static inline const struct hb_scheduler *hb_scheduler(void) {
    uint64_t scheduler = hb_params.scheduler;
    return hb_schedulers[scheduler < HB_SCHEDULERS ? scheduler : 0];
}

extern const struct hb_scheduler hb_fifo;
extern const struct hb_scheduler hb_round_robin;
extern const struct hb_scheduler hb_priority;
extern const struct hb_scheduler hb_mlfq;
extern const struct hb_scheduler hb_sjf;
extern const struct hb_scheduler hb_lottery;
extern const struct hb_scheduler hb_fair;
extern const struct hb_scheduler hb_gang;

/* Somebody's own, linked with the kernel; without it the image has no such scheduler. */
extern const struct hb_scheduler hb_mine __attribute__((weak));

#endif
