#include "osmodel/guest/lib/lock.h"

#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/riscv.h"
#include "osmodel/guest/lib/tracepoint.h"

#define EPOCH (1ull << 32)

/* Written by its hart alone; the compare-and-swap that takes the lock is performed after it. */
static struct wanted { uint64_t *lock; } __attribute__((aligned(HB_LOCK_ALIGN))) wanted[HB_HARTS_MAX];

static void want(uint64_t *lock) {
    *(uint64_t *volatile *)&wanted[hb_hart_id()].lock = lock;
}

uint64_t *hb_lock_wanted(uint32_t hart) {
    return *(uint64_t *volatile *)&wanted[hart].lock;
}

/* The word that `hart` writes when it takes a lock that holds `word`. */
static uint64_t taken(uint64_t word, uint32_t hart) {
    return ((word & ~(EPOCH - 1)) + EPOCH) | (hart + 1);
}

uint64_t hb_lock_try(uint64_t *lock) {
    uint64_t word = hb_load(lock);
    uint64_t mine = taken(word, hb_hart_id());
    want(lock);
    if (HB_LOCK_OWNER(word) != 0 || !hb_compare_and_swap(lock, word, mine))
        return word | EPOCH; /* not 0, even for a free lock that another hart was faster to take */
    HB_TRACE(HB_TP_LOCK_ACQUIRE, (uintptr_t)lock, mine >> 32);
    return 0;
}

void hb_lock_acquire(uint64_t *lock) {
    uint64_t word = hb_lock_try(lock);
    if (word == 0)
        return;
    HB_TRACE(HB_TP_LOCK_WAIT, (uintptr_t)lock, HB_LOCK_OWNER(word));
    do {
        hb_spin_poll();
    } while (hb_lock_try(lock) != 0);
}

void hb_lock_release(uint64_t *lock) {
    uint64_t word = hb_load(lock);
    if (HB_LOCK_OWNER(word) != hb_hart_id() + 1)
        hb_panic("a hart releases a lock that it does not own");
    hb_store(lock, word & ~(EPOCH - 1)); /* the epoch does not change */
    HB_TRACE(HB_TP_LOCK_RELEASE, (uintptr_t)lock, 0);
}

bool hb_lock_steal(uint64_t *lock, uint32_t dead) {
    uint64_t word = hb_load(lock);
    want(lock);
    if (HB_LOCK_OWNER(word) != dead + 1 || !hb_compare_and_swap(lock, word, taken(word, hb_hart_id())))
        return false;
    HB_TRACE(HB_TP_LOCK_RECOVERED, (uintptr_t)lock, dead);
    return true;
}
