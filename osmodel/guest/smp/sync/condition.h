/* Condition variables, with the semantics of Mesa (Lampson and Redell, "Experience with processes and monitors in
 * Mesa", 1980): a task that is woken has no claim to the mutex, another may be faster, and then what it waited for may
 * hold no longer. So it must look again. */
#ifndef HB_SMP_CONDITION_H
#define HB_SMP_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

/* The current task, which owns `mutex`, frees it and waits for a signal in one step: a signal that comes in between is
 * not missed. Returns, without the mutex, if it came at once; does not return when the task waits: then it makes the
 * system call again when it next runs. In either case it must then lock the mutex. */
void hb_condition_wait(uint32_t condition, uint32_t mutex, uint32_t task);

/* Wake one waiter, or all. The current task calls it. */
void hb_condition_signal(uint32_t condition, uint32_t task);
void hb_condition_broadcast(uint32_t condition, uint32_t task);

#endif
