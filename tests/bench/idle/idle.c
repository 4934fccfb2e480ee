/* One hart computes, the others wait for interrupts: those with even numbers for the next tick of a timer, a hundred
 * times a second as under a kernel, those with odd numbers for ever. What the emulator's time is spent on is seen from
 * outside. */
#include "bare.h"

#define ROUNDS         12000000 /* so many that the start of a process with 64 harts matters little */
#define CLINT_TIMECMP  0x2004000ul
#define CLINT_TIME     0x200bff8ul
#define TICKS_A_SECOND 10000000ul
#define MIE_MTIE       0x80ul
#define WORDS          1024

static uint64_t words[WORDS];

static uint64_t compute(void) {
    uint64_t sum = 1;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        uint64_t *word = &words[sum % WORDS];
        *word += round;
        sum = sum * 6364136223846793005ul + *word;
        sum ^= sum >> 29;
    }
    return sum;
}

static void wait_for_ticks(uint64_t hart) {
    volatile uint64_t *compare = (volatile uint64_t *)(CLINT_TIMECMP + 8 * hart);
    __asm__ volatile("csrs mie, %0" ::"r"(MIE_MTIE)); /* mstatus.MIE is clear: it ends the wait, and nothing else */
    for (;;) {
        *compare = *(volatile uint64_t *)CLINT_TIME + TICKS_A_SECOND / 100;
        __asm__ volatile("wfi");
    }
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart == 0)
        bare_finish(compute() == 0 ? 1 : 0); /* a sum, so that it is computed */
    if (hart % 2 == 0)
        wait_for_ticks(hart);
}
