/* Bisection: the first cycle and field in which two runs, or two engines, differ.
 *
 *     struct hb_difference difference;
 *     if (hb_bisect(a, b, until, &difference)) ... difference.cycle, difference.where, .left, .right ...
 */
#ifndef HB_SIM_BISECT_H
#define HB_SIM_BISECT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine/machine.h"

struct hb_difference {
    uint64_t cycle;    /* the first at whose close the two differ */
    const char *where; /* name of the field */
    uint32_t index;    /* hart, or cache line */
    uint64_t place;    /* number of the value in the walk over the state */
    uint64_t left, right;
};

/* Run both from where they stand until cycle `until` and compare. False: they do not differ. Both end near the cycle
 * that was found. */
bool hb_bisect(struct hb_machine *left, struct hb_machine *right, uint64_t until, struct hb_difference *difference);

#endif
