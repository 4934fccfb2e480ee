/* The crew: the workers that take part, and who of them may run what.
 *
 * A task has a role: `io`, `compute` or `any`. All workers run those of `any`, and of the others all that the masks
 * amp_no_io and amp_no_compute of the parameters do not except. A role that nobody of the crew has (any more) falls to
 * all: a slow service is better than none. Where no worker is left, the master runs everything itself.
 *
 * Only the master changes it, but its successor reads it (reign.h). */
#ifndef HB_AMP_CREW_H
#define HB_AMP_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"

/* Worker `hart` takes part from now on; no more. The next master knows it before this one acts on it. */
void hb_crew_add(uint32_t hart);
void hb_crew_remove(uint32_t hart);

bool hb_crew_has(uint32_t hart);
uint32_t hb_crew_size(void);

/* May `hart`, of the crew or the master, run tasks of `role` (HB_ROLE_*)? */
bool hb_crew_may_run(uint32_t hart, uint32_t role);

/* The `n`th hart that may run tasks of `role`, going round. */
uint32_t hb_crew_nth(uint32_t n, uint32_t role);

#endif
