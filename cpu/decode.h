/* The decoder: encodings to operations, from one table (cpu/hart/op.h), from which the disassembler prints, too. */
#ifndef HB_CPU_DECODE_H
#define HB_CPU_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart/op.h"

struct hb_op_info {
    const char *mnemonic;
    uint32_t match;
    uint32_t mask;
    uint8_t format;   /* enum hb_format */
    uint16_t classes; /* HB_CLASS_* */
};

/* The table, by code; codes that are not encodings of their own (undecoded, illegal, tracepoint) say only what they
 * read and write. */
extern const struct hb_op_info hb_op_table[HB_OP_CODES];

/* Does the operation belong to one of `classes`? */
static inline bool hb_op_is(const struct hb_op *op, uint32_t classes) {
    return hb_op_table[op->code].classes & classes;
}

/* Bytes of memory that an operation of HB_CLASS_MEMORY reads or writes. */
static inline uint8_t hb_op_access_bytes(const struct hb_op *op) {
    return (uint8_t)(1u << (hb_op_table[op->code].match >> 12 & 3));
}

/* Which enum hb_amo an operation of HB_CLASS_AMO performs. */
uint8_t hb_op_amo(const struct hb_op *op);

/* A row of the table; NULL for codes that are not encodings of their own. */
const struct hb_op_info *hb_op_info(uint16_t code);

/* Does it read register `number` (HB_OP_F added for those of floating point)? */
bool hb_op_reads(const struct hb_op *op, uint8_t number);

/* Is its rd an f register? */
bool hb_op_writes_f(const struct hb_op *op);

/* Decode the instruction in `bits`; if its lowest two bits are not 11, only the lower half counts. What is not an
 * instruction of this machine gets the code HB_OP_ILLEGAL. */
struct hb_op hb_decode(uint32_t bits);

/* The 32-bit encoding that a compressed instruction stands for; 0 if it is not one. */
uint32_t hb_decode_expand(uint16_t bits);

#endif
