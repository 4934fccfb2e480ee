/* Barriers: all tasks of a group meet there. */
#ifndef HB_SMP_BARRIER_H
#define HB_SMP_BARRIER_H

#include <stdint.h>

/* The current task arrives. Returns when it is the last one of its group, and has let the others go; else it waits, and
 * this does not return: its context must be the one in which it goes on. */
void hb_barrier_arrive(uint32_t barrier, uint32_t task);

#endif
