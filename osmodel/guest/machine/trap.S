/* The way into the kernel and back to a task. mscratch holds the running task's context, and 0 while its hart is in the
 * kernel: so a trap in the kernel itself is recognised at once and disturbs no task. */
#include "osmodel/guest/machine/context.h"

    .altmacro
    .option arch, +d
#define FS_INITIAL 0x2000 /* mstatus.FS: floating-point registers may be used */
#define FS_CLEAN   0x4000 /* and are as they were loaded */

    .macro save n
    sd x\n, 8 * \n(t6)
    .endm
    .macro restore n
    ld x\n, 8 * \n(t6)
    .endm

    .macro save_fp n
    fsd f\n, 8 * \n(t0)
    .endm
    .macro restore_fp n
    fld f\n, 8 * \n(t0)
    .endm

    /* sp = the top of this hart's stack, tp = hart; uses t0 and t1 */
    .macro enter_kernel
    csrr tp, mhartid
    la sp, hb_stacks
    addi t0, tp, 1
    li t1, HB_STACK_BYTES
    mul t0, t0, t1
    add sp, sp, t0
    .endm

    .text
    .balign 4
    .globl hb_trap_entry
hb_trap_entry:
    csrrw t6, mscratch, t6
    beqz t6, trap_in_kernel
    /* ra, sp, tp and what C may change, and s0 for the context's address */
    .irp n, 1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30
    save \n
    .endr
    csrrw t0, mscratch, zero /* the task's t6 */
    sd t0, 8 * 31(t6)
    enter_kernel
    mv s0, t6
    csrr a0, mcause
    call hb_trap_brief
    mv t6, s0
    beqz a0, trap_at_length
    /* mepc and mstatus are as the trap left them */
    csrw mscratch, t6
    .irp n, 1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
    restore \n
    .endr
    mret

trap_at_length:
    .irp n, 3, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27 /* C has left them as they were */
    save \n
    .endr
    csrr t0, mepc
    sd t0, 0(t6)
    csrr t0, mstatus
    bgez t0, fp_saved /* SD: the floating-point registers have changed since they were loaded */
    ld t0, HB_CONTEXT_FP(t6)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    save_fp \n
    .endr
    frcsr t1
    sd t1, HB_FP_FCSR(t0)
fp_saved:
    mv a0, t6
    csrr a1, mcause
    csrr a2, mtval
    call hb_trap

trap_in_kernel:
    enter_kernel
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    call hb_trap_in_kernel

    .globl hb_context_resume
hb_context_resume:
    mv t6, a0
    csrw mscratch, t6
    ld t0, 0(t6)
    csrw mepc, t0
    csrw mstatus, zero /* MPP = U; MIE counts only in M mode; FS off */
    ld t0, HB_CONTEXT_FP(t6)
    beqz t0, fp_loaded
    li t1, FS_INITIAL
    csrw mstatus, t1
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    restore_fp \n
    .endr
    ld t1, HB_FP_FCSR(t0)
    fscsr t1
    li t1, FS_CLEAN
    csrw mstatus, t1
fp_loaded:
    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    restore \n
    .endr
    mret
