/* Operations that are private, but seldom: FENCE.I, CSRs that are read, those that only keep what is written to them,
 * atomics on owned lines, floating point. */
#ifndef HB_CPU_PRIVATE_SELDOM_H
#define HB_CPU_PRIVATE_SELDOM_H

#include "cpu/hart/checkpoint.h"

/* May `op` be one of them? (It is, unless something is not at hand, or it is illegal.) */
bool hb_ahead_is_seldom(const struct hb_op *op);

/* What it costs beyond the base cycle: `*cycles`, as a stall of the kind that is returned; HB_STALLS: nothing. */
enum hb_stall hb_ahead_seldom_stall(const struct hb_cpu_config *config, const struct hb_op *op, uint32_t *cycles);

/* May the hart perform an AMO in `line`, which its L1D has, whatever becomes of the word, without asking? */
bool hb_private_may_perform_atomic(const struct hb_core *core, const struct hb_line *line);

/* Do what `op` does in cycle `t`, but for pc, clock and stall. `retired`: instructions of this run that the hart has
 * not counted yet. False: it is not private, or not now; nothing has changed. */
bool hb_ahead_do_seldom(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t retired);

/* The same with its stall, which is added to `*cost`. */
bool hb_ahead_seldom(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t retired, uint64_t *cost);

#endif
