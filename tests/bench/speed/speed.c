/* Programs of `hartbeat bench --compare`, of which a letter on the console chooses one:
 *
 *     k   another kernel on each hart: a matrix, a sieve, a CRC, a sort; nobody needs anybody
 *     s   every hart reads a stretch of memory far larger than its cache, line after line
 *     l   all harts fight for one ticket lock, and do next to nothing with it
 *     i   hart 0 computes, the others sleep
 *
 * Each ends when hart 0 has done its part and, but for i, all others theirs. */
#include "bare.h"

#define STRETCH      (256u << 10) /* bytes a hart */
#define ACQUISITIONS 3000u        /* of each hart */
#define SIZE         16
#define NUMBERS      512
#define SIEVE        4096
#define REPEATED     40u

struct private {
    _Alignas(4096) uint64_t a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];
    uint32_t number[NUMBERS];
    uint8_t composite[SIEVE];
};

static struct private private[BARE_HARTS];
static _Alignas(4096) volatile uint64_t stretch[BARE_HARTS][STRETCH / 8];
static struct bare_lock lock;
static struct bare_barrier begun, done;
static _Alignas(BARE_LINE) uint64_t counted;
static _Alignas(BARE_LINE) volatile uint64_t sink[BARE_HARTS][8];

/* ---- Kernels --------------------------------------------------------------------------------------------------- */

static uint64_t multiply(struct private *mine) {
    for (uint32_t i = 0; i < SIZE; i++)
        for (uint32_t j = 0; j < SIZE; j++) {
            uint64_t sum = i ^ j;
            for (uint32_t k = 0; k < SIZE; k++)
                sum += mine->a[i][k] * mine->b[k][j];
            mine->c[i][j] = mine->a[j][i] = sum;
        }
    return mine->c[1][2];
}

static uint64_t sieve(struct private *mine) {
    uint64_t primes = 0;
    for (uint32_t i = 2; i < SIEVE; i++)
        mine->composite[i] = 0;
    for (uint32_t i = 2; i < SIEVE; i++) {
        primes += !mine->composite[i];
        for (uint32_t k = 2 * i; k < SIEVE && !mine->composite[i]; k += i)
            mine->composite[k] = 1;
    }
    return primes;
}

static uint64_t crc(const struct private *mine) {
    uint32_t sum = ~0u;
    for (uint32_t i = 0; i < SIEVE / 2; i++) {
        sum ^= mine->composite[i];
        for (uint32_t bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
    }
    return sum;
}

static uint64_t sort(struct private *mine) {
    uint32_t state = 12345;
    for (uint32_t i = 0; i < NUMBERS; i++)
        mine->number[i] = state = state * 1664525u + 1013904223u;
    for (uint32_t gap = NUMBERS / 2; gap; gap /= 2)
        for (uint32_t i = gap; i < NUMBERS; i++)
            for (uint32_t k = i; k >= gap && mine->number[k - gap] > mine->number[k]; k -= gap) {
                uint32_t other = mine->number[k];
                mine->number[k] = mine->number[k - gap];
                mine->number[k - gap] = other;
            }
    return mine->number[0];
}

static void compute(uint64_t hart, uint64_t which, uint32_t times) {
    struct private *mine = &private[hart];
    for (uint32_t i = 0; i < times; i++) {
        switch (which % 4) {
        case 0: sink[hart][0] += multiply(mine); break;
        case 1: sink[hart][0] += sieve(mine); break;
        case 2: sink[hart][0] += crc(mine); break;
        default: sink[hart][0] += sort(mine); break;
        }
    }
}

/* ---- The others ------------------------------------------------------------------------------------------------ */

static void stream(uint64_t hart) {
    uint64_t sum = 0;
    for (uint32_t round = 0; round < 16; round++)
        for (uint32_t i = 0; i < STRETCH / 8; i += BARE_LINE / 8)
            sum += stretch[hart][i];
    sink[hart][0] = sum;
}

static void storm(void) {
    for (uint32_t i = 0; i < ACQUISITIONS; i++) {
        bare_lock(&lock);
        counted++;
        bare_unlock(&lock);
    }
}

static void perform(uint64_t hart, int which) {
    switch (which) {
    case 'k': compute(hart, hart, REPEATED); break;
    case 's': stream(hart); break;
    case 'l': storm(); break;
    default: compute(hart, 0, hart ? 0 : 16 * REPEATED); break;
    }
}

void bare_main(uint64_t hart, const void *tree) {
    static volatile int which;
    uint32_t harts = bare_harts(tree);
    if (hart == 0)
        which = bare_read();
    bare_wait(&begun, harts);
    perform(hart, which);
    if (which != 'i')
        bare_wait(&done, harts);
    if (hart == 0)
        bare_finish(which == 'l' && counted != (uint64_t)harts * ACQUISITIONS);
}
