/* Written to break the fast engine: U mode, in which one of some windows on memory is open, and a handler that is
 * interrupted in what it does ahead.
 *
 * Each call opens another window, up and down in memory. The handler itself looks into all, and touches lines that
 * hart 0 writes, so that harts are taken back over calls and returns. U mode then reads all windows, of which all but
 * one must be refused, each time; when a word has changed, it does so without a call before. In between it waits, so
 * that harts get far ahead. */
#include "bare.h"

#define ROUNDS  20000u
#define WINDOWS 3u
#define OFF     0ul
#define RANGE   (1ul << 3 | 7) /* top of range; may be read, written, executed */
#define REFUSED 5u             /* mcause: load access fault */
#define CALLED  8u             /* ecall from U mode */

/* What U mode may always read comes first. */
static struct {
    _Alignas(BARE_LINE) volatile uint64_t shared[8];
    _Alignas(BARE_LINE) volatile uint64_t window[BARE_HARTS][WINDOWS][8];
} memory;
static _Alignas(BARE_LINE) volatile uint64_t refused[BARE_HARTS][8];
static struct bare_barrier barrier;

static uint64_t hart_id(void) {
    uint64_t hart;
    asm volatile("csrr %0, mhartid" : "=r"(hart));
    return hart;
}

/* Entry 1 is the code and what lies before windows, entry 3 the window that is open. */
static void open_window(uint64_t hart, uint64_t which) {
    const uint64_t begin = (uint64_t)memory.window[hart][which];
    asm volatile("csrw pmpaddr2, %0\n"
                 "csrw pmpaddr3, %1\n" ::"r"(begin >> 2),
                 "r"((begin + BARE_LINE) >> 2));
}

uint64_t bare_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    const uint64_t hart = hart_id();
    (void)value;
    if (cause == REFUSED)
        refused[hart][0]++;
    if (cause != CALLED)
        return pc + 4;
    const uint64_t round = refused[hart][1]++;
    open_window(hart, round * 7 / 3 % WINDOWS);
    for (uint32_t i = 0; i < WINDOWS; i++)
        refused[hart][2] += memory.window[hart][i][0];
    refused[hart][3] += memory.shared[round % 8];
    return pc + 4;
}

/* In U mode, for good: without a stack, whose words are not open. */
static void __attribute__((noreturn)) look(uint64_t hart) {
    asm volatile("csrw pmpaddr0, zero\n"
                 "csrw pmpaddr1, %0\n"
                 "csrw pmpcfg0, %1\n"
                 "la t0, 1f\n"
                 "csrw mepc, t0\n"
                 "li t0, 3 << 11\n"
                 "csrc mstatus, t0\n"
                 "mret\n"
                 ".balign 4\n"
                 ".option push\n"
                 ".option norvc\n"
                 "1: li t0, 200\n"
                 "3: addi t0, t0, -1\n"
                 "   bnez t0, 3b\n"
                 "   lw t1, 0(%3)\n"
                 "   bne t1, t2, 2f\n"
                 "   ecall\n"
                 "2: mv t2, t1\n"
                 "   lw t0, 0(%2)\n"
                 "   lw t0, 64(%2)\n"
                 "   lw t0, 128(%2)\n"
                 "   j 1b\n"
                 ".option pop\n" ::"r"((uint64_t)memory.window >> 2),
                 "r"(RANGE << 8 | OFF << 16 | RANGE << 24), "r"(memory.window[hart]), "r"(memory.shared)
                 : "t0", "t1", "t2", "memory");
    __builtin_unreachable();
}

void bare_main(uint64_t hart, const void *tree) {
    bare_wait(&barrier, bare_harts(tree));
    if (hart)
        look(hart);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        memory.shared[round % 2 * 5] = round;
        for (uint32_t i = 0; i < 100 + round * 37 % 256; i++)
            refused[0][0]++;
    }
    bare_finish(0);
}
