/* The spin-lock word {owner hart + 1, epoch} of osmodel/abi.h.
 *
 * Taking a lock and being recorded as its owner are one step, so whoever finds a dead hart in a word may take the lock
 * from it, and a waiter's death does no harm. A hart holds at most one spin-lock at a time, so code inside the spin
 * loop (hb_spin_poll) holds none and may take one. */
#ifndef HB_GUEST_LOCK_H
#define HB_GUEST_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#define HB_LOCK_ALIGN 128 /* the longest cache line there is: a lock shares none with other data */

/* Provided by each kernel: what a hart does while it spins. It beats, watches, and handles dead harts. */
void hb_spin_poll(void);

/* One attempt. Returns 0 when the lock is taken, else the word that was in the way (or may have been: try again). */
uint64_t hb_lock_try(uint64_t *lock);
void hb_lock_acquire(uint64_t *lock);

/* The executing hart owns it; if it does not, the kernel panics. */
void hb_lock_release(uint64_t *lock);

/* The only lock that `hart` may own: the one that it has tried to take last. NULL: it has never tried. A hart says so
 * before it tries, so that the lock of a dead one is found at once; whether it owns it, the lock's word knows. */
uint64_t *hb_lock_wanted(uint32_t hart);

/* Take the lock from hart `dead`, if that owns it. Returns whether it did. The dead hart must be fenced. */
bool hb_lock_steal(uint64_t *lock, uint32_t dead);

#endif
