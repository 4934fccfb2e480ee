/* The shared counters of the workload `contend`.
 *
 * An increment raises a counter and notes whose increment number what it was, in one word and one step. That the task
 * has come one further is written afterwards; if its hart dies before, the counter's word still tells, and whoever uses
 * the counter next writes it first: another task, or the same one that begins this increment anew and finds it done. So
 * an increment is done once, however often its task is restarted, and recovery need not know of counters. */
#ifndef HB_SMP_COUNTER_H
#define HB_SMP_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/smp/mutex.h"

#define HB_INCREMENTS_MAX (1u << 20) /* of one task */

/* Increment number `sequence` of `task`, whose mutex of the same number it owns. If it has been done before, nothing
 * happens. Gives how many increments the task has done. */
uint64_t hb_counter_increment(uint32_t counter, uint32_t task, uint64_t sequence);

/* How many increments the task has done; after the death of its hart perhaps one less, until it makes its next. */
uint64_t hb_counter_progress(uint32_t task);

/* All increments that are in the counters (contend: the kernel's; share: the tasks' own). For the end of the run. */
uint64_t hb_counters_sum(void);

#endif
