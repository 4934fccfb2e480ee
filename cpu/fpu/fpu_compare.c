/* What is decided by the bits as they stand: order, sign, class. */
#include "cpu/fpu/fpu_number.h"

/* Integers in the order of the numbers; those of both zeros are equal. Not for NaNs. */
static int64_t order(enum hb_fpu_format format, uint64_t a) {
    int64_t magnitude = (int64_t)hb_fpu_magnitude(format, a);
    return hb_fpu_negative(format, a) ? -magnitude : magnitude;
}

static bool unordered(enum hb_fpu_format format, uint64_t a, uint64_t b) {
    return hb_fpu_is_nan(format, a) || hb_fpu_is_nan(format, b);
}

static void invalid_if(bool condition, uint8_t *flags) {
    if (condition)
        *flags |= HB_FPU_NV;
}

static void invalid_if_signalling(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags) {
    invalid_if(hb_fpu_is_signalling(format, a) || hb_fpu_is_signalling(format, b), flags);
}

/* Unprivileged, "Single-Precision Floating-Point Compare Instructions"; IEEE 754-2008, 5.11. */
bool hb_fpu_equal(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags) {
    invalid_if_signalling(format, a, b, flags);
    return !unordered(format, a, b) && order(format, a) == order(format, b);
}

bool hb_fpu_less(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags) {
    invalid_if(unordered(format, a, b), flags);
    return !unordered(format, a, b) && order(format, a) < order(format, b);
}

bool hb_fpu_less_equal(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags) {
    invalid_if(unordered(format, a, b), flags);
    return !unordered(format, a, b) && order(format, a) <= order(format, b);
}

/* IEEE 754-2019, 9.6: a number wins over a NaN, even a signalling one, and -0 is less than +0. */
uint64_t hb_fpu_minimum(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags) {
    invalid_if_signalling(format, a, b, flags);
    if (hb_fpu_is_nan(format, a))
        return hb_fpu_is_nan(format, b) ? hb_fpu_nan(format) : b;
    if (hb_fpu_is_nan(format, b))
        return a;
    if (order(format, a) == order(format, b))
        return a | b; /* they differ at most in the sign of zero */
    return order(format, a) < order(format, b) ? a : b;
}

uint64_t hb_fpu_maximum(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags) {
    if (unordered(format, a, b))
        return hb_fpu_minimum(format, a, b, flags);
    return hb_fpu_negate(format, hb_fpu_minimum(format, hb_fpu_negate(format, a), hb_fpu_negate(format, b), flags));
}

uint64_t hb_fpu_sign(enum hb_fpu_format format, enum hb_fpu_sign_operation operation, uint64_t a, uint64_t b) {
    uint64_t sign_bit = hb_fpu_negate(format, 0), magnitude = hb_fpu_magnitude(format, a);
    switch (operation) {
    case HB_FPU_SGNJ: return magnitude | (b & sign_bit);
    case HB_FPU_SGNJN: return magnitude | (~b & sign_bit);
    default: return a ^ (b & sign_bit);
    }
}

/* Classes 0 to 3 are the negative ones from infinity to normal, subnormal and zero; 4 to 7 mirror them. */
uint64_t hb_fpu_classify(enum hb_fpu_format format, uint64_t a) {
    uint64_t magnitude = hb_fpu_magnitude(format, a), infinite = hb_fpu_infinity(format);
    uint64_t smallest_normal = 1ull << (hb_fpu_layouts[format].precision - 1);
    if (hb_fpu_is_nan(format, a))
        return hb_fpu_is_signalling(format, a) ? 1u << 8 : 1u << 9;
    uint32_t class = magnitude == infinite ? 0 : magnitude >= smallest_normal ? 1 : magnitude != 0 ? 2 : 3;
    return 1u << (hb_fpu_negative(format, a) ? class : 7 - class);
}
