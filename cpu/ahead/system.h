/* System instructions of a hart that runs ahead: CSRs, calls, and returns from traps. They are executed by the function
 * that executes them in the hart's own cycle. */
#ifndef HB_CPU_AHEAD_SYSTEM_H
#define HB_CPU_AHEAD_SYSTEM_H

#include "cpu/hart/checkpoint.h"

/* Execute the instruction at pc, which is in the line of core->fetch, in cycle hart->ready_at, if it is such a one and
 * reaches nobody but its hart. False: it is not, nothing has changed. */
bool hb_ahead_system(struct hb_core *core);

/* What the hart has become does not keep it from running on: it runs, no interrupt is to be taken, nothing is under
 * way. */
static inline bool hb_ahead_may_go_on(const struct hb_core *core) {
    const struct hb_hart *hart = core->hart;
    return hart->run_state == HB_HART_RUNNING && !hart->attention && hart->ready_at != HB_NEVER;
}

#endif
