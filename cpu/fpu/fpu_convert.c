/* Between formats, and to and from integers. */
#include "cpu/fpu/fpu_number.h"

uint64_t hb_fpu_convert(enum hb_fpu_format to, enum hb_fpu_format from, uint64_t a, enum hb_fpu_rounding mode,
                        uint8_t *flags) {
    if (hb_fpu_is_signalling(from, a))
        *flags |= HB_FPU_NV;
    return hb_fpu_pack(to, hb_fpu_unpack(from, a), mode, flags);
}

static bool is_unsigned(enum hb_fpu_integer type) {
    return type == HB_FPU_WU || type == HB_FPU_LU;
}

static bool is_word(enum hb_fpu_integer type) {
    return type == HB_FPU_W || type == HB_FPU_WU;
}

/* The largest magnitude that an integer of this sign may have. */
static uint64_t largest(enum hb_fpu_integer type, bool negative) {
    uint64_t all = is_word(type) ? UINT32_MAX : UINT64_MAX;
    if (is_unsigned(type))
        return negative ? 0 : all;
    return (all >> 1) + negative;
}

/* Unprivileged, "Single-Precision Floating-Point Conversion and Move Instructions": a result out of range is invalid,
 * not inexact, and saturates. What is in range is decided after rounding: -0.9 towards zero is an unsigned 0. */
uint64_t hb_fpu_to_integer(enum hb_fpu_format format, enum hb_fpu_integer type, uint64_t a, enum hb_fpu_rounding mode,
                           uint8_t *flags) {
    struct hb_fpu_number number = hb_fpu_unpack(format, a);
    bool nan = number.kind >= HB_FPU_QUIET, negative = number.sign && !nan, inexact = false;
    bool too_large = number.kind != HB_FPU_FINITE;
    uint64_t magnitude = 0;
    if (!too_large && number.significand != 0) {
        int32_t exponent;
        uint64_t significand = hb_fpu_normalize(number, &exponent);
        too_large = exponent > 63;
        if (!too_large)
            magnitude = hb_fpu_round(significand, 63 - exponent, number.sign, mode, &inexact);
    }
    if (too_large || magnitude > largest(type, negative)) {
        *flags |= HB_FPU_NV;
        magnitude = largest(type, negative);
    } else if (inexact) {
        *flags |= HB_FPU_NX;
    }
    uint64_t value = negative ? 0 - magnitude : magnitude;
    return is_word(type) ? (uint64_t)(int32_t)value : value;
}

uint64_t hb_fpu_from_integer(enum hb_fpu_format format, enum hb_fpu_integer type, uint64_t value,
                             enum hb_fpu_rounding mode, uint8_t *flags) {
    if (is_word(type))
        value = is_unsigned(type) ? (uint32_t)value : (uint64_t)(int32_t)value;
    bool negative = !is_unsigned(type) && value >> 63;
    struct hb_fpu_number number = {
        .sign = negative, .kind = HB_FPU_FINITE, .exponent = HB_FPU_POINT, .significand = negative ? 0 - value : value};
    return hb_fpu_pack(format, number, mode, flags);
}
