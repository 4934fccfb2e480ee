/* Where every hart begins: M mode, a0 = hart, a1 = device tree (from the boot ROM, or from a start by the power
 * controller). The loader has zeroed .bss, so nothing is cleared here: a hart that arrives late does no harm. */
#include "osmodel/abi.h"
#include "osmodel/guest/machine/context.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    csrw mie, zero
    csrw mstatus, zero
    csrw mscratch, zero /* 0: in the kernel; see trap.S */
    la t0, hb_trap_entry
    csrw mtvec, t0
    li t0, HB_HARTS_MAX
    bgeu a0, t0, park
    mv tp, a0
    la sp, hb_stacks
    addi t0, a0, 1
    li t1, HB_STACK_BYTES
    mul t0, t0, t1
    add sp, sp, t0
    call hb_start
park: /* more harts than the kernel has room for */
    wfi
    j park

    .section .bss.times, "aw", @nobits
    .balign 128
    .globl hb_stacks
hb_stacks:
    .space HB_STACK_BYTES * HB_HARTS_MAX
