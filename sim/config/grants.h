/* A file of grants: the order in which the arbiter has chosen ports, for the arbiter `script` to repeat.
 *
 * Text, made to be read and edited: one line per choice, which begins with the port (the number of a CPU, or the number
 * of CPUs for the disk) and may continue with '#' and a comment. Lines without a port are skipped. `--trace
 * FILE.grants` writes one (sim/trace/trace_grants.c).
 *
 *     # hartbeat grants
 *     0  # 12 after 1 BusRd counters
 *     1  # 31 after 9 BusRdX counters
 *     1  # 40 declined
 */
#ifndef HB_SIM_GRANTS_H
#define HB_SIM_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"

/* Read a file into `*ports`, to be freed, `*n` of them. False: `error` says PATH: LINE: what is wrong, and both are as
 * they were. */
bool hb_grants_load(const char *path, uint8_t **ports, uint32_t *n, struct hb_error *error);

#endif
