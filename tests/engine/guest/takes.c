/* Written to break the fast engine: loops of an atomic and a branch back, of which some only wait and some do more.
 *
 * Hart 1 takes a lock as long as it is held, whose line hart 0 reads, writes and leaves alone by turns. Hart 2 sets
 * bits that are set, or looks at them; hart 3 counts in a register while it waits, and then in memory, or adds to a
 * word until its timer interrupts it. What they do in between shows how many rounds it took. */
#include "bare.h"

#define ROUNDS  20000u
#define TIME    (*(volatile uint64_t *)0x200bff8)
#define COMPARE ((volatile uint64_t *)0x2004000)
#define TIMER   (1ul << 7) /* mie */

static _Alignas(BARE_LINE) volatile uint32_t lock[16];
static _Alignas(BARE_LINE) volatile uint64_t bits[8], counted[8], own[BARE_HARTS][8];
static struct bare_barrier barrier;

static void wait(uint64_t steps) {
    for (uint64_t i = 0; i < steps; i++)
        own[0][i % 8] += i;
}

static void hold(uint32_t round) {
    wait(round * 7 % 64);
    own[0][0] += lock[round % 2]; /* its line is shared then */
    wait(round * 13 % 96);
    if (round % 3 == 0)
        lock[1] = round;
    wait(round * 5 % 32);
    lock[0] = 0;
    bits[0] = round % 4 ? 1 : 0;
    counted[0] = round % 8;
    wait(round * 3 % 16);
    lock[0] = 1;
}

static void take(void) {
    uint64_t got, one = 1;
    asm volatile("1: mv %0, %1\n"
                 "   amoswap.w.aq %0, %0, (%2)\n"
                 "   sext.w %0, %0\n"
                 "   bnez %0, 1b\n"
                 : "=&r"(got)
                 : "r"(one), "r"(lock)
                 : "memory");
    own[1][0]++;
}

static void set_bits(void) {
    uint64_t was;
    asm volatile("1: amoor.d %0, %1, (%2)\n"
                 "   fence\n"
                 "   andi %0, %0, 1\n"
                 "   bnez %0, 1b\n"
                 : "=&r"(was)
                 : "r"(1ul), "r"(bits)
                 : "memory");
    own[2][0]++;
}

static void count(void) {
    uint64_t was, rounds = 0;
    asm volatile("1: amomax.d %0, x0, (%2)\n"
                 "   addi %1, %1, 1\n"
                 "   bnez %0, 1b\n"
                 "2: amoadd.d %0, %3, (%2)\n"
                 "   addiw %0, %0, -7\n"
                 "   blt %0, x0, 2b\n"
                 : "=&r"(was), "+r"(rounds)
                 : "r"(counted), "r"(1ul)
                 : "memory");
    own[3][0] += rounds;
}

/* Nothing in a register changes while it waits, and nothing has when it ends at once. */
static void look_at_bits(void) {
    uint64_t is, bit = 0;
    asm volatile("1: ld %0, 0(%2)\n"
                 "   andi %1, %0, 1\n"
                 "   bnez %1, 1b\n"
                 : "=&r"(is), "+r"(bit)
                 : "r"(bits)
                 : "memory");
    own[2][1] += is;
}

/* Registers stay as they are, but not memory; until the timer interrupts it. */
static void add_for_a_while(void) {
    COMPARE[3] = TIME + 80;
    asm volatile("   csrs mie, %1\n"
                 "   csrsi mstatus, 8\n"
                 "1: amoadd.d x0, %2, (%0)\n"
                 "   mv t0, %2\n"
                 "   beqz x0, 1b\n"
                 "   .globl takes_interrupted\n"
                 "takes_interrupted:\n"
                 "   csrci mstatus, 8\n" ::"r"(own[3]),
                 "r"(TIMER), "r"(1ul)
                 : "t0", "memory");
}

extern char takes_interrupted[];

uint64_t bare_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    (void)cause, (void)pc, (void)value;
    COMPARE[3] = ~0ul;
    return (uint64_t)takes_interrupted;
}

void bare_main(uint64_t hart, const void *tree) {
    bare_wait(&barrier, bare_harts(tree));
    for (uint32_t round = 0; hart || round < ROUNDS; round++)
        if (hart == 0)
            hold(round);
        else if (hart == 1)
            take();
        else if (hart == 2)
            round % 2 ? set_bits() : look_at_bits();
        else
            round % 8 ? count() : add_for_a_while();
    bare_finish(0);
}
