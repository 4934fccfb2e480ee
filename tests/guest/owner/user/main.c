/* Three tasks and two mutexes. Task 0 owns the first one for a long time; task 1 ends and still owns the second one;
 * task 2 takes both, twice, and brings home what it was told each time: bits 0 and 1 of the first one, 2 and 3 of the
 * second one. */
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"

#define LONG_ROUNDS  30000u
#define SHORT_ROUNDS 3000u

static void wait(uint32_t rounds) {
    for (volatile uint32_t i = 0; i < rounds; i++) {
    }
}

static uint64_t take_twice(uint64_t mutex) {
    uint64_t told = hb_syscall(HB_SYS_LOCK, mutex, 0);
    hb_syscall(HB_SYS_UNLOCK, mutex, 0);
    told |= hb_syscall(HB_SYS_LOCK, mutex, 0) << 1;
    hb_syscall(HB_SYS_UNLOCK, mutex, 0);
    return told;
}

static uint64_t run(uint32_t task) {
    if (task == 2) {
        wait(SHORT_ROUNDS);
        return take_twice(0) | take_twice(1) << 2;
    }
    hb_syscall(HB_SYS_LOCK, task, 0);
    if (task == 0) {
        wait(LONG_ROUNDS);
        hb_syscall(HB_SYS_UNLOCK, task, 0);
    }
    return 0;
}

_Noreturn void hb_user_main(const struct hb_job *job) {
    uint64_t told = run(job->task);
    for (;;)
        hb_syscall(HB_SYS_EXIT, told, 0);
}
