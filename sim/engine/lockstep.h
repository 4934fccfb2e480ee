/* The lockstep engine: cycle by cycle, every hart in every cycle in which it has a turn. Plain, and the definition
 * against which any faster engine is checked. */
#ifndef HB_SIM_LOCKSTEP_H
#define HB_SIM_LOCKSTEP_H

#include "sim/machine/machine.h"

/* Run until the next cycle is `until` or the machine has an outcome. */
void hb_lockstep_run(struct hb_machine *machine, uint64_t until);

#endif
