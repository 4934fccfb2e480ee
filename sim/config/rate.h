/* How often a fault strikes by itself: times to failure that are drawn from a distribution.
 *
 * A draw is a hash of the seed, the fault's place in the experiment, the stream and the draw's number, put through
 * the inverse of the distribution by integers alone: the same cycles on every host, whatever its logarithm.
 */
#ifndef HB_SIM_RATE_H
#define HB_SIM_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define HB_RATE_EXPONENTIAL 1000u /* as a shape: Weibull's distribution of shape 1 is the exponential one */
#define HB_RATE_SHAPE_MIN   100u
#define HB_RATE_SHAPE_MAX   100000u

struct hb_rate {
    uint64_t scale_cycles;      /* exponential: the mean; 0: there is no rate */
    uint32_t shape_thousandths; /* Weibull's; HB_RATE_EXPONENTIAL, or 0: exponential */
    uint64_t stream;            /* another stream: other failures from the same seed */
};

/* Draw `number`, from 0, of fault `fault`: a time in cycles, at least 1 and at most HB_DURATION_MAX. */
uint64_t hb_rate_draw(const struct hb_rate *rate, uint64_t seed, uint32_t fault, uint64_t number);

#endif
