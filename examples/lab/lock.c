/* A lock: test and set. */
#include "lab.h"

/* Returns when the thread has the lock. */
void acquire(struct hb_user_lock *lock, uint32_t thread) {
    while (__atomic_exchange_n(&lock->word, 1, __ATOMIC_ACQUIRE) != 0) {
    }
}

/* The thread has it. */
void release(struct hb_user_lock *lock, uint32_t thread) {
    __atomic_store_n(&lock->word, 0, __ATOMIC_RELEASE);
}
