/* The decoder: encodings to operations, from one table (cpu/op.h), which the disassembler prints from as well. */
#ifndef HB_CPU_DECODE_H
#define HB_CPU_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/op.h"

struct hb_op_info {
    const char *mnemonic;
    uint32_t match;
    uint32_t mask;
    uint8_t format; /* enum hb_format */
};

/* The table, by code; NULL for codes that are no encodings of their own. */
const struct hb_op_info *hb_op_info(uint16_t code);

/* Does it read register `number` (HB_OP_F added for those of floating point)? */
bool hb_op_reads(const struct hb_op *op, uint8_t number);

/* Is its rd an f register? */
bool hb_op_writes_f(const struct hb_op *op);

/* Decode the instruction in `bits`; of one whose lowest two bits are not 11 only the lower half counts. What is no
 * instruction of the machine has the code HB_OP_ILLEGAL. */
struct hb_op hb_decode(uint32_t bits);

/* The 32-bit encoding that a compressed instruction stands for; 0 for what is none. */
uint32_t hb_decode_expand(uint16_t bits);

#endif
