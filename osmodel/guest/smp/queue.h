/* Run queues, one per hart: an index into the task table. While a queue's lock is free, queue q holds exactly the tasks
 * that are READY(q), unless it is being filled again. Any hart may put a task into any queue, and take one out.
 *
 * A task leaves the queue's lists first and changes its word then; one that joins does it the other way round. A hart
 * that dies in between dies owning the lock: whoever takes that empties the queue, and has it filled again from the
 * table (sched/refill.h), so the order does not matter here. Until it is full again some of its tasks are in no list;
 * where queues are not recovered, the one that was in between is in none, and waits for ever.
 *
 * The order in which tasks leave is the scheduler's (sched/scheduler.h). It is not trusted: a task that it loses, or
 * returns when it does not wait in that queue, ends the run. */
#ifndef HB_SMP_QUEUE_H
#define HB_SMP_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/smp/sched/rq.h"
#include "osmodel/guest/smp/sched/scheduler.h"
#include "osmodel/guest/smp/task.h"

extern struct hb_rq hb_queues[HB_HARTS_MAX];

/* Put a task into a queue, the one that os.balance says, if its word is still `word`; `ready` is its word from then on,
 * but for the hart. Returns whether it was. A hart is told that may take it, or shall run it at once. */
bool hb_queue_put(uint32_t task, uint64_t word, uint64_t ready, enum hb_why why);
bool hb_queue_put_into(uint32_t q, uint32_t task, uint64_t word, uint64_t ready, enum hb_why why);

/* The same, but before all others that wait there: for a task that has been running already, and lost its hart. */
bool hb_queue_put_first(uint32_t task, uint64_t word, uint64_t ready);

/* Take the task that is next out of queue `q`: it becomes `state` (RUNNING or WAKING) of the executing hart. `was`: its
 * word before. Returns HB_NO_TASK when there is none. */
uint32_t hb_queue_take(uint32_t q, enum hb_task_state state, uint64_t *was);

/* The same, but gives up at once when the queue is locked. */
uint32_t hb_queue_try_take(uint32_t q, enum hb_task_state state, uint64_t *was);

/* The turn of the current task has ended: it joins queue `q`, where the next is taken at once, under the same lock.
 * Returns that one, which may be the same again, and else as hb_queue_take. */
uint32_t hb_queue_exchange(uint32_t q, enum hb_why why, uint64_t now, uint64_t *was);

/* Tell the scheduler how long the current task has run. To be called before it sleeps or waits, while it is still
 * RUNNING; more often does no harm. */
void hb_charge_current(void);

/* Shall `running`, which has just been charged, make room for `woken`? The lock is that of queue `q`. */
bool hb_queue_prefers(uint32_t q, uint32_t woken, uint32_t running);

/* If `lock` is a queue's, taken from a dead hart: empty the queue, to be filled again from the table, in pieces, by
 * whoever takes from it; or where recovery is told not to, leave it as it is. The executing hart owns the lock. Returns
 * whether it is. */
bool hb_queue_mend(const uint64_t *lock);

/* Make queue `q` an empty one. The executing hart owns its lock, or is the only one that runs. */
void hb_queue_clear(uint32_t q);

/* A task that is READY(q) joins the queue, which is whole, ordered by `scheduler`. The same holds for the lock. */
HB_INLINE void hb_queue_join(const struct hb_scheduler *scheduler, uint32_t q, uint32_t task, bool pinned,
                             enum hb_why why) {
    struct hb_rq *rq = &hb_queues[q];
    scheduler->enqueue(rq, task, why);
    rq->waiting++;
    rq->pinned += pinned;
}

/* A hint, without the lock. */
static inline bool hb_queue_looks_empty(uint32_t q) {
    const volatile struct hb_rq *rq = &hb_queues[q];
    return rq->waiting == 0 && rq->refill.left == 0;
}

#endif
