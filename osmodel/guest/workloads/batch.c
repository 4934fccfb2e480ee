/* `batch`: independent integer tasks. One unit of work refreshes one block of two cache lines and runs the task's
 * kernel on it; the next unit takes the next block, round the whole set. So a set that is larger than the L1D costs two
 * line fills (and two write-backs) a unit in every lap, and a small one none after the first.
 *
 * Nothing here needs a constant from memory: the guest's tasks see their code, their stack and their set. */
#include "osmodel/guest/workloads/kinds.h"
#include "osmodel/guest/workloads/workload.h"

#define BLOCK_WORDS 16u
#define BLOCK_BYTES (BLOCK_WORDS * 8u)

union block {
    uint64_t words[BLOCK_WORDS];
    uint32_t halves[BLOCK_WORDS * 2];
    uint8_t bytes[BLOCK_BYTES];
};

/* Marsaglia's xorshift generator ("Xorshift RNGs", 2003), triple (13, 7, 17): never 0 unless it starts from 0. */
static uint64_t next_random(uint64_t x) {
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

/* Where a task's random numbers start: different for neighbouring seeds and tasks, and not 0. */
static uint64_t first_random(uint64_t seed, uint32_t task) {
    uint64_t x = (seed << 12 ^ seed >> 40) + task * 2654435761u;
    for (int i = 0; i < 8; i++)
        x = next_random(x | 1) * 0x5bd1e995u + task;
    return x | 1;
}

/* New contents for a block. `keep` is 0 in the first lap, when the contents of memory are unknown, and all ones later,
 * so that a result depends on every earlier visit. */
static uint64_t refresh(union block *block, uint64_t x, uint64_t keep) {
    for (unsigned i = 0; i < BLOCK_WORDS; i++) {
        x = next_random(x);
        block->words[i] = (block->words[i] & keep) ^ x;
    }
    return x;
}

/* Sieve the multiples of small odd numbers out of a stretch of the number line; add up what is left. */
static uint64_t sieve(union block *block, uint64_t x) {
    uint32_t base = (uint32_t)x & 0xffffff;
    for (uint32_t divisor = 3; divisor < 13; divisor += 2)
        for (uint32_t i = divisor - 1 - base % divisor; i < BLOCK_BYTES; i += divisor)
            block->bytes[i] = 0;
    uint64_t sum = base;
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        sum += block->words[i];
    return sum;
}

/* CRC-32 (reflected polynomial 0xedb88320), bit by bit, of the block folded into one word. */
static uint64_t crc(union block *block, uint64_t x) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        bits ^= block->words[i];
    uint64_t remainder = x & 0xffffffff;
    for (unsigned i = 0; i < 64; i++) {
        uint64_t feedback = (remainder ^ bits >> i) & 1;
        remainder = remainder >> 1 ^ (0xedb88320u & -feedback);
    }
    block->words[0] ^= remainder;
    return remainder;
}

/* A row of four, multiplied by a 4 x 4 matrix, in place. */
static void multiply_row(uint32_t *row, const uint32_t *matrix) {
    uint32_t product[4];
    for (unsigned column = 0; column < 4; column++) {
        uint32_t sum = 0;
        for (unsigned k = 0; k < 4; k++)
            sum += row[k] * matrix[k * 4 + column];
        product[column] = sum;
    }
    for (unsigned column = 0; column < 4; column++)
        row[column] = product[column] | 1;
}

/* The block is two 4 x 4 matrices; the first is multiplied by the second. */
static uint64_t matrix(union block *block, uint64_t x) {
    uint32_t *rows = block->halves;
    uint64_t sum = x;
    for (unsigned row = 0; row < 4; row++) {
        multiply_row(rows + row * 4, rows + 16);
        sum = sum * 31 + rows[row * 4] + rows[row * 4 + 3];
    }
    return sum;
}

/* Insertion sort of the first 18 half-words. */
static uint64_t sort(union block *block, uint64_t x) {
    uint32_t *values = block->halves;
    for (unsigned i = 1; i < 18; i++) {
        uint32_t value = values[i];
        unsigned hole = i;
        while (hole > 0 && values[hole - 1] > value) {
            values[hole] = values[hole - 1];
            hole--;
        }
        values[hole] = value;
    }
    return x ^ values[0] ^ (uint64_t)values[9] << 16 ^ (uint64_t)values[17] << 32;
}

/* Each step hashes the word at its position and goes where the hash says. */
static uint64_t walk(union block *block, uint64_t x) {
    for (unsigned step = 0; step < 64; step++) {
        uint64_t *place = &block->words[x % BLOCK_WORDS];
        x = (x >> 4 ^ x << 9) + *place;
        *place ^= x;
    }
    return x;
}

/* Four generations of rule 30 on a row of 1,024 cells, dead at its ends. */
static uint64_t automaton(union block *block, uint64_t x) {
    for (unsigned generation = 0; generation < 4; generation++) {
        uint64_t before = 0;
        for (unsigned i = 0; i < BLOCK_WORDS - 1; i++) {
            uint64_t cells = block->words[i];
            uint64_t left = cells << 1 | before >> 63;
            uint64_t right = cells >> 1 | block->words[i + 1] << 63;
            block->words[i] = left ^ (cells | right);
            before = cells;
        }
    }
    return x ^ block->words[BLOCK_WORDS / 2];
}

/* Two short switches, since a compiler turns a long one into a table in memory. */
static uint64_t run_kernel(uint32_t kernel, union block *block, uint64_t x) {
    if (kernel <= HB_KERNEL_MATRIX) {
        switch (kernel) {
        case HB_KERNEL_SIEVE: return sieve(block, x);
        case HB_KERNEL_CRC: return crc(block, x);
        default: return matrix(block, x);
        }
    }
    switch (kernel) {
    case HB_KERNEL_SORT: return sort(block, x);
    case HB_KERNEL_WALK: return walk(block, x);
    default: return automaton(block, x);
    }
}

uint64_t hb_batch_run(uint64_t seed, uint32_t task, const struct hb_batch_plan *plan, uint8_t *set) {
    union block *blocks = (union block *)(void *)set;
    uint64_t count = plan->set_bytes / BLOCK_BYTES;
    uint64_t x = first_random(seed, task);
    uint64_t at = x % count; /* tasks that use the same memory one after another start at different places */
    uint64_t sum = x;
    for (uint64_t unit = 0; unit < plan->units; unit++) {
        x = refresh(&blocks[at], x, unit < count ? 0 : ~(uint64_t)0);
        sum = (sum << 7 | sum >> 57) + run_kernel(plan->kernel, &blocks[at], x);
        at = at + 1 < count ? at + 1 : 0;
    }
    return sum;
}

/* ---- Plans ----------------------------------------------------------------------------------------------------- */

#define KERNELS 6u
#define LAPS    2u /* of a large set: from the second on it shows what the cache has kept */

enum property { LENGTH, SET, KERNEL };

/* Of 0 .. n - 1. The mixer is the finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", 2014): every bit of seed, task and property moves every bit of it. */
static uint64_t choose(uint64_t seed, uint32_t task, enum property property, uint64_t n) {
    uint64_t x = seed * 0x9e3779b97f4a7c15u + (uint64_t)task * 4 + property;
    for (int i = 0; i < 2; i++) {
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
        x = (x ^ x >> 27) * 0x94d049bb133111ebu;
        x ^= x >> 31;
    }
    return (x >> 16) % n;
}

/* By how much the work of a task is multiplied; 0 in a parameter counts as 1. */
static uint64_t times(const volatile struct hb_group *group, uint32_t task) {
    uint64_t every = group->long_every, long_times = group->long_times;
    return long_times > 1 && (every < 2 || (task - group->first) % every == 0) ? long_times : 1;
}

static uint64_t longest(const volatile struct hb_group *group) {
    uint64_t work = group->work;
    return group->lengths == HB_LENGTHS_EQUAL ? work : work + work / 2;
}

static uint64_t units_max(const volatile struct hb_group *group) {
    return longest(group) * times(group, (uint32_t)group->first);
}

static uint64_t plan_units(uint64_t seed, const volatile struct hb_group *group, uint32_t task) {
    uint64_t most = longest(group);
    uint64_t around = most - group->work;
    uint64_t units = most - (around ? choose(seed, task, LENGTH, 2 * around + 1) : 0);
    return units * times(group, task);
}

static uint64_t large_set_bytes(const volatile struct hb_group *group) {
    uint64_t asked = group->set_bytes;
    return asked ? asked / BLOCK_BYTES * BLOCK_BYTES : HB_WORKLOAD_SET_DEFAULT_BYTES;
}

static uint64_t plan_sets(uint64_t seed, const volatile struct hb_group *group, uint32_t task) {
    uint64_t sets = group->sets;
    if (sets != HB_SETS_MIXED)
        return sets;
    return choose(seed, task, SET, 2) ? HB_SETS_LARGE : HB_SETS_SMALL;
}

/* Most tasks have a small set, which takes little time to find out. */
uint64_t hb_batch_set_bytes(uint64_t seed, const volatile struct hb_group *group, uint32_t task) {
    switch (plan_sets(seed, group, task)) {
    case HB_SETS_FRESH: return plan_units(seed, group, task) * BLOCK_BYTES;
    case HB_SETS_LARGE: return large_set_bytes(group);
    default: return HB_SET_SMALL_BYTES;
    }
}

struct hb_batch_plan hb_batch_plan(uint64_t seed, const volatile struct hb_group *group, uint32_t task) {
    struct hb_batch_plan plan = {
        .units = plan_units(seed, group, task),
        .set_bytes = hb_batch_set_bytes(seed, group, task),
        .kernel = (uint32_t)group->kernel,
    };
    if (plan.kernel == HB_KERNELS_MIXED)
        plan.kernel = 1 + (uint32_t)choose(seed, task, KERNEL, KERNELS);
    if (plan_sets(seed, group, task) != HB_SETS_LARGE)
        return plan;
    uint64_t laps_units = LAPS * (plan.set_bytes / BLOCK_BYTES);
    plan.units = plan.units > laps_units ? plan.units : laps_units;
    return plan;
}

uint64_t hb_batch_set_bytes_max(const volatile struct hb_group *group) {
    uint64_t large = large_set_bytes(group);
    switch (group->sets) {
    case HB_SETS_SMALL: return HB_SET_SMALL_BYTES;
    case HB_SETS_LARGE: return large;
    case HB_SETS_FRESH: return units_max(group) * BLOCK_BYTES;
    default: return large > HB_SET_SMALL_BYTES ? large : HB_SET_SMALL_BYTES;
    }
}
