/* What the kernel keeps for a task while others run: registers and memory, over calls and over slices. */
#include "osmodel/guest/user/selftest/selftest.h"

#define ROUNDS_OF_A_SLICE 6000u /* of hb_selftest_work: a quantum of the default, and more */

__asm__(".option arch, +d");

static void yield(void) {
    hb_syscall(HB_SYS_YIELD, 0, 0);
}

static void slice(void) {
    hb_selftest_work(ROUNDS_OF_A_SLICE);
}

static void sleep(void) {
    hb_syscall(HB_SYS_SLEEP, 100, 0);
}

static bool set_is_kept(const struct hb_job *job, void (*pause)(void)) {
    volatile uint64_t *set = (volatile uint64_t *)(void *)job->set;
    for (uint64_t i = 0; i < job->set_bytes / 8; i++)
        set[i] = i * 1000003 + job->task;
    pause();
    for (uint64_t i = 0; i < job->set_bytes / 8; i++)
        if (set[i] != i * 1000003 + job->task)
            return false;
    return true;
}

static bool set_outlasts_a_yield(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    return set_is_kept(job, yield);
}

static bool set_outlasts_a_slice(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    return set_is_kept(job, slice);
}

static bool set_outlasts_a_sleep(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    return set_is_kept(job, sleep);
}

/* All registers that a call may leave as they are, around the system call itself. */
static bool call_keeps_registers(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    uint64_t wrong;
    __asm__ volatile("li a7, %1\n"
                     "mv a2, %2\n addi a3, a2, 1\n addi a4, a2, 2\n addi a5, a2, 3\n addi a6, a2, 4\n"
                     "addi t0, a2, 5\n addi t1, a2, 6\n addi t2, a2, 7\n addi t3, a2, 8\n addi t4, a2, 9\n"
                     "addi t5, a2, 10\n addi t6, a2, 11\n"
                     "ecall\n"
                     "sub a3, a3, a2\n addi a3, a3, -1\n sub a4, a4, a2\n addi a4, a4, -2\n or a3, a3, a4\n"
                     "sub a5, a5, a2\n addi a5, a5, -3\n or a3, a3, a5\n sub a6, a6, a2\n addi a6, a6, -4\n"
                     "or a3, a3, a6\n sub t0, t0, a2\n addi t0, t0, -5\n or a3, a3, t0\n sub t1, t1, a2\n"
                     "addi t1, t1, -6\n or a3, a3, t1\n sub t2, t2, a2\n addi t2, t2, -7\n or a3, a3, t2\n"
                     "sub t3, t3, a2\n addi t3, t3, -8\n or a3, a3, t3\n sub t4, t4, a2\n addi t4, t4, -9\n"
                     "or a3, a3, t4\n sub t5, t5, a2\n addi t5, t5, -10\n or a3, a3, t5\n sub t6, t6, a2\n"
                     "addi t6, t6, -11\n or a3, a3, t6\n sub a2, a2, %2\n or %0, a3, a2\n"
                     : "=&r"(wrong)
                     : "i"(HB_SYS_YIELD), "r"((uint64_t)job->task + 77)
                     : "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2", "t3", "t4", "t5", "t6",
                       "memory");
    return wrong == 0;
}

/* Values in every register that a loop can have, for a slice and more. */
static bool slice_keeps_registers(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    uint64_t left = 30000, wrong;
    __asm__ volatile("addi t0, %2, 1\n addi t1, %2, 2\n addi t2, %2, 3\n addi t3, %2, 4\n addi t4, %2, 5\n"
                     "addi t5, %2, 6\n addi a2, %2, 7\n addi a3, %2, 8\n addi a4, %2, 9\n"
                     "1: addi %0, %0, -1\n bnez %0, 1b\n"
                     "sub t0, t0, %2\n addi t0, t0, -1\n sub t1, t1, %2\n addi t1, t1, -2\n or t0, t0, t1\n"
                     "sub t2, t2, %2\n addi t2, t2, -3\n or t0, t0, t2\n sub t3, t3, %2\n addi t3, t3, -4\n"
                     "or t0, t0, t3\n sub t4, t4, %2\n addi t4, t4, -5\n or t0, t0, t4\n sub t5, t5, %2\n"
                     "addi t5, t5, -6\n or t0, t0, t5\n sub a2, a2, %2\n addi a2, a2, -7\n or t0, t0, a2\n"
                     "sub a3, a3, %2\n addi a3, a3, -8\n or t0, t0, a3\n sub a4, a4, %2\n addi a4, a4, -9\n"
                     "or %1, t0, a4\n"
                     : "+&r"(left), "=&r"(wrong)
                     : "r"((uint64_t)job->task * 4099)
                     : "t0", "t1", "t2", "t3", "t4", "t5", "a2", "a3", "a4", "memory");
    return wrong == 0;
}

/* ---- Floating point -------------------------------------------------------------------------------------------- */

static bool is_zero_at_first(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)job, (void)shared;
    uint64_t first, last, status;
    __asm__ volatile("fmv.x.d %0, f0\n fmv.x.d %1, f31\n frcsr %2" : "=r"(first), "=r"(last), "=r"(status));
    return first == 0 && last == 0 && status == 0;
}

static bool fp_is_kept(uint64_t value, void (*pause)(void)) {
    uint64_t low, high, status;
    __asm__ volatile("fmv.d.x f2, %0\n fmv.d.x f29, %1\n fscsr %2" ::"r"(value), "r"(~value), "r"(value & 0x1f));
    pause();
    __asm__ volatile("fmv.x.d %0, f2\n fmv.x.d %1, f29\n frcsr %2" : "=r"(low), "=r"(high), "=r"(status));
    return low == value && high == ~value && status == (value & 0x1f);
}

static bool fp_outlasts_a_yield(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    return fp_is_kept(job->task * 12347 + 1, yield);
}

static bool fp_outlasts_a_slice(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    return fp_is_kept(job->task * 12347 + 2, slice);
}

static bool fp_outlasts_a_sleep(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    return fp_is_kept(job->task * 12347 + 3, sleep);
}

static bool fp_outlasts_a_barrier(const struct hb_job *job, volatile struct hb_selftest *shared) {
    (void)shared;
    return fp_is_kept(job->task * 12347 + 4, hb_selftest_meet);
}

const struct hb_selftest_check hb_selftest_kept[] = {
    {"fp_is_zero_at_first", is_zero_at_first},      {"set_outlasts_a_yield", set_outlasts_a_yield},
    {"set_outlasts_a_slice", set_outlasts_a_slice}, {"set_outlasts_a_sleep", set_outlasts_a_sleep},
    {"call_keeps_registers", call_keeps_registers}, {"slice_keeps_registers", slice_keeps_registers},
    {"fp_outlasts_a_yield", fp_outlasts_a_yield},   {"fp_outlasts_a_slice", fp_outlasts_a_slice},
    {"fp_outlasts_a_sleep", fp_outlasts_a_sleep},   {"fp_outlasts_a_barrier", fp_outlasts_a_barrier},
};
const uint32_t hb_selftest_kept_count = sizeof hb_selftest_kept / sizeof *hb_selftest_kept;
