/* Two harts for gdb: hart 0 goes to S mode behind page tables and waits; hart 1 counts in `shared`. */
#include "bare.h"

#define ROUNDS 5

volatile uint64_t shared, done, waited, both_calls[BARE_HARTS];
volatile uint64_t secret = 0x5ec7e75ec7e7;
static struct bare_barrier start;

/* 1 GiB pages: 0 and 0x80000000 as they are, and 0x40000000 once more for RAM. Valid, all rights, A and D. */
#define LEAF(physical) ((physical) >> 12 << 10 | 0xcf)
static _Alignas(4096) uint64_t table[512] = {[0] = LEAF(0ull), [1] = LEAF(0x80000000ull), [2] = LEAF(0x80000000ull)};

__attribute__((noinline)) void both(uint64_t hart) {
    both_calls[hart]++;
}

__attribute__((noinline)) void count(uint64_t round) {
    shared = round;
}

__attribute__((noinline)) void done_counting(void) {
    done = 1;
}

__attribute__((noinline)) void behind_tables(void) {
    while (!done)
        waited = 1;
    bare_print("counted\n");
    bare_finish(0);
}

static void go_to_s_mode(void) {
    uint64_t satp = 8ull << 60 | (uint64_t)table >> 12, mstatus;
    __asm__ volatile("csrw pmpaddr0, %0; csrw pmpcfg0, %1; csrw satp, %2; sfence.vma" ::"r"(~0ull), "r"(0x1full),
                     "r"(satp)
                     : "memory");
    __asm__ volatile("csrr %0, mstatus" : "=r"(mstatus));
    mstatus = (mstatus & ~(3ull << 11)) | 1ull << 11;
    __asm__ volatile("csrw mstatus, %0; csrw mepc, %1; mret" ::"r"(mstatus), "r"(behind_tables) : "memory");
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart > 1)
        return;
    bare_wait(&start, 2);
    both(hart);
    bare_wait(&start, 2);
    if (hart == 0)
        go_to_s_mode();
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        while (round == ROUNDS && !waited)
            ;
        count(round);
    }
    done_counting();
}
