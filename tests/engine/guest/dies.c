/* Written to break the fast engine: a hart that dies while it waits. Its timer interrupts it in a loop in which it
 * waits for a word, and where its handler should be there is no memory. The report of the crash has the branches that
 * it has taken last: those of the loop, and none from before. The loop has been executed before, so that its
 * instructions are decoded when it begins to wait. */
#include "bare.h"

#define TIME    (*(volatile uint64_t *)0x200bff8)
#define COMPARE ((volatile uint64_t *)0x2004000)
#define TIMER   (1ull << 7)  /* mie */
#define ENABLE  (1ull << 3)  /* mstatus */
#define NOTHING 0x1000000ull /* no memory is there */
#define TICKS   400u

static _Alignas(BARE_LINE) volatile uint64_t word[8], counted[BARE_HARTS][8];

static void count(uint64_t hart, uint64_t to) {
    while (counted[hart][0] < to)
        counted[hart][0]++;
}

static __attribute__((noinline)) void wait_for(const volatile uint64_t *at) {
    while (!*at)
        ;
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart)
        for (;;)
            count(hart, counted[hart][0] + 1);
    COMPARE[0] = TIME + TICKS;
    count(0, 100);
    wait_for(counted[0]);
    asm volatile("csrw mtvec, %0\n"
                 "csrw mie, %1\n"
                 "csrs mstatus, %2\n"
                 :
                 : "r"(NOTHING), "r"(TIMER), "r"(ENABLE));
    wait_for(word);
}
