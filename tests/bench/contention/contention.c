/* The bare-metal program of `hartbeat bench`: every hart multiplies matrices of its own, and in between the harts meet
 * in a ticket lock, in a falsely shared line and in barriers. It passes only if every product and every count is right.
 * The work a hart does does not depend on how many there are. */
#include "bare.h"

#define SIZE         16  /* three matrices of 2 KiB: they stay in the L1D */
#define ROUNDS       480 /* each ends with a barrier */
#define PRODUCTS     1   /* of a round */
#define LOCKED       12  /* critical sections of a round */
#define FALSE_SHARED 32  /* increments of a round, in a line in which every hart has a word */

struct private {
    _Alignas(4096) uint64_t a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];
};

static struct private private[BARE_HARTS];
static struct bare_lock lock;
static struct bare_barrier barrier;
static _Alignas(BARE_LINE) uint64_t shared_sum;
static _Alignas(BARE_LINE) volatile uint32_t falsely_shared[BARE_HARTS];
static _Alignas(BARE_LINE) uint32_t wrong;

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

static void fill(struct private *mine, uint64_t *state) {
    for (uint32_t i = 0; i < SIZE; i++)
        for (uint32_t j = 0; j < SIZE; j++) {
            mine->a[i][j] = next_random(state);
            mine->b[i][j] = next_random(state);
        }
}

static void multiply(struct private *mine) {
    for (uint32_t i = 0; i < SIZE; i++)
        for (uint32_t j = 0; j < SIZE; j++) {
            uint64_t sum = 0;
            for (uint32_t k = 0; k < SIZE; k++)
                sum += mine->a[i][k] * mine->b[k][j];
            mine->c[i][j] = sum;
        }
}

static void apply(uint64_t m[SIZE][SIZE], const uint64_t from[SIZE], uint64_t to[SIZE]) {
    for (uint32_t i = 0; i < SIZE; i++) {
        to[i] = 0;
        for (uint32_t j = 0; j < SIZE; j++)
            to[i] += m[i][j] * from[j];
    }
}

/* Freivalds: C x = A (B x) for a random x. */
static int product_is_right(struct private *mine, uint64_t *state) {
    uint64_t x[SIZE], bx[SIZE], abx[SIZE], cx[SIZE];
    for (uint32_t i = 0; i < SIZE; i++)
        x[i] = next_random(state);
    apply(mine->b, x, bx);
    apply(mine->a, bx, abx);
    apply(mine->c, x, cx);
    for (uint32_t i = 0; i < SIZE; i++)
        if (cx[i] != abx[i])
            return 0;
    return 1;
}

static void work_alone(uint64_t hart, uint64_t *state) {
    struct private *mine = &private[hart];
    for (uint32_t i = 0; i < PRODUCTS; i++) {
        fill(mine, state);
        multiply(mine);
        if (!product_is_right(mine, state))
            __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    }
}

static void meet(uint64_t hart) {
    for (uint32_t i = 0; i < LOCKED; i++) {
        bare_lock(&lock);
        shared_sum += hart + 1;
        bare_unlock(&lock);
    }
    for (uint32_t i = 0; i < FALSE_SHARED; i++)
        falsely_shared[hart]++;
}

static int counts_are_right(uint32_t harts) {
    int right = shared_sum == (uint64_t)ROUNDS * LOCKED * harts * (harts + 1) / 2;
    for (uint32_t i = 0; i < harts; i++)
        right &= falsely_shared[i] == ROUNDS * FALSE_SHARED;
    return right && !wrong;
}

void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    uint64_t state = 0x9e3779b97f4a7c15 * (hart + 1);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        work_alone(hart, &state);
        meet(hart);
        bare_wait(&barrier, harts);
    }
    if (hart)
        return;
    int right = counts_are_right(harts);
    bare_print(right ? "contention: all sums are right\n" : "contention: a sum is WRONG\n");
    bare_finish(right ? 0 : 1);
}
