/* Code that is written and executed at once, without fence.i: by the hart that wrote it, and by every other one as soon
 * as it is told. In each round another hart writes; the code stands at the same address every time. */
#include "bare.h"

#define ROUNDS    400
#define FUNCTIONS 3 /* at the end of a line, across two lines, in the middle */

#define LI_A0(value) (0x00000513u | (uint32_t)(value) << 20)
#define RET          0x00008067u

static _Alignas(4096) uint8_t text[4 * BARE_LINE];
static const uint32_t place[FUNCTIONS] = {BARE_LINE - 8, 2 * BARE_LINE - 2, 2 * BARE_LINE + 24};
static struct bare_barrier barrier;
static _Alignas(BARE_LINE) uint32_t written;
static _Alignas(BARE_LINE) uint32_t wrong;

static void write_half(uint8_t *at, uint32_t half) {
    *(volatile uint16_t *)at = (uint16_t)half;
}

static void write_function(uint32_t f, uint32_t value) {
    uint8_t *at = text + place[f];
    const uint32_t code[] = {LI_A0(value), RET};
    for (uint32_t i = 0; i < 4; i++)
        write_half(at + 2 * i, code[i / 2] >> 16 * (i % 2));
}

static void check(uint32_t f, uint32_t value) {
    uint64_t (*function)(void) = (uint64_t(*)(void))(text + place[f]);
    asm volatile("" ::: "memory");
    if (function() != value)
        __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
}

static uint32_t value_in(uint32_t round, uint32_t f) {
    return (round * FUNCTIONS + f) % 2048;
}

static void write_and_check(uint32_t round) {
    for (uint32_t f = 0; f < FUNCTIONS; f++) {
        write_function(f, value_in(round, f));
        check(f, value_in(round, f));
    }
    __atomic_store_n(&written, round + 1, __ATOMIC_RELEASE);
}

void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        if (round % harts == hart)
            write_and_check(round);
        while (__atomic_load_n(&written, __ATOMIC_ACQUIRE) != round + 1)
            ;
        for (uint32_t f = 0; f < FUNCTIONS; f++)
            check(f, value_in(round, f));
        bare_wait(&barrier, harts);
    }
    if (hart)
        return;
    bare_print("harts ");
    bare_print_number(harts);
    bare_print(", old code executed ");
    bare_print_number(wrong);
    bare_print(" times\n");
    bare_finish(wrong ? 1 : 0);
}
