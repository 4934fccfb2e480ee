/* Tickets: draw a number, wait until it is served. First come, first served, and nobody rushes; but all waiters read
 * the number that is served, so each hand-over costs one transaction a waiter. The two numbers have a line each: a
 * newcomer that draws one does not disturb those who wait. */
#include "osmodel/guest/user/locks/locks.h"

static void acquire(struct hb_user_lock *lock, uint32_t thread) {
    (void)thread;
    uint64_t *drawn = &lock->word;
    uint64_t *served = &lock->second;
    uint64_t mine = __atomic_fetch_add(drawn, 1, __ATOMIC_RELAXED);
    while (__atomic_load_n(served, __ATOMIC_ACQUIRE) != mine) {
    }
}

static void release(struct hb_user_lock *lock, uint32_t thread) {
    (void)thread;
    __atomic_store_n(&lock->second, lock->second + 1, __ATOMIC_RELEASE);
}

const struct hb_user_lock_kind hb_lock_ticket = {acquire, release};
