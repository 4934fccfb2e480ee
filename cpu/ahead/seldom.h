/* Operations that are private, but seldom: fences, CSRs that are only read, atomics on owned lines, floating point. */
#ifndef HB_CPU_AHEAD_SELDOM_H
#define HB_CPU_AHEAD_SELDOM_H

#include "cpu/hart/checkpoint.h"

/* Execute `op` in cycle `t`; what it costs beyond the base cycle is added to `*cost`. `retired`: instructions of this
 * run that the hart has not counted yet. False: it is not private, or not now; nothing has changed. */
bool hb_ahead_seldom(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t retired, uint64_t *cost);

#endif
