#include "osmodel/guest/user/programs.h"
#include "osmodel/guest/user/selftest/selftest.h"

/* One line in one call, so that lines of different tasks do not mix. */
static void report(const char *name, bool passed) {
    char line[64];
    uint64_t n = 0;
    const char *parts[] = {passed ? "selftest: ok     " : "selftest: FAILED ", name, "\n"};
    for (uint32_t part = 0; part < 3; part++)
        for (const char *at = parts[part]; *at && n < sizeof line; at++)
            line[n++] = *at;
    hb_syscall(HB_SYS_WRITE, (uint64_t)line, n);
}

static void wipe(volatile struct hb_selftest *shared) {
    volatile uint64_t *words = (volatile uint64_t *)shared;
    for (uint64_t i = 0; i < sizeof *shared / sizeof *words; i++)
        words[i] = 0;
}

/* True if it has passed for all threads. */
static bool run(const struct hb_job *job, const struct hb_selftest_check *check, volatile struct hb_selftest *shared) {
    if (job->thread == 0)
        wipe(shared);
    hb_selftest_meet();
    if (!check->holds(job, shared))
        __atomic_fetch_add(&shared->failures, 1, __ATOMIC_RELAXED);
    hb_selftest_meet();
    bool passed = shared->failures == 0;
    if (job->thread == 0)
        report(check->name, passed);
    hb_selftest_meet();
    return passed;
}

static uint64_t run_all(const struct hb_job *job, const struct hb_selftest_check *checks, uint32_t count) {
    uint64_t passed = 0;
    for (uint32_t i = 0; i < count; i++)
        passed += run(job, &checks[i], (volatile struct hb_selftest *)(void *)job->shared);
    return passed;
}

uint64_t hb_program_selftest(const struct hb_job *job) {
    hb_selftest_meet();
    uint64_t passed = run_all(job, hb_selftest_alone, hb_selftest_alone_count);
    passed += run_all(job, hb_selftest_kept, hb_selftest_kept_count);
    passed += run_all(job, hb_selftest_together, hb_selftest_together_count);
    passed += run_all(job, hb_selftest_spinning, hb_selftest_spinning_count);
    return hb_selftest_checksum(job->task, passed);
}
