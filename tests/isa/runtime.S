/* What a random program (programs.py) stands on: start, page tables, trap handlers, hashes, and dumps through the UART.
 * Runs on QEMU's virt board and here alike, and ends through the finisher.
 *
 * tp points to `context` and gp to the middle of `data`; no random instruction writes either. Traps are folded into a
 * hash and the program goes on behind the instruction that trapped (after a failed fetch: at RESUME). An ecall changes
 * the mode to what TARGET says. With TRACE every trap to M mode is printed, and all registers after every block.
 *
 * Addresses are the same with and without translation: each of the two tables, that of S mode and that of U mode, maps
 * the first 2 MiB of RAM to itself, and the devices. The handler of S mode has pages of its own, which both tables give
 * to S mode. From 0x1_0000_0000 on there are pages with rights of every kind (`entries`, made by programs.py). */

#define PASSES_LEFT 256
#define RESUME 264
#define TRAP_HASH 272
#define TRAPS 280
#define BLOCK_HASH 304
#define FRESH 312
#define TARGET 320 /* mode, and 4 if it is to be translated; kept until the next one */
#define SATP_S 328
#define SATP_U 336
#define OLD_STATUS 344
#define FACTOR 352
#define CONTEXT_BYTES 360

#define MPP_M 0x1800
#define MPP_S 0x800
#define SPP 0x100
#define SUM 0x40000
#define MPRV 0x20000
#define FS 0x6000
#define SEEN_STATUS 0x7e79aa  /* of mstatus: TSR, TW, TVM, MXR, SUM, MPRV, FS, MPP, SPP, MPIE, SPIE, MIE, SIE */
#define SEEN_SSTATUS 0xc6122  /* of sstatus */

#define UART 0x10000000
#define FINISHER 0x100000
#define MTIMECMP 0x2004000
#define RAM 0x80000000

#define PAGES 512 /* of 2 MiB */

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

    .macro forget_breakpoint csr /* with cause s0: QEMU 7.2 writes 0 there, hartbeat the address of the ebreak */
    addi t0, s0, -3
    bnez t0, 1f
    csrw \csr, zero
1:
    .endm

    .macro fold_in register /* a0 = hash a0 with the register in it; clobbers t0 */
    xor a0, a0, \register
    ld t0, FACTOR(tp)
    mul a0, a0, t0
    srli t0, a0, 29
    xor a0, a0, t0
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
    la t0, s_trap
    csrw stvec, t0
    csrw mie, zero
    csrw mip, zero
    csrw mcounteren, zero
    csrw scounteren, zero
    csrw satp, zero
    csrw medeleg, zero
    csrw mideleg, zero
    csrw sscratch, zero
    csrw sepc, zero
    csrw scause, zero
    csrw stval, zero
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
    call make_tables
    li t0, PASSES
    sd t0, PASSES_LEFT(tp)
    sd t0, FRESH(tp)
    li t0, 0x9e3779b97f4a7c15
    sd t0, FACTOR(tp)
    li t0, FS
    csrs mstatus, t0
    csrw fcsr, zero
    la sp, initial_f_registers
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fld f\n, 8*\n(sp)
    .endr
    la sp, initial_registers
    .irp n, 1,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld x\n, 8*\n(sp)
    .endr
    ld sp, 16(sp)
    j body

/* ---- Page tables -------------------------------------------------------------------------------------------------- */

/* Both tables of the first 2 MiB of RAM; A and D of their pages are set or not. */
make_tables:
    la t0, pages_s
    la t1, pages_u
    li t2, RAM
    li t3, PAGES
    la t4, s_trap
    la t5, s_trap_end
1:  srli a0, t2, 2
    mul a1, t3, t3
    srli a1, a1, 2
    andi a1, a1, 0xc0
    or a0, a0, a1
    ori a0, a0, 0xf /* V, R, W, X */
    sd a0, 0(t0)
    bgeu t2, t5, 2f
    bgeu t2, t4, 3f
2:  ori a0, a0, 0x10 /* U */
3:  sd a0, 0(t1)
    addi t0, t0, 8
    addi t1, t1, 8
    li a0, 4096
    add t2, t2, a0
    addi t3, t3, -1
    bnez t3, 1b
    la t0, root_s
    li a0, 0xc7 /* the devices: 1 GiB, V, R, W, A, D */
    sd a0, 0(t0)
    la t1, root_u
    li a0, 0xd7
    sd a0, 0(t1)
    li a1, 8 << 60
    srli a0, t0, 12
    or a0, a0, a1
    sd a0, SATP_S(tp)
    srli a0, t1, 12
    or a0, a0, a1
    sd a0, SATP_U(tp)
    la t0, entries /* table, index, target, flags */
    la t1, entries_end
4:  ld a0, 0(t0)
    ld a1, 8(t0)
    ld a2, 16(t0)
    ld a3, 24(t0)
    slli a1, a1, 3
    add a0, a0, a1
    srli a2, a2, 2
    or a2, a2, a3
    sd a2, 0(a0)
    addi t0, t0, 32
    bne t0, t1, 4b
    ret

park: /* QEMU is started with two harts: with one it makes an AMO of a load and a store, and their causes of traps */
    wfi
    j park

/* ---- Traps to M mode ---------------------------------------------------------------------------------------------- */

    .text
    .balign 4
trap:
    save_all
    csrr s0, mcause
    csrr s1, mepc
    forget_breakpoint mtval
    csrr s2, mtval
    csrr s3, mstatus
    li t0, SEEN_STATUS
    and s3, s3, t0
    ld a0, TRAP_HASH(tp)
    fold_in s0
    fold_in s1
    fold_in s2
    fold_in s3
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
    li t0, 12
    beq s0, t0, not_fetched
    lhu t0, 0(s1)
    andi t0, t0, 3
    addi s1, s1, 2
    li t1, 3
    bne t0, t1, 1f
    addi s1, s1, 2
1:  addi t0, s0, -8
    li t1, 3
    bgtu t0, t1, leave
    ld t0, TARGET(tp) /* an ecall */
    andi t1, t0, 4
    beqz t1, 2f
    ld t1, SATP_S(tp)
    andi t2, t0, 3
    bnez t2, 2f
    ld t1, SATP_U(tp)
2:  csrw satp, t1
    sfence.vma
    li t1, MPP_M
    csrc mstatus, t1
    andi t0, t0, 3
    slli t0, t0, 11
    csrs mstatus, t0
    j leave
interrupted:
    csrw mie, zero
    j leave
not_fetched:
    ld s1, RESUME(tp)
leave: /* mret to another mode clears MPRV, but QEMU 7.2 does not know that yet; and it does not see that a trap to M mode
        * itself changes what MPRV means */
    csrw mepc, s1
    li t0, MPRV
    csrc mstatus, t0
    restore_all
    mret

/* ---- Traps to S mode ---------------------------------------------------------------------------------------------- */

/* In the table of U mode the context is a page of U mode: SUM must be set to reach it. */
    .section .text.s_trap, "ax"
    .balign 4096
s_trap:
    csrw sscratch, t0
    li t0, SUM
    csrrs t0, sstatus, t0
    sd t0, OLD_STATUS(tp)
    csrr t0, sscratch
    save_all
    csrr s0, scause
    csrr s1, sepc
    forget_breakpoint stval
    csrr s2, stval
    ld s3, OLD_STATUS(tp)
    li t0, SEEN_SSTATUS
    and s3, s3, t0
    ld a0, TRAP_HASH(tp)
    fold_in s0
    fold_in s1
    fold_in s2
    fold_in s3
    sd a0, TRAP_HASH(tp)
    ld t0, TRAPS(tp)
    addi t0, t0, 1
    sd t0, TRAPS(tp)
#if TRACE
    la a0, s_text_trap
    call s_print_text
    mv a0, s0
    call s_print_hex
    mv a0, s1
    call s_print_hex
    mv a0, s2
    call s_print_hex
    mv a0, s3
    call s_print_hex
    call s_print_newline
#endif
    bltz s0, s_interrupted
    li t0, 1
    beq s0, t0, s_not_fetched
    li t0, 12
    beq s0, t0, s_not_fetched
    lhu t0, 0(s1)
    andi t0, t0, 3
    addi s1, s1, 2
    li t1, 3
    bne t0, t1, 1f
    addi s1, s1, 2
1:  li t0, 8
    bne s0, t0, s_leave
    ld t0, TARGET(tp) /* an ecall; it asks for U mode as it is, or for S mode */
    andi t1, t0, 3
    beqz t1, s_leave
    andi t1, t0, 4
    beqz t1, 2f
    ld t1, SATP_S(tp)
2:  csrw satp, t1
    sfence.vma
    li t0, SPP
    csrs sstatus, t0
    j s_leave
s_interrupted:
    csrci sip, 2
    csrw sie, zero
    j s_leave
s_not_fetched:
    ld s1, RESUME(tp)
s_leave: /* SUM is cleared if it was clear, when the context is not needed any more */
    csrw sepc, s1
    ld t0, OLD_STATUS(tp)
    not t0, t0
    li t1, SUM
    and t0, t0, t1
    sd t0, OLD_STATUS(tp)
    restore_all
    csrw sscratch, t0
    ld t0, OLD_STATUS(tp)
    csrc sstatus, t0
    csrr t0, sscratch
    sret

/* ---- After a pass and after a block ---------------------------------------------------------------------------------- */

    .text
    .globl end_of_pass /* in M mode; jumps back to the body, or ends the program */
end_of_pass:
    csrw mscratch, t0
    li t0, MPRV
    csrc mstatus, t0
    csrr t0, mscratch
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
    call print_f_registers
    call print_memory
    call print_tables
    li t0, FINISHER
    li t1, 0x5555
    sw t1, 0(t0)
1:  j 1b

    .globl end_of_block /* ra: return; its old value is in the context, as is the block's number at RESUME */
end_of_block: /* folds all registers into one hash, so that a wrong value shows before it is overwritten */
    sd ra, 288(tp)
    sd t0, 40(tp)
    sd t1, 48(tp)
    sd t2, 56(tp)
    ld t0, BLOCK_HASH(tp)
    ld t1, 8(tp)
    xor t0, t0, t1
    ld t1, FACTOR(tp)
    .irp n, 2,3,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    mul t0, t0, t1
    xor t0, t0, x\n
    .endr
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fmv.x.d t2, f\n
    xor t0, t0, t2
    mul t0, t0, t1
    .endr
    csrr t1, fcsr
    xor t0, t0, t1
    srli t1, t0, 32
    xor t0, t0, t1
    ld t1, 40(tp)
    add t0, t0, t1
    ld t1, 48(tp)
    xor t0, t0, t1
    ld t1, 56(tp)
    add t0, t0, t1
    sd t0, BLOCK_HASH(tp)
    ld t0, 40(tp)
    ld t1, 48(tp)
    ld t2, 56(tp)
#if TRACE
    ld ra, 8(tp)
    save_all
    la a0, text_block
    call print_text
    ld a0, RESUME(tp)
    call print_hex
    call print_newline
    call print_registers
    call print_f_registers
    restore_all
#endif
    ld ra, 288(tp)
    ret

/* ---- Hashes ------------------------------------------------------------------------------------------------------- */

hash_words: /* a0 = hash of a3 doublewords at a2 */
    mv t3, ra
    li a0, 0
1:  ld a1, 0(a2)
    fold_in a1
    addi a2, a2, 8
    addi a3, a3, -1
    bnez a3, 1b
    jr t3

/* ---- Output: clobbers a0, t0 to t3 ------------------------------------------------------------------------------------ */

    .macro printers prefix
\prefix\()print_byte:
    li t0, UART
1:  lbu t1, 5(t0)
    andi t1, t1, 0x20
    beqz t1, 1b
    sb a0, 0(t0)
    ret

\prefix\()print_newline:
    li a0, 10
    j \prefix\()print_byte

\prefix\()print_text:
    mv t2, a0
    mv t3, ra
1:  lbu a0, 0(t2)
    beqz a0, 2f
    call \prefix\()print_byte
    addi t2, t2, 1
    j 1b
2:  jr t3

\prefix\()print_hex: /* a blank and 16 digits */
    mv t4, ra
    mv t2, a0
    li t3, 16
    li a0, ' '
    call \prefix\()print_byte
1:  srli a0, t2, 60
    li t0, 10
    blt a0, t0, 2f
    addi a0, a0, 'a' - '0' - 10
2:  addi a0, a0, '0'
    call \prefix\()print_byte
    slli t2, t2, 4
    addi t3, t3, -1
    bnez t3, 1b
    jr t4
    .endm

    printers
#if TRACE
    .section .text.s_trap, "ax"
    printers s_
s_text_trap: .asciz "trap to S"
    .text
#endif

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

print_f_registers: /* and fcsr */
    mv t5, ra
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fmv.x.d a0, f\n
    call print_hex
    .if (\n & 3) == 3
    call print_newline
    .endif
    .endr
    csrr a0, fcsr
    call print_hex
    call print_newline
    jr t5

print_tables: /* a hash of each, in which A and D are told */
    mv t5, ra
    la s0, tables
    la s1, tables_end
1:  la a0, text_table
    call print_text
    mv a2, s0
    li a3, 512
    call hash_words
    call print_hex
    call print_newline
    li t0, 4096
    add s0, s0, t0
    bne s0, s1, 1b
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
text_table: .asciz "table"

    .section .text.s_trap, "ax"
    .balign 4096
s_trap_end:

    .bss
    .balign 64
context: .skip CONTEXT_BYTES
    .balign 4096
tables: /* roots, then what they lead to */
root_s: .skip 4096
root_u: .skip 4096
middle_s: .skip 4096
middle_u: .skip 4096
pages_s: .skip 4096
pages_u: .skip 4096
window_middle: .skip 4096
window: .skip 4096
tables_end:
