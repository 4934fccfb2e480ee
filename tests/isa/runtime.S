/* What a random program (programs.py) stands on: start, trap handler, hashes, and dumps through the UART. Runs on QEMU's
 * virt board and here alike, and ends through the finisher.
 *
 * tp points to `context` and gp to the middle of `data`; no random instruction writes either. Traps are folded into a
 * hash and the program goes on behind the instruction that trapped (after a failed fetch: at RESUME). An ecall changes
 * the mode: from M to U, from U to M. With TRACE every trap is printed, and all registers after every block. */

#define PASSES_LEFT 256
#define RESUME 264
#define TRAP_HASH 272
#define TRAPS 280
#define BLOCK_HASH 304
#define FRESH 312
#define SEEN_STATUS 0x21888 /* of mstatus: MPRV, MPP, MPIE, MIE */
#define MPP_M 0x1800

#define UART 0x10000000
#define FINISHER 0x100000
#define MTIMECMP 0x2004000

    .option norvc
    .option norelax
    .macro save_all
    .irp n, 1,2,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sd x\n, 8*\n(tp)
    .endr
    .endm

    .macro restore_all
    .irp n, 1,2,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld x\n, 8*\n(tp)
    .endr
    .endm

    .section .text.start, "ax"
    .globl _start
_start:
    csrr t0, mhartid
    bnez t0, park
    la tp, context
    la gp, data + DATA_BYTES / 2
    la t0, trap
    csrw mtvec, t0
    csrw mie, zero
    csrw mcounteren, zero
    li t0, MTIMECMP /* the timer is due from now on; it interrupts whenever mie lets it */
    sd zero, 0(t0)
    la t0, read_only_page
    srli t0, t0, 2
    ori t0, t0, 0x1ff
    csrw pmpaddr0, t0
    la t0, forbidden_page
    srli t0, t0, 2
    ori t0, t0, 0x1ff
    csrw pmpaddr1, t0
    li t0, -1
    csrw pmpaddr2, t0
    li t0, 0x1f1819 /* NAPOT: R, none, RWX */
    csrw pmpcfg0, t0
    csrw mscratch, zero
    csrw mepc, zero
    csrw mcause, zero
    csrw mtval, zero
    li t0, PASSES
    sd t0, PASSES_LEFT(tp)
    sd t0, FRESH(tp)
    la sp, initial_registers
    .irp n, 1,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld x\n, 8*\n(sp)
    .endr
    ld sp, 16(sp)
    j body

park: /* QEMU is started with two harts: with one it makes an AMO of a load and a store, and their causes of traps */
    wfi
    j park

/* ---- Traps -------------------------------------------------------------------------------------------------------- */

    .text
    .balign 4
trap:
    save_all
    csrr s0, mcause
    csrr s1, mepc
    csrr s2, mtval
    csrr s3, mstatus
    li t0, SEEN_STATUS
    and s3, s3, t0
    ld a0, TRAP_HASH(tp)
    mv a1, s0
    call fold
    mv a1, s1
    call fold
    mv a1, s2
    call fold
    mv a1, s3
    call fold
    sd a0, TRAP_HASH(tp)
    ld t0, TRAPS(tp)
    addi t0, t0, 1
    sd t0, TRAPS(tp)
#if TRACE
    la a0, text_trap
    call print_text
    mv a0, s0
    call print_hex
    mv a0, s1
    call print_hex
    mv a0, s2
    call print_hex
    mv a0, s3
    call print_hex
    call print_newline
#endif
    bltz s0, interrupted
    li t0, 1
    beq s0, t0, not_fetched
    lhu t0, 0(s1)
    andi t0, t0, 3
    addi s1, s1, 2
    li t1, 3
    bne t0, t1, 1f
    addi s1, s1, 2
1:  li t0, MPP_M
    li t1, 8
    beq s0, t1, to_machine
    li t1, 11
    bne s0, t1, leave
    csrc mstatus, t0
    j leave
to_machine:
    csrs mstatus, t0
    j leave
interrupted:
    csrw mie, zero
    j leave
not_fetched:
    ld s1, RESUME(tp)
leave: /* mret to U clears MPRV, but QEMU 7.2 does not know that yet */
    csrw mepc, s1
    csrr t0, mstatus
    li t1, MPP_M
    and t0, t0, t1
    bnez t0, 1f
    li t1, 0x20000
    csrc mstatus, t1
1:
    restore_all
    mret

/* ---- After a pass and after a block ---------------------------------------------------------------------------------- */

    .globl end_of_pass /* in M mode; jumps back to the body, or ends the program */
end_of_pass:
    save_all
    la a0, text_pass
    call print_text
    ld a0, PASSES_LEFT(tp)
    call print_hex
    ld a0, BLOCK_HASH(tp)
    call print_hex
    ld a0, TRAPS(tp)
    call print_hex
    ld a0, TRAP_HASH(tp)
    call print_hex
    call print_newline
    ld t0, PASSES_LEFT(tp)
    addi t0, t0, -1
    sd t0, PASSES_LEFT(tp)
    beqz t0, finish
    restore_all
    j body

finish:
    call print_registers
    call print_memory
    li t0, FINISHER
    li t1, 0x5555
    sw t1, 0(t0)
1:  j 1b

    .globl end_of_block /* ra: return; its old value is in the context, as is the block's number at RESUME */
end_of_block: /* folds all registers into one hash, so that a wrong value shows before it is overwritten */
    sd ra, 288(tp)
    sd t0, 40(tp)
    sd t1, 48(tp)
    ld t0, BLOCK_HASH(tp)
    ld t1, 8(tp)
    xor t0, t0, t1
    li t1, 0x9e3779b97f4a7c15
    .irp n, 2,3,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    mul t0, t0, t1
    xor t0, t0, x\n
    .endr
    srli t1, t0, 32
    xor t0, t0, t1
    ld t1, 40(tp)
    add t0, t0, t1
    ld t1, 48(tp)
    xor t0, t0, t1
    sd t0, BLOCK_HASH(tp)
    ld t0, 40(tp)
    ld t1, 48(tp)
#if TRACE
    ld ra, 8(tp)
    save_all
    la a0, text_block
    call print_text
    ld a0, RESUME(tp)
    call print_hex
    call print_newline
    call print_registers
    restore_all
#endif
    ld ra, 288(tp)
    ret

/* ---- Hashes: clobber a0, a1, t0 to t2 ---------------------------------------------------------------------------------- */

fold: /* a0 = hash a0 with a1 in it */
    xor a0, a0, a1
    li t0, 0x9e3779b97f4a7c15
    mul a0, a0, t0
    srli t0, a0, 29
    xor a0, a0, t0
    ret

hash_words: /* a0 = hash of a3 doublewords at a2 */
    mv t3, ra
    li a0, 0
1:  ld a1, 0(a2)
    call fold
    addi a2, a2, 8
    addi a3, a3, -1
    bnez a3, 1b
    jr t3

/* ---- Output: clobbers a0, t0 to t3 ------------------------------------------------------------------------------------ */

print_byte:
    li t0, UART
1:  lbu t1, 5(t0)
    andi t1, t1, 0x20
    beqz t1, 1b
    sb a0, 0(t0)
    ret

print_newline:
    li a0, 10
    j print_byte

print_text:
    mv t2, a0
    mv t3, ra
1:  lbu a0, 0(t2)
    beqz a0, 2f
    call print_byte
    addi t2, t2, 1
    j 1b
2:  jr t3

print_hex: /* a blank and 16 digits */
    mv t4, ra
    mv t2, a0
    li t3, 16
    li a0, ' '
    call print_byte
1:  srli a0, t2, 60
    li t0, 10
    blt a0, t0, 2f
    addi a0, a0, 'a' - '0' - 10
2:  addi a0, a0, '0'
    call print_byte
    slli t2, t2, 4
    addi t3, t3, -1
    bnez t3, 1b
    jr t4

/* A line of four for every four registers; x4 is tp and shown as 0. */
print_registers:
    mv t5, ra
    li s0, 0
1:  slli s1, s0, 3
    add s1, s1, tp
    ld a0, 0(s1)
    call print_hex
    addi s0, s0, 1
    andi t0, s0, 3
    bnez t0, 2f
    call print_newline
2:  li t0, 32
    bne s0, t0, 1b
    jr t5

/* Of every 256 bytes of data one hash; then the read-only page's, which must not have changed. */
print_memory:
    mv t5, ra
    la s0, data
    la s1, data_end
1:  la a0, text_memory
    call print_text
    la t0, data
    sub a0, s0, t0
    call print_hex
    mv a2, s0
    li a3, 32
    call hash_words
    call print_hex
    call print_newline
    addi s0, s0, 256
    bne s0, s1, 1b
    jr t5

    .section .rodata
text_trap: .asciz "trap"
text_pass: .asciz "pass"
text_block: .asciz "block"
text_memory: .asciz "memory"

    .bss
    .balign 64
context: .skip 320
