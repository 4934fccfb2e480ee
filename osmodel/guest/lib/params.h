/* Parameters and results: where host and guest meet in memory (layouts: osmodel/abi.h). */
#ifndef HB_GUEST_PARAMS_H
#define HB_GUEST_PARAMS_H

#include "osmodel/abi.h"

/* A page of its own. The host may change it in mid-run, so it is volatile, read at every decision, and kept nowhere. */
extern volatile struct hb_params hb_params;

extern struct hb_result hb_results[HB_TASKS_MAX];

/* A length of time in ticks, from a parameter in cycles; rounded up, so that 0 alone gives 0. */
uint64_t hb_ticks(uint64_t cycles);

/* A hash over the results of tasks 0 .. tasks - 1, for the console: the order of completion does not matter, every
 * checksum does. */
uint64_t hb_results_hash(uint32_t tasks);

#endif
