/* Litmus shapes: what loads and stores of several harts to two words may be seen to do in which order. Names and
 * outcomes are those of the literature (Alglave, Maranget and Tautschnig, Herding Cats, TOPLAS 36(2), 2014).
 *
 * Each shape runs many times, each time with other delays, and with the lines in other caches before; counted is how
 * often its relaxed outcome is seen, the one that sequential consistency forbids. The host reads `relaxed`. */
#include <stdbool.h>

#include "bare.h"

#define HARTS  4
#define SHAPES 10

enum sync { SYNC_NONE, SYNC_ACQUIRE_RELEASE, SYNC_FENCES, SYNCS };

/* Set by the host before the start. */
uint64_t iterations = 10, seed = 1;

uint64_t relaxed[SHAPES][SYNCS];

static struct bare_barrier barrier;
static _Alignas(BARE_LINE) uint64_t x;
static _Alignas(BARE_LINE) uint64_t y;
static struct { _Alignas(BARE_LINE) uint64_t r[2]; } out[HARTS];

static void store(uint64_t *at, uint64_t value) {
    asm volatile("sd %0, 0(%1)" : : "r"(value), "r"(at) : "memory");
}

static uint64_t load(uint64_t *at) {
    uint64_t value;
    asm volatile("ld %0, 0(%1)" : "=r"(value) : "r"(at) : "memory");
    return value;
}

#define INLINE static inline __attribute__((always_inline))

/* Between two accesses of a hart - nothing at all where there is no sync, for `sync` is a constant wherever a shape is
 * expanded; how a release before a store and an acquire after a load are made of fences. */
#define BETWEEN(before, after)                                                                                         \
    do {                                                                                                               \
        if (sync == SYNC_FENCES)                                                                                       \
            asm volatile("fence rw, rw" : : : "memory");                                                               \
        if (sync == SYNC_ACQUIRE_RELEASE && before##_LOADS)                                                            \
            asm volatile("fence r, rw" : : : "memory");                                                                \
        if (sync == SYNC_ACQUIRE_RELEASE && after##_STORES)                                                            \
            asm volatile("fence rw, w" : : : "memory");                                                                \
    } while (0)
#define LOAD_LOADS   1
#define LOAD_STORES  0
#define STORE_LOADS  0
#define STORE_STORES 1

INLINE void two_stores(uint64_t *first, uint64_t a, uint64_t *second, uint64_t b, enum sync sync) {
    store(first, a);
    BETWEEN(STORE, STORE);
    store(second, b);
}

INLINE void two_loads(uint64_t hart, uint64_t *first, uint64_t *second, enum sync sync) {
    uint64_t a = load(first);
    BETWEEN(LOAD, LOAD);
    out[hart].r[1] = load(second);
    out[hart].r[0] = a;
}

INLINE void store_load(uint64_t hart, uint64_t *first, uint64_t a, uint64_t *second, enum sync sync) {
    store(first, a);
    BETWEEN(STORE, LOAD);
    out[hart].r[0] = load(second);
}

INLINE void load_store(uint64_t hart, uint64_t *first, uint64_t *second, uint64_t b, enum sync sync) {
    uint64_t a = load(first);
    BETWEEN(LOAD, STORE);
    store(second, b);
    out[hart].r[0] = a;
}

INLINE void sb(uint64_t hart, enum sync sync) {
    if (hart < 2)
        store_load(hart, hart ? &y : &x, 1, hart ? &x : &y, sync);
}
static bool sb_relaxed(void) {
    return out[0].r[0] == 0 && out[1].r[0] == 0;
}

INLINE void mp(uint64_t hart, enum sync sync) {
    if (hart == 0)
        two_stores(&x, 1, &y, 1, sync);
    if (hart == 1)
        two_loads(hart, &y, &x, sync);
}
static bool mp_relaxed(void) {
    return out[1].r[0] == 1 && out[1].r[1] == 0;
}

INLINE void lb(uint64_t hart, enum sync sync) {
    if (hart < 2)
        load_store(hart, hart ? &y : &x, hart ? &x : &y, 1, sync);
}
static bool lb_relaxed(void) {
    return out[0].r[0] == 1 && out[1].r[0] == 1;
}

INLINE void s(uint64_t hart, enum sync sync) {
    if (hart == 0)
        two_stores(&x, 2, &y, 1, sync);
    if (hart == 1)
        load_store(hart, &y, &x, 1, sync);
}
static bool s_relaxed(void) {
    return out[1].r[0] == 1 && load(&x) == 2;
}

INLINE void r(uint64_t hart, enum sync sync) {
    if (hart == 0)
        two_stores(&x, 1, &y, 1, sync);
    if (hart == 1)
        store_load(hart, &y, 2, &x, sync);
}
static bool r_relaxed(void) {
    return load(&y) == 2 && out[1].r[0] == 0;
}

INLINE void two_two_w(uint64_t hart, enum sync sync) {
    if (hart == 0)
        two_stores(&x, 1, &y, 2, sync);
    if (hart == 1)
        two_stores(&y, 1, &x, 2, sync);
}
static bool two_two_w_relaxed(void) {
    return load(&x) == 1 && load(&y) == 1;
}

INLINE void iriw(uint64_t hart, enum sync sync) {
    if (hart < 2)
        store(hart ? &y : &x, 1);
    else
        two_loads(hart, hart == 2 ? &x : &y, hart == 2 ? &y : &x, sync);
}
static bool iriw_relaxed(void) {
    return out[2].r[0] == 1 && out[2].r[1] == 0 && out[3].r[0] == 1 && out[3].r[1] == 0;
}

INLINE void wrc(uint64_t hart, enum sync sync) {
    if (hart == 0)
        store(&x, 1);
    if (hart == 1)
        load_store(hart, &x, &y, 1, sync);
    if (hart == 2)
        two_loads(hart, &y, &x, sync);
}
static bool wrc_relaxed(void) {
    return out[1].r[0] == 1 && out[2].r[0] == 1 && out[2].r[1] == 0;
}

INLINE void corr(uint64_t hart, enum sync sync) {
    if (hart == 0)
        store(&x, 1);
    else
        two_loads(hart, &x, &x, sync);
}
static bool corr_relaxed(void) {
    bool back = false;
    for (uint64_t hart = 1; hart < HARTS; hart++)
        back |= out[hart].r[0] == 1 && out[hart].r[1] == 0;
    return back;
}

INLINE void cowr(uint64_t hart, enum sync sync) {
    if (hart == 0)
        store_load(hart, &x, 1, &x, sync);
    if (hart == 1)
        store(&x, 2);
}
static bool cowr_relaxed(void) {
    return out[0].r[0] == 0 || (out[0].r[0] == 2 && load(&x) == 1);
}

/* A shape with each sync, all of it straight code. In the order of the host's table. */
#define EXPAND(shape)                                                                                                  \
    static void shape##_plain(uint64_t hart) {                                                                         \
        shape(hart, SYNC_NONE);                                                                                        \
    }                                                                                                                  \
    static void shape##_ordered(uint64_t hart) {                                                                       \
        shape(hart, SYNC_ACQUIRE_RELEASE);                                                                             \
    }                                                                                                                  \
    static void shape##_fenced(uint64_t hart) {                                                                        \
        shape(hart, SYNC_FENCES);                                                                                      \
    }
EXPAND(sb)
EXPAND(mp)
EXPAND(lb)
EXPAND(s)
EXPAND(r)
EXPAND(two_two_w)
EXPAND(iriw)
EXPAND(wrc)
EXPAND(corr)
EXPAND(cowr)

#define SHAPE(shape)                                                                                                   \
    { {shape##_plain, shape##_ordered, shape##_fenced}, shape##_relaxed }
static const struct {
    void (*run[SYNCS])(uint64_t hart);
    bool (*is_relaxed)(void);
} shapes[SHAPES] = {SHAPE(sb),        SHAPE(mp),   SHAPE(lb),  SHAPE(s),    SHAPE(r),
                    SHAPE(two_two_w), SHAPE(iriw), SHAPE(wrc), SHAPE(corr), SHAPE(cowr)};

static uint64_t mix(uint64_t z) {
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/* Which of the two lines are in this hart's cache, and when it begins. */
static void set_scene(uint64_t hart, uint64_t number) {
    uint64_t chance = mix(mix(seed * 4 + hart) + number);
    if (hart == 0) {
        store(&x, 0);
        store(&y, 0);
    }
    bare_wait(&barrier, HARTS);
    if (chance & 3)
        load(chance & 1 ? &x : &y);
    if ((chance >> 2 & 3) == 0)
        load(&y);
    out[hart].r[0] = out[hart].r[1] = 0;
    bare_wait(&barrier, HARTS);
    for (uint64_t wait = chance >> 8 & 63; wait; wait--)
        asm volatile("nop");
}

static void try_shape(uint64_t hart, uint32_t shape, enum sync sync) {
    for (uint64_t i = 0; i < iterations; i++) {
        set_scene(hart, (i * SHAPES + shape) * SYNCS + sync);
        shapes[shape].run[sync](hart);
        bare_wait(&barrier, HARTS);
        if (hart == 0)
            relaxed[shape][sync] += shapes[shape].is_relaxed();
        bare_wait(&barrier, HARTS);
    }
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    for (uint32_t shape = 0; shape < SHAPES; shape++)
        for (uint32_t sync = 0; sync < SYNCS; sync++)
            try_shape(hart, shape, (enum sync)sync);
    if (hart == 0)
        bare_finish(0);
}
