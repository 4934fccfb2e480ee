/* Written to break the fast engine: the run ends, by a crash of hart 0, while the others are in the middle of work for
 * which they need nobody. */
#include "bare.h"

#define ROUNDS 700u
#define OWN    64u

static _Alignas(BARE_LINE) volatile uint64_t own[BARE_HARTS][OWN];
static struct bare_barrier barrier;

static void work(uint64_t hart, uint64_t rounds) {
    uint64_t sum = hart;
    for (uint64_t i = 0; i < rounds * OWN; i++) {
        sum = (sum << 5 | sum >> 59) + own[hart][i % OWN];
        own[hart][(i + 7) % OWN] = sum;
    }
}

/* Its trap handler is not there either. */
__attribute__((noinline)) static void fall(uint64_t to) {
    asm volatile("csrw mtvec, %0\n"
                 "jr %0\n"
                 :
                 : "r"(to));
}

void bare_main(uint64_t hart, const void *tree) {
    bare_wait(&barrier, bare_harts(tree));
    work(hart, hart ? UINT64_MAX / OWN : ROUNDS / 10);
    fall(0x4000000000);
}
