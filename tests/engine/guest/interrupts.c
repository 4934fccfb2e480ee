/* Written to break the fast engine: hart 0 interrupts the others, by software and by their timers, in the middle of
 * work for which they need nobody. */
#include "bare.h"

#define CLINT         0x2000000ul
#define CLINT_COMPARE 0x2004000ul
#define CLINT_TIME    0x200bff8ul
#define MSIE          0x8ul
#define MTIE          0x80ul
#define ROUNDS        3000u

static _Alignas(BARE_LINE) volatile uint64_t own[BARE_HARTS][16], taken[BARE_HARTS][8];
static struct bare_barrier barrier;

static volatile uint32_t *software_of(uint64_t hart) {
    return (volatile uint32_t *)(CLINT + 4 * hart);
}

static volatile uint64_t *compare_of(uint64_t hart) {
    return (volatile uint64_t *)(CLINT_COMPARE + 8 * hart);
}

static uint64_t me(void) {
    uint64_t hart;
    asm volatile("csrr %0, mhartid" : "=r"(hart));
    return hart;
}

/* Either interrupt ends by what hart 0 wrote being taken back. */
uint64_t bare_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    uint64_t hart = me();
    *software_of(hart) = 0;
    *compare_of(hart) = UINT64_MAX;
    taken[hart][cause & 7] += own[hart][0] + value;
    return pc;
}

static void work(uint64_t hart, uint64_t steps) {
    for (uint64_t i = 0; i < steps; i++)
        own[hart][i % 16] += i;
}

static void interrupt(uint64_t round, uint64_t harts) {
    uint64_t hart = 1 + round % (harts - 1);
    work(0, round * 61 % 900);
    if (round % 3)
        *software_of(hart) = 1;
    else
        *compare_of(hart) = *(volatile uint64_t *)CLINT_TIME + round % 7;
}

void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    *compare_of(hart) = UINT64_MAX;
    bare_wait(&barrier, harts);
    if (hart) {
        asm volatile("csrs mie, %0\n"
                     "csrsi mstatus, 8\n" ::"r"(MSIE | MTIE));
        work(hart, UINT64_MAX);
    }
    for (uint64_t round = 0; harts > 1 && round < ROUNDS; round++)
        interrupt(round, harts);
    bare_finish(0);
}
