/* A task's registers, as the trap entry saves them and hb_context_resume loads them. trap.S knows the offsets:
 * x[n] at 8 * n, pc at 0 (in the place of x0).
 *
 * Each hart has one kernel stack, and every trap begins at its top: the kernels never sleep in the middle of a call, so
 * nothing on it has to be kept. Interrupts stay off in M mode; a trap from there is a bug, and a panic. */
#ifndef HB_GUEST_CONTEXT_H
#define HB_GUEST_CONTEXT_H

#define HB_STACK_BYTES 8192 /* kernel stack of a hart */

#ifndef __ASSEMBLER__
#include <stdint.h>

struct hb_context {
    union {
        uint64_t pc; /* x0 needs no place */
        uint64_t x[32];
    };
};

enum { HB_REG_SP = 2, HB_REG_A0 = 10, HB_REG_A1 = 11, HB_REG_A7 = 17 };

/* Resume a task in U mode. Its hart's mscratch points to the context until the next trap. */
_Noreturn void hb_context_resume(struct hb_context *context);

/* Provided by each kernel: a trap from U mode. The task's registers are in `context`, tp is the hart's id, and the
 * stack is empty. */
_Noreturn void hb_trap(struct hb_context *context, uint64_t cause, uint64_t value);

/* Provided by each kernel: where harts arrive from entry.S, one after another or all at once, in M mode with interrupts
 * off, tp = hart. `tree`: the device tree. */
_Noreturn void hb_start(uint32_t hart, const void *tree);

#endif
#endif
