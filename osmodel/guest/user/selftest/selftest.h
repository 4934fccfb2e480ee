/* The workload `selftest`: what the kernel promises to tasks, checked by tasks. All threads of the group run through
 * the checks side by side, and meet after each; a check has passed if every thread says so. The console names each.
 *
 * A check is a function and a row in one of the tables; HB_SELFTEST_CHECKS in workloads/threads.h counts them. */
#ifndef HB_USER_SELFTEST_H
#define HB_USER_SELFTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/user/locks/locks.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"

/* What the threads share; all 0 at the beginning of a life, but for what an old one has left in `locks`. */
struct hb_selftest {
    uint64_t failures; /* of the present check: how many threads say that it fails */
    uint64_t counter;
    uint64_t turn;
    uint64_t stamp[HB_USER_THREADS_MAX];
    struct hb_user_barrier barrier;
    struct hb_user_lock lock;
};

_Static_assert(sizeof(struct hb_selftest) == HB_SELFTEST_BYTES, "kinds.c makes room for it");

/* The kernel's objects of the group, as kinds.c lays them out. */
enum {
    HB_SELFTEST_MUTEX,
    HB_SELFTEST_OTHER_MUTEX,
    HB_SELFTEST_BARRIER,
    HB_SELFTEST_CONDITION,
    HB_SELFTEST_NONE_PASS, /* a semaphore that is 0 at first */
    HB_SELFTEST_TWO_PASS,  /* and one that is 2 */
};

struct hb_selftest_check {
    const char *name;
    bool (*holds)(const struct hb_job *job, volatile struct hb_selftest *shared);
};

#define HB_SELFTEST_TABLE(name)                                                                                        \
    extern const struct hb_selftest_check name[];                                                                      \
    extern const uint32_t name##_count
HB_SELFTEST_TABLE(hb_selftest_alone);
HB_SELFTEST_TABLE(hb_selftest_kept);
HB_SELFTEST_TABLE(hb_selftest_together);
HB_SELFTEST_TABLE(hb_selftest_spinning);

static inline void hb_selftest_meet(void) {
    hb_syscall(HB_SYS_BARRIER, HB_SELFTEST_BARRIER, 0);
}

/* Keep the hart for so many rounds of a loop. */
static inline void hb_selftest_work(uint64_t rounds) {
    for (volatile uint64_t i = 0; i < rounds; i++) {
    }
}

#endif
