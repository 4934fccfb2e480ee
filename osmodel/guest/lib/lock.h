/* The spin-lock word {owner hart + 1, epoch} of osmodel/abi.h.
 *
 * Taking a lock and being recorded as its owner are one step, so whoever finds a dead hart in a word may take the lock
 * from it, and a waiter's death does no harm. A hart holds at most one spin-lock at a time, so code inside the spin
 * loop (hb_spin_poll) holds none and may take one. */
#ifndef HB_GUEST_LOCK_H
#define HB_GUEST_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"

#define HB_LOCK_ALIGN 128 /* the longest cache line there is: a lock shares none with other data */
#define HB_LOCK_EPOCH (1ull << 32)

/* The lock that a hart has tried to take last; NULL: it has never tried. Written by its hart alone; the
 * compare-and-swap that takes the lock is performed after it. */
struct hb_lock_wanted {
    uint64_t *lock;
} __attribute__((aligned(HB_LOCK_ALIGN)));

extern struct hb_lock_wanted hb_locks_wanted[HB_HARTS_MAX];

/* Provided by each kernel: what a hart does while it spins. It beats, watches, and handles dead harts. */
void hb_spin_poll(void);

/* The executing hart is about to try to take it. */
HB_INLINE void hb_lock_want(uint64_t *lock) {
    uint64_t *volatile *wanted = &hb_locks_wanted[hb_hart_id()].lock;
    if (hb_flushes() && *wanted == lock)
        return; /* in a spin loop it would be cleaned again and again */
    HB_PUT(*wanted, lock);
}

/* One attempt. Returns 0 when the lock is taken, else the word that was in the way (or may have been: try again). */
HB_INLINE uint64_t hb_lock_try(uint64_t *lock) {
    uint64_t word = hb_load(lock);
    uint64_t mine = word + HB_LOCK_EPOCH + hb_hart_id() + 1; /* of a free one, whose owner is 0 */
    hb_lock_want(lock);
    if (HB_LOCK_OWNER(word) != 0 || !hb_compare_and_swap(lock, word, mine))
        return word | HB_LOCK_EPOCH; /* not 0, even for a free lock that another hart was faster to take */
    HB_TRACE(HB_TP_LOCK_ACQUIRE, (uintptr_t)lock, mine >> 32);
    return 0;
}

/* Wait for it, after an attempt that met `word`. */
void hb_lock_wait(uint64_t *lock, uint64_t word);

HB_INLINE void hb_lock_acquire(uint64_t *lock) {
    uint64_t word = hb_lock_try(lock);
    if (HB_RARE(word != 0))
        hb_lock_wait(lock, word);
}

/* The end of the run: a hart releases a lock that it does not own. */
_Noreturn void hb_lock_refuse(void);

/* The executing hart owns it; if it does not, the kernel panics. */
HB_INLINE void hb_lock_release(uint64_t *lock) {
    uint64_t word = hb_load(lock);
    if (HB_RARE(HB_LOCK_OWNER(word) != hb_hart_id() + 1))
        hb_lock_refuse();
    hb_store(lock, word >> 32 << 32); /* the epoch does not change */
    HB_TRACE(HB_TP_LOCK_RELEASE, (uintptr_t)lock, 0);
}

/* The same for a lock with which an object of so many bytes begins that it guards: where data are flushed, these are in
 * memory before another hart can have the lock. */
HB_INLINE void hb_lock_release_of(uint64_t *lock, uint64_t bytes) {
    if (hb_flushes())
        hb_clean(lock, bytes);
    hb_lock_release(lock);
}

/* The only lock that `hart` may own: the one that it has tried to take last. NULL: it has never tried. A hart says so
 * before it tries, so that the lock of a dead one is found at once; whether it owns it, the lock's word knows. */
uint64_t *hb_lock_wanted(uint32_t hart);

/* Take the lock from hart `dead`, if that owns it. Returns whether it did. The dead hart must be fenced. */
bool hb_lock_steal(uint64_t *lock, uint32_t dead);

#endif
