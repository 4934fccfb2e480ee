/* Written to break the fast engine: floating point, and CSRs that keep what is written to them, on lines that others
 * take and write.
 *
 * Flags are cleared now and then, so that it shows whether a result is exact; rounding modes are set that are none, and
 * floating point is switched off, so that operations trap among others that do not. What registers, flags and counters
 * hold goes to memory in every round. */
#include "bare.h"

#define ROUNDS  20000u
#define FS      (3ul << 13) /* of mstatus */
#define INITIAL (1ul << 13) /* on, and nothing has been written to f registers */

/* Words 0 to 3 are doubles that hart 0 changes, 4 and 5 hold floats. */
static _Alignas(BARE_LINE) volatile uint64_t shared[8] = {0x3ff8000000000000, 0x4008000000000000, 0x3fd5555555555555,
                                                          0x7fefffffffffffff, 0x3fc000003e000000, 0x7f80000040490fdb};
static _Alignas(BARE_LINE) volatile uint64_t kept[BARE_HARTS][16];
static struct bare_barrier barrier;

#define FLOATS(text) ".option push\n.option arch, +f, +d\n" text "\n.option pop\n"

/* An operation that is illegal now: with floating point off it is tried again, with no rounding mode it is left out. */
uint64_t bare_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    uint64_t status;
    (void)cause, (void)value;
    asm volatile("csrr %0, mstatus" : "=r"(status));
    if (!(status & FS)) {
        asm volatile("csrs mstatus, %0" ::"r"(INITIAL));
        return pc;
    }
    asm volatile(FLOATS("fsrm x0"));
    return pc + 4;
}

/* Floating point may be off: what was written in the round before is loaded, and then mstatus shows it. */
static void load(volatile uint64_t *own) {
    asm volatile(FLOATS("fld f12, 48(%0)\n"
                        "csrr t0, mstatus\n"
                        "flw f13, 56(%0)\n"
                        "sd t0, 64(%0)\n"
                        "fsd f13, 72(%0)\n")::"r"(own)
                 : "t0", "memory");
}

static void compute(volatile uint64_t *own) {
    asm volatile(FLOATS("fld f0, 0(%0)\n"
                        "fld f1, 8(%0)\n"
                        "fadd.d f2, f0, f1\n"
                        "fmul.d f3, f2, f1, rne\n"
                        "fsd f3, 0(%1)\n"
                        "flw f4, 32(%0)\n"
                        "fsub.s f5, f4, f2\n"
                        "flw f6, 40(%0)\n"
                        "fmul.s f5, f6, f4\n"
                        "fsw f5, 8(%1)\n"
                        "fld f7, 16(%0)\n"
                        "fmadd.d f8, f7, f0, f3\n"
                        "fdiv.d f9, f8, f1\n"
                        "fsqrt.d f10, f9\n"
                        "fsd f10, 16(%1)\n"
                        "fcvt.l.d t0, f10, rtz\n"
                        "fld f11, 24(%0)\n"
                        "fadd.d f11, f11, f11\n"
                        "flt.d t1, f11, f10\n"
                        "fmv.x.d t2, f11\n"
                        "add t0, t0, t1\n"
                        "xor t0, t0, t2\n"
                        "sd t0, 24(%1)\n"
                        "frcsr t0\n"
                        "sd t0, 32(%1)\n"
                        "csrr t0, mstatus\n"
                        "sd t0, 40(%1)\n")::"r"(shared),
                 "r"(own)
                 : "t0", "t1", "t2", "memory");
}

/* Loads alone, each of another value, and far between. */
static void load_again(volatile uint64_t *own, uint32_t round) {
    for (uint32_t i = 0; i < 4096; i++) {
        own[9] = (uint64_t)round << 32 | i;
        if (i % 64)
            continue;
        asm volatile(FLOATS("fld f14, 72(%0)\n")::"r"(own) : "memory");
    }
}

static void keep(volatile uint64_t *own, uint64_t round) {
    uint64_t a = round, b = round * 8;
    asm volatile("csrrw %0, sscratch, %0\n"
                 "csrrw %1, sepc, %1\n"
                 "csrrw x0, sscratch, %1\n"
                 "csrr t0, instret\n"
                 "csrr t1, time\n"
                 "add %0, %0, t0\n"
                 "csrr t0, cycle\n"
                 "add %1, %1, t1\n"
                 "xor %0, %0, t0\n"
                 : "+r"(a), "+r"(b)::"t0", "t1");
    own[6] = a;
    own[7] = b;
}

static void change_mode(uint64_t hart, uint32_t round) {
    if (round % 8 == hart % 8)
        asm volatile(FLOATS("fscsr %0")::"r"((uint64_t)(round / 8 % 8) << 5));
    if (round % 16 == 2 * hart % 16)
        asm volatile("csrc mstatus, %0" ::"r"(FS));
}

void bare_main(uint64_t hart, const void *tree) {
    asm volatile("csrs mstatus, %0" ::"r"(FS));
    bare_wait(&barrier, bare_harts(tree));
    for (uint32_t round = 0; hart || round < ROUNDS; round++) {
        change_mode(hart, round);
        if (hart == 2 && round % 2)
            load_again(kept[hart], round);
        load(kept[hart]);
        compute(kept[hart]);
        keep(kept[hart], round);
        if (hart == 0 && round % 3 == 0)
            shared[round % 3] = 0x3ff0000000000000 + ((uint64_t)round << 45);
        if (round % 5 == 0)
            kept[(hart + 1) % BARE_HARTS][10 + hart % 4] = round;
    }
    bare_finish(0);
}
