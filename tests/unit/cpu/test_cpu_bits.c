/* Bit manipulation and conditional zeros (Zba, Zbb, Zbs, Zicond): values worked out by hand from the specification.
 * Random operands are compared with QEMU by tests/isa, those of Zicond apart, which QEMU 7.2 has not. */
#include "tests/unit/cpu/cpu_rig.h"

#define ONES  0xffffffffffffffffull
#define TOP   0x8000000000000000ull
#define MIXED 0x8123456789abcdefull

struct value {
    uint16_t code;
    uint64_t a, b, result; /* `b`: rs2, or the amount */
};

static const struct value values[] = {
    {HB_OP_ADD_UW, ONES, 1, 0x100000000},
    {HB_OP_ADD_UW, 0x1234567880000000, TOP, 0x8000000080000000},
    {HB_OP_SH1ADD, TOP | 3, 1, 7},
    {HB_OP_SH2ADD, 0x4000000000000001, ONES, 3},
    {HB_OP_SH3ADD, 5, 2, 42},
    {HB_OP_SH1ADD_UW, ONES, 0, 0x1fffffffe},
    {HB_OP_SH2ADD_UW, 0xf00000001, 1, 5},
    {HB_OP_SH3ADD_UW, 0xffffffff80000000, 1, 0x400000001},
    {HB_OP_SLLI_UW, ONES, 0, 0xffffffff},
    {HB_OP_SLLI_UW, 0xffffffff00000003, 63, TOP},
    {HB_OP_ANDN, 0xff00, 0x0ff0, 0xf000},
    {HB_OP_ORN, 0xf0, 0xff, 0xfffffffffffffff0},
    {HB_OP_XNOR, 0xff00, 0x0ff0, 0xffffffffffff0f0f},
    {HB_OP_CLZ, 0, 0, 64},
    {HB_OP_CLZ, 1, 0, 63},
    {HB_OP_CLZ, TOP, 0, 0},
    {HB_OP_CLZW, ONES << 32, 0, 32},
    {HB_OP_CLZW, 0xffffffff00008000, 0, 16},
    {HB_OP_CTZ, 0, 0, 64},
    {HB_OP_CTZ, TOP, 0, 63},
    {HB_OP_CTZ, ONES, 0, 0},
    {HB_OP_CTZW, ONES << 32, 0, 32},
    {HB_OP_CTZW, 0x80000000, 0, 31},
    {HB_OP_CPOP, ONES, 0, 64},
    {HB_OP_CPOP, MIXED, 0, 33}, /* 1+1+1+2+1+2+2+3 and 1+2+2+3+2+3+3+4 */
    {HB_OP_CPOPW, ONES, 0, 32},
    {HB_OP_CPOPW, 0xf00000001, 0, 1},
    {HB_OP_MAX, ONES, 1, 1},
    {HB_OP_MAXU, ONES, 1, ONES},
    {HB_OP_MIN, TOP, 0, TOP},
    {HB_OP_MINU, TOP, 0, 0},
    {HB_OP_MAX, 3, 5, 5},
    {HB_OP_MIN, 3, 5, 3},
    {HB_OP_SEXT_B, 0x180, 0, 0xffffffffffffff80},
    {HB_OP_SEXT_B, 0xff7f, 0, 0x7f},
    {HB_OP_SEXT_H, 0x18000, 0, 0xffffffffffff8000},
    {HB_OP_SEXT_H, 0xffff7fff, 0, 0x7fff},
    {HB_OP_ZEXT_H, ONES, 0, 0xffff},
    {HB_OP_ROL, MIXED, 4, 0x123456789abcdef8},
    {HB_OP_ROL, MIXED, 64, MIXED},
    {HB_OP_ROLW, 0xffffffff12345678, 4, 0x23456781},
    {HB_OP_ROLW, 0x40000000, 33, 0xffffffff80000000},
    {HB_OP_ROR, MIXED, 4, 0xf8123456789abcde},
    {HB_OP_ROR, MIXED, 0, MIXED},
    {HB_OP_RORI, MIXED, 60, 0x123456789abcdef8},
    {HB_OP_RORI, MIXED, 0, MIXED},
    {HB_OP_RORIW, 0x12345678, 28, 0x23456781},
    {HB_OP_RORIW, 1, 1, 0xffffffff80000000},
    {HB_OP_RORW, 0x12345678, 4, 0xffffffff81234567},
    {HB_OP_RORW, 0xffffffff12345678, 32, 0x12345678},
    {HB_OP_ORC_B, 0x0001000080ff7f00, 0, 0x00ff0000ffffff00},
    {HB_OP_ORC_B, TOP | 1, 0, 0xff000000000000ff},
    {HB_OP_REV8, MIXED, 0, 0xefcdab8967452381},
    {HB_OP_BCLR, ONES, 63, TOP - 1},
    {HB_OP_BCLR, ONES, 64, ONES - 1},
    {HB_OP_BCLRI, 0xff, 7, 0x7f},
    {HB_OP_BEXT, TOP, 127, 1},
    {HB_OP_BEXT, TOP - 1, 63, 0},
    {HB_OP_BEXTI, 0x80, 7, 1},
    {HB_OP_BEXTI, 0x80, 8, 0},
    {HB_OP_BINV, TOP, 63, 0},
    {HB_OP_BINVI, 0, 63, TOP},
    {HB_OP_BSET, 0, 32, 0x100000000},
    {HB_OP_BSETI, 1, 63, TOP | 1},
    {HB_OP_CZERO_EQZ, MIXED, 0, 0},
    {HB_OP_CZERO_EQZ, MIXED, TOP, MIXED},
    {HB_OP_CZERO_NEZ, MIXED, 0, MIXED},
    {HB_OP_CZERO_NEZ, MIXED, TOP, 0},
};

#define VALUES (sizeof values / sizeof values[0])

static uint32_t encode(const struct value *value, uint32_t rd, uint32_t rs1, uint32_t rs2) {
    uint8_t format = hb_op_info(value->code)->format;
    if (format == HB_FORMAT_UNARY)
        return op_r(value->code, rd, rs1, 0);
    bool shift = format == HB_FORMAT_SHIFT || format == HB_FORMAT_SHIFT_W;
    return shift ? op_i(value->code, rd, rs1, 0) | (uint32_t)value->b << 20 : op_r(value->code, rd, rs1, rs2);
}

static void check(struct rig *rig, const struct value *value, uint32_t rd, uint32_t rs1, uint32_t rs2) {
    struct hb_hart *hart = rig->hart;
    const char *text = hb_op_info(value->code)->mnemonic;
    hart->pc = CODE;
    hart->x[rs2] = value->b;
    hart->x[rs1] = value->a;
    ck_assert_msg(rig_step(rig, 0, encode(value, rd, rs1, rs2)), "%s is illegal", text);
    uint64_t result = rd ? value->result : 0;
    ck_assert_msg(hart->x[rd] == result, "%s of 0x%llx, 0x%llx: 0x%llx", text, (unsigned long long)value->a,
                  (unsigned long long)value->b, (unsigned long long)hart->x[rd]);
}

START_TEST(values_are_those_of_the_specification) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (size_t i = 0; i < VALUES; i++) {
        check(&rig, &values[i], 7, 5, 6);
        check(&rig, &values[i], 5, 5, 6);
        check(&rig, &values[i], 6, 5, 6);
        check(&rig, &values[i], 0, 5, 6);
    }
    rig_free(&rig);
}
END_TEST

/* A row that no value is given for could do anything. */
START_TEST(every_operation_has_values) {
    static const char *const others =
        "slli srli srai slliw srliw sraiw add sub sll slt sltu xor srl sra or and addw subw "
        "sllw srlw sraw mul mulh mulhsu mulhu div divu rem remu mulw divw divuw remw remuw ";
    for (uint16_t code = HB_OP_ILLEGAL + 1; code < HB_OP_TRACEPOINT; code++) {
        const struct hb_op_info *info = hb_op_info(code);
        bool unary = info->format == HB_FORMAT_UNARY, r = info->format == HB_FORMAT_R;
        if (!unary && !r && info->format != HB_FORMAT_SHIFT && info->format != HB_FORMAT_SHIFT_W)
            continue;
        char name[32];
        snprintf(name, sizeof name, "%s ", info->mnemonic);
        size_t n = 0;
        for (size_t i = 0; i < VALUES; i++)
            n += values[i].code == code;
        ck_assert_msg(n > 0 || strstr(others, name), "%s", info->mnemonic);
    }
}
END_TEST

/* Any bit of the condition is enough. */
START_TEST(a_condition_is_a_whole_register) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (uint32_t bit = 0; bit < 64; bit++) {
        check(&rig, &(struct value){HB_OP_CZERO_EQZ, MIXED, 1ull << bit, MIXED}, 7, 5, 6);
        check(&rig, &(struct value){HB_OP_CZERO_NEZ, MIXED, 1ull << bit, 0}, 7, 5, 6);
    }
    rig_free(&rig);
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, values_are_those_of_the_specification, 0, RIG_WAYS);
    tcase_add_test(tests, every_operation_has_values);
    tcase_add_loop_test(tests, a_condition_is_a_whole_register, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu_bits", add);
}
