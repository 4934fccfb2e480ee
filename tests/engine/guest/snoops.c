/* Written to break the fast engine: a snoop of every kind in every cycle of a quantum.
 *
 * Hart 0 waits in each round for another number of cycles, each up to more than the longest quantum
 * (cpu/hart/checkpoint.h), then does one thing to a line that the other harts use all the time: it reads it, writes it,
 * adds to it, reserves it, or changes code that they execute. They do the same in between, so that it finds the line in
 * every state and has touched it in every order. */
#include "bare.h"

#define ROUNDS 4200u /* and cycles to wait at most */
#define STEP   61u /* has no divisor in common with ROUNDS, so that each number comes once, and long ones come early */
#define OWN    32u

static _Alignas(BARE_LINE) volatile uint64_t line[4][8];
static _Alignas(BARE_LINE) volatile uint64_t own[8][OWN];
static struct bare_barrier barrier;

/* Adds to a0 what its first instruction says. */
static _Alignas(BARE_LINE) volatile uint32_t code[16] = {0x00150513u, 0x00008067u};

static void wait_cycles(uint64_t cycles) {
    uint64_t pairs = cycles / 2 + 1;
    asm volatile("   beqz %1, 1f\n"
                 "   nop\n"
                 "1: addi %0, %0, -1\n"
                 "   bnez %0, 1b\n"
                 : "+r"(pairs)
                 : "r"(cycles & 1));
}

static void reserve(volatile uint64_t *at, uint64_t add) {
    uint64_t value, failed;
    asm volatile("lr.d %0, (%2)\n"
                 "add %0, %0, %3\n"
                 "sc.d %1, %0, (%2)\n"
                 : "=&r"(value), "=&r"(failed)
                 : "r"(at), "r"(add)
                 : "memory");
}

static void disturb(uint32_t round) {
    volatile uint64_t *at = &line[round / 5 % 4][round % 8];
    switch (round % 5) {
    case 0: (void)*at; break;
    case 1: *at = round; break;
    case 2: __atomic_fetch_add(at, 1, __ATOMIC_RELAXED); break;
    case 3: reserve(at, round); break;
    default: code[0] = 0x00050513u | (round % 2048) << 20; break;
    }
}

static uint64_t call(uint64_t value) {
    uint64_t (*function)(uint64_t) = (uint64_t(*)(uint64_t))(uintptr_t)code;
    return function(value);
}

/* Long stretches that need nobody, between accesses that others notice. */
static void be_disturbed(uint64_t hart) {
    uint64_t sum = hart;
    for (uint64_t i = 0;; i++) {
        volatile uint64_t *mine = own[hart % 8];
        for (uint32_t k = 0; k < (i + hart) % OWN; k++) {
            mine[k] += sum;
            sum ^= mine[(k * 5) % OWN] << (k & 7);
            if ((k & 7) == hart)
                sum += line[0][hart % 8];
            if ((k & 15) == 3)
                line[1][hart % 8] = sum;
        }
        sum = call(sum);
        if (i % 3 == hart % 3)
            reserve(&line[2][i % 8], 1);
        if (i % 4 == hart % 4)
            __atomic_fetch_add(&line[3][i % 8], sum, __ATOMIC_RELAXED);
    }
}

void bare_main(uint64_t hart, const void *tree) {
    bare_wait(&barrier, bare_harts(tree));
    if (hart)
        be_disturbed(hart);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        wait_cycles(round * STEP % ROUNDS);
        disturb(round);
    }
    bare_finish(0);
}
