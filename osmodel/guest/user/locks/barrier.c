/* The last to arrive begins the next round, and the others wait for that. The count is put back first: whoever is let
 * go may arrive again at once. */
#include "osmodel/guest/user/locks/locks.h"

void hb_user_barrier(struct hb_user_barrier *barrier, uint64_t threads) {
    uint64_t round = __atomic_load_n(&barrier->round, __ATOMIC_ACQUIRE);
    if (__atomic_fetch_add(&barrier->arrived, 1, __ATOMIC_ACQ_REL) + 1 == threads) {
        __atomic_store_n(&barrier->arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&barrier->round, round + 1, __ATOMIC_RELEASE);
        return;
    }
    while (__atomic_load_n(&barrier->round, __ATOMIC_ACQUIRE) == round) {
    }
}
