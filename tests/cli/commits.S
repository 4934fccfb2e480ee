/* A bit of everything that a log of commits tells. Every instruction stands in commits.txt, whose lines were taken from
 * the log and gone through one by one against the specification and Spike's format: change both. The addresses are fixed,
 * so nothing is relaxed. */
    .option norelax
    .section .text.start, "ax"
    .globl _start
_start:
    .option norvc
    auipc x5, 0
    addi x6, x5, 0x200      /* the data, at 0x80000200 */
    addi x30, x5, 0x180
    csrw mtvec, x30
    lui x7, 0x12345
    addi x0, x7, 1          /* writes nothing */
    .option rvc
    c.li x8, -3             /* 16 bits */
    c.nop
    .option norvc
    sd x7, 0(x6)
    sb x8, 9(x6)
    lw x9, 0(x6)
    lbu x10, 9(x6)
    .option rvc
    c.ld x11, 0(x9)         /* from 0x12345000: traps, and has no line */
    .option norvc
    addi x12, x0, 7
    amoadd.w x13, x12, (x6)
    amomax.d x0, x12, (x6)
    lr.d x14, (x6)
    sc.d x15, x12, (x6)
    sc.w x16, x12, (x6)     /* the reservation is gone */
    lui x17, 0x6
    csrs mstatus, x17       /* FS */
    csrrw x18, mscratch, x6
    csrr x19, mscratch      /* writes no CSR */
    csrwi sstatus, 0        /* FS becomes off, mstatus is told */
    csrs mstatus, x17
    fcvt.d.l f1, x12
    fcvt.d.l f0, x0
    addi x23, x0, 0x24
    csrw fcsr, x23          /* is frm 1 and fflags 4 */
    fdiv.d f3, f1, f0       /* raises DZ */
    fdiv.d f3, f1, f0       /* and again: no change, but told */
    fsd f3, 16(x6)
    fsw f1, 24(x6)
    flw f2, 4(x6)
    feq.d x20, f1, f1
    csrwi mstatus, 0
    csrw pmpaddr0, x17
    addi x24, x6, 17
    .insn 4, 0x004c200f     /* cbo.zero (x24): every byte of the block */
    lui x21, 0x100
    lui x22, 0x5
    addi x22, x22, 0x555
    sw x22, 0(x21)          /* the finisher: passed */
    jal x0, .

    .balign 4
    .org 0x180
trap:
    csrr x31, mepc
    addi x31, x31, 2        /* past the c.ld */
    csrw mepc, x31
    mret
    .org 0x200
data:
    .skip 64
    .globl begin_signature, end_signature /* for output.sh */
    .set begin_signature, data
    .set end_signature, data + 16
