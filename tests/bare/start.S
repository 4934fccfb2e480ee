/* The start of a bare-metal program: every hart comes to bare_main(hart, device tree) with a stack of its own. A trap
 * goes to the program's bare_trap(cause, pc, value), on the stack that the hart has; what it gives is where the hart
 * goes on. Without one of its own the program fails with code 99. */
#define STACK_SHIFT 12
#define HARTS 64

    .section .text.start, "ax"
    .globl _start
_start:
    csrr a0, mhartid
    li t0, HARTS
    bgeu a0, t0, park
    la sp, bare_stacks
    addi t0, a0, 1
    slli t0, t0, STACK_SHIFT
    add sp, sp, t0
    la t0, trap
    csrw mtvec, t0
    call bare_main
park:
    wfi
    j park

    .macro each_caller_saved move
    .set offset, 0
    .irp n, 1,5,6,7,10,11,12,13,14,15,16,17,28,29,30,31
    \move x\n, offset(sp)
    .set offset, offset + 8
    .endr
    .endm

    .text
    .balign 4
trap:
    addi sp, sp, -128
    each_caller_saved sd
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    call bare_trap
    csrw mepc, a0
    each_caller_saved ld
    addi sp, sp, 128
    mret

    .bss
    .balign 4096
bare_stacks:
    .skip HARTS << STACK_SHIFT
