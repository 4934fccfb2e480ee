/* The locks and the barrier that spin in U mode. With fewer harts than threads one that spins keeps the hart from the
 * thread that it waits for until its slice is over: so there are few rounds, and no order without preemption. */
#include "osmodel/guest/user/selftest/selftest.h"

#define ROUNDS 4u

static bool excludes(const struct hb_user_lock_kind *kind, const struct hb_job *job,
                     volatile struct hb_selftest *shared) {
    struct hb_user_lock *lock = (struct hb_user_lock *)&shared->lock;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        kind->acquire(lock, job->thread);
        uint64_t seen = shared->counter;
        hb_selftest_work(20);
        shared->counter = seen + 1;
        kind->release(lock, job->thread);
    }
    hb_selftest_meet();
    return shared->counter == ROUNDS * (uint64_t)job->threads;
}

static bool tas_excludes(const struct hb_job *job, volatile struct hb_selftest *shared) {
    return excludes(&hb_lock_tas, job, shared);
}

static bool ttas_excludes(const struct hb_job *job, volatile struct hb_selftest *shared) {
    return excludes(&hb_lock_ttas, job, shared);
}

static bool ticket_excludes(const struct hb_job *job, volatile struct hb_selftest *shared) {
    return excludes(&hb_lock_ticket, job, shared);
}

static bool mcs_excludes(const struct hb_job *job, volatile struct hb_selftest *shared) {
    return excludes(&hb_lock_mcs, job, shared);
}

static bool lock_is_free_again(const struct hb_job *job, volatile struct hb_selftest *shared) {
    if (job->thread != 0)
        return true;
    struct hb_user_lock *lock = (struct hb_user_lock *)&shared->lock;
    for (uint32_t i = 0; i < 2; i++) {
        hb_lock_mcs.acquire(lock, 0);
        hb_lock_mcs.release(lock, 0);
    }
    return shared->lock.word == 0;
}

static bool spinning_barrier_waits_for_all(const struct hb_job *job, volatile struct hb_selftest *shared) {
    bool holds = true;
    for (uint64_t round = 1; round <= 2; round++) {
        __atomic_fetch_add(&shared->counter, 1, __ATOMIC_RELAXED);
        hb_user_barrier((struct hb_user_barrier *)&shared->barrier, job->threads);
        holds &= shared->counter >= round * job->threads;
    }
    return holds;
}

const struct hb_selftest_check hb_selftest_spinning[] = {
    {"tas_excludes", tas_excludes},
    {"ttas_excludes", ttas_excludes},
    {"ticket_excludes", ticket_excludes},
    {"mcs_excludes", mcs_excludes},
    {"lock_is_free_again", lock_is_free_again},
    {"spinning_barrier_waits_for_all", spinning_barrier_waits_for_all},
};
const uint32_t hb_selftest_spinning_count = sizeof hb_selftest_spinning / sizeof *hb_selftest_spinning;
