/* A result, carried from a process to the one that it was forked from (sim/base/pool.h): all its bytes and those of the
 * blocks that it points to. What points to constants (roles) stays as it is, for both have the same program. */
#ifndef HB_SIM_CARRY_H
#define HB_SIM_CARRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/result/result.h"

/* Write it out; it stays as it is. False: it cannot be written. */
bool hb_result_pack(struct hb_run_result *result, FILE *out);

/* Read a result off `*bytes`, of which there are `*n`, and move both on. NULL: there are too few. */
struct hb_run_result *hb_result_unpack(const char **bytes, size_t *n);

#endif
