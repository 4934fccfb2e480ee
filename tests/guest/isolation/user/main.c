/* Tasks of which each is a danger to the others in its own way: the first keeps the hart as long as it can, four do
 * what must not be done, and the rest do honest work, and look whether anybody has touched their memory meanwhile. */
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"

#define HOG_ROUNDS    250000u
#define HONEST_ROUNDS 6u

static void never_yield(void) {
    for (volatile uint32_t i = 0; i < HOG_ROUNDS; i++) {
    }
}

/* Each call takes more of the stack than the one before it left. */
static uint64_t overflow(uint64_t depth) {
    volatile uint64_t room[8];
    for (uint32_t i = 0; i < 8; i++)
        room[i] = depth;
    return depth == 0 ? room[3] : overflow(depth - 1) + room[4];
}

static void execute_data(const struct hb_job *job) {
    *(volatile uint32_t *)(void *)job->set = 0x00008067; /* ret */
    ((void (*)(void))(void *)job->set)();
}

static void write_to_the_next(const struct hb_job *job) {
    *(volatile uint64_t *)(void *)(job->set + job->set_bytes + 2048) = 0xbad;
}

static void be_dangerous(const struct hb_job *job) {
    switch (job->task) {
    case 0: never_yield(); break;
    case 1: overflow(1000); break;
    case 2: __asm__ volatile(".word 0"); break;
    case 3: write_to_the_next(job); break;
    default: execute_data(job);
    }
}

static void be_honest(const struct hb_job *job) {
    volatile uint8_t *set = job->set;
    for (uint32_t round = 0; round < HONEST_ROUNDS; round++) {
        for (uint64_t i = 0; i < job->set_bytes; i++)
            set[i] = (uint8_t)(i + job->task + round);
        hb_syscall(HB_SYS_YIELD, 0, 0);
        for (uint64_t i = 0; i < job->set_bytes; i++)
            if (set[i] != (uint8_t)(i + job->task + round))
                __asm__ volatile("unimp");
    }
}

_Noreturn void hb_user_main(const struct hb_job *job) {
    if (job->task < 5)
        be_dangerous(job);
    else
        be_honest(job);
    for (;;)
        hb_syscall(HB_SYS_EXIT, job->task, 0);
}
