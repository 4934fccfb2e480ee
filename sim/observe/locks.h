/* Locks, as reported by the kernel's tracepoints lock_wait, lock_acquire and lock_release (osmodel/abi.h).
 *
 *     wait       from lock_wait to the lock_acquire of the same hart; an acquisition without one waited 0 cycles
 *     held       from lock_acquire (or its recovery from a dead owner) to lock_release
 *     hand-over  from a lock_release while some hart waits to the next lock_acquire by any hart
 *
 * A lock is identified by the low 32 bits of its address, which is what a tracepoint holds. Belongs to the host.
 * Running out of memory aborts. At most 4,096 locks are followed: no kernel has more.
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
    /* Its present state. */
    uint64_t waiting; /* one bit per hart */
    uint64_t waiting_since[HB_HARTS_LIMIT];
    uint64_t held_since;  /* UINT64_MAX: it is free, or was never seen taken */
    uint64_t released_at; /* while a hart waited; UINT64_MAX: not so, or it was taken since */
    uint8_t released_by;
    /* The last hand-over, or recovery from a dead owner. */
    bool handed;
    uint8_t handed_from, handed_to;
    uint64_t handed_at;
};

struct hb_locks {
    struct hb_lock *lock;
    uint32_t locks, capacity;
};

/* A tracepoint of `hart` in `cycle`; those not about locks are ignored. `alive`: one bit for each hart that runs; the
 * dead no longer wait. `counts`: what ends here is counted; otherwise only the state of the locks is followed. */
void hb_locks_see(struct hb_locks *locks, uint64_t cycle, uint8_t hart, uint32_t id, uint64_t value, uint64_t alive,
                  bool counts);

/* Write a sorted copy: by time waited, then by acquisitions, most first. */
void hb_locks_sort(struct hb_lock *lock, uint32_t n);

void hb_locks_free(struct hb_locks *locks);

#endif
