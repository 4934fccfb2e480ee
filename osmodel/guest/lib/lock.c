#include "osmodel/guest/lib/lock.h"

#include "osmodel/guest/lib/panic.h"

struct hb_lock_wanted hb_locks_wanted[HB_HARTS_MAX];

uint64_t *hb_lock_wanted(uint32_t hart) {
    return *(uint64_t *volatile *)&hb_locks_wanted[hart].lock;
}

HB_APART void hb_lock_wait(uint64_t *lock, uint64_t word) {
    HB_TRACE(HB_TP_LOCK_WAIT, (uintptr_t)lock, HB_LOCK_OWNER(word));
    do {
        hb_spin_poll();
    } while (hb_lock_try(lock) != 0);
}

HB_APART _Noreturn void hb_lock_refuse(void) {
    hb_panic("a hart releases a lock that it does not own");
}

bool hb_lock_steal(uint64_t *lock, uint32_t dead) {
    uint64_t word = hb_load(lock);
    hb_lock_want(lock);
    if (HB_LOCK_OWNER(word) != dead + 1 ||
        !hb_compare_and_swap(lock, word, word - (dead + 1) + HB_LOCK_EPOCH + hb_hart_id() + 1))
        return false;
    HB_TRACE(HB_TP_LOCK_RECOVERED, (uintptr_t)lock, dead);
    return true;
}
