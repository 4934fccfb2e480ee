#include "cpu/translate/template.h"

#include "cpu/alu.h"
#include "cpu/decode.h"
#include "cpu/private/seldom.h"
#include "cpu/translate/x86.h"

#define FUNCTION(name, value)                                                                                          \
    static uint64_t of_##name(uint64_t a, uint64_t b, uint64_t imm) {                                                  \
        (void)a, (void)b, (void)imm;                                                                                   \
        return (uint64_t)(value);                                                                                      \
    }
HB_BITS_OPS(FUNCTION)
HB_MULTIPLY_HIGH_OPS(FUNCTION)
HB_DIVIDE_OPS(FUNCTION)
#undef FUNCTION

const struct hb_template hb_templates[HB_OP_CODES] = {
    [HB_OP_LUI] = {.kind = HB_T_LUI},
    [HB_OP_AUIPC] = {.kind = HB_T_AUIPC},
    [HB_OP_ADDI] = {.kind = HB_T_IMMEDIATE, .code = 0},
    [HB_OP_XORI] = {.kind = HB_T_IMMEDIATE, .code = 6},
    [HB_OP_ORI] = {.kind = HB_T_IMMEDIATE, .code = 1},
    [HB_OP_ANDI] = {.kind = HB_T_IMMEDIATE, .code = 4},
    [HB_OP_ADDIW] = {.kind = HB_T_IMMEDIATE, .word = true, .code = 0},
    [HB_OP_SLTI] = {.kind = HB_T_SET_I, .code = CC_L},
    [HB_OP_SLTIU] = {.kind = HB_T_SET_I, .code = CC_B},
    [HB_OP_SLT] = {.kind = HB_T_SET, .code = CC_L},
    [HB_OP_SLTU] = {.kind = HB_T_SET, .code = CC_B},
    [HB_OP_SLLI] = {.kind = HB_T_SHIFT_I, .code = 4},
    [HB_OP_SRLI] = {.kind = HB_T_SHIFT_I, .code = 5},
    [HB_OP_SRAI] = {.kind = HB_T_SHIFT_I, .code = 7},
    [HB_OP_SLLIW] = {.kind = HB_T_SHIFT_I, .word = true, .code = 4},
    [HB_OP_SRLIW] = {.kind = HB_T_SHIFT_I, .word = true, .code = 5},
    [HB_OP_SRAIW] = {.kind = HB_T_SHIFT_I, .word = true, .code = 7},
    [HB_OP_SLL] = {.kind = HB_T_SHIFT, .code = 4},
    [HB_OP_SRL] = {.kind = HB_T_SHIFT, .code = 5},
    [HB_OP_SRA] = {.kind = HB_T_SHIFT, .code = 7},
    [HB_OP_SLLW] = {.kind = HB_T_SHIFT, .word = true, .code = 4},
    [HB_OP_SRLW] = {.kind = HB_T_SHIFT, .word = true, .code = 5},
    [HB_OP_SRAW] = {.kind = HB_T_SHIFT, .word = true, .code = 7},
    [HB_OP_ADD] = {.kind = HB_T_REGISTER, .code = 0x03},
    [HB_OP_SUB] = {.kind = HB_T_REGISTER, .code = 0x2b},
    [HB_OP_XOR] = {.kind = HB_T_REGISTER, .code = 0x33},
    [HB_OP_OR] = {.kind = HB_T_REGISTER, .code = 0x0b},
    [HB_OP_AND] = {.kind = HB_T_REGISTER, .code = 0x23},
    [HB_OP_ADDW] = {.kind = HB_T_REGISTER, .word = true, .code = 0x03},
    [HB_OP_SUBW] = {.kind = HB_T_REGISTER, .word = true, .code = 0x2b},
    [HB_OP_MUL] = {.kind = HB_T_MULTIPLY},
    [HB_OP_MULW] = {.kind = HB_T_MULTIPLY, .word = true},
    [HB_OP_MULH] = {.kind = HB_T_CALL_MULTIPLY, .function = of_MULH},
    [HB_OP_MULHSU] = {.kind = HB_T_CALL_MULTIPLY, .function = of_MULHSU},
    [HB_OP_MULHU] = {.kind = HB_T_CALL_MULTIPLY, .function = of_MULHU},
    [HB_OP_DIV] = {.kind = HB_T_CALL_DIVIDE, .function = of_DIV},
    [HB_OP_DIVU] = {.kind = HB_T_CALL_DIVIDE, .function = of_DIVU},
    [HB_OP_REM] = {.kind = HB_T_CALL_DIVIDE, .function = of_REM},
    [HB_OP_REMU] = {.kind = HB_T_CALL_DIVIDE, .function = of_REMU},
    [HB_OP_DIVW] = {.kind = HB_T_CALL_DIVIDE, .function = of_DIVW},
    [HB_OP_DIVUW] = {.kind = HB_T_CALL_DIVIDE, .function = of_DIVUW},
    [HB_OP_REMW] = {.kind = HB_T_CALL_DIVIDE, .function = of_REMW},
    [HB_OP_REMUW] = {.kind = HB_T_CALL_DIVIDE, .function = of_REMUW},
#define BITS(name, value) [HB_OP_##name] = {.kind = HB_T_CALL, .function = of_##name},
    HB_BITS_OPS(BITS)
#undef BITS
        [HB_OP_LB] = {.kind = HB_T_LOAD, .bytes = 1, .code = 0x0fbe},
    [HB_OP_LH] = {.kind = HB_T_LOAD, .bytes = 2, .code = 0x0fbf},
    [HB_OP_LW] = {.kind = HB_T_LOAD, .bytes = 4, .code = 0x63},
    [HB_OP_LD] = {.kind = HB_T_LOAD, .bytes = 8, .code = 0x8b},
    [HB_OP_LBU] = {.kind = HB_T_LOAD, .bytes = 1, .code = 0x0fb6},
    [HB_OP_LHU] = {.kind = HB_T_LOAD, .bytes = 2, .code = 0x0fb7},
    [HB_OP_LWU] = {.kind = HB_T_LOAD, .word = true, .bytes = 4, .code = 0x8b},
    [HB_OP_SB] = {.kind = HB_T_STORE, .bytes = 1, .code = 0x88},
    [HB_OP_SH] = {.kind = HB_T_STORE, .bytes = 2, .code = 0x89},
    [HB_OP_SW] = {.kind = HB_T_STORE, .bytes = 4, .code = 0x89},
    [HB_OP_SD] = {.kind = HB_T_STORE, .bytes = 8, .code = 0x89},
    [HB_OP_FLW] = {.kind = HB_T_LOAD_F, .bytes = 4, .code = 0x8b},
    [HB_OP_FLD] = {.kind = HB_T_LOAD_F, .bytes = 8, .code = 0x8b},
    [HB_OP_FSW] = {.kind = HB_T_STORE_F, .bytes = 4, .code = 0x89},
    [HB_OP_FSD] = {.kind = HB_T_STORE_F, .bytes = 8, .code = 0x89},
    [HB_OP_BEQ] = {.kind = HB_T_BRANCH, .code = CC_E},
    [HB_OP_BNE] = {.kind = HB_T_BRANCH, .code = CC_NE},
    [HB_OP_BLT] = {.kind = HB_T_BRANCH, .code = CC_L},
    [HB_OP_BGE] = {.kind = HB_T_BRANCH, .code = CC_GE},
    [HB_OP_BLTU] = {.kind = HB_T_BRANCH, .code = CC_B},
    [HB_OP_BGEU] = {.kind = HB_T_BRANCH, .code = CC_AE},
    [HB_OP_JAL] = {.kind = HB_T_JAL},
    [HB_OP_JALR] = {.kind = HB_T_JALR},
    [HB_OP_FENCE] = {.kind = HB_T_FENCE}, /* there is no store buffer */
    [HB_OP_FENCE_I] = {.kind = HB_T_FENCE},
};

/* Calls of what the interpreter calls. */
static const struct hb_template fp = {.kind = HB_T_FP}, seldom = {.kind = HB_T_SELDOM};

const struct hb_template *hb_template_of(const struct hb_op *op) {
    const struct hb_template *own = &hb_templates[op->code];
    if (own->kind != HB_T_NONE || !hb_ahead_is_seldom(op))
        return own;
    return hb_op_is(op, HB_CLASS_FP) ? &fp : &seldom;
}
