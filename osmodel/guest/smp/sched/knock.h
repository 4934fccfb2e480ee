/* Knocking: a hart that has made a task ready tells another, or itself, that there is something to run. */
#ifndef HB_SCHED_KNOCK_H
#define HB_SCHED_KNOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/smp/sched/scheduler.h"

/* `task` has joined queue `q`: wake a hart that sleeps and may take it. If there is none, and the task was woken, the
 * hart that serves the queue shall see whether the task that it runs makes room. */
void hb_knock(uint32_t q, uint32_t task, enum hb_why why);

/* Has somebody knocked since the last call, whose task still waits and is preferred by the scheduler to the current
 * one? */
bool hb_knock_is_to_be_heard(void);

/* Whoever has knocked at the executing hart is seen, for it is about to choose. */
void hb_knock_forget(void);

#endif
