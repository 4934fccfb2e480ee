/* Written to break the fast engine: reservations that move from one line to another while both are taken away.
 *
 * Hart 0 writes the first line, then the second. The others reserve the first, work, and by what they read in the
 * second store to the first or reserve the second in its place. Ahead of time they see the old value and reserve the
 * second; taken back, they see the new one, and must find that the first reservation has been lost meanwhile. */
#include "bare.h"

#define ROUNDS 6000u

static _Alignas(BARE_LINE) volatile uint64_t first[8], second[8], own[BARE_HARTS][16];
static struct bare_barrier barrier;

static uint64_t next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void work(uint64_t hart, uint64_t steps) {
    for (uint64_t i = 0; i < steps; i++)
        own[hart][i % 16] += i;
}

static void disturb(uint64_t drawn) {
    work(0, drawn % 200);
    first[0] = drawn;
    if (drawn >> 8 & 1)
        work(0, drawn >> 9 & 15);
    second[0] = drawn >> 13;
}

static void move(uint64_t hart, uint64_t drawn) {
    uint64_t value = bare_reserve(&first[0]) + second[1];
    work(hart, drawn % 100);
    if (second[0] & 1) {
        own[hart][0] += bare_store_if_reserved(&first[0], value + 1);
        return;
    }
    value += bare_reserve(&second[0]);
    work(hart, drawn >> 8 & 63);
    own[hart][1] += bare_store_if_reserved(&second[0], value & ~1ull);
}

void bare_main(uint64_t hart, const void *tree) {
    uint64_t state = hart + 12345;
    bare_wait(&barrier, bare_harts(tree));
    for (uint64_t i = 0; hart || i < ROUNDS; i++) {
        uint64_t drawn = next(&state);
        if (hart)
            move(hart, drawn);
        else
            disturb(drawn);
    }
    bare_finish(0);
}
