/* The queue lock of Mellor-Crummey and Scott ("Algorithms for scalable synchronization on shared-memory
 * multiprocessors", 1991): each thread waits for a word of its own, which its predecessor clears. A hand-over costs the
 * same however many wait. The lock's word is the last thread of the queue + 1; 0: nobody has the lock. */
#include "osmodel/guest/user/locks/locks.h"

static void acquire(struct hb_user_lock *lock, uint32_t thread) {
    struct hb_user_node *mine = &lock->node[thread];
    mine->next = 0;
    mine->waits = 1;
    uint64_t before = __atomic_exchange_n(&lock->word, thread + 1, __ATOMIC_ACQ_REL);
    if (before == 0)
        return;
    __atomic_store_n(&lock->node[before - 1].next, thread + 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&mine->waits, __ATOMIC_ACQUIRE) != 0) {
    }
}

static void release(struct hb_user_lock *lock, uint32_t thread) {
    struct hb_user_node *mine = &lock->node[thread];
    uint64_t last = thread + 1;
    uint64_t next = __atomic_load_n(&mine->next, __ATOMIC_ACQUIRE);
    if (next == 0 && __atomic_compare_exchange_n(&lock->word, &last, 0, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        return;
    while (next == 0) /* someone is in the queue already, but has not said so yet */
        next = __atomic_load_n(&mine->next, __ATOMIC_ACQUIRE);
    __atomic_store_n(&lock->node[next - 1].waits, 0, __ATOMIC_RELEASE);
}

const struct hb_user_lock_kind hb_lock_mcs = {acquire, release};
