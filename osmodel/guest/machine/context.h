/* A task's registers, as the trap entry saves them and hb_context_resume loads them. trap.S knows the offsets:
 * x[n] at 8 * n, pc at 0 (in the place of x0).
 *
 * Each hart has one kernel stack, and every trap begins at its top: the kernels never sleep in the middle of a call, so
 * nothing on it has to be kept. Interrupts stay off in M mode; a trap from there is a bug, and a panic. */
#ifndef HB_GUEST_CONTEXT_H
#define HB_GUEST_CONTEXT_H

/* Kernel stack of a hart. The odd lines keep the stacks of different harts out of each other's cache sets. */
#define HB_STACK_BYTES (8192 + 640)
#define HB_CONTEXT_FP  256 /* offset of hb_context.fp */
#define HB_FP_FCSR     256 /* offset of hb_fp.fcsr */

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The floating-point registers of a task. */
struct hb_fp {
    uint64_t f[32];
    uint64_t fcsr;
};

/* Most tasks never touch a floating-point register: `fp` is NULL, they run with mstatus.FS off, and the first such
 * instruction traps (hb_fp_begin). From then on the registers are loaded with the others, and saved by a trap that
 * finds them changed. The kernels themselves use none. */
struct hb_context {
    union {
        uint64_t pc; /* x0 needs no place */
        uint64_t x[32];
    };
    struct hb_fp *fp;
};

_Static_assert(offsetof(struct hb_context, fp) == HB_CONTEXT_FP, "trap.S knows the offset");
_Static_assert(offsetof(struct hb_fp, fcsr) == HB_FP_FCSR, "trap.S knows the offset");

enum { HB_REG_SP = 2, HB_REG_A0 = 10, HB_REG_A1 = 11, HB_REG_A7 = 17 };

/* Resume a task in U mode. Its hart's mscratch points to the context until the next trap. */
_Noreturn void hb_context_resume(struct hb_context *context);

/* Is the trap the first floating-point instruction of the attempt, as far as can be known without looking at it? Then
 * its registers, all 0, are in `place` from now on, and the instruction may be tried again: one that is illegal in any
 * case traps a second time, and this returns false. */
bool hb_fp_begin(struct hb_context *context, struct hb_fp *place, uint64_t cause);

/* Provided by each kernel: a trap from U mode, of which only the registers that C may change have been saved. True: the
 * kernel has done all that was due, and the task goes on at once. False: it has done nothing that must not be done
 * again; the other registers are saved, and hb_trap is called. tp is the hart's id, and the stack is empty. */
bool hb_trap_brief(uint64_t cause);

/* Provided by each kernel: a trap from U mode. The task's registers are in `context`, tp is the hart's id, and the
 * stack is empty. */
_Noreturn void hb_trap(struct hb_context *context, uint64_t cause, uint64_t value);

/* Provided by each kernel: a trap in the kernel itself, which is a bug. `value`: mtval. */
_Noreturn void hb_trap_in_kernel(uint64_t cause, uint64_t pc, uint64_t value);

/* Provided by each kernel: where harts arrive from entry.S, one after another or all at once, in M mode with interrupts
 * off, tp = hart. `tree`: the device tree. */
_Noreturn void hb_start(uint32_t hart, const void *tree);

#endif
#endif
