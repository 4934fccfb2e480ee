/* What an attempt leaves behind when it ends, by itself or with its hart: mutexes that it owned, and wake-ups that it
 * did not use. */
#ifndef HB_SMP_SWEEP_H
#define HB_SMP_SWEEP_H

#include "osmodel/guest/smp/waiters.h"

/* Look at each of the things of an attempt that has ended: free the mutex that it owned, and wake a waiter of what may
 * be had. The executing hart owns no lock. May be repeated: one that is woken too many finds that it must wait, and
 * does. */
void hb_sync_sweep(const struct hb_things *things);

/* The same for the present attempt of `task`, which the executing hart has and which is about to end. */
void hb_sync_give_up(uint32_t task);

#endif
