/* The shared counters of the workload `contend`.
 *
 * An increment raises a counter and records which task's increment it was, and its number, in one word and one step.
 * The task's progress is written afterwards; if its hart dies before that, the counter's word still shows it, and
 * whoever uses the counter next writes it first: another task, or the same one that repeats this increment and finds it
 * done. So an increment is done once, however often its task is restarted, and recovery need not know about
 * counters. */
#ifndef HB_SMP_COUNTER_H
#define HB_SMP_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/smp/sync/mutex.h"

/* Increment number `sequence` of `task`, which owns the mutex of the same number. If it has been done before, nothing
 * happens. Returns how many increments the task has done. */
uint64_t hb_counter_increment(uint32_t counter, uint32_t task, uint64_t sequence);

/* How many increments the task has done; after the death of its hart perhaps one less, until it makes its next. */
uint64_t hb_counter_progress(uint32_t task);

/* All increments that are in the counters of a group (contend: the kernel's; share: the tasks' own); 0 where nothing is
 * counted. For the end of the run. */
uint64_t hb_counters_sum(uint32_t group);

#endif
