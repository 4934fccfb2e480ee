/* Which queue a task joins, and from which queues a hart takes tasks: os.balance.
 *
 *     steal    a hart has its own queue; when that is empty, it takes a task out of another; when all are, it takes
 *              over what a hart runs that is far slower (pace.h)
 *     none     a task stays with the hart that it was dealt to, whatever the others do
 *     push     as none, but a hart that has tasks waiting gives them to harts that are idle
 *     global   all harts share one queue, that of hart 0
 *
 * Tasks may be pinned to a hart (os.workload.placement). A queue in which pinned tasks wait is left alone by thieves.
 *
 * Queues outlive harts. That of a dead hart is served by the living as it stands: by whoever steals, else by the next
 * hart that is alive. With os.recovery.queues "none" nobody serves it. */
#ifndef HB_SCHED_BALANCE_H
#define HB_SCHED_BALANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/queue.h"

/* The queue that a task joins which the executing hart makes ready. */
uint32_t hb_balance_find_home(uint32_t task);

static inline uint32_t hb_balance_home(uint32_t task) {
    bool is_own = hb_params.balance == HB_BALANCE_STEAL && hb_task_place(task) == HB_PLACE_ANY;
    return is_own ? hb_hart_id() : hb_balance_find_home(task);
}

/* The queue from which the executing hart takes its tasks first. */
static inline uint32_t hb_balance_own(void) {
    return hb_params.balance == HB_BALANCE_GLOBAL ? 0 : hb_hart_id();
}

/* The hart that takes from queue `q` first, of those that are alive. */
uint32_t hb_balance_server(uint32_t q);

/* Take the next task for the executing hart, out of whichever queue; `was`: its word before. HB_NO_TASK if there is
 * none, or its queue is locked. */
uint32_t hb_balance_take(uint64_t *was);

/* A hint: does a task wait that the executing hart may take? */
bool hb_balance_is_work_in_sight(void);

/* Tell the host which lock is in the way: that of a queue from which the executing hart wants to take. */
void hb_balance_tell_lock(void);

/* Push: the executing hart, which owns no lock, gives tasks that wait for it to idle harts. */
void hb_balance_push(void);

/* Do harts push? */
static inline bool hb_balance_pushes(void) {
    return hb_params.balance == HB_BALANCE_PUSH;
}

/* May the executing hart take from queue `q`? */
bool hb_balance_may_take(uint32_t q);

/* May any hart take from queue `q`? */
static inline bool hb_balance_is_shared(uint32_t q) {
    uint64_t balance = hb_params.balance;
    return balance == HB_BALANCE_GLOBAL || (balance == HB_BALANCE_STEAL && hb_queues[q].pinned == 0);
}

#endif
