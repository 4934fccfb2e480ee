/* The results that the tasks should deliver: the host runs the same workload sources as the guest. */
#ifndef HB_OSMODEL_EXPECTED_H
#define HB_OSMODEL_EXPECTED_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"

/* Can the checksum of `task` be known at all? Parameters may have been changed during the run to values with which no
 * task could work. */
bool hb_os_has_expected(const struct hb_params *params, uint32_t task);

/* Is `task`, having executed so many U-mode instructions, worth computing? It executes one for each unit of work at
 * least, and hundreds as a rule; if it did not, its checksum is wrong, and the host might compute for ever to find that
 * out. What the host computes at once is always worth it. */
bool hb_os_is_worth_computing(const struct hb_params *params, uint32_t task, uint64_t instructions);

/* The checksum of `task` under `params` (its seed and the task's group count). Runs the whole task: the units of
 * its plan, about 1,000 instructions each. For parameters of which hb_os_has_expected() holds. Aborts when the host has
 * no memory for the task's working set. */
uint64_t hb_os_expected_checksum(const struct hb_params *params, uint32_t task);

#endif
