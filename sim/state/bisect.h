/* Bisection: the first cycle and place in which two runs, or two engines, differ.
 *
 *     struct hb_difference difference;
 *     if (hb_bisect(a, b, until, &difference)) ... difference.cycle, .place, .left, .right ...
 *
 * Both must be of one shape (sim/state/kind.h).
 */
#ifndef HB_SIM_BISECT_H
#define HB_SIM_BISECT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine/machine.h"
#include "sim/machine/state_hash.h"

struct hb_difference {
    uint64_t cycle; /* the first at whose close the two differ */
    struct hb_state_place place;
    uint64_t address; /* of the eight bytes that differ, if the place is RAM or the data of a line; else HB_NEVER */
    uint64_t left, right;
};

/* Run both from where they are until cycle `until` and compare. False: they do not differ. Both end near the cycle
 * found. */
bool hb_bisect(struct hb_machine *left, struct hb_machine *right, uint64_t until, struct hb_difference *difference);

#endif
