# Every hart begins here, in machine mode, with its number in a0. It gets a stack of its own, and C begins.
#define STACK_SHIFT 12
#define HARTS_MAX 64

    .section .text.start, "ax"
    .globl _start
_start:
    li t0, HARTS_MAX
    bgeu a0, t0, sleep
    la sp, stacks
    addi t0, a0, 1
    slli t0, t0, STACK_SHIFT
    add sp, sp, t0
    call work
sleep:
    wfi
    j sleep

    .bss
    .balign 16
stacks:
    .skip HARTS_MAX << STACK_SHIFT
