/* What threads may rely on among each other: the kernel's mutexes, conditions, semaphores and barriers, and the memory
 * that they share. A check leaves every object as it found it. */
#include "osmodel/guest/user/selftest/selftest.h"

#define ROUNDS 12u

static uint64_t lock(uint64_t mutex) {
    return hb_syscall(HB_SYS_LOCK, mutex, 0);
}

static void unlock(uint64_t mutex) {
    hb_syscall(HB_SYS_UNLOCK, mutex, 0);
}

/* Read, pause, write: without protection others come in between. */
static void raise_slowly(volatile struct hb_selftest *shared) {
    uint64_t seen = shared->counter;
    hb_syscall(HB_SYS_YIELD, 0, 0);
    shared->counter = seen + 1;
}

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

static bool memory_is_shared(const struct hb_job *job, volatile struct hb_selftest *shared) {
    shared->stamp[job->thread] = job->thread + 1;
    hb_selftest_meet();
    for (uint32_t thread = 0; thread < job->threads; thread++)
        if (shared->stamp[thread] != thread + 1)
            return false;
    return true;
}

static bool adding_is_atomic(const struct hb_job *job, volatile struct hb_selftest *shared) {
    for (uint32_t i = 0; i < 50 * ROUNDS; i++)
        __atomic_fetch_add(&shared->counter, 1, __ATOMIC_RELAXED);
    hb_selftest_meet();
    return shared->counter == 50 * ROUNDS * (uint64_t)job->threads;
}

static bool swapping_is_atomic(const struct hb_job *job, volatile struct hb_selftest *shared) {
    for (uint32_t i = 0; i < 50 * ROUNDS; i++) {
        uint64_t seen = shared->counter;
        while (!__atomic_compare_exchange_n(&shared->counter, &seen, seen + 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        }
    }
    hb_selftest_meet();
    return shared->counter == 50 * ROUNDS * (uint64_t)job->threads;
}

/* ---- Mutexes --------------------------------------------------------------------------------------------------- */

static bool mutex_excludes(const struct hb_job *job, volatile struct hb_selftest *shared) {
    for (uint32_t i = 0; i < ROUNDS; i++) {
        lock(HB_SELFTEST_MUTEX);
        raise_slowly(shared);
        unlock(HB_SELFTEST_MUTEX);
    }
    hb_selftest_meet();
    return shared->counter == ROUNDS * (uint64_t)job->threads;
}

static bool mutex_says_that_nobody_died(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    uint64_t died = lock(HB_SELFTEST_MUTEX);
    unlock(HB_SELFTEST_MUTEX);
    return died == 0;
}

static bool mutexes_are_two(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    lock(HB_SELFTEST_MUTEX);
    lock(HB_SELFTEST_OTHER_MUTEX);
    unlock(HB_SELFTEST_MUTEX);
    unlock(HB_SELFTEST_OTHER_MUTEX);
    return true;
}

static bool mutex_outlasts_a_sleep(const struct hb_job *job, volatile struct hb_selftest *shared) {
    lock(HB_SELFTEST_MUTEX);
    uint64_t seen = shared->counter;
    hb_syscall(HB_SYS_SLEEP, 50, 0);
    shared->counter = seen + 1;
    unlock(HB_SELFTEST_MUTEX);
    hb_selftest_meet();
    return shared->counter == job->threads;
}

/* ---- Barriers -------------------------------------------------------------------------------------------------- */

static bool barrier_waits_for_all(const struct hb_job *job, volatile struct hb_selftest *shared) {
    __atomic_fetch_add(&shared->counter, 1, __ATOMIC_RELAXED);
    hb_selftest_meet();
    return shared->counter == job->threads;
}

/* The last to come to each round may be any of them; nobody runs ahead by more than one. */
static bool barrier_opens_again(const struct hb_job *job, volatile struct hb_selftest *shared) {
    bool holds = true;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        shared->stamp[job->thread] = round;
        if ((round + job->thread) % 3 == 0)
            hb_syscall(HB_SYS_YIELD, 0, 0);
        hb_selftest_meet();
        for (uint32_t thread = 0; thread < job->threads; thread++)
            holds &= shared->stamp[thread] >= round && shared->stamp[thread] <= round + 1;
    }
    return holds;
}

static bool barrier_publishes(const struct hb_job *job, volatile struct hb_selftest *shared) {
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        if (round % job->threads == job->thread)
            shared->turn = round;
        hb_selftest_meet();
        bool seen = shared->turn == round;
        hb_selftest_meet();
        if (!seen)
            return false;
    }
    return true;
}

/* ---- Semaphores ------------------------------------------------------------------------------------------------ */

static bool semaphore_lets_two_pass(const struct hb_job *job, volatile struct hb_selftest *shared) {
    bool holds = true;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        hb_syscall(HB_SYS_DOWN, HB_SELFTEST_TWO_PASS, 0);
        holds &= __atomic_fetch_add(&shared->counter, 1, __ATOMIC_ACQ_REL) < 2;
        hb_syscall(HB_SYS_YIELD, 0, 0);
        __atomic_fetch_sub(&shared->counter, 1, __ATOMIC_ACQ_REL);
        hb_syscall(HB_SYS_UP, HB_SELFTEST_TWO_PASS, 0);
    }
    (void)job;
    return holds;
}

/* Whoever is not the first waits for a token from it. */
static bool semaphore_makes_wait(const struct hb_job *job, volatile struct hb_selftest *shared) {
    if (job->thread != 0) {
        hb_syscall(HB_SYS_DOWN, HB_SELFTEST_NONE_PASS, 0);
        return shared->turn == 1;
    }
    hb_syscall(HB_SYS_YIELD, 0, 0);
    shared->turn = 1;
    for (uint32_t thread = 1; thread < job->threads; thread++)
        hb_syscall(HB_SYS_UP, HB_SELFTEST_NONE_PASS, 0);
    return true;
}

static bool semaphore_remembers(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    hb_syscall(HB_SYS_UP, HB_SELFTEST_NONE_PASS, 0);
    hb_selftest_meet();
    hb_syscall(HB_SYS_DOWN, HB_SELFTEST_NONE_PASS, 0);
    (void)job;
    return true;
}

/* ---- Conditions ------------------------------------------------------------------------------------------------ */

static void wait(void) {
    hb_syscall(HB_SYS_WAIT, HB_SELFTEST_CONDITION, HB_SELFTEST_MUTEX);
}

/* Threads have their turns in order, and each wakes all others. */
static bool broadcast_wakes_all(const struct hb_job *job, volatile struct hb_selftest *shared) {
    lock(HB_SELFTEST_MUTEX);
    while (shared->turn != job->thread)
        wait();
    shared->turn = shared->turn + 1;
    hb_syscall(HB_SYS_BROADCAST, HB_SELFTEST_CONDITION, 0);
    unlock(HB_SELFTEST_MUTEX);
    hb_selftest_meet();
    return shared->turn == job->threads;
}

/* A token that each hands on with one signal. */
static bool signal_wakes_one(const struct hb_job *job, volatile struct hb_selftest *shared) {
    lock(HB_SELFTEST_MUTEX);
    shared->counter = shared->counter + 1;
    while (shared->counter < job->threads && shared->turn == 0)
        wait();
    shared->turn = shared->turn + 1;
    hb_syscall(HB_SYS_SIGNAL, HB_SELFTEST_CONDITION, 0);
    unlock(HB_SELFTEST_MUTEX);
    hb_selftest_meet();
    return shared->turn == job->threads;
}

static bool signal_without_waiters_is_nothing(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    hb_syscall(HB_SYS_SIGNAL, HB_SELFTEST_CONDITION, 0);
    hb_syscall(HB_SYS_BROADCAST, HB_SELFTEST_CONDITION, 0);
    return true;
}

/* Nobody else has the mutex after a wait: raised slowly, the counter loses nothing. */
static bool wait_takes_the_mutex_again(const struct hb_job *job, volatile struct hb_selftest *shared) {
    lock(HB_SELFTEST_MUTEX);
    shared->stamp[0] = shared->stamp[0] + 1;
    if (shared->stamp[0] == job->threads)
        hb_syscall(HB_SYS_BROADCAST, HB_SELFTEST_CONDITION, 0);
    while (shared->stamp[0] < job->threads)
        wait();
    raise_slowly(shared);
    unlock(HB_SELFTEST_MUTEX);
    hb_selftest_meet();
    return shared->counter == job->threads;
}

const struct hb_selftest_check hb_selftest_together[] = {
    {"memory_is_shared", memory_is_shared},
    {"adding_is_atomic", adding_is_atomic},
    {"swapping_is_atomic", swapping_is_atomic},
    {"mutex_excludes", mutex_excludes},
    {"mutex_says_that_nobody_died", mutex_says_that_nobody_died},
    {"mutexes_are_two", mutexes_are_two},
    {"mutex_outlasts_a_sleep", mutex_outlasts_a_sleep},
    {"barrier_waits_for_all", barrier_waits_for_all},
    {"barrier_opens_again", barrier_opens_again},
    {"barrier_publishes", barrier_publishes},
    {"semaphore_lets_two_pass", semaphore_lets_two_pass},
    {"semaphore_makes_wait", semaphore_makes_wait},
    {"semaphore_remembers", semaphore_remembers},
    {"broadcast_wakes_all", broadcast_wakes_all},
    {"signal_wakes_one", signal_wakes_one},
    {"signal_without_waiters_is_nothing", signal_without_waiters_is_nothing},
    {"wait_takes_the_mutex_again", wait_takes_the_mutex_again},
};
const uint32_t hb_selftest_together_count = sizeof hb_selftest_together / sizeof *hb_selftest_together;
