/* Locks, as the kernel's tracepoints lock_wait, lock_acquire and lock_release tell of them (osmodel/abi.h).
 *
 *     wait       from lock_wait to the lock_acquire of the same hart; an acquisition without one waited 0 cycles
 *     held       from lock_acquire (or its recovery from a dead owner) to lock_release
 *     hand-over  from a lock_release at which somebody waited to the next lock_acquire, whosever it is
 *
 * A lock is known by the low 32 bits of its address: that is what a tracepoint holds. Belongs to the host. Running out
 * of memory aborts. No more than 4,096 locks are followed: more than that are made up.
 */
#ifndef HB_SIM_LOCKS_H
#define HB_SIM_LOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/config.h"

/* Times of some kind. */
struct hb_lock_times {
    uint64_t n;
    uint64_t cycles; /* their sum */
    uint64_t max_cycles;
};

struct hb_lock {
    uint32_t address;
    uint64_t acquisitions;
    uint64_t recovered;        /* taken from a dead owner */
    struct hb_lock_times wait; /* of acquisitions that waited: n is how often the lock was contended */
    struct hb_lock_times held;
    struct hb_lock_times handover;
    /* How it stands. */
    uint64_t waiting; /* a bit a hart */
    uint64_t waiting_since[HB_HARTS_LIMIT];
    uint64_t held_since;  /* UINT64_MAX: it is free, or nobody saw it taken */
    uint64_t released_at; /* while somebody waited; UINT64_MAX: not, or it was taken since */
};

struct hb_locks {
    struct hb_lock *lock;
    uint32_t locks, capacity;
};

/* A tracepoint of `hart` in `cycle`; others than those of locks are ignored. `alive`: a bit for each hart that runs;
 * the dead wait no more. `counts`: what ends here is counted; else only how the locks stand is followed. */
void hb_locks_see(struct hb_locks *locks, uint64_t cycle, uint8_t hart, uint32_t id, uint64_t value, uint64_t alive,
                  bool counts);

/* Put a copy of them in order: by the time waited for them, then by acquisitions, most first. */
void hb_locks_sort(struct hb_lock *lock, uint32_t n);

void hb_locks_free(struct hb_locks *locks);

#endif
