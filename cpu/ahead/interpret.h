/* Interpreting what a hart does ahead: instructions that need nobody but the hart and its own lines. */
#ifndef HB_CPU_AHEAD_INTERPRET_H
#define HB_CPU_AHEAD_INTERPRET_H

#include "cpu/hart/checkpoint.h"

/* From hart->ready_at on, every turn before cycle `limit` and no more than `most`, until an instruction is not private.
 * Gives how many. */
uint64_t hb_ahead_interpret(struct hb_core *core, uint64_t limit, uint64_t most);

/* The operation at `pc` in cycle `t`, which has not been decoded or reaches into the next line, then `*upper`. NULL:
 * not without the slow way. */
const struct hb_op *hb_ahead_decode(struct hb_core *core, uint64_t pc, uint64_t t, struct hb_line **upper);

#endif
