/* How each operation is written in the host's code: a row an operation. */
#ifndef HB_CPU_TRANSLATE_TEMPLATE_H
#define HB_CPU_TRANSLATE_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart/op.h"

enum hb_template_kind {
    HB_T_NONE,
    HB_T_LUI,
    HB_T_AUIPC,
    HB_T_IMMEDIATE,
    HB_T_REGISTER,
    HB_T_SET_I,
    HB_T_SET,
    HB_T_SHIFT_I,
    HB_T_SHIFT,
    HB_T_MULTIPLY,
    HB_T_CALL,
    HB_T_CALL_MULTIPLY,
    HB_T_CALL_DIVIDE,
    HB_T_LOAD,
    HB_T_STORE,
    HB_T_LOAD_F,
    HB_T_STORE_F,
    HB_T_FP,
    HB_T_SELDOM,
    HB_T_BRANCH,
    HB_T_JAL,
    HB_T_JALR,
    HB_T_FENCE
};

typedef uint64_t hb_function_of_operands(uint64_t a, uint64_t b, uint64_t imm);

/* How an operation is written: `code` is an opcode, the extension of one, or a condition. */
struct hb_template {
    uint8_t kind; /* enum hb_template_kind */
    bool word;    /* computed in 32 bits and sign-extended */
    uint8_t bytes;
    uint16_t code;
    hb_function_of_operands *function;
};

extern const struct hb_template hb_templates[HB_OP_CODES];

/* That of an operation; of kind HB_T_NONE if it is not for translated code. */
const struct hb_template *hb_template_of(const struct hb_op *op);

#endif
