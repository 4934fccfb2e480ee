#include "sim/config/rate.h"

#include "memory/hash.h"
#include "sim/config/fault_models.h"

#define COMPONENT UINT64_C(0x72617465) /* whose choices these are, for hb_choice() */
#define FRACTION  32u                  /* bits after the point */
#define ONE       (UINT64_C(1) << FRACTION)
#define LN2       UINT64_C(2977044472) /* the natural logarithm of 2, times 2^32 */
#define LN2_60    UINT64_C(799144290325165979)
#define LOG2_MOST (INT64_C(53) << FRACTION) /* of HB_DURATION_MAX */

static uint64_t high_of_square(uint64_t x) {
    return (uint64_t)((unsigned __int128)x * x >> 64);
}

/* log2(x), for x > 0. Squaring doubles the logarithm: one bit of it after another comes before the point. */
static int64_t log2_of(uint64_t x) {
    uint64_t whole = 63;
    for (; !(x >> 63); x <<= 1)
        whole--;
    uint64_t logarithm = whole;
    for (unsigned bit = 0; bit < FRACTION; bit++) {
        x = high_of_square(x);
        logarithm = logarithm << 1 | x >> 63;
        if (!(x >> 63))
            x <<= 1;
    }
    return (int64_t)logarithm;
}

/* 2^x, rounded down, for x of 0 to below 63: the series of e^(x ln 2) for what stands after the point. */
static uint64_t power_of_two(uint64_t x) {
    const uint64_t exponent = (uint64_t)((unsigned __int128)(x % ONE) * LN2_60 >> FRACTION);
    uint64_t sum = UINT64_C(1) << 60;
    for (uint64_t term = sum, k = 1; term; k++) {
        term = (uint64_t)((unsigned __int128)term * exponent >> 60) / k;
        sum += term;
    }
    return (uint64_t)((unsigned __int128)sum << (x >> FRACTION) >> 60);
}

/* -ln(x / 2^64): exponentially distributed with the mean 1, for x that may be anything. */
static uint64_t minus_log(uint64_t x) {
    const uint64_t twos = (UINT64_C(64) << FRACTION) - (uint64_t)log2_of(x | 1);
    return (uint64_t)((unsigned __int128)twos * LN2 >> FRACTION);
}

static uint64_t within(unsigned __int128 cycles) {
    return cycles < 1 ? 1 : cycles > HB_DURATION_MAX ? HB_DURATION_MAX : (uint64_t)cycles;
}

/* scale * natural^(1 / shape), by its logarithm. */
static uint64_t weibull(const struct hb_rate *rate, uint64_t natural) {
    const int64_t of_natural = log2_of(natural | 1) - ((int64_t)FRACTION << FRACTION);
    const __int128 raised = (__int128)of_natural * HB_RATE_EXPONENTIAL / rate->shape_thousandths;
    const __int128 sum = raised + log2_of(rate->scale_cycles);
    if (sum >= LOG2_MOST)
        return HB_DURATION_MAX;
    return sum <= 0 ? 1 : within(power_of_two((uint64_t)sum));
}

uint64_t hb_rate_draw(const struct hb_rate *rate, uint64_t seed, uint32_t fault, uint64_t number) {
    const uint64_t of_stream = hb_choice(seed, COMPONENT, rate->stream);
    const uint64_t natural = minus_log(hb_choice(of_stream, fault, number));
    if (rate->shape_thousandths != HB_RATE_EXPONENTIAL && rate->shape_thousandths != 0)
        return weibull(rate, natural);
    return within((unsigned __int128)natural * rate->scale_cycles >> FRACTION);
}
