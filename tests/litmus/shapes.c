/* The guest's side of the litmus shapes: each runs many times with each sync, each time with other delays and with the
 * lines in other caches before. The host reads `outcomes`. */
#include "tests/litmus/shapes.h"

#include "bare.h"

/* Set by the host before the start. */
uint64_t runs = 10, seed = 1;

#define NUMBER(name, ...) NUMBER_##name,
enum { LITMUS_SHAPES(NUMBER) SHAPES };

uint16_t outcomes[SHAPES][LITMUS_SYNCS][LITMUS_RUNS_MAX];

static struct bare_barrier barrier;
static _Alignas(BARE_LINE) uint64_t x;
static _Alignas(BARE_LINE) uint64_t y;
static struct { _Alignas(BARE_LINE) uint64_t r[LITMUS_REGISTERS]; } out[LITMUS_HARTS];

/* ---- Accesses -------------------------------------------------------------------------------------------------- */

#define INLINE static inline __attribute__((always_inline))

enum access { NOTHING, LOAD, STORE };

INLINE void store(uint64_t *at, uint64_t value, enum litmus_sync sync) {
    if (sync == LITMUS_ATOMICS)
        asm volatile("amoswap.d.rl zero, %0, (%1)" : : "r"(value), "r"(at) : "memory");
    else
        asm volatile("sd %0, 0(%1)" : : "r"(value), "r"(at) : "memory");
}

INLINE uint64_t load(uint64_t *at, enum litmus_sync sync) {
    uint64_t value;
    if (sync == LITMUS_ATOMICS)
        asm volatile("lr.d.aq %0, (%1)" : "=r"(value) : "r"(at) : "memory");
    else
        asm volatile("ld %0, 0(%1)" : "=r"(value) : "r"(at) : "memory");
    return value;
}

/* All is constant wherever this is expanded, so nothing stands between two accesses but the fence, if there is one. */
INLINE void order(enum access before, enum access after, enum litmus_sync sync) {
    if (before == NOTHING)
        return;
    if (sync == LITMUS_FENCES)
        asm volatile("fence rw, rw" : : : "memory");
    if (sync == LITMUS_ACQUIRE_RELEASE && before == LOAD)
        asm volatile("fence r, rw" : : : "memory");
    if (sync == LITMUS_ACQUIRE_RELEASE && after == STORE)
        asm volatile("fence rw, w" : : : "memory");
}

/* ---- Shapes ---------------------------------------------------------------------------------------------------- */

#define W(at, value)                                                                                                   \
    order(last, STORE, sync);                                                                                          \
    store(&at, value, sync);                                                                                           \
    last = STORE;
#define R(at, number)                                                                                                  \
    order(last, LOAD, sync);                                                                                           \
    r[number] = load(&at, sync);                                                                                       \
    last = LOAD;

/* Registers go to memory when all accesses have been made. */
#define PART(accesses)                                                                                                 \
    {                                                                                                                  \
        accesses(void) last;                                                                                           \
        for (uint32_t i = 0; i < LITMUS_REGISTERS; i++)                                                                \
            out[hart].r[i] = r[i];                                                                                     \
        return;                                                                                                        \
    }
#define WITH(name, sync)                                                                                               \
    static void with_##sync##_##name(uint64_t hart) {                                                                  \
        shape_##name(hart, sync);                                                                                      \
    }
#define EXPAND(name, part0, part1, part2, part3, relaxed)                                                              \
    INLINE void shape_##name(uint64_t hart, enum litmus_sync sync) {                                                   \
        enum access last = NOTHING;                                                                                    \
        uint64_t r[LITMUS_REGISTERS] = {0};                                                                            \
        switch (hart) {                                                                                                \
        case 0: PART(part0)                                                                                            \
        case 1: PART(part1)                                                                                            \
        case 2: PART(part2)                                                                                            \
        default: PART(part3)                                                                                           \
        }                                                                                                              \
    }                                                                                                                  \
    WITH(name, LITMUS_PLAIN)                                                                                           \
    WITH(name, LITMUS_ACQUIRE_RELEASE)                                                                                 \
    WITH(name, LITMUS_FENCES)                                                                                          \
    WITH(name, LITMUS_ATOMICS)
LITMUS_SHAPES(EXPAND)

#define LIST(name, ...)                                                                                                \
    {with_LITMUS_PLAIN_##name, with_LITMUS_ACQUIRE_RELEASE_##name, with_LITMUS_FENCES_##name,                          \
     with_LITMUS_ATOMICS_##name},
static void (*const shapes[SHAPES][LITMUS_SYNCS])(uint64_t hart) = {LITMUS_SHAPES(LIST)};

/* ---- Runs ------------------------------------------------------------------------------------------------------ */

static uint64_t mix(uint64_t z) {
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/* Whose caches hold the two lines, and when each hart begins: at about the same time, or far apart. */
static void set_scene(uint64_t hart, uint64_t number) {
    uint64_t common = mix(seed * 1000003 + number), own = mix(common + hart);
    if (hart == (common & 3))
        store(&x, 0, LITMUS_PLAIN);
    if (hart == (common >> 2 & 3))
        store(&y, 0, LITMUS_PLAIN);
    bare_wait(&barrier, LITMUS_HARTS);
    if (own & 1)
        load(&x, LITMUS_PLAIN);
    if (own & 2)
        load(&y, LITMUS_PLAIN);
    bare_wait(&barrier, LITMUS_HARTS);
    for (uint64_t wait = (own >> 8) % (2ull << (common >> 4) % 6); wait; wait--)
        asm volatile("nop");
}

static uint16_t outcome(void) {
    uint64_t r[LITMUS_REGISTERS] = {0};
    for (uint32_t hart = 0; hart < LITMUS_HARTS; hart++)
        for (uint32_t i = 0; i < LITMUS_REGISTERS; i++)
            r[i] |= out[hart].r[i]; /* of each register only one hart writes something else than 0 */
    return (uint16_t)LITMUS_OUTCOME(r, load(&x, LITMUS_PLAIN), load(&y, LITMUS_PLAIN));
}

static void try_shape(uint64_t hart, uint32_t shape, enum litmus_sync sync) {
    for (uint64_t i = 0; i < runs; i++) {
        set_scene(hart, (i * SHAPES + shape) * LITMUS_SYNCS + sync);
        shapes[shape][sync](hart);
        bare_wait(&barrier, LITMUS_HARTS);
        if (hart == 0)
            outcomes[shape][sync][i] = outcome();
        bare_wait(&barrier, LITMUS_HARTS);
    }
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    for (uint32_t shape = 0; shape < SHAPES; shape++)
        for (uint32_t sync = 0; sync < LITMUS_SYNCS; sync++)
            try_shape(hart, shape, (enum litmus_sync)sync);
    if (hart == 0)
        bare_finish(0);
}
