/* Reading that a lock is free and taking it are two steps. */
#include "lab.h"

void acquire(struct hb_user_lock *lock, uint32_t thread) {
    while (__atomic_load_n(&lock->word, __ATOMIC_ACQUIRE) != 0) {
    }
    __atomic_store_n(&lock->word, 1, __ATOMIC_RELEASE);
}

void release(struct hb_user_lock *lock, uint32_t thread) {
    __atomic_store_n(&lock->word, 0, __ATOMIC_RELEASE);
}
