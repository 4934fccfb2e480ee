/* What the tasks should bring home: the host runs the same workload sources as the guest. */
#ifndef HB_OSMODEL_EXPECTED_H
#define HB_OSMODEL_EXPECTED_H

#include <stdint.h>

#include "osmodel/abi.h"

/* The checksum of `task` under `params` (seed and workload_* count). Runs the whole task: about as long as the host
 * needs for 1,000 instructions times workload_work. Aborts when the host has no memory for the task's working set. */
uint64_t hb_os_expected_checksum(const struct hb_params *params, uint32_t task);

#endif
