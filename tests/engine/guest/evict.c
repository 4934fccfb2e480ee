/* Written to break the fast engine: lines that are evicted and fetched again within a quantum, while others snoop them.
 *
 * All harts walk over lines that fall into one set of an ordinary L1, more of them than it has ways. Each keeps a few
 * in use, so that they hit, are taken away, come back to another way and hit again within a few cycles. */
#include "bare.h"

#define STRIDE 4096u /* to the next line of the same set, in a cache of 16 KiB and 4 ways and in smaller ones */
#define LINES  12u
#define STEPS  6000u

static _Alignas(STRIDE) volatile uint64_t ground[LINES][STRIDE / 8];
static struct bare_barrier barrier;

static uint64_t next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Some hits, of which each may find that its line has been taken away since the last one. */
static uint64_t use(volatile uint64_t *at, uint64_t hart, uint64_t times) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < times; i++) {
        sum += at[(i + hart) % 8];
        if (i % 3 == 0)
            at[hart % 8] = sum;
    }
    return sum;
}

void bare_main(uint64_t hart, const void *tree) {
    uint64_t state = 88172645463325252u + hart;
    bare_wait(&barrier, bare_harts(tree));
    for (uint32_t i = 0; hart || i < STEPS; i++) {
        uint64_t drawn = next(&state);
        volatile uint64_t *one = ground[drawn % LINES], *other = ground[(drawn >> 8) % LINES];
        use(one, hart, drawn >> 16 & 7);
        use(other, hart, drawn >> 20 & 3);
        use(one, hart, drawn >> 24 & 15);
        if ((drawn >> 32) % 16 == 0)
            __atomic_fetch_xor(&other[7], drawn, __ATOMIC_RELAXED);
    }
    bare_finish(0);
}
