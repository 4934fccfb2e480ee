/* Which task runs next on the executing hart. */
#ifndef HB_SMP_SCHEDULE_H
#define HB_SMP_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/* Run the next task: from its own queue, from another's, or none until there is one. The hart owns no lock and no
 * task. */
_Noreturn void hb_schedule(void);

/* Resume the current task; `has_rung`: what the timer was set for has been handled. */
_Noreturn void hb_continue(bool has_rung);

/* End the current task's turn if it is over, or if a task was woken that the scheduler prefers. `has_rung`: what the
 * timer was set for has been handled. Returns if the task goes on. */
void hb_preempt_if_due(bool has_rung);

/* After an interrupt by another hart: an idle one may have asked for the current task (sched/pace.h). Returns if it
 * stays. */
void hb_hand_over_if_asked(void);

/* The current task lets others run. */
_Noreturn void hb_yield(uint32_t reason);

#endif
