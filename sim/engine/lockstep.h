/* The lockstep engine: cycle by cycle, every hart in every cycle in which it has a turn. Plain, and the definition that
 * any faster engine is measured against. */
#ifndef HB_SIM_LOCKSTEP_H
#define HB_SIM_LOCKSTEP_H

#include "sim/machine/machine.h"

/* Run until cycle `until` is next or the machine has an outcome. */
void hb_lockstep_run(struct hb_machine *machine, uint64_t until);

#endif
