/* The master: sends tasks to workers through their rings, and collects their answers. */
#ifndef HB_AMP_MASTER_H
#define HB_AMP_MASTER_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/amp/ring.h"

/* Collect, watch, give out; end the run when all tasks have ended. */
void hb_master_serve(void);

/* By a new master: all rings begin again in `term`. Workers are sent nothing before they have said what they have. */
void hb_master_begin(uint64_t term);

/* By a new master, for a task that the table says is with `hart`. If that is a worker, it will be asked; else the task
 * waits again. Returns the number of tasks that wait again. */
uint32_t hb_master_inherit(uint32_t task, uint32_t hart);

/* By a new master: an answer that it owes, as a worker, to the master before it. */
void hb_master_keep_own(const struct hb_message *answer);

/* Worker `hart` has been found dead: what it had sent counts, and whatever else it had been given waits again. From
 * here on its ring is ignored. Returns the number of tasks that wait again. */
uint32_t hb_master_give_up(uint32_t hart);

#endif
