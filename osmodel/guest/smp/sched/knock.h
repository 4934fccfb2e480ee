/* Knocking: a hart that has made a task ready tells another, or itself, that there is something to run. */
#ifndef HB_SCHED_KNOCK_H
#define HB_SCHED_KNOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/sched/scheduler.h"

/* `task` has joined queue `q`: wake a hart that sleeps and may take it. If there is none, and the task was woken, the
 * hart that serves the queue shall see whether the task that it runs makes room. */
void hb_knock(uint32_t q, uint32_t task, enum hb_why why);

/* The task that was woken for each hart, + 1; 0: none. A hint: a knock that is lost makes a task wait for the end of a
 * slice. */
struct hb_door {
    uint64_t task_plus_1;
} __attribute__((aligned(HB_LINE_ALIGN)));

extern struct hb_door hb_doors[HB_HARTS_MAX];

/* Whoever has knocked at the executing hart; HB_NO_TASK: nobody. They have been seen. */
HB_INLINE uint32_t hb_knock_answer(void) {
    uint64_t *door = &hb_doors[hb_hart_id()].task_plus_1;
    uint64_t task_plus_1 = hb_load(door);
    if (task_plus_1 != 0)
        hb_store(door, 0);
    return (uint32_t)task_plus_1 - 1;
}

/* Has somebody knocked since the last call, whose task still waits and is preferred by the scheduler to the current
 * one? */
bool hb_knock_has_preference(uint32_t woken);

HB_INLINE bool hb_knock_is_to_be_heard(void) {
    uint32_t woken = hb_knock_answer();
    return woken != HB_NO_TASK && hb_knock_has_preference(woken);
}

#endif
