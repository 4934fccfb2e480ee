/* The spin-lock word {owner hart + 1, epoch} of osmodel/abi.h.
 *
 * Owning a lock and being named as its owner are one step, so whoever finds a dead hart's name in a word may take it
 * from it, and no waiter's death harms anybody. A hart holds at most one spin-lock at a time: then what runs inside the
 * spin loop (hb_spin_poll) holds none, and may take one. */
#ifndef HB_GUEST_LOCK_H
#define HB_GUEST_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#define HB_LOCK_ALIGN 128 /* the longest cache line there is: a lock shares none with strangers */

/* Each kernel's own: what a hart does while it spins. It beats, watches, and deals with the dead. */
void hb_spin_poll(void);

/* One attempt. Gives 0 when the lock is taken, else the word that stood in the way (or may have: try again). */
uint64_t hb_lock_try(uint64_t *lock);
void hb_lock_acquire(uint64_t *lock);
void hb_lock_release(uint64_t *lock);

/* Take the lock from hart `dead`, if that owns it. Tells whether it did. The dead hart must be fenced. */
bool hb_lock_steal(uint64_t *lock, uint32_t dead);

#endif
