#include "cpu/decode.h"

#include "bus/shared/bus.h"
#include "cpu/fpu/fpu.h"

#include <stdbool.h>
#include <stddef.h>

const struct hb_op_info hb_op_table[HB_OP_CODES] = {
#define ROW(name, mnemonic, match, mask, format, class)                                                                \
    [HB_OP_##name] = {mnemonic, match, mask, HB_FORMAT_##format, HB_CLASS_##class},
    HB_OPS(ROW)
#undef ROW
        [HB_OP_UNDECODED] = {.format = HB_FORMAT_NONE},
    [HB_OP_ILLEGAL] = {.format = HB_FORMAT_NONE},
    [HB_OP_TRACEPOINT] = {.format = HB_FORMAT_I},
};

const struct hb_op_info *hb_op_info(uint16_t code) {
    return code < HB_OP_CODES && hb_op_table[code].mnemonic ? &hb_op_table[code] : NULL;
}

/* Bits 27 to 31 of an AMO's encoding tell them apart. */
uint8_t hb_op_amo(const struct hb_op *op) {
    static const uint8_t amos[32] = {
        [1] = HB_AMO_SWAP, [0] = HB_AMO_ADD,  [4] = HB_AMO_XOR,   [12] = HB_AMO_AND, [8] = HB_AMO_OR,
        [16] = HB_AMO_MIN, [20] = HB_AMO_MAX, [24] = HB_AMO_MINU, [28] = HB_AMO_MAXU};
    return amos[hb_op_table[op->code].match >> 27];
}

/* ---- Fields ---------------------------------------------------------------------------------------------------- */

static uint32_t field(uint32_t bits, uint32_t high, uint32_t low) {
    return bits >> low & ((2u << (high - low)) - 1);
}

static int32_t extend(uint32_t value, uint32_t width) {
    return (int32_t)(value << (32 - width)) >> (32 - width);
}

static int32_t immediate(uint32_t bits, uint8_t format) {
    switch (format) {
    case HB_FORMAT_U: return (int32_t)(bits & 0xfffff000);
    case HB_FORMAT_JUMP:
        return extend(field(bits, 31, 31) << 20 | field(bits, 19, 12) << 12 | field(bits, 20, 20) << 11 |
                          field(bits, 30, 21) << 1,
                      21);
    case HB_FORMAT_BRANCH:
        return extend(field(bits, 31, 31) << 12 | field(bits, 7, 7) << 11 | field(bits, 30, 25) << 5 |
                          field(bits, 11, 8) << 1,
                      13);
    case HB_FORMAT_F_STORE:
    case HB_FORMAT_STORE: return extend(field(bits, 31, 25) << 5 | field(bits, 11, 7), 12);
    case HB_FORMAT_I:
    case HB_FORMAT_LOAD:
    case HB_FORMAT_F_LOAD:
    case HB_FORMAT_JALR: return extend(field(bits, 31, 20), 12);
    case HB_FORMAT_SHIFT: return (int32_t)field(bits, 25, 20);
    case HB_FORMAT_SHIFT_W: return (int32_t)field(bits, 24, 20);
    case HB_FORMAT_FENCE: /* fm, predecessors, successors */
    case HB_FORMAT_CSR:
    case HB_FORMAT_CSR_I: return (int32_t)field(bits, 31, 20);
    case HB_FORMAT_F_FUSED: return (int32_t)field(bits, 31, 27);
    default: return 0;
    }
}

/* Which operands a format has, and which of them are f registers. */
enum operands {
    RD = 0x001,
    RS1 = 0x002,
    RS2 = 0x004,
    F_RD = 0x008,
    F_RS1 = 0x010,
    F_RS2 = 0x020,
    F_RS3 = 0x040,    /* its number is kept as the immediate */
    LATE = 0x080,     /* rd arrives late, from memory */
    NUMBER = 0x100,   /* a 5-bit number takes the place of rs1 */
    ORDERED = 0x200,  /* with HB_OP_AQ and HB_OP_RL */
    ROUNDING = 0x400, /* with a rounding mode */
};

static const uint16_t operands[HB_FORMATS] = {
    [HB_FORMAT_R] = RD | RS1 | RS2,
    [HB_FORMAT_UNARY] = RD | RS1,
    [HB_FORMAT_I] = RD | RS1,
    [HB_FORMAT_LOAD] = RD | RS1 | LATE,
    [HB_FORMAT_STORE] = RS1 | RS2,
    [HB_FORMAT_BRANCH] = RS1 | RS2,
    [HB_FORMAT_U] = RD,
    [HB_FORMAT_JUMP] = RD,
    [HB_FORMAT_JALR] = RD | RS1,
    [HB_FORMAT_SHIFT] = RD | RS1,
    [HB_FORMAT_SHIFT_W] = RD | RS1,
    [HB_FORMAT_ATOMIC] = RD | RS1 | RS2 | LATE | ORDERED,
    [HB_FORMAT_LR] = RD | RS1 | LATE | ORDERED,
    [HB_FORMAT_CSR] = RD | RS1,
    [HB_FORMAT_CSR_I] = RD | NUMBER,
    [HB_FORMAT_BLOCK] = RS1,
    [HB_FORMAT_SFENCE] = RS1 | RS2,
    [HB_FORMAT_FENCE] = 0,
    [HB_FORMAT_NONE] = 0,
    [HB_FORMAT_F_LOAD] = F_RD | RS1 | LATE,
    [HB_FORMAT_F_STORE] = RS1 | F_RS2,
    [HB_FORMAT_F_FUSED] = F_RD | F_RS1 | F_RS2 | F_RS3 | ROUNDING,
    [HB_FORMAT_F_R] = F_RD | F_RS1 | F_RS2 | ROUNDING,
    [HB_FORMAT_F_R1] = F_RD | F_RS1 | ROUNDING,
    [HB_FORMAT_F_R_EXACT] = F_RD | F_RS1 | F_RS2,
    [HB_FORMAT_F_COMPARE] = RD | F_RS1 | F_RS2,
    [HB_FORMAT_F_TO_X] = RD | F_RS1 | ROUNDING,
    [HB_FORMAT_F_FROM_X] = F_RD | RS1 | ROUNDING,
    [HB_FORMAT_F_TO_X_EXACT] = RD | F_RS1,
    [HB_FORMAT_F_FROM_X_EXACT] = F_RD | RS1,
};

static uint16_t operands_of(const struct hb_op *op) {
    return operands[hb_op_table[op->code].format];
}

bool hb_op_writes_f(const struct hb_op *op) {
    return operands_of(op) & F_RD;
}

bool hb_op_reads(const struct hb_op *op, uint8_t number) {
    uint16_t has = operands_of(op);
    if (number >= HB_OP_F) {
        uint8_t i = (uint8_t)(number - HB_OP_F);
        return (has & F_RS1 && op->rs1 == i) || (has & F_RS2 && op->rs2 == i) || (has & F_RS3 && op->imm == i);
    }
    return number != 0 && ((has & RS1 && op->rs1 == number) || (has & RS2 && op->rs2 == number));
}

/* ---- One operation --------------------------------------------------------------------------------------------- */

static uint32_t sources(const struct hb_op *op, uint16_t has) {
    uint32_t x = (has & RS1 ? 1u << op->rs1 : 0) | (has & RS2 ? 1u << op->rs2 : 0);
    uint32_t f = (has & F_RS1 ? 1u << op->rs1 : 0) | (has & F_RS2 ? 1u << op->rs2 : 0);
    return (x & ~1u) | f | (has & F_RS3 ? 1u << op->imm : 0);
}

static uint8_t modifiers(uint32_t bits, uint16_t has) {
    if (has & ROUNDING)
        return (uint8_t)field(bits, 14, 12);
    if (has & ORDERED)
        return (uint8_t)((field(bits, 26, 26) ? HB_OP_AQ : 0) | (field(bits, 25, 25) ? HB_OP_RL : 0));
    return 0;
}

static struct hb_op fill(uint16_t code, uint32_t bits) {
    uint8_t format = hb_op_table[code].format;
    uint16_t has = operands[format];
    struct hb_op op = {.code = code, .bytes = 4, .imm = immediate(bits, format)};
    op.rd = has & (RD | F_RD) ? (uint8_t)field(bits, 11, 7) : 0;
    op.rs1 = has & (RS1 | F_RS1 | NUMBER) ? (uint8_t)field(bits, 19, 15) : 0;
    op.rs2 = has & (RS2 | F_RS2) ? (uint8_t)field(bits, 24, 20) : 0;
    op.load_rd = has & LATE ? (uint8_t)(op.rd + (has & F_RD ? HB_OP_F : 0)) : 0;
    op.flags = modifiers(bits, has);
    op.sources = sources(&op, has);
    if (has & ROUNDING && op.flags > HB_FPU_RMM && op.flags != HB_RM_DYNAMIC)
        return (struct hb_op){.code = HB_OP_ILLEGAL, .bytes = 4};
    return op;
}

/* ---- Compressed instructions (unprivileged specification, chapter "C") ----------------------------------------- */

static uint32_t make_i(uint32_t match, uint32_t rd, uint32_t rs1, uint32_t imm) {
    return match | rd << 7 | rs1 << 15 | (imm & 0xfff) << 20;
}

static uint32_t make_s(uint32_t match, uint32_t rs1, uint32_t rs2, uint32_t imm) {
    return match | (imm & 31) << 7 | rs1 << 15 | rs2 << 20 | (imm >> 5 & 127) << 25;
}

static uint32_t make_r(uint32_t match, uint32_t rd, uint32_t rs1, uint32_t rs2) {
    return match | rd << 7 | rs1 << 15 | rs2 << 20;
}

static uint32_t make_b(uint32_t match, uint32_t rs1, uint32_t imm) {
    return match | rs1 << 15 | (imm >> 12 & 1) << 31 | (imm >> 5 & 63) << 25 | (imm >> 1 & 15) << 8 |
           (imm >> 11 & 1) << 7;
}

static uint32_t make_j(uint32_t rd, uint32_t imm) {
    return 0x6f | rd << 7 | (imm >> 20 & 1) << 31 | (imm >> 1 & 1023) << 21 | (imm >> 11 & 1) << 20 |
           (imm >> 12 & 255) << 12;
}

static uint32_t expand_0(uint32_t c) {
    uint32_t low = 8 + field(c, 4, 2), high = 8 + field(c, 9, 7);
    uint32_t word = field(c, 12, 10) << 3 | field(c, 6, 6) << 2 | field(c, 5, 5) << 6;
    uint32_t doubleword = field(c, 12, 10) << 3 | field(c, 6, 5) << 6;
    uint32_t stack = field(c, 10, 7) << 6 | field(c, 12, 11) << 4 | field(c, 5, 5) << 3 | field(c, 6, 6) << 2;
    switch (field(c, 15, 13)) {
    case 0: return stack ? make_i(0x13, low, 2, stack) : 0; /* c.addi4spn */
    case 1: return make_i(0x3007, low, high, doubleword);   /* c.fld */
    case 2: return make_i(0x2003, low, high, word);         /* c.lw */
    case 3: return make_i(0x3003, low, high, doubleword);   /* c.ld */
    case 5: return make_s(0x3027, high, low, doubleword);   /* c.fsd */
    case 6: return make_s(0x2023, high, low, word);         /* c.sw */
    case 7: return make_s(0x3023, high, low, doubleword);   /* c.sd */
    default: return 0;
    }
}

static uint32_t expand_arithmetic(uint32_t c) {
    uint32_t rd = 8 + field(c, 9, 7), rs2 = 8 + field(c, 4, 2);
    uint32_t amount = field(c, 12, 12) << 5 | field(c, 6, 2);
    static const uint32_t by_register[] = {0x40000033, 0x4033, 0x6033, 0x7033, 0x4000003b, 0x3b, 0, 0};
    switch (field(c, 11, 10)) {
    case 0: return make_i(0x5013, rd, rd, amount);                      /* c.srli */
    case 1: return make_i(0x5013, rd, rd, amount | 0x400);              /* c.srai */
    case 2: return make_i(0x7013, rd, rd, (uint32_t)extend(amount, 6)); /* c.andi */
    default: {
        uint32_t match = by_register[field(c, 12, 12) << 2 | field(c, 6, 5)];
        return match ? make_r(match, rd, rd, rs2) : 0; /* c.sub, c.xor, c.or, c.and, c.subw, c.addw */
    }
    }
}

static uint32_t expand_1(uint32_t c) {
    uint32_t rd = field(c, 11, 7);
    uint32_t imm = (uint32_t)extend(field(c, 12, 12) << 5 | field(c, 6, 2), 6);
    uint32_t jump =
        (uint32_t)extend(field(c, 12, 12) << 11 | field(c, 11, 11) << 4 | field(c, 10, 9) << 8 | field(c, 8, 8) << 10 |
                             field(c, 7, 7) << 6 | field(c, 6, 6) << 7 | field(c, 5, 3) << 1 | field(c, 2, 2) << 5,
                         12);
    uint32_t branch = (uint32_t)extend(field(c, 12, 12) << 8 | field(c, 11, 10) << 3 | field(c, 6, 5) << 6 |
                                           field(c, 4, 3) << 1 | field(c, 2, 2) << 5,
                                       9);
    uint32_t stack = (uint32_t)extend(field(c, 12, 12) << 9 | field(c, 6, 6) << 4 | field(c, 5, 5) << 6 |
                                          field(c, 4, 3) << 7 | field(c, 2, 2) << 5,
                                      10);
    switch (field(c, 15, 13)) {
    case 0: return make_i(0x13, rd, rd, imm);          /* c.addi, c.nop */
    case 1: return rd ? make_i(0x1b, rd, rd, imm) : 0; /* c.addiw */
    case 2: return make_i(0x13, rd, 0, imm);           /* c.li */
    case 3:
        if (rd == 2)
            return stack ? make_i(0x13, 2, 2, stack) : 0; /* c.addi16sp */
        return imm ? 0x37 | rd << 7 | imm << 12 : 0;      /* c.lui */
    case 4: return expand_arithmetic(c);
    case 5: return make_j(0, jump);                             /* c.j */
    case 6: return make_b(0x63, 8 + field(c, 9, 7), branch);    /* c.beqz */
    default: return make_b(0x1063, 8 + field(c, 9, 7), branch); /* c.bnez */
    }
}

static uint32_t expand_jump_or_move(uint32_t rd, uint32_t rs2, bool upper) {
    if (rs2)
        return make_r(0x33, rd, upper ? rd : 0, rs2); /* c.add, c.mv */
    if (rd)
        return make_i(0x67, upper ? 1 : 0, rd, 0); /* c.jalr, c.jr */
    return upper ? 0x100073 : 0;                   /* c.ebreak */
}

static uint32_t expand_2(uint32_t c) {
    uint32_t rd = field(c, 11, 7), rs2 = field(c, 6, 2);
    uint32_t amount = field(c, 12, 12) << 5 | rs2;
    uint32_t load_word = field(c, 12, 12) << 5 | field(c, 6, 4) << 2 | field(c, 3, 2) << 6;
    uint32_t load_double = field(c, 12, 12) << 5 | field(c, 6, 5) << 3 | field(c, 4, 2) << 6;
    uint32_t store_word = field(c, 12, 9) << 2 | field(c, 8, 7) << 6;
    uint32_t store_double = field(c, 12, 10) << 3 | field(c, 9, 7) << 6;
    switch (field(c, 15, 13)) {
    case 0: return make_i(0x1013, rd, rd, amount);              /* c.slli */
    case 1: return make_i(0x3007, rd, 2, load_double);          /* c.fldsp */
    case 2: return rd ? make_i(0x2003, rd, 2, load_word) : 0;   /* c.lwsp */
    case 3: return rd ? make_i(0x3003, rd, 2, load_double) : 0; /* c.ldsp */
    case 4: return expand_jump_or_move(rd, rs2, field(c, 12, 12));
    case 5: return make_s(0x3027, 2, rs2, store_double);  /* c.fsdsp */
    case 6: return make_s(0x2023, 2, rs2, store_word);    /* c.swsp */
    default: return make_s(0x3023, 2, rs2, store_double); /* c.sdsp */
    }
}

uint32_t hb_decode_expand(uint16_t bits) {
    switch (bits & 3) {
    case 0: return expand_0(bits);
    case 1: return expand_1(bits);
    case 2: return expand_2(bits);
    default: return 0;
    }
}

/* ---- Whole instructions ---------------------------------------------------------------------------------------- */

static struct hb_op decode_word(uint32_t bits) {
    for (uint16_t code = HB_OP_ILLEGAL + 1; code < HB_OP_TRACEPOINT; code++)
        if ((bits & hb_op_table[code].mask) == hb_op_table[code].match)
            return fill(code, bits);
    return (struct hb_op){.code = HB_OP_ILLEGAL, .bytes = 4};
}

struct hb_op hb_decode(uint32_t bits) {
    bool compressed = (bits & 3) != 3;
    struct hb_op op = decode_word(compressed ? hb_decode_expand((uint16_t)bits) : bits);
    if (compressed)
        op.bytes = 2;
    if (op.code == HB_OP_SLTI && op.rd == 0 && op.imm > 0)
        op.code = HB_OP_TRACEPOINT;
    return op;
}
