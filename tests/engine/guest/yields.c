/* Written to break the fast engine: reservations on lines that their hart gives up, and on lines that somebody takes
 * and writes back while an SC waits for the bus.
 *
 * All lines but those of the counts are in one set, of an L1 of 16 KiB and 4 ways as of smaller ones. Hart 0 writes the
 * contended word and makes room for others at once. Hart 1 reserves a line of its own, reads so many others that it has
 * to give it up, and must fail to store. The rest reserve the contended word and store to it. */
#include "bare.h"

#define STRIDE 4096u
#define LINES  5u
#define ROUNDS 20000u

static _Alignas(STRIDE) volatile uint64_t ground[BARE_HARTS][LINES][STRIDE / 8];
static _Alignas(STRIDE) volatile uint64_t contended[8];
static _Alignas(BARE_LINE) volatile uint64_t failures[BARE_HARTS][8];
static struct bare_barrier barrier;

static uint64_t read(uint64_t hart, uint32_t lines) {
    uint64_t sum = 0;
    for (uint32_t i = 1; i <= lines; i++)
        sum += ground[hart][i % LINES][0];
    return sum;
}

static void give_up(uint64_t hart, uint32_t round) {
    uint64_t value = bare_reserve(&ground[hart][0][0]) + read(hart, round % 8 ? LINES - 1 : 0);
    value += contended[1];
    failures[hart][0] += bare_store_if_reserved(&ground[hart][0][0], value);
}

static void disturb(uint32_t round) {
    contended[0] = round;
    read(0, 1 + round % 2);
    for (uint32_t i = 0; i < round * 7 % 64; i++)
        failures[0][1]++;
}

void bare_main(uint64_t hart, const void *tree) {
    bare_wait(&barrier, bare_harts(tree));
    for (uint32_t round = 0; hart || round < ROUNDS; round++)
        if (hart == 0)
            disturb(round);
        else if (hart == 1)
            give_up(hart, round);
        else
            failures[hart][0] += bare_store_if_reserved(contended, bare_reserve(contended) + 1);
    bare_finish(0);
}
