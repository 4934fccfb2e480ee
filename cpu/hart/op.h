/* A decoded instruction: 16 bytes, derived from its encoding, kept in arrays beside the lines that hold it.
 *
 * Compressed instructions become the operation that they stand for, with `bytes` 2.
 */
#ifndef HB_CPU_OP_H
#define HB_CPU_OP_H

#include <stdint.h>

/* How the fields of an encoding are read, and how it is printed. */
enum hb_format {
    HB_FORMAT_R,       /* rd, rs1, rs2 */
    HB_FORMAT_UNARY,   /* rd, rs1 */
    HB_FORMAT_I,       /* rd, rs1, imm */
    HB_FORMAT_LOAD,    /* rd, imm(rs1) */
    HB_FORMAT_STORE,   /* rs2, imm(rs1) */
    HB_FORMAT_BRANCH,  /* rs1, rs2, offset */
    HB_FORMAT_U,       /* rd, imm */
    HB_FORMAT_JUMP,    /* rd, offset */
    HB_FORMAT_JALR,    /* rd, imm(rs1) */
    HB_FORMAT_SHIFT,   /* rd, rs1, amount of 6 bits */
    HB_FORMAT_SHIFT_W, /* the same, 5 bits */
    HB_FORMAT_ATOMIC,  /* rd, rs2, (rs1) */
    HB_FORMAT_LR,      /* rd, (rs1) */
    HB_FORMAT_CSR,     /* rd, csr, rs1 */
    HB_FORMAT_CSR_I,   /* rd, csr, 5 bits */
    HB_FORMAT_BLOCK,   /* (rs1) */
    HB_FORMAT_SFENCE,  /* rs1, rs2 */
    HB_FORMAT_FENCE,   /* predecessor, successor */
    HB_FORMAT_NONE,
    HB_FORMAT_F_LOAD,         /* f rd, imm(rs1) */
    HB_FORMAT_F_STORE,        /* f rs2, imm(rs1) */
    HB_FORMAT_F_FUSED,        /* f rd, f rs1, f rs2, f rs3, rounding mode */
    HB_FORMAT_F_R,            /* f rd, f rs1, f rs2, rounding mode */
    HB_FORMAT_F_R1,           /* f rd, f rs1, rounding mode */
    HB_FORMAT_F_R_EXACT,      /* f rd, f rs1, f rs2 */
    HB_FORMAT_F_COMPARE,      /* rd, f rs1, f rs2 */
    HB_FORMAT_F_TO_X,         /* rd, f rs1, rounding mode */
    HB_FORMAT_F_FROM_X,       /* f rd, rs1, rounding mode */
    HB_FORMAT_F_TO_X_EXACT,   /* rd, f rs1 */
    HB_FORMAT_F_FROM_X_EXACT, /* f rd, rs1 */
    HB_FORMATS
};

/* What callers ask of an operation besides what it computes. A row of the table has one of the words below; nothing
 * depends on the order of rows. */
#define HB_CLASS_PLAIN  0u
#define HB_CLASS_LOAD   0x001u /* reads memory at imm(rs1) */
#define HB_CLASS_STORE  0x002u /* writes it */
#define HB_CLASS_LR     0x004u
#define HB_CLASS_SC     0x008u
#define HB_CLASS_AMO    0x010u
#define HB_CLASS_BLOCK  0x020u /* of the cache block that holds rs1 */
#define HB_CLASS_CSR    0x040u
#define HB_CLASS_FP     0x080u /* floating point: illegal while mstatus.FS is off */
#define HB_CLASS_DOUBLE 0x100u /* its format is D (for fcvt between the two: its result's), else S */
#define HB_CLASS_ROUNDS 0x200u
#define HB_CLASS_ZEROS  0x400u /* stores zeros to all of its block */

#define HB_CLASS_ZERO (HB_CLASS_BLOCK | HB_CLASS_ZEROS)

#define HB_CLASS_LOAD_S  (HB_CLASS_FP | HB_CLASS_LOAD)
#define HB_CLASS_LOAD_D  (HB_CLASS_LOAD_S | HB_CLASS_DOUBLE)
#define HB_CLASS_STORE_S (HB_CLASS_FP | HB_CLASS_STORE)
#define HB_CLASS_STORE_D (HB_CLASS_STORE_S | HB_CLASS_DOUBLE)
#define HB_CLASS_EXACT_S HB_CLASS_FP
#define HB_CLASS_EXACT_D (HB_CLASS_FP | HB_CLASS_DOUBLE)
#define HB_CLASS_ROUND_S (HB_CLASS_EXACT_S | HB_CLASS_ROUNDS)
#define HB_CLASS_ROUND_D (HB_CLASS_EXACT_D | HB_CLASS_ROUNDS)

#define HB_CLASS_ATOMIC (HB_CLASS_LR | HB_CLASS_SC | HB_CLASS_AMO)
#define HB_CLASS_MEMORY (HB_CLASS_LOAD | HB_CLASS_STORE | HB_CLASS_ATOMIC) /* its width is in bits 12 and 13 */

/* Floating point. */
#define HB_FP_OPS(X)                                                                                                   \
    X(FLW, "flw", 0x2007, 0x707f, F_LOAD, LOAD_S)                                                                      \
    X(FLD, "fld", 0x3007, 0x707f, F_LOAD, LOAD_D)                                                                      \
    X(FSW, "fsw", 0x2027, 0x707f, F_STORE, STORE_S)                                                                    \
    X(FSD, "fsd", 0x3027, 0x707f, F_STORE, STORE_D)                                                                    \
    X(FMADD_S, "fmadd.s", 0x43, 0x600007f, F_FUSED, ROUND_S)                                                           \
    X(FMADD_D, "fmadd.d", 0x2000043, 0x600007f, F_FUSED, ROUND_D)                                                      \
    X(FMSUB_S, "fmsub.s", 0x47, 0x600007f, F_FUSED, ROUND_S)                                                           \
    X(FMSUB_D, "fmsub.d", 0x2000047, 0x600007f, F_FUSED, ROUND_D)                                                      \
    X(FNMSUB_S, "fnmsub.s", 0x4b, 0x600007f, F_FUSED, ROUND_S)                                                         \
    X(FNMSUB_D, "fnmsub.d", 0x200004b, 0x600007f, F_FUSED, ROUND_D)                                                    \
    X(FNMADD_S, "fnmadd.s", 0x4f, 0x600007f, F_FUSED, ROUND_S)                                                         \
    X(FNMADD_D, "fnmadd.d", 0x200004f, 0x600007f, F_FUSED, ROUND_D)                                                    \
    X(FADD_S, "fadd.s", 0x53, 0xfe00007f, F_R, ROUND_S)                                                                \
    X(FADD_D, "fadd.d", 0x2000053, 0xfe00007f, F_R, ROUND_D)                                                           \
    X(FSUB_S, "fsub.s", 0x8000053, 0xfe00007f, F_R, ROUND_S)                                                           \
    X(FSUB_D, "fsub.d", 0xa000053, 0xfe00007f, F_R, ROUND_D)                                                           \
    X(FMUL_S, "fmul.s", 0x10000053, 0xfe00007f, F_R, ROUND_S)                                                          \
    X(FMUL_D, "fmul.d", 0x12000053, 0xfe00007f, F_R, ROUND_D)                                                          \
    X(FDIV_S, "fdiv.s", 0x18000053, 0xfe00007f, F_R, ROUND_S)                                                          \
    X(FDIV_D, "fdiv.d", 0x1a000053, 0xfe00007f, F_R, ROUND_D)                                                          \
    X(FSQRT_S, "fsqrt.s", 0x58000053, 0xfff0007f, F_R1, ROUND_S)                                                       \
    X(FSQRT_D, "fsqrt.d", 0x5a000053, 0xfff0007f, F_R1, ROUND_D)                                                       \
    X(FCVT_S_D, "fcvt.s.d", 0x40100053, 0xfff0007f, F_R1, ROUND_S)                                                     \
    X(FCVT_D_S, "fcvt.d.s", 0x42000053, 0xfff0007f, F_R1, ROUND_D)                                                     \
    X(FCVT_S_W, "fcvt.s.w", 0xd0000053, 0xfff0007f, F_FROM_X, ROUND_S)                                                 \
    X(FCVT_D_W, "fcvt.d.w", 0xd2000053, 0xfff0007f, F_FROM_X, ROUND_D)                                                 \
    X(FCVT_S_WU, "fcvt.s.wu", 0xd0100053, 0xfff0007f, F_FROM_X, ROUND_S)                                               \
    X(FCVT_D_WU, "fcvt.d.wu", 0xd2100053, 0xfff0007f, F_FROM_X, ROUND_D)                                               \
    X(FCVT_S_L, "fcvt.s.l", 0xd0200053, 0xfff0007f, F_FROM_X, ROUND_S)                                                 \
    X(FCVT_D_L, "fcvt.d.l", 0xd2200053, 0xfff0007f, F_FROM_X, ROUND_D)                                                 \
    X(FCVT_S_LU, "fcvt.s.lu", 0xd0300053, 0xfff0007f, F_FROM_X, ROUND_S)                                               \
    X(FCVT_D_LU, "fcvt.d.lu", 0xd2300053, 0xfff0007f, F_FROM_X, ROUND_D)                                               \
    X(FSGNJ_S, "fsgnj.s", 0x20000053, 0xfe00707f, F_R_EXACT, EXACT_S)                                                  \
    X(FSGNJ_D, "fsgnj.d", 0x22000053, 0xfe00707f, F_R_EXACT, EXACT_D)                                                  \
    X(FSGNJN_S, "fsgnjn.s", 0x20001053, 0xfe00707f, F_R_EXACT, EXACT_S)                                                \
    X(FSGNJN_D, "fsgnjn.d", 0x22001053, 0xfe00707f, F_R_EXACT, EXACT_D)                                                \
    X(FSGNJX_S, "fsgnjx.s", 0x20002053, 0xfe00707f, F_R_EXACT, EXACT_S)                                                \
    X(FSGNJX_D, "fsgnjx.d", 0x22002053, 0xfe00707f, F_R_EXACT, EXACT_D)                                                \
    X(FMIN_S, "fmin.s", 0x28000053, 0xfe00707f, F_R_EXACT, EXACT_S)                                                    \
    X(FMIN_D, "fmin.d", 0x2a000053, 0xfe00707f, F_R_EXACT, EXACT_D)                                                    \
    X(FMAX_S, "fmax.s", 0x28001053, 0xfe00707f, F_R_EXACT, EXACT_S)                                                    \
    X(FMAX_D, "fmax.d", 0x2a001053, 0xfe00707f, F_R_EXACT, EXACT_D)                                                    \
    X(FMV_W_X, "fmv.w.x", 0xf0000053, 0xfff0707f, F_FROM_X_EXACT, EXACT_S)                                             \
    X(FMV_D_X, "fmv.d.x", 0xf2000053, 0xfff0707f, F_FROM_X_EXACT, EXACT_D)                                             \
    X(FLE_S, "fle.s", 0xa0000053, 0xfe00707f, F_COMPARE, EXACT_S)                                                      \
    X(FLE_D, "fle.d", 0xa2000053, 0xfe00707f, F_COMPARE, EXACT_D)                                                      \
    X(FLT_S, "flt.s", 0xa0001053, 0xfe00707f, F_COMPARE, EXACT_S)                                                      \
    X(FLT_D, "flt.d", 0xa2001053, 0xfe00707f, F_COMPARE, EXACT_D)                                                      \
    X(FEQ_S, "feq.s", 0xa0002053, 0xfe00707f, F_COMPARE, EXACT_S)                                                      \
    X(FEQ_D, "feq.d", 0xa2002053, 0xfe00707f, F_COMPARE, EXACT_D)                                                      \
    X(FCVT_W_S, "fcvt.w.s", 0xc0000053, 0xfff0007f, F_TO_X, ROUND_S)                                                   \
    X(FCVT_W_D, "fcvt.w.d", 0xc2000053, 0xfff0007f, F_TO_X, ROUND_D)                                                   \
    X(FCVT_WU_S, "fcvt.wu.s", 0xc0100053, 0xfff0007f, F_TO_X, ROUND_S)                                                 \
    X(FCVT_WU_D, "fcvt.wu.d", 0xc2100053, 0xfff0007f, F_TO_X, ROUND_D)                                                 \
    X(FCVT_L_S, "fcvt.l.s", 0xc0200053, 0xfff0007f, F_TO_X, ROUND_S)                                                   \
    X(FCVT_L_D, "fcvt.l.d", 0xc2200053, 0xfff0007f, F_TO_X, ROUND_D)                                                   \
    X(FCVT_LU_S, "fcvt.lu.s", 0xc0300053, 0xfff0007f, F_TO_X, ROUND_S)                                                 \
    X(FCVT_LU_D, "fcvt.lu.d", 0xc2300053, 0xfff0007f, F_TO_X, ROUND_D)                                                 \
    X(FMV_X_W, "fmv.x.w", 0xe0000053, 0xfff0707f, F_TO_X_EXACT, EXACT_S)                                               \
    X(FMV_X_D, "fmv.x.d", 0xe2000053, 0xfff0707f, F_TO_X_EXACT, EXACT_D)                                               \
    X(FCLASS_S, "fclass.s", 0xe0001053, 0xfff0707f, F_TO_X_EXACT, EXACT_S)                                             \
    X(FCLASS_D, "fclass.d", 0xe2001053, 0xfff0707f, F_TO_X_EXACT, EXACT_D)

/* Bit manipulation and conditional zeros: Zba, Zbb, Zbs, Zicond. */
#define HB_BIT_OPS(X)                                                                                                  \
    X(ADD_UW, "add.uw", 0x800003b, 0xfe00707f, R, PLAIN)                                                               \
    X(SH1ADD, "sh1add", 0x20002033, 0xfe00707f, R, PLAIN)                                                              \
    X(SH2ADD, "sh2add", 0x20004033, 0xfe00707f, R, PLAIN)                                                              \
    X(SH3ADD, "sh3add", 0x20006033, 0xfe00707f, R, PLAIN)                                                              \
    X(SH1ADD_UW, "sh1add.uw", 0x2000203b, 0xfe00707f, R, PLAIN)                                                        \
    X(SH2ADD_UW, "sh2add.uw", 0x2000403b, 0xfe00707f, R, PLAIN)                                                        \
    X(SH3ADD_UW, "sh3add.uw", 0x2000603b, 0xfe00707f, R, PLAIN)                                                        \
    X(SLLI_UW, "slli.uw", 0x800101b, 0xfc00707f, SHIFT, PLAIN)                                                         \
    X(ANDN, "andn", 0x40007033, 0xfe00707f, R, PLAIN)                                                                  \
    X(ORN, "orn", 0x40006033, 0xfe00707f, R, PLAIN)                                                                    \
    X(XNOR, "xnor", 0x40004033, 0xfe00707f, R, PLAIN)                                                                  \
    X(CLZ, "clz", 0x60001013, 0xfff0707f, UNARY, PLAIN)                                                                \
    X(CLZW, "clzw", 0x6000101b, 0xfff0707f, UNARY, PLAIN)                                                              \
    X(CTZ, "ctz", 0x60101013, 0xfff0707f, UNARY, PLAIN)                                                                \
    X(CTZW, "ctzw", 0x6010101b, 0xfff0707f, UNARY, PLAIN)                                                              \
    X(CPOP, "cpop", 0x60201013, 0xfff0707f, UNARY, PLAIN)                                                              \
    X(CPOPW, "cpopw", 0x6020101b, 0xfff0707f, UNARY, PLAIN)                                                            \
    X(MAX, "max", 0xa006033, 0xfe00707f, R, PLAIN)                                                                     \
    X(MAXU, "maxu", 0xa007033, 0xfe00707f, R, PLAIN)                                                                   \
    X(MIN, "min", 0xa004033, 0xfe00707f, R, PLAIN)                                                                     \
    X(MINU, "minu", 0xa005033, 0xfe00707f, R, PLAIN)                                                                   \
    X(SEXT_B, "sext.b", 0x60401013, 0xfff0707f, UNARY, PLAIN)                                                          \
    X(SEXT_H, "sext.h", 0x60501013, 0xfff0707f, UNARY, PLAIN)                                                          \
    X(ZEXT_H, "zext.h", 0x800403b, 0xfff0707f, UNARY, PLAIN)                                                           \
    X(ROL, "rol", 0x60001033, 0xfe00707f, R, PLAIN)                                                                    \
    X(ROLW, "rolw", 0x6000103b, 0xfe00707f, R, PLAIN)                                                                  \
    X(ROR, "ror", 0x60005033, 0xfe00707f, R, PLAIN)                                                                    \
    X(RORI, "rori", 0x60005013, 0xfc00707f, SHIFT, PLAIN)                                                              \
    X(RORIW, "roriw", 0x6000501b, 0xfe00707f, SHIFT_W, PLAIN)                                                          \
    X(RORW, "rorw", 0x6000503b, 0xfe00707f, R, PLAIN)                                                                  \
    X(ORC_B, "orc.b", 0x28705013, 0xfff0707f, UNARY, PLAIN)                                                            \
    X(REV8, "rev8", 0x6b805013, 0xfff0707f, UNARY, PLAIN)                                                              \
    X(BCLR, "bclr", 0x48001033, 0xfe00707f, R, PLAIN)                                                                  \
    X(BCLRI, "bclri", 0x48001013, 0xfc00707f, SHIFT, PLAIN)                                                            \
    X(BEXT, "bext", 0x48005033, 0xfe00707f, R, PLAIN)                                                                  \
    X(BEXTI, "bexti", 0x48005013, 0xfc00707f, SHIFT, PLAIN)                                                            \
    X(BINV, "binv", 0x68001033, 0xfe00707f, R, PLAIN)                                                                  \
    X(BINVI, "binvi", 0x68001013, 0xfc00707f, SHIFT, PLAIN)                                                            \
    X(BSET, "bset", 0x28001033, 0xfe00707f, R, PLAIN)                                                                  \
    X(BSETI, "bseti", 0x28001013, 0xfc00707f, SHIFT, PLAIN)                                                            \
    X(CZERO_EQZ, "czero.eqz", 0xe005033, 0xfe00707f, R, PLAIN)                                                         \
    X(CZERO_NEZ, "czero.nez", 0xe007033, 0xfe00707f, R, PLAIN)

/* Every operation: name in C, mnemonic, match, mask, format, class. No encoding matches two rows. Encodings are those
 * of the unprivileged specification, chapter "RV32/64G Instruction Set Listings", of the privileged one for mret and
 * wfi, and of the CMO specification for cbo. */
#define HB_FREQUENT_OPS(X)                                                                                             \
    X(LUI, "lui", 0x37, 0x7f, U, PLAIN)                                                                                \
    X(AUIPC, "auipc", 0x17, 0x7f, U, PLAIN)                                                                            \
    X(JAL, "jal", 0x6f, 0x7f, JUMP, PLAIN)                                                                             \
    X(JALR, "jalr", 0x67, 0x707f, JALR, PLAIN)                                                                         \
    X(BEQ, "beq", 0x63, 0x707f, BRANCH, PLAIN)                                                                         \
    X(BNE, "bne", 0x1063, 0x707f, BRANCH, PLAIN)                                                                       \
    X(BLT, "blt", 0x4063, 0x707f, BRANCH, PLAIN)                                                                       \
    X(BGE, "bge", 0x5063, 0x707f, BRANCH, PLAIN)                                                                       \
    X(BLTU, "bltu", 0x6063, 0x707f, BRANCH, PLAIN)                                                                     \
    X(BGEU, "bgeu", 0x7063, 0x707f, BRANCH, PLAIN)                                                                     \
    X(LB, "lb", 0x3, 0x707f, LOAD, LOAD)                                                                               \
    X(LH, "lh", 0x1003, 0x707f, LOAD, LOAD)                                                                            \
    X(LW, "lw", 0x2003, 0x707f, LOAD, LOAD)                                                                            \
    X(LD, "ld", 0x3003, 0x707f, LOAD, LOAD)                                                                            \
    X(LBU, "lbu", 0x4003, 0x707f, LOAD, LOAD)                                                                          \
    X(LHU, "lhu", 0x5003, 0x707f, LOAD, LOAD)                                                                          \
    X(LWU, "lwu", 0x6003, 0x707f, LOAD, LOAD)                                                                          \
    X(SB, "sb", 0x23, 0x707f, STORE, STORE)                                                                            \
    X(SH, "sh", 0x1023, 0x707f, STORE, STORE)                                                                          \
    X(SW, "sw", 0x2023, 0x707f, STORE, STORE)                                                                          \
    X(SD, "sd", 0x3023, 0x707f, STORE, STORE)                                                                          \
    X(ADDI, "addi", 0x13, 0x707f, I, PLAIN)                                                                            \
    X(SLTI, "slti", 0x2013, 0x707f, I, PLAIN)                                                                          \
    X(SLTIU, "sltiu", 0x3013, 0x707f, I, PLAIN)                                                                        \
    X(XORI, "xori", 0x4013, 0x707f, I, PLAIN)                                                                          \
    X(ORI, "ori", 0x6013, 0x707f, I, PLAIN)                                                                            \
    X(ANDI, "andi", 0x7013, 0x707f, I, PLAIN)                                                                          \
    X(SLLI, "slli", 0x1013, 0xfc00707f, SHIFT, PLAIN)                                                                  \
    X(SRLI, "srli", 0x5013, 0xfc00707f, SHIFT, PLAIN)                                                                  \
    X(SRAI, "srai", 0x40005013, 0xfc00707f, SHIFT, PLAIN)                                                              \
    X(ADD, "add", 0x33, 0xfe00707f, R, PLAIN)                                                                          \
    X(SUB, "sub", 0x40000033, 0xfe00707f, R, PLAIN)                                                                    \
    X(SLL, "sll", 0x1033, 0xfe00707f, R, PLAIN)                                                                        \
    X(SLT, "slt", 0x2033, 0xfe00707f, R, PLAIN)                                                                        \
    X(SLTU, "sltu", 0x3033, 0xfe00707f, R, PLAIN)                                                                      \
    X(XOR, "xor", 0x4033, 0xfe00707f, R, PLAIN)                                                                        \
    X(SRL, "srl", 0x5033, 0xfe00707f, R, PLAIN)                                                                        \
    X(SRA, "sra", 0x40005033, 0xfe00707f, R, PLAIN)                                                                    \
    X(OR, "or", 0x6033, 0xfe00707f, R, PLAIN)                                                                          \
    X(AND, "and", 0x7033, 0xfe00707f, R, PLAIN)                                                                        \
    X(ADDIW, "addiw", 0x1b, 0x707f, I, PLAIN)                                                                          \
    X(SLLIW, "slliw", 0x101b, 0xfe00707f, SHIFT_W, PLAIN)                                                              \
    X(SRLIW, "srliw", 0x501b, 0xfe00707f, SHIFT_W, PLAIN)                                                              \
    X(SRAIW, "sraiw", 0x4000501b, 0xfe00707f, SHIFT_W, PLAIN)                                                          \
    X(ADDW, "addw", 0x3b, 0xfe00707f, R, PLAIN)                                                                        \
    X(SUBW, "subw", 0x4000003b, 0xfe00707f, R, PLAIN)                                                                  \
    X(SLLW, "sllw", 0x103b, 0xfe00707f, R, PLAIN)                                                                      \
    X(SRLW, "srlw", 0x503b, 0xfe00707f, R, PLAIN)                                                                      \
    X(SRAW, "sraw", 0x4000503b, 0xfe00707f, R, PLAIN)                                                                  \
    X(MUL, "mul", 0x2000033, 0xfe00707f, R, PLAIN)                                                                     \
    X(MULH, "mulh", 0x2001033, 0xfe00707f, R, PLAIN)                                                                   \
    X(MULHSU, "mulhsu", 0x2002033, 0xfe00707f, R, PLAIN)                                                               \
    X(MULHU, "mulhu", 0x2003033, 0xfe00707f, R, PLAIN)                                                                 \
    X(DIV, "div", 0x2004033, 0xfe00707f, R, PLAIN)                                                                     \
    X(DIVU, "divu", 0x2005033, 0xfe00707f, R, PLAIN)                                                                   \
    X(REM, "rem", 0x2006033, 0xfe00707f, R, PLAIN)                                                                     \
    X(REMU, "remu", 0x2007033, 0xfe00707f, R, PLAIN)                                                                   \
    X(MULW, "mulw", 0x200003b, 0xfe00707f, R, PLAIN)                                                                   \
    X(DIVW, "divw", 0x200403b, 0xfe00707f, R, PLAIN)                                                                   \
    X(DIVUW, "divuw", 0x200503b, 0xfe00707f, R, PLAIN)                                                                 \
    X(REMW, "remw", 0x200603b, 0xfe00707f, R, PLAIN)                                                                   \
    X(REMUW, "remuw", 0x200703b, 0xfe00707f, R, PLAIN)                                                                 \
    HB_BIT_OPS(X)

#define HB_OTHER_OPS(X)                                                                                                \
    X(LR_W, "lr.w", 0x1000202f, 0xf9f0707f, LR, LR)                                                                    \
    X(SC_W, "sc.w", 0x1800202f, 0xf800707f, ATOMIC, SC)                                                                \
    X(AMOSWAP_W, "amoswap.w", 0x800202f, 0xf800707f, ATOMIC, AMO)                                                      \
    X(AMOADD_W, "amoadd.w", 0x202f, 0xf800707f, ATOMIC, AMO)                                                           \
    X(AMOXOR_W, "amoxor.w", 0x2000202f, 0xf800707f, ATOMIC, AMO)                                                       \
    X(AMOAND_W, "amoand.w", 0x6000202f, 0xf800707f, ATOMIC, AMO)                                                       \
    X(AMOOR_W, "amoor.w", 0x4000202f, 0xf800707f, ATOMIC, AMO)                                                         \
    X(AMOMIN_W, "amomin.w", 0x8000202f, 0xf800707f, ATOMIC, AMO)                                                       \
    X(AMOMAX_W, "amomax.w", 0xa000202f, 0xf800707f, ATOMIC, AMO)                                                       \
    X(AMOMINU_W, "amominu.w", 0xc000202f, 0xf800707f, ATOMIC, AMO)                                                     \
    X(AMOMAXU_W, "amomaxu.w", 0xe000202f, 0xf800707f, ATOMIC, AMO)                                                     \
    X(LR_D, "lr.d", 0x1000302f, 0xf9f0707f, LR, LR)                                                                    \
    X(SC_D, "sc.d", 0x1800302f, 0xf800707f, ATOMIC, SC)                                                                \
    X(AMOSWAP_D, "amoswap.d", 0x800302f, 0xf800707f, ATOMIC, AMO)                                                      \
    X(AMOADD_D, "amoadd.d", 0x302f, 0xf800707f, ATOMIC, AMO)                                                           \
    X(AMOXOR_D, "amoxor.d", 0x2000302f, 0xf800707f, ATOMIC, AMO)                                                       \
    X(AMOAND_D, "amoand.d", 0x6000302f, 0xf800707f, ATOMIC, AMO)                                                       \
    X(AMOOR_D, "amoor.d", 0x4000302f, 0xf800707f, ATOMIC, AMO)                                                         \
    X(AMOMIN_D, "amomin.d", 0x8000302f, 0xf800707f, ATOMIC, AMO)                                                       \
    X(AMOMAX_D, "amomax.d", 0xa000302f, 0xf800707f, ATOMIC, AMO)                                                       \
    X(AMOMINU_D, "amominu.d", 0xc000302f, 0xf800707f, ATOMIC, AMO)                                                     \
    X(AMOMAXU_D, "amomaxu.d", 0xe000302f, 0xf800707f, ATOMIC, AMO)                                                     \
    X(CBO_INVAL, "cbo.inval", 0x200f, 0xfff07fff, BLOCK, BLOCK)                                                        \
    X(CBO_CLEAN, "cbo.clean", 0x10200f, 0xfff07fff, BLOCK, BLOCK)                                                      \
    X(CBO_FLUSH, "cbo.flush", 0x20200f, 0xfff07fff, BLOCK, BLOCK)                                                      \
    X(CBO_ZERO, "cbo.zero", 0x40200f, 0xfff07fff, BLOCK, ZERO)                                                         \
    X(FENCE, "fence", 0xf, 0x707f, FENCE, PLAIN)                                                                       \
    X(FENCE_I, "fence.i", 0x100f, 0x707f, NONE, PLAIN)                                                                 \
    X(ECALL, "ecall", 0x73, 0xffffffff, NONE, PLAIN)                                                                   \
    X(EBREAK, "ebreak", 0x100073, 0xffffffff, NONE, PLAIN)                                                             \
    X(SRET, "sret", 0x10200073, 0xffffffff, NONE, PLAIN)                                                               \
    X(SFENCE_VMA, "sfence.vma", 0x12000073, 0xfe007fff, SFENCE, PLAIN)                                                 \
    X(MRET, "mret", 0x30200073, 0xffffffff, NONE, PLAIN)                                                               \
    X(WFI, "wfi", 0x10500073, 0xffffffff, NONE, PLAIN)                                                                 \
    X(CSRRW, "csrrw", 0x1073, 0x707f, CSR, CSR)                                                                        \
    X(CSRRS, "csrrs", 0x2073, 0x707f, CSR, CSR)                                                                        \
    X(CSRRC, "csrrc", 0x3073, 0x707f, CSR, CSR)                                                                        \
    X(CSRRWI, "csrrwi", 0x5073, 0x707f, CSR_I, CSR)                                                                    \
    X(CSRRSI, "csrrsi", 0x6073, 0x707f, CSR_I, CSR)                                                                    \
    X(CSRRCI, "csrrci", 0x7073, 0x707f, CSR_I, CSR)                                                                    \
    HB_FP_OPS(X)

#define HB_OPS(X)                                                                                                      \
    HB_FREQUENT_OPS(X)                                                                                                 \
    HB_OTHER_OPS(X)

enum hb_op_code {
    HB_OP_UNDECODED,
    HB_OP_ILLEGAL,
#define HB_OP_CODE(name, mnemonic, match, mask, format, class) HB_OP_##name,
    HB_OPS(HB_OP_CODE)
#undef HB_OP_CODE
        HB_OP_TRACEPOINT, /* the HINT slti x0, rs1, 1 .. 2047 */
    HB_OP_CODES
};

struct hb_op {
    uint16_t code; /* enum hb_op_code */
    uint8_t rd;
    uint8_t rs1; /* or the 5 bits of csrr?i */
    uint8_t rs2;
    uint8_t bytes;    /* of the encoding: 2 or 4 */
    uint8_t load_rd;  /* rd, if it arrives late from memory (HB_OP_F added for an f register); else 0 */
    uint8_t flags;    /* HB_OP_AQ, HB_OP_RL; the rounding mode of floating point, 0 if it has none */
    int32_t imm;      /* immediate, offset, shift amount, number of a CSR, rs3 */
    uint32_t sources; /* bit i: reads x[i] or f[i]; x[0] is nothing to wait for and has no bit */
};

#define HB_OP_AQ 1u
#define HB_OP_RL 2u

#define HB_OP_F 32u /* numbers of registers: x[i] is i, f[i] is this + i */

#define HB_RM_DYNAMIC 7u /* the rounding mode of fcsr */

_Static_assert(sizeof(struct hb_op) == 16, "arrays of decoded lines rely on it");

#endif
