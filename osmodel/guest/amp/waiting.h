/* The tasks that wait to be sent: lists that only the master reads or writes.
 *
 * Under dynamic assignment a task waits in the list of its role, and goes to whichever worker of that role is free
 * first. Under static assignment it waits in the list of one worker, dealt in turn, and goes to that worker even if
 * others have nothing to do. */
#ifndef HB_AMP_WAITING_H
#define HB_AMP_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"

#define HB_NO_TASK UINT32_MAX

/* At boot, before the crew is known: enter a task of `role`, after all others. And when the crew is known: deal them
 * out, if assignment is static. */
void hb_waiting_add_new(uint32_t task, uint32_t role);
void hb_waiting_deal(void);

/* By a new master: nothing waits. Then it enters what does, and deals. */
void hb_waiting_clear(void);

/* Enter a task that has been taken, before all others. */
void hb_waiting_add_first(uint32_t task);

/* Remove the task that waits longest of those that `hart` may run. HB_NO_TASK: there is none. */
uint32_t hb_waiting_take(uint32_t hart);

/* How many wait; how many of them for `hart`. */
uint32_t hb_waiting(void);
uint32_t hb_waiting_for(uint32_t hart);

/* `hart` has left the crew: deal out again what waits for it alone. */
void hb_waiting_deal_out(uint32_t hart);

#endif
