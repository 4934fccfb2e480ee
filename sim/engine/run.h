/* Running a machine, by the engine that its configuration names.
 *
 * sim/engine/lockstep.c is the definition: the whole machine's cycle on one page. sim/engine/fast.c gives the same
 * machine at every cycle at which one asks, sooner (docs/engine.md). */
#ifndef HB_SIM_RUN_H
#define HB_SIM_RUN_H

#include "sim/machine/machine.h"

/* Run until the next cycle is `until`, or until the machine has an outcome. */
void hb_machine_run(struct hb_machine *machine, uint64_t until);

#endif
