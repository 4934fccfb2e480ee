/* The fast engine: what lockstep does, sooner. How and why it is exact: docs/engine.md.
 *
 * Harts run ahead of the machine's time for as long as they need nobody (cpu/ahead/ahead.h); the machine's own time
 * goes from one thing that concerns more than one hart to the next. Before such a thing is done, harts that it concerns
 * and that have run past it are taken back. */
#ifndef HB_SIM_FAST_H
#define HB_SIM_FAST_H

#include "sim/machine/machine.h"

/* Run until the next cycle is `until` or the machine has an outcome. */
void hb_fast_run(struct hb_machine *machine, uint64_t until);

/* Why this machine must be left to lockstep now, with the same results: a bit for each enum hb_engine_note; 0: it need
 * not be. */
uint32_t hb_fast_hindrances(const struct hb_machine *machine);

#endif
