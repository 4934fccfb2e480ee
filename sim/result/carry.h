/* A result, carried from a process to the one it was forked from (sim/base/pool.h): all its bytes and those of the
 * blocks that it points to. Pointers to constants (roles) stay as they are, since both run the same program. */
#ifndef HB_SIM_CARRY_H
#define HB_SIM_CARRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/result/result.h"

/* Write it out; it is not changed. False: it cannot be written. */
bool hb_result_pack(struct hb_run_result *result, FILE *out);

/* Read a result from `*bytes`, of which there are `*n`, and advance both. NULL: there are too few. */
struct hb_run_result *hb_result_unpack(const char **bytes, size_t *n);

#endif
