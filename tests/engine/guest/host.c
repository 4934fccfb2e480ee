/* Written to break the fast engine: hart 0 talks to the host by words in memory, which a store must not reach unseen,
 * and at last ends the run by one, while the others are in the middle of work for which they need nobody. */
#include "bare.h"

#define ROUNDS   40u
#define OWN      64u
#define CONSOLE  (1ull << 56 | 1ull << 48) /* HTIF: device 1, command 1: a character */
#define FINISHED 1u

_Alignas(BARE_LINE) volatile uint64_t tohost;
_Alignas(BARE_LINE) volatile uint64_t fromhost;

static _Alignas(BARE_LINE) volatile uint64_t own[BARE_HARTS][OWN];
static struct bare_barrier barrier;

static void work(uint64_t hart, uint64_t rounds) {
    uint64_t sum = hart;
    for (uint64_t i = 0; i < rounds * OWN; i++) {
        sum = (sum << 5 | sum >> 59) + own[hart][i % OWN];
        own[hart][(i + 7) % OWN] = sum;
    }
}

void bare_main(uint64_t hart, const void *tree) {
    bare_wait(&barrier, bare_harts(tree));
    for (uint32_t i = 0; i < ROUNDS; i++) {
        work(hart, hart ? 4 : 2);
        if (hart == 0)
            tohost = CONSOLE | ('a' + i % 26);
    }
    if (hart == 0)
        tohost = FINISHED;
    work(hart, UINT64_MAX / OWN);
}
