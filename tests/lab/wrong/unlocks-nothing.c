/* A lock that never comes free again. */
#include "lab.h"

void acquire(struct hb_user_lock *lock, uint32_t thread) {
    while (__atomic_exchange_n(&lock->word, 1, __ATOMIC_ACQUIRE) != 0) {
    }
}

void release(struct hb_user_lock *lock, uint32_t thread) {
    __atomic_store_n(&lock->second, 0, __ATOMIC_RELEASE);
}
