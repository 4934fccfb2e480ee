/* Parameters and results: where host and guest meet in memory (layouts: osmodel/abi.h). */
#ifndef HB_GUEST_PARAMS_H
#define HB_GUEST_PARAMS_H

#include "osmodel/abi.h"

/* A page of its own. The host may change it during a run, so it is volatile, read at every decision, and never
 * copied. */
extern volatile struct hb_params hb_params;

extern struct hb_result hb_results[HB_TASKS_MAX];

/* A length of time in ticks, from a parameter in cycles; rounded up, so that only 0 gives 0. */
uint64_t hb_ticks(uint64_t cycles);

/* Panics unless the groups follow each other without gaps, and are of kinds that there are. */
void hb_groups_check(void);

/* A hash over results, for the console: start with the number of tasks, and mix in the checksums in the order of
 * tasks. */
uint64_t hb_results_mix(uint64_t hash, uint64_t checksum);

/* All of it at once: 30 cycles or more a task. */
uint64_t hb_results_hash(uint32_t tasks);

#endif
