/* Written to break the fast engine: harts that a timer wakes while another one waits for the bus. Hart 0 writes to one
 * line after another, so that each misses and has a victim to be written back; the others sleep for a few ticks, and
 * ask for a line of their own as soon as they wake. */
#include "bare.h"

#define TIME    (*(volatile uint64_t *)0x200bff8)
#define COMPARE ((volatile uint64_t *)0x2004000)
#define TIMER   (1ull << 7) /* mie */
#define LINES   1024u
#define ROUNDS  40u

static _Alignas(BARE_LINE) volatile uint64_t written[LINES][8], read[BARE_HARTS][LINES][8], seen[BARE_HARTS][8];
static struct bare_barrier barrier;

static void sleep(uint64_t hart, uint64_t ticks) {
    COMPARE[hart] = TIME + ticks;
    asm volatile("csrs mie, %0\n"
                 "wfi\n" ::"r"(TIMER)
                 : "memory");
}

void bare_main(uint64_t hart, const void *tree) {
    uint64_t now;
    bare_wait(&barrier, bare_harts(tree));
    for (uint32_t i = 0; hart || i < ROUNDS * LINES; i++) {
        if (hart == 0) {
            written[i % LINES][0] += i;
            continue;
        }
        sleep(hart, 60 + i * 7 % 64);
        seen[hart][1] += read[hart][i % LINES][0];
        asm volatile("csrr %0, cycle" : "=r"(now));
        seen[hart][0] = now;
    }
    bare_finish(0);
}
