/* A coherence program that every hart makes up as it goes, of loads, stores of all sizes, atomics, fences, floating
 * point and code that is changed, on a few lines that all share and some that it has to itself. What it does depends on
 * what has been typed, on the time, and on what it reads, so it is another program on every machine. */
#include "bare.h"

#define LINES 6u
#define STEPS 20000u

static _Alignas(BARE_LINE) uint8_t ground[LINES][BARE_LINE];
static _Alignas(BARE_LINE) volatile uint64_t own[BARE_HARTS][16];
static _Alignas(BARE_LINE) volatile uint32_t code[16] = {0x00150513u, 0x00008067u};
static volatile uint64_t seed;
static struct bare_barrier barrier;

static uint64_t next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 17;
}

static void load_or_store(uint8_t *at, uint64_t drawn, uint64_t *sum) {
    switch (drawn % 8) {
    case 0: *sum += *(volatile uint8_t *)at; break;
    case 1: *sum += *(volatile uint16_t *)(at - (uintptr_t)at % 2); break;
    case 2: *sum += *(volatile uint32_t *)(at - (uintptr_t)at % 4); break;
    case 3: *sum += *(volatile uint64_t *)(at - (uintptr_t)at % 8); break;
    case 4: *(volatile uint8_t *)at = (uint8_t)*sum; break;
    case 5: *(volatile uint16_t *)(at - (uintptr_t)at % 2) = (uint16_t)*sum; break;
    case 6: *(volatile uint32_t *)(at - (uintptr_t)at % 4) = (uint32_t)*sum; break;
    default: *(volatile uint64_t *)(at - (uintptr_t)at % 8) = *sum; break;
    }
}

static void atomic(uint8_t *at, uint64_t drawn, uint64_t *sum) {
    uint64_t *word = (uint64_t *)(at - (uintptr_t)at % 8), failed;
    uint32_t *half = (uint32_t *)(at - (uintptr_t)at % 4);
    switch (drawn % 4) {
    case 0: *sum += __atomic_fetch_add(word, drawn, __ATOMIC_ACQ_REL); break;
    case 1: *sum ^= __atomic_exchange_n(half, (uint32_t)*sum, __ATOMIC_ACQ_REL); break;
    case 2: asm volatile("lr.d %0, (%1)" : "=r"(*sum) : "r"(word) : "memory"); break;
    default: asm volatile("sc.d %0, %1, (%2)" : "=&r"(failed) : "r"(*sum), "r"(word) : "memory"); *sum += failed;
    }
}

static void seldom(uint64_t drawn, uint64_t *sum) {
    uint64_t (*function)(uint64_t) = (uint64_t(*)(uint64_t))(uintptr_t)code;
    uint64_t time;
    switch (drawn % 6) {
    case 0: asm volatile("fence rw, rw" ::: "memory"); break;
    case 1: asm volatile("fence.i" ::: "memory"); break;
    case 2: code[0] = 0x00050513u | (uint32_t)(drawn & 0xfff00000u); break;
    case 3:
        asm volatile("csrr %0, mcycle" : "=r"(time));
        *sum += time;
        break;
    case 4:
        asm volatile("csrr %0, minstret" : "=r"(time));
        *sum += time;
        break;
    default: *sum = function(*sum); break;
    }
}

/* Floating point, of which registers and flags are carried from one call to the next. */
static void compute(uint64_t drawn, uint64_t *sum) {
    asm volatile(".option push\n"
                 ".option arch, +d\n"
                 "fcvt.d.l fa0, %1\n"
                 "fadd.d fa1, fa1, fa0\n"
                 "fmul.d fa2, fa1, fa0\n"
                 "fdiv.d fa3, fa2, fa1\n"
                 "fcvt.l.d %0, fa3\n"
                 ".option pop\n"
                 : "=r"(*sum)
                 : "r"(drawn));
}

static void step(uint64_t hart, uint64_t *state, uint64_t *sum) {
    uint64_t drawn = next(state);
    uint8_t *at = &ground[drawn % LINES][drawn >> 8 & (BARE_LINE - 1)];
    if ((drawn >> 30) % 4 == 0)
        compute(drawn, sum);
    for (uint64_t i = 0; i < (drawn >> 16 & 15); i++) {
        own[hart][i] += *sum;
        *sum = (*sum << 1 | *sum >> 63) ^ own[hart][15 - i];
    }
    if ((drawn >> 20) % 16 < 12)
        load_or_store(at, drawn >> 24, sum);
    else if ((drawn >> 20) % 16 < 15)
        atomic(at, drawn >> 24, sum);
    else
        seldom(drawn >> 24, sum);
}

void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    if (hart == 0) {
        for (int c; (c = bare_read()) >= 0;)
            seed = seed * 31 + (uint64_t)c;
        uint64_t time;
        asm volatile("csrr %0, mcycle" : "=r"(time));
        seed += time;
    }
    asm volatile("csrs mstatus, %0" ::"r"(1ul << 13)); /* FS: on */
    bare_wait(&barrier, harts);
    uint64_t state = seed + hart * 0x9e3779b97f4a7c15u, sum = hart;
    for (uint32_t i = 0; hart || i < STEPS; i++)
        step(hart, &state, &sum);
    bare_finish(0);
}
