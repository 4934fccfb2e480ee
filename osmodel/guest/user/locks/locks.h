/* Locks and a barrier of threads in U mode: they spin in memory that the threads share, and the kernel knows nothing of
 * them. A file each; a lock is the two functions that its file has for
 *
 *     void acquire(struct hb_user_lock *lock, uint32_t thread);    returns when the thread has the lock
 *     void release(struct hb_user_lock *lock, uint32_t thread);    the thread has it
 *
 * Threads of a group count from 0. A lock that is all 0 is free. What the functions use of its memory is their
 * business; words that different harts wait for are best kept in different lines. */
#ifndef HB_USER_LOCKS_H
#define HB_USER_LOCKS_H

#include <stdint.h>

#include "osmodel/guest/workloads/threads.h"

struct hb_user_lock {
    uint64_t word __attribute__((aligned(HB_USER_LINE)));
    uint64_t second __attribute__((aligned(HB_USER_LINE))); /* in a line of its own */
    struct hb_user_node {                                   /* each thread's, in a line of its own */
        uint64_t waits;
        uint64_t next;
    } __attribute__((aligned(HB_USER_LINE))) node[HB_USER_THREADS_MAX];
};

_Static_assert(sizeof(struct hb_user_lock) == HB_USER_LOCK_BYTES, "kinds.c makes room for it");

struct hb_user_lock_kind {
    void (*acquire)(struct hb_user_lock *lock, uint32_t thread);
    void (*release)(struct hb_user_lock *lock, uint32_t thread);
};

extern const struct hb_user_lock_kind hb_lock_tas;
extern const struct hb_user_lock_kind hb_lock_ttas;
extern const struct hb_user_lock_kind hb_lock_ticket;
extern const struct hb_user_lock_kind hb_lock_mcs;

/* Somebody's own (./lab); without it the image has no such lock. */
extern const struct hb_user_lock_kind hb_lock_mine __attribute__((weak));

/* All 0 at first. Returns when `threads` threads have called it; then it is ready for the next time. */
struct hb_user_barrier {
    uint64_t arrived __attribute__((aligned(HB_USER_LINE)));
    uint64_t round __attribute__((aligned(HB_USER_LINE)));
};

_Static_assert(sizeof(struct hb_user_barrier) == HB_USER_BARRIER_BYTES, "kinds.c makes room for it");

void hb_user_barrier(struct hb_user_barrier *barrier, uint64_t threads);

#endif
