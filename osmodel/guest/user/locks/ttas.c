/* Test, then test and set: waiters only read, each in its own cache, until the word is 0. But then all of them rush at
 * it, and all but one in vain. */
#include "osmodel/guest/user/locks/locks.h"

static void acquire(struct hb_user_lock *lock, uint32_t thread) {
    (void)thread;
    do {
        while (__atomic_load_n(&lock->word, __ATOMIC_RELAXED) != 0) {
        }
    } while (__atomic_exchange_n(&lock->word, 1, __ATOMIC_ACQUIRE) != 0);
}

static void release(struct hb_user_lock *lock, uint32_t thread) {
    (void)thread;
    __atomic_store_n(&lock->word, 0, __ATOMIC_RELEASE);
}

const struct hb_user_lock_kind hb_lock_ttas = {acquire, release};
