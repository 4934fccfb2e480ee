/* What an instruction did when it retired: for commit logs.
 *
 * With hb_cores.log_commits every instruction takes the slow path and core->commit describes the one that retired in
 * this turn, until the hart's next turn. No part of the machine's state depends on it.
 */
#ifndef HB_CPU_COMMIT_H
#define HB_CPU_COMMIT_H

#include "cpu/hart/core.h"

/* `op`, whose encoding is `bits`, is about to be executed. */
void hb_commit_begin(struct hb_core *core, const struct hb_op *op, uint32_t bits);

/* It has been executed in cycle `now`; it may or may not have retired. */
void hb_commit_end(struct hb_core *core, const struct hb_op *op, bool retired, uint64_t now);

#endif
