/* What a task may rely on without the others: its job, its memory, its calls, and time. */
#include "osmodel/guest/user/selftest/selftest.h"

#define STACK_BYTES 1024u /* HB_TASK_STACK_BYTES */
#define SLEEP_TICKS 300u

static bool job_names_a_thread(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    return job->thread < job->threads && job->kind == HB_KIND_SELFTEST && job->work != 0;
}

static bool job_is_on_the_stack(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    uint64_t at = (uint64_t)job, top = (uint64_t)job->set;
    return at < top && at >= top - STACK_BYTES;
}

static bool stack_is_aligned(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    uint64_t sp;
    __asm__("mv %0, sp" : "=r"(sp));
    return sp % 16 == 0;
}

static bool stack_reaches_down(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    volatile uint64_t *lowest = (volatile uint64_t *)(void *)(job->set - STACK_BYTES);
    *lowest = job->task + 1;
    return *lowest == job->task + 1;
}

static bool set_is_aligned(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    return (uint64_t)job->set % 64 == 0 && job->set_bytes % 64 == 0 && job->set_bytes != 0;
}

static bool set_can_be_written(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    volatile uint8_t *set = job->set;
    for (uint64_t i = 0; i < job->set_bytes; i++)
        set[i] = (uint8_t)(i * 7 + job->task);
    for (uint64_t i = 0; i < job->set_bytes; i++)
        if (set[i] != (uint8_t)(i * 7 + job->task))
            return false;
    return true;
}

static bool constants_can_be_read(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    static const uint64_t constant = 0x5e1f7e57;
    return *(const volatile uint64_t *)&constant == 0x5e1f7e57;
}

static bool time_goes_on(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    uint64_t before = hb_syscall(HB_SYS_TIME, 0, 0);
    hb_selftest_work(2000);
    return hb_syscall(HB_SYS_TIME, 0, 0) > before;
}

static bool time_does_not_go_back(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    uint64_t last = 0;
    for (uint32_t i = 0; i < 20; i++) {
        uint64_t now = hb_syscall(HB_SYS_TIME, 0, 0);
        if (now < last)
            return false;
        last = now;
        hb_syscall(HB_SYS_YIELD, 0, 0);
    }
    return true;
}

static bool sleep_lasts(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    uint64_t before = hb_syscall(HB_SYS_TIME, 0, 0);
    hb_syscall(HB_SYS_SLEEP, SLEEP_TICKS, 0);
    return hb_syscall(HB_SYS_TIME, 0, 0) >= before + SLEEP_TICKS;
}

static bool sleep_of_nothing_ends(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    hb_syscall(HB_SYS_SLEEP, 0, 0);
    return true;
}

static bool yield_returns(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    for (uint32_t i = 0; i < 10; i++)
        hb_syscall(HB_SYS_YIELD, 0, 0);
    return true;
}

static bool write_gives_its_length(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    return hb_syscall(HB_SYS_WRITE, (uint64_t)job->set, 0) == 0;
}

static bool write_takes_constants(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    static const char text[] = "selftest: a line of the text\n";
    return job->thread != 0 || hb_syscall(HB_SYS_WRITE, (uint64_t)text, sizeof text - 1) == sizeof text - 1;
}

const struct hb_selftest_check hb_selftest_alone[] = {
    {"job_names_a_thread", job_names_a_thread},
    {"job_is_on_the_stack", job_is_on_the_stack},
    {"stack_is_aligned", stack_is_aligned},
    {"stack_reaches_down", stack_reaches_down},
    {"set_is_aligned", set_is_aligned},
    {"set_can_be_written", set_can_be_written},
    {"constants_can_be_read", constants_can_be_read},
    {"time_goes_on", time_goes_on},
    {"time_does_not_go_back", time_does_not_go_back},
    {"sleep_lasts", sleep_lasts},
    {"sleep_of_nothing_ends", sleep_of_nothing_ends},
    {"yield_returns", yield_returns},
    {"write_gives_its_length", write_gives_its_length},
    {"write_takes_constants", write_takes_constants},
};
const uint32_t hb_selftest_alone_count = sizeof hb_selftest_alone / sizeof *hb_selftest_alone;
