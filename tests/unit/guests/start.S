# Where the bare-metal programs of the tests begin: a stack for each hart, then main(hart).
    .section .text.entry
    .global _start
_start:
    la sp, stacks
    addi t0, a0, 1
    slli t0, t0, 12
    add sp, sp, t0
    call main
park:
    wfi
    j park

    .bss
    .balign 4096
stacks:
    .space 64 * 4096
