/* Which task runs next on the executing hart. */
#ifndef HB_SMP_SCHEDULE_H
#define HB_SMP_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/* Run the next task: of the own queue, of another's, or none until there is one. The hart owns no lock and no task. */
_Noreturn void hb_schedule(void);

/* Go on with the current task; `has_rung`: what the timer was set to has been seen to. */
_Noreturn void hb_continue(bool has_rung);

/* The current task's time slice is over, if it is (round-robin). Comes back if it goes on. */
void hb_preempt_if_due(void);

/* The current task lets others run. */
_Noreturn void hb_yield(uint32_t reason);

#endif
