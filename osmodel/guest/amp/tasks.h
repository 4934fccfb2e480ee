/* The master's books: the task table. Only the master reads or writes it, and its successor after it.
 *
 * A task's word in the table, {state, hart, attempt}, changes by one store, and is safe before the master acts on it
 * (reign.h): so the table never knows less than a worker.
 *
 *     WAITING      in a list (waiting.h)
 *     SENT(hart)   its request is in the ring to that hart
 *     BEGUN(hart)  that hart has announced its first instruction
 *     DONE, LOST   for good */
#ifndef HB_AMP_TASKS_H
#define HB_AMP_TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"

enum hb_amp_task_state { HB_TASK_NONE, HB_TASK_WAITING, HB_TASK_SENT, HB_TASK_BEGUN, HB_TASK_DONE, HB_TASK_LOST };

/* At boot: enter the tasks of all groups, all waiting. */
void hb_tasks_create(void);

/* By a new master: none is counted as done or lost; then it counts each that is. */
void hb_tasks_reopen(void);
void hb_task_recount(uint32_t task);

/* What the table says of a task. `hart` counts where it is with one: SENT, BEGUN. */
enum hb_amp_task_state hb_task_state(uint32_t task);
uint32_t hb_task_hart(uint32_t task);

/* Assign the task that waits longest of those that `hart` may run to it. HB_NO_TASK: there is none. */
uint32_t hb_task_send(uint32_t hart);

/* The number of the task's present attempt. */
uint32_t hb_task_attempt(uint32_t task);

/* Does the table say that `hart` has this attempt of the task? */
bool hb_task_is_with(uint32_t task, uint32_t attempt, uint32_t hart);

/* It has begun where it is. Has it? */
void hb_task_begun(uint32_t task);
bool hb_task_has_begun(uint32_t task);

/* A task that was sent has ended. Its result is stored before the table says so. */
void hb_task_done(uint32_t task, uint64_t checksum);
void hb_task_lost(uint32_t task);

/* A task that was sent waits again, before all others; as a new attempt if the old one had begun. */
void hb_task_restart(uint32_t task);
void hb_task_take_back(uint32_t task);

/* All are done or lost. */
bool hb_tasks_have_ended(void);

/* Print the results, and end the run. */
_Noreturn void hb_tasks_finish(void);

#endif
