/* What the frequent instructions compute, as tables that every way of executing them expands: one row an operation, in
 * terms of a (the value of rs1), b (of rs2), imm (the immediate, sign-extended to 64 bits) and pc. */
#ifndef HB_CPU_ALU_H
#define HB_CPU_ALU_H

#include <stdint.h>

#include "cpu/bits.h"

/* ---- Arithmetic that C leaves undefined, or has no operator for ------------------------------------------------ */

static inline uint64_t hb_divide(int64_t a, int64_t b) {
    if (b == 0)
        return UINT64_MAX;
    return a == INT64_MIN && b == -1 ? (uint64_t)a : (uint64_t)(a / b);
}

static inline uint64_t hb_remainder(int64_t a, int64_t b) {
    if (b == 0)
        return (uint64_t)a;
    return a == INT64_MIN && b == -1 ? 0 : (uint64_t)(a % b);
}

static inline uint64_t hb_divide_unsigned(uint64_t a, uint64_t b) {
    return b ? a / b : UINT64_MAX;
}

static inline uint64_t hb_remainder_unsigned(uint64_t a, uint64_t b) {
    return b ? a % b : a;
}

static inline uint64_t hb_divide_word(int32_t a, int32_t b) {
    if (b == 0)
        return UINT64_MAX;
    return (uint64_t)(int64_t)(a == INT32_MIN && b == -1 ? a : a / b);
}

static inline uint64_t hb_remainder_word(int32_t a, int32_t b) {
    if (b == 0)
        return (uint64_t)(int64_t)a;
    return (uint64_t)(int64_t)(a == INT32_MIN && b == -1 ? 0 : a % b);
}

static inline uint64_t hb_divide_word_unsigned(uint32_t a, uint32_t b) {
    return b ? (uint64_t)(int32_t)(a / b) : UINT64_MAX;
}

static inline uint64_t hb_remainder_word_unsigned(uint32_t a, uint32_t b) {
    return (uint64_t)(int32_t)(b ? a % b : a);
}

__extension__ typedef __int128 hb_int128;
__extension__ typedef unsigned __int128 hb_uint128;

static inline uint64_t hb_multiply_high(int64_t a, int64_t b) {
    return (uint64_t)(((hb_int128)a * b) >> 64);
}

static inline uint64_t hb_multiply_high_unsigned(uint64_t a, uint64_t b) {
    return (uint64_t)(((hb_uint128)a * b) >> 64);
}

static inline uint64_t hb_multiply_high_mixed(int64_t a, uint64_t b) {
    return (uint64_t)(((hb_int128)a * (hb_int128)(hb_uint128)b) >> 64);
}

#define HB_WORD(value) ((uint64_t)(int64_t)(int32_t)(value))

/* ---- The tables ------------------------------------------------------------------------------------------------ */

/* X(operation, result): one base cycle. */
#define HB_ALU_OPS(X)                                                                                                  \
    X(LUI, imm)                                                                                                        \
    X(AUIPC, pc + imm)                                                                                                 \
    X(ADDI, a + imm)                                                                                                   \
    X(SLTI, (int64_t)a < (int64_t)imm)                                                                                 \
    X(SLTIU, a < imm)                                                                                                  \
    X(XORI, a ^ imm)                                                                                                   \
    X(ORI, a | imm)                                                                                                    \
    X(ANDI, a &imm)                                                                                                    \
    X(SLLI, a << imm)                                                                                                  \
    X(SRLI, a >> imm)                                                                                                  \
    X(SRAI, (uint64_t)((int64_t)a >> imm))                                                                             \
    X(ADD, a + b)                                                                                                      \
    X(SUB, a - b)                                                                                                      \
    X(SLL, a << (b & 63))                                                                                              \
    X(SLT, (int64_t)a < (int64_t)b)                                                                                    \
    X(SLTU, a < b)                                                                                                     \
    X(XOR, a ^ b)                                                                                                      \
    X(SRL, a >> (b & 63))                                                                                              \
    X(SRA, (uint64_t)((int64_t)a >> (b & 63)))                                                                         \
    X(OR, a | b)                                                                                                       \
    X(AND, a &b)                                                                                                       \
    X(ADDIW, HB_WORD(a + imm))                                                                                         \
    X(SLLIW, HB_WORD((uint32_t)a << imm))                                                                              \
    X(SRLIW, HB_WORD((uint32_t)a >> imm))                                                                              \
    X(SRAIW, HB_WORD((int32_t)a >> imm))                                                                               \
    X(ADDW, HB_WORD(a + b))                                                                                            \
    X(SUBW, HB_WORD(a - b))                                                                                            \
    X(SLLW, HB_WORD((uint32_t)a << (b & 31)))                                                                          \
    X(SRLW, HB_WORD((uint32_t)a >> (b & 31)))                                                                          \
    X(SRAW, HB_WORD((int32_t)a >> (b & 31)))

/* X(operation, result): bit manipulation and conditional zeros, of one base cycle (cpu/bits.h has what C lacks). */
#define HB_BITS_OPS(X)                                                                                                 \
    X(ADD_UW, b + (uint32_t)a)                                                                                         \
    X(SH1ADD, b + (a << 1))                                                                                            \
    X(SH2ADD, b + (a << 2))                                                                                            \
    X(SH3ADD, b + (a << 3))                                                                                            \
    X(SH1ADD_UW, b + ((uint64_t)(uint32_t)a << 1))                                                                     \
    X(SH2ADD_UW, b + ((uint64_t)(uint32_t)a << 2))                                                                     \
    X(SH3ADD_UW, b + ((uint64_t)(uint32_t)a << 3))                                                                     \
    X(SLLI_UW, (uint64_t)(uint32_t)a << imm)                                                                           \
    X(ANDN, a & ~b)                                                                                                    \
    X(ORN, a | ~b)                                                                                                     \
    X(XNOR, ~(a ^ b))                                                                                                  \
    X(CLZ, hb_leading_zeros(a))                                                                                        \
    X(CLZW, hb_leading_zeros_of_word((uint32_t)a))                                                                     \
    X(CTZ, hb_trailing_zeros(a))                                                                                       \
    X(CTZW, hb_trailing_zeros_of_word((uint32_t)a))                                                                    \
    X(CPOP, hb_count_ones(a))                                                                                          \
    X(CPOPW, hb_count_ones((uint32_t)a))                                                                               \
    X(MAX, (int64_t)a > (int64_t)b ? a : b)                                                                            \
    X(MAXU, a > b ? a : b)                                                                                             \
    X(MIN, (int64_t)a < (int64_t)b ? a : b)                                                                            \
    X(MINU, a < b ? a : b)                                                                                             \
    X(SEXT_B, (uint64_t)(int8_t)a)                                                                                     \
    X(SEXT_H, (uint64_t)(int16_t)a)                                                                                    \
    X(ZEXT_H, (uint16_t)a)                                                                                             \
    X(ROL, hb_rotate_left(a, b))                                                                                       \
    X(ROLW, HB_WORD(hb_rotate_word_left((uint32_t)a, b)))                                                              \
    X(ROR, hb_rotate_right(a, b))                                                                                      \
    X(RORI, hb_rotate_right(a, imm))                                                                                   \
    X(RORIW, HB_WORD(hb_rotate_word_right((uint32_t)a, imm)))                                                          \
    X(RORW, HB_WORD(hb_rotate_word_right((uint32_t)a, b)))                                                             \
    X(ORC_B, hb_or_combine_bytes(a))                                                                                   \
    X(REV8, __builtin_bswap64(a))                                                                                      \
    X(BCLR, a & ~hb_single_bit(b))                                                                                     \
    X(BCLRI, a & ~hb_single_bit(imm))                                                                                  \
    X(BEXT, a >> (b & 63) & 1)                                                                                         \
    X(BEXTI, a >> imm & 1)                                                                                             \
    X(BINV, a ^ hb_single_bit(b))                                                                                      \
    X(BINVI, a ^ hb_single_bit(imm))                                                                                   \
    X(BSET, a | hb_single_bit(b))                                                                                      \
    X(BSETI, a | hb_single_bit(imm))                                                                                   \
    X(CZERO_EQZ, b ? a : 0)                                                                                            \
    X(CZERO_NEZ, b ? 0 : a)

/* X(operation, result): as long as a multiplication. */
#define HB_MULTIPLY_LOW_OPS(X)                                                                                         \
    X(MUL, a *b)                                                                                                       \
    X(MULW, HB_WORD(a *b))
#define HB_MULTIPLY_HIGH_OPS(X)                                                                                        \
    X(MULH, hb_multiply_high((int64_t)a, (int64_t)b))                                                                  \
    X(MULHSU, hb_multiply_high_mixed((int64_t)a, b))                                                                   \
    X(MULHU, hb_multiply_high_unsigned(a, b))
#define HB_MULTIPLY_OPS(X)                                                                                             \
    HB_MULTIPLY_LOW_OPS(X)                                                                                             \
    HB_MULTIPLY_HIGH_OPS(X)

/* X(operation, result): as long as a division. */
#define HB_DIVIDE_OPS(X)                                                                                               \
    X(DIV, hb_divide((int64_t)a, (int64_t)b))                                                                          \
    X(DIVU, hb_divide_unsigned(a, b))                                                                                  \
    X(REM, hb_remainder((int64_t)a, (int64_t)b))                                                                       \
    X(REMU, hb_remainder_unsigned(a, b))                                                                               \
    X(DIVW, hb_divide_word((int32_t)a, (int32_t)b))                                                                    \
    X(DIVUW, hb_divide_word_unsigned((uint32_t)a, (uint32_t)b))                                                        \
    X(REMW, hb_remainder_word((int32_t)a, (int32_t)b))                                                                 \
    X(REMUW, hb_remainder_word_unsigned((uint32_t)a, (uint32_t)b))

/* X(operation, condition) */
#define HB_BRANCH_OPS(X)                                                                                               \
    X(BEQ, a == b)                                                                                                     \
    X(BNE, a != b)                                                                                                     \
    X(BLT, (int64_t)a < (int64_t)b)                                                                                    \
    X(BGE, (int64_t)a >= (int64_t)b)                                                                                   \
    X(BLTU, a < b)                                                                                                     \
    X(BGEU, a >= b)

/* X(operation, bytes, type as which the value is extended) */
#define HB_LOAD_OPS(X)                                                                                                 \
    X(LB, 1, int8_t)                                                                                                   \
    X(LH, 2, int16_t)                                                                                                  \
    X(LW, 4, int32_t)                                                                                                  \
    X(LD, 8, uint64_t)                                                                                                 \
    X(LBU, 1, uint8_t)                                                                                                 \
    X(LHU, 2, uint16_t)                                                                                                \
    X(LWU, 4, uint32_t)

/* X(operation, bytes) */
#define HB_STORE_OPS(X)                                                                                                \
    X(SB, 1)                                                                                                           \
    X(SH, 2)                                                                                                           \
    X(SW, 4)                                                                                                           \
    X(SD, 8)

#endif
