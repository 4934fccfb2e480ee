/* Executing instructions: a hart's turn. */
#ifndef HB_CPU_EXECUTE_H
#define HB_CPU_EXECUTE_H

#include "cpu/hart/core.h"

/* One turn in cycle `now`. Sets hart->ready_at: the cycle of the next turn, or HB_NEVER. */
static inline void hb_core_turn(struct hb_core *core, uint64_t now) {
    core->turn(core, now);
}

/* The same, where nothing is known of the operation at pc: what core->turn is at first, and what serves a hart that has
 * gone on by other means than hb_core_turn(). */
void hb_core_any_turn(struct hb_core *core, uint64_t now);

/* The same by definition: every access is looked up in the caches, and an instruction in flight goes on. */
void hb_core_turn_slowly(struct hb_core *core, uint64_t now);

/* The turn of a hart that is about to execute `op`, which stands at its pc in the line of core->fetch. */
void hb_core_execute(struct hb_core *core, const struct hb_op *op, uint64_t now);

#endif
