/* What an instruction did when it retired: for commit logs.
 *
 * With hb_cores.log_commits every instruction goes the slow way and core->commit tells of the one that retired in this
 * turn, until the hart's next turn. Nothing that the machine is depends on it.
 */
#ifndef HB_CPU_COMMIT_H
#define HB_CPU_COMMIT_H

#include "cpu/hart/core.h"

/* `op`, whose encoding is `bits`, is about to be executed. */
void hb_commit_begin(struct hb_core *core, const struct hb_op *op, uint32_t bits);

/* It has been, in cycle `now`, and has retired or has not. */
void hb_commit_end(struct hb_core *core, const struct hb_op *op, bool retired, uint64_t now);

#endif
