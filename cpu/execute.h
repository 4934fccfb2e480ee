/* Executing instructions: a hart's turn. */
#ifndef HB_CPU_EXECUTE_H
#define HB_CPU_EXECUTE_H

#include "cpu/hart/core.h"

/* One turn in cycle `now`. Sets hart->ready_at: the cycle of the next turn, or HB_NEVER. */
void hb_core_turn(struct hb_core *core, uint64_t now);

/* The turn of a hart that is about to execute `op`, which stands at its pc in the line of core->fetch. */
void hb_core_execute(struct hb_core *core, const struct hb_op *op, uint64_t now);

#endif
