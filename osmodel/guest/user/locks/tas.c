/* Test and set: whoever finds the word 0 when it writes 1 has the lock. Every try writes, so each of the waiters takes
 * the line from all others again and again, from the one that has the lock, too. */
#include "osmodel/guest/user/locks/locks.h"

static void acquire(struct hb_user_lock *lock, uint32_t thread) {
    (void)thread;
    while (__atomic_exchange_n(&lock->word, 1, __ATOMIC_ACQUIRE) != 0) {
    }
}

static void release(struct hb_user_lock *lock, uint32_t thread) {
    (void)thread;
    __atomic_store_n(&lock->word, 0, __ATOMIC_RELEASE);
}

const struct hb_user_lock_kind hb_lock_tas = {acquire, release};
