/* Run queues, one per hart: an index into the task table. While a queue's lock is free, the queue of hart q holds
 * exactly the tasks that are READY(q). Only its own hart puts tasks in; any hart may take one out.
 *
 * A hart that dies while changing a queue dies owning its lock. Whoever takes the lock from it rebuilds the queue from
 * the table, so the order of steps does not matter here. */
#ifndef HB_SMP_QUEUE_H
#define HB_SMP_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/smp/task.h"

struct hb_queue {
    uint64_t lock;
    uint32_t head; /* both count up for ever; places are counted modulo HB_TASKS_MAX */
    uint32_t tail;
    uint16_t tasks[HB_TASKS_MAX];
} __attribute__((aligned(HB_LOCK_ALIGN)));

extern struct hb_queue hb_queues[HB_HARTS_MAX];

/* Put a task into the executing hart's queue, if its word is still `word`; `ready` is its word from then on. Returns
 * whether it was. */
bool hb_queue_put(uint32_t task, uint64_t word, uint64_t ready);

/* The same, but before all others that wait there: for a task that has been running already, and lost its hart. */
bool hb_queue_put_first(uint32_t task, uint64_t word, uint64_t ready);

/* Take the first task out of the queue of hart `q`: it becomes `state` (RUNNING or WAKING) of the executing hart.
 * `was`: its word before. Returns HB_NO_TASK when there is none. */
uint32_t hb_queue_take(uint32_t q, enum hb_task_state state, uint64_t *was);

/* The same, but gives up at once when the queue is locked. */
uint32_t hb_queue_try_take(uint32_t q, enum hb_task_state state, uint64_t *was);

/* Rebuild the queue of hart `q`. The executing hart owns its lock. */
void hb_queue_rebuild(uint32_t q);

/* At boot, while only one hart runs: append a task. */
void hb_queue_append(uint32_t q, uint32_t task);

/* A hint, without the lock. */
bool hb_queue_looks_empty(uint32_t q);

#endif
