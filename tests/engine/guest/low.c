/* Written to break the fast engine: a program of S mode at virtual address 0, as those of xv6 are, with what needs the
 * bus and what does not in the first lines of its page. */
#include "bare.h"

#define SV39       (8ull << 60)
#define TABLE      1ull
#define LEAF       0xcfull /* D, A, X, W, R, V */
#define SUPERVISOR (1ull << 11)
#define ALL_RIGHT  0x1full

void low(void);

/* Hart after hart counts in one line, and each in one of its own; a0: the first, a1: the other. */
asm(".balign 4096\n"
    "low: nop\n"
    "nop\n"
    "count: ld t0, 0(a1)\n"
    "addi t0, t0, 1\n"
    "amoadd.d t1, t0, (a0)\n"
    "sd t0, 0(a1)\n"
    "andi t1, t0, 15\n"
    "bnez t1, count\n"
    "ld t1, 0(a0)\n"
    "j low\n"
    ".balign 4096\n");

static _Alignas(4096) uint64_t root[512], middle[512], pages[512];
static _Alignas(BARE_LINE) uint64_t all, own[BARE_HARTS][8];
static struct bare_barrier barrier;

static uint64_t entry(const void *at, uint64_t flags) {
    return (uint64_t)at >> 12 << 10 | flags;
}

/* RAM is where it is, and `low` at 0 as well. */
static void map(void) {
    root[0] = entry(middle, TABLE);
    middle[0] = entry(pages, TABLE);
    pages[0] = entry((const void *)low, LEAF);
    root[2] = entry((const void *)0x80000000, LEAF);
}

void bare_main(uint64_t hart, const void *tree) {
    if (hart == 0)
        map();
    bare_wait(&barrier, bare_harts(tree));
    register uint64_t *shared asm("a0") = &all, *mine asm("a1") = own[hart];
    asm volatile("csrw pmpaddr0, %0\n"
                 "csrw pmpcfg0, %1\n"
                 "csrw satp, %2\n"
                 "sfence.vma\n"
                 "csrs mstatus, %3\n"
                 "csrw mepc, zero\n"
                 "mret\n"
                 :
                 : "r"(~0ull), "r"(ALL_RIGHT), "r"(SV39 | (uint64_t)root >> 12), "r"(SUPERVISOR), "r"(shared),
                   "r"(mine));
}
