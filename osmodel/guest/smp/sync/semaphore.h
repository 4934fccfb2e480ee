/* Semaphores: so many may pass. Nobody owns what it took from one, so what a dead task took stays taken, unless its
 * group begins again: kinds whose tasks must give it back are of that contract (workloads/kinds.h, takes_seats). */
#ifndef HB_SMP_SEMAPHORE_H
#define HB_SMP_SEMAPHORE_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/smp/sync/sync.h"

/* The current task takes one. Does not return when it must wait: then it makes the system call again when it next
 * runs. */
void hb_semaphore_down(uint32_t semaphore, uint32_t task);

/* For whoever holds the object's lock: is there one to take? */
bool hb_semaphore_may_pass(const struct hb_sync *sync);

/* Give one back, and wake a waiter. */
void hb_semaphore_up(uint32_t semaphore, uint32_t task);

#endif
