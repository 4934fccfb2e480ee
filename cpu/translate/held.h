/* Guest registers that registers of the host hold, too, within a block: what is read again need not come from memory,
 * where a value that has just been written takes five cycles to be read. Memory always has the value as well, so that a
 * block can be left anywhere. */
#ifndef HB_CPU_TRANSLATE_HELD_H
#define HB_CPU_TRANSLATE_HELD_H

#include "cpu/translate/code.h"

/* No register is held: at a block's beginning, and after a call. */
void hb_held_forget(struct hb_block *block);

/* `guest` is changed in memory: no register holds it any more. */
void hb_held_drop(struct hb_block *block, uint32_t guest);

/* Does the block read `guest` after operation `i`, before it is written anew? */
bool hb_held_pays(const struct hb_block *block, uint32_t i, uint32_t guest);

/* reg := guest, for operation `i`. */
void hb_held_fetch(struct hb_block *block, uint32_t i, unsigned reg, uint32_t guest);

/* OP reg, guest */
void hb_held_apply(struct hb_block *block, uint32_t i, bool wide, unsigned opcode, unsigned reg, uint32_t guest);

/* A register that has the value of `guest`: one that holds it, or `otherwise`. */
unsigned hb_held_value(struct hb_block *block, uint32_t i, uint32_t guest, unsigned otherwise);

/* Where operation `i` should leave its result, of which only rs1 and rs2 have been looked at or are still to be: rax or
 * one that holds rd from now on. Never one that holds rs2 unless rs1 is the same. */
unsigned hb_held_target(struct hb_block *block, uint32_t i);

/* The result of operation `i` is in `reg`, which hb_held_target() gave, or in rax. */
void hb_held_result(struct hb_block *block, uint32_t i, unsigned reg);

#endif
