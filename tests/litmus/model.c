#include "tests/litmus/model.h"

#include <string.h>

/* ---- The shapes as data ---------------------------------------------------------------------------------------- */

enum { AT_x, AT_y };

#define W(at, value)  {LITMUS_STORE, AT_##at, value},
#define R(at, number) {LITMUS_LOAD, AT_##at, number},

#define BITS(outcome, place) ((outcome) >> 2 * (place)&3)
#define RELAXED(name, part0, part1, part2, part3, relaxed)                                                             \
    static bool is_relaxed_##name(uint32_t outcome) {                                                                  \
        const uint32_t r0 = BITS(outcome, 0), r1 = BITS(outcome, 1), r2 = BITS(outcome, 2), r3 = BITS(outcome, 3);     \
        const uint32_t x = BITS(outcome, 4), y = BITS(outcome, 5);                                                     \
        (void)r0, (void)r1, (void)r2, (void)r3, (void)x, (void)y;                                                      \
        return relaxed;                                                                                                \
    }
LITMUS_SHAPES(RELAXED)

#define DATA(name, part0, part1, part2, part3, relaxed)                                                                \
    {#name, {{part0}, {part1}, {part2}, {part3}}, is_relaxed_##name},
const struct litmus_shape litmus_shapes[] = {LITMUS_SHAPES(DATA)};
const uint32_t litmus_shapes_n = sizeof litmus_shapes / sizeof litmus_shapes[0];

/* ---- The abstract machine -------------------------------------------------------------------------------------- */

struct waiting_store {
    uint8_t location, value;
    bool after_all; /* a fence stands before it: no older store comes after it */
};

struct state {
    uint8_t memory[2];
    uint8_t r[LITMUS_REGISTERS];
    uint8_t done[LITMUS_HARTS]; /* accesses that each hart has made */
    uint8_t waiting[LITMUS_HARTS];
    struct waiting_store store[LITMUS_HARTS][LITMUS_ACCESSES_MAX]; /* oldest first */
};

struct search {
    const struct litmus_shape *shape;
    enum litmus_model model;
    enum litmus_sync sync;
    bool *allowed;
};

static void explore(const struct search *search, const struct state *state);

/* Nothing may wait: atomics are performed in memory, and a fence stands before all but the first access. */
static bool must_be_empty(const struct search *search, const struct state *state, uint32_t hart) {
    return search->sync == LITMUS_ATOMICS || (search->sync == LITMUS_FENCES && state->done[hart] > 0);
}

static void load(struct state *state, uint32_t hart, const struct litmus_access *access) {
    uint8_t value = state->memory[access->location];
    for (uint32_t i = 0; i < state->waiting[hart]; i++)
        if (state->store[hart][i].location == access->location)
            value = state->store[hart][i].value;
    state->r[access->operand] = value;
}

static void store(const struct search *search, struct state *state, uint32_t hart, const struct litmus_access *access) {
    if (search->model == LITMUS_SC || search->sync == LITMUS_ATOMICS) {
        state->memory[access->location] = access->operand;
        return;
    }
    state->store[hart][state->waiting[hart]++] =
        (struct waiting_store){.location = access->location,
                               .value = access->operand,
                               .after_all = search->sync == LITMUS_ACQUIRE_RELEASE && state->done[hart] > 0};
}

static void try_access(const struct search *search, const struct state *state, uint32_t hart) {
    const struct litmus_access *access = &search->shape->access[hart][state->done[hart]];
    if (access->kind == LITMUS_END || (state->waiting[hart] && must_be_empty(search, state, hart)))
        return;
    struct state next = *state;
    if (access->kind == LITMUS_LOAD)
        load(&next, hart, access);
    else
        store(search, &next, hart, access);
    next.done[hart]++;
    explore(search, &next);
}

/* May the hart's waiting store number `i` go to memory before those that are older? */
static bool may_go(const struct search *search, const struct state *state, uint32_t hart, uint32_t i) {
    const struct waiting_store *waiting = state->store[hart];
    if (i > 0 && (search->model != LITMUS_WEAK || waiting[i].after_all))
        return false;
    for (uint32_t older = 0; older < i; older++)
        if (waiting[older].location == waiting[i].location || (older > 0 && waiting[older].after_all))
            return false;
    return true;
}

static void try_drain(const struct search *search, const struct state *state, uint32_t hart, uint32_t i) {
    if (!may_go(search, state, hart, i))
        return;
    struct state next = *state;
    struct waiting_store *waiting = next.store[hart];
    next.memory[waiting[i].location] = waiting[i].value;
    next.waiting[hart]--;
    memmove(&waiting[i], &waiting[i + 1], (next.waiting[hart] - i) * sizeof waiting[0]);
    explore(search, &next);
}

static bool is_over(const struct search *search, const struct state *state) {
    for (uint32_t hart = 0; hart < LITMUS_HARTS; hart++)
        if (search->shape->access[hart][state->done[hart]].kind != LITMUS_END || state->waiting[hart])
            return false;
    return true;
}

/* At most a dozen steps lie before it, so states that come again are looked at again. */
static void explore(const struct search *search, const struct state *state) {
    if (is_over(search, state)) {
        search->allowed[LITMUS_OUTCOME(state->r, state->memory[AT_x], state->memory[AT_y])] = true;
        return;
    }
    for (uint32_t hart = 0; hart < LITMUS_HARTS; hart++) {
        try_access(search, state, hart);
        for (uint32_t i = 0; i < state->waiting[hart]; i++)
            try_drain(search, state, hart, i);
    }
}

void litmus_search(const struct litmus_shape *shape, enum litmus_model model, enum litmus_sync sync,
                   bool allowed[LITMUS_OUTCOMES]) {
    const struct search search = {.shape = shape, .model = model, .sync = sync, .allowed = allowed};
    const struct state start = {.memory = {0}};
    memset(allowed, 0, LITMUS_OUTCOMES * sizeof allowed[0]);
    explore(&search, &start);
}
