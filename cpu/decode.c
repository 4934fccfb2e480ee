#include "cpu/decode.h"

#include "cpu/fpu/fpu.h"

#include <stdbool.h>
#include <stddef.h>

static const struct hb_op_info table[HB_OP_CODES] = {
#define ROW(name, mnemonic, match, mask, format) [HB_OP_##name] = {mnemonic, match, mask, HB_FORMAT_##format},
    HB_OPS(ROW)
#undef ROW
};

const struct hb_op_info *hb_op_info(uint16_t code) {
    return code < HB_OP_CODES && table[code].mnemonic ? &table[code] : NULL;
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

static bool has_rd(uint8_t format) {
    return format != HB_FORMAT_STORE && format != HB_FORMAT_BRANCH && format < HB_FORMAT_BLOCK;
}

static bool has_rs1(uint8_t format) {
    return format != HB_FORMAT_U && format != HB_FORMAT_JUMP && format != HB_FORMAT_CSR_I && format <= HB_FORMAT_SFENCE;
}

static bool has_rs2(uint8_t format) {
    return format == HB_FORMAT_R || format == HB_FORMAT_STORE || format == HB_FORMAT_BRANCH ||
           format == HB_FORMAT_ATOMIC || format == HB_FORMAT_SFENCE;
}

static bool comes_late(uint8_t format) {
    return format == HB_FORMAT_LOAD || format == HB_FORMAT_LR || format == HB_FORMAT_ATOMIC;
}

/* ---- Floating point -------------------------------------------------------------------------------------------- */

static bool is_fp(uint8_t format) {
    return format >= HB_FORMAT_F_LOAD;
}

/* Which of an operation's registers are f registers, by their place: rs1, rs2, rs3, rd. */
#define F_RS1 1u
#define F_RS2 2u
#define F_RS3 4u
#define F_RD  8u

static uint32_t f_registers(uint8_t format) {
    switch (format) {
    case HB_FORMAT_F_LOAD:
    case HB_FORMAT_F_FROM_X:
    case HB_FORMAT_F_FROM_X_EXACT: return F_RD;
    case HB_FORMAT_F_STORE: return F_RS2;
    case HB_FORMAT_F_FUSED: return F_RD | F_RS1 | F_RS2 | F_RS3;
    case HB_FORMAT_F_R:
    case HB_FORMAT_F_R_EXACT: return F_RD | F_RS1 | F_RS2;
    case HB_FORMAT_F_R1: return F_RD | F_RS1;
    case HB_FORMAT_F_COMPARE: return F_RS1 | F_RS2;
    case HB_FORMAT_F_TO_X:
    case HB_FORMAT_F_TO_X_EXACT: return F_RS1;
    default: return 0;
    }
}

static bool rounds(uint8_t format) {
    return format == HB_FORMAT_F_FUSED || format == HB_FORMAT_F_R || format == HB_FORMAT_F_R1 ||
           format == HB_FORMAT_F_TO_X || format == HB_FORMAT_F_FROM_X;
}

/* All of them have rs1; it is an x register where it is no f register. */
static struct hb_op fill_fp(uint16_t code, uint32_t bits) {
    uint8_t format = table[code].format;
    uint32_t f = f_registers(format);
    struct hb_op op = {.code = code, .bytes = 4, .imm = immediate(bits, format)};
    op.rd = format == HB_FORMAT_F_STORE ? 0 : (uint8_t)field(bits, 11, 7);
    op.rs1 = (uint8_t)field(bits, 19, 15);
    op.rs2 = f & F_RS2 ? (uint8_t)field(bits, 24, 20) : 0;
    op.load_rd = format == HB_FORMAT_F_LOAD ? (uint8_t)(HB_OP_F + op.rd) : 0;
    op.sources = f & F_RS1 ? 1u << op.rs1 : 1u << op.rs1 & ~1u;
    op.sources |= (f & F_RS2 ? 1u << op.rs2 : 0) | (f & F_RS3 ? 1u << op.imm : 0);
    op.flags = rounds(format) ? (uint8_t)field(bits, 14, 12) : 0;
    if (op.flags > HB_FPU_RMM && op.flags != HB_RM_DYNAMIC)
        return (struct hb_op){.code = HB_OP_ILLEGAL, .bytes = 4};
    return op;
}

static uint8_t format_of(const struct hb_op *op) {
    return op->code == HB_OP_TRACEPOINT ? HB_FORMAT_I : table[op->code].format;
}

bool hb_op_writes_f(const struct hb_op *op) {
    return f_registers(format_of(op)) & F_RD;
}

bool hb_op_reads(const struct hb_op *op, uint8_t number) {
    uint8_t format = format_of(op);
    uint32_t f = f_registers(format);
    if (number >= HB_OP_F) {
        uint8_t i = (uint8_t)(number - HB_OP_F);
        return (f & F_RS1 && op->rs1 == i) || (f & F_RS2 && op->rs2 == i) || (f & F_RS3 && op->imm == i);
    }
    if (number == 0)
        return false;
    return is_fp(format) ? !(f & F_RS1) && op->rs1 == number : op->sources >> number & 1;
}

/* ---- One operation --------------------------------------------------------------------------------------------- */

static struct hb_op fill(uint16_t code, uint32_t bits) {
    uint8_t format = table[code].format;
    if (is_fp(format))
        return fill_fp(code, bits);
    struct hb_op op = {.code = code, .bytes = 4, .imm = immediate(bits, format)};
    op.rd = has_rd(format) ? (uint8_t)field(bits, 11, 7) : 0;
    op.rs1 = has_rs1(format) || format == HB_FORMAT_CSR_I ? (uint8_t)field(bits, 19, 15) : 0;
    op.rs2 = has_rs2(format) ? (uint8_t)field(bits, 24, 20) : 0;
    op.load_rd = comes_late(format) ? op.rd : 0;
    op.sources = ((has_rs1(format) ? 1u << op.rs1 : 0) | (has_rs2(format) ? 1u << op.rs2 : 0)) & ~1u;
    if (format == HB_FORMAT_ATOMIC || format == HB_FORMAT_LR)
        op.flags = (uint8_t)((field(bits, 26, 26) ? HB_OP_AQ : 0) | (field(bits, 25, 25) ? HB_OP_RL : 0));
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

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static struct hb_op decode_word(uint32_t bits) {
    for (uint16_t code = HB_OP_ILLEGAL + 1; code < HB_OP_TRACEPOINT; code++)
        if ((bits & table[code].mask) == table[code].match)
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
