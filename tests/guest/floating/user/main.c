/* Tasks that keep values of their own in floating-point registers while others run in between. Even ones give the hart
 * away, odd ones keep it until their slice is over; every fourth task uses no such register until late. One that finds
 * another value than it left stops itself. */
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"

#define ROUNDS 12

__asm__(".option arch, +d");

static void stop_me(void) {
    __asm__ volatile("unimp");
}

/* Register f5 and f27, one of them saved by calls and one not, and the flags. */
static void put(uint64_t value) {
    __asm__ volatile("fmv.d.x f5, %0\n fmv.d.x f27, %1\n fscsr %2" ::"r"(value), "r"(~value), "r"(value & 0x1f));
}

static void expect(uint64_t value) {
    uint64_t low, high, status;
    __asm__ volatile("fmv.x.d %0, f5\n fmv.x.d %1, f27\n frcsr %2" : "=r"(low), "=r"(high), "=r"(status));
    if (low != value || high != ~value || status != (value & 0x1f))
        stop_me();
}

static void expect_untouched(void) {
    uint64_t first, last, status;
    __asm__ volatile("fmv.x.d %0, f0\n fmv.x.d %1, f31\n frcsr %2" : "=r"(first), "=r"(last), "=r"(status));
    if (first != 0 || last != 0 || status != 0)
        stop_me();
}

/* A function of its own: harts die when they come here. */
static __attribute__((noipa)) void let_others_run(uint64_t task) {
    if (task % 2 == 0)
        hb_syscall(HB_SYS_YIELD, 0, 0);
    for (volatile uint32_t i = 0; i < 500; i++) {
    }
}

_Noreturn void hb_user_main(const struct hb_job *job) {
    uint64_t task = job->task;
    uint64_t seed = job->seed;
    if (task % 4 == 3)
        let_others_run(task);
    expect_untouched();
    for (uint64_t round = 0; round < ROUNDS; round++) {
        uint64_t value = (seed << 40) + task * 1000 + round;
        put(value);
        let_others_run(task);
        expect(value);
        let_others_run(task); /* saved and loaded again, though nothing has changed it */
        expect(value);
    }
    for (;;)
        hb_syscall(HB_SYS_EXIT, task, 0);
}
