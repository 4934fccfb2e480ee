/* Numbers unpacked, and rounded back into bits. */
#include "cpu/fpu/fpu_number.h"

struct hb_fpu_number hb_fpu_unpack(enum hb_fpu_format format, uint64_t bits) {
    const struct hb_fpu_layout *layout = &hb_fpu_layouts[format];
    uint64_t magnitude = hb_fpu_magnitude(format, bits);
    uint64_t field = magnitude >> (layout->precision - 1);
    uint64_t fraction = magnitude & ((1ull << (layout->precision - 1)) - 1);
    struct hb_fpu_number number = {.sign = hb_fpu_negative(format, bits), .kind = HB_FPU_FINITE};

    if (magnitude >= hb_fpu_infinity(format)) {
        number.kind = fraction == 0                        ? HB_FPU_INFINITE
                      : hb_fpu_is_signalling(format, bits) ? HB_FPU_SIGNALLING
                                                           : HB_FPU_QUIET;
    } else if (magnitude != 0) {
        /* A subnormal has the exponent of the smallest normal number, and no hidden bit. */
        uint64_t significand = field ? fraction | 1ull << (layout->precision - 1) : fraction;
        int32_t highest = hb_fpu_highest(significand);
        number.exponent = (int32_t)(field ? field : 1) - layout->exponent_max - (layout->precision - 1 - highest);
        number.significand = (hb_uint128)significand << (HB_FPU_POINT - highest);
    }
    return number;
}

uint64_t hb_fpu_normalize(struct hb_fpu_number number, int32_t *exponent) {
    int32_t highest = hb_fpu_highest(number.significand);
    *exponent = number.exponent + highest - HB_FPU_POINT;
    if (highest <= 63)
        return (uint64_t)number.significand << (63 - highest);
    return (uint64_t)hb_fpu_shift_sticky(number.significand, highest - 63);
}

uint64_t hb_fpu_round(uint64_t significand, int32_t places, bool sign, enum hb_fpu_rounding mode, bool *inexact) {
    /* Shifted by more places than these, any significand is less than half of the last place. */
    if (places > 66)
        places = 66;
    hb_uint128 below = ((hb_uint128)1 << places) - 1, half = (below + 1) >> 1, addend = 0;
    switch (mode) {
    case HB_FPU_RNE: addend = places == 0 ? 0 : half - 1 + ((hb_uint128)significand >> places & 1); break;
    case HB_FPU_RTZ: break;
    case HB_FPU_RDN: addend = sign ? below : 0; break;
    case HB_FPU_RUP: addend = sign ? 0 : below; break;
    case HB_FPU_RMM: addend = half; break;
    }
    *inexact = (significand & below) != 0;
    return (uint64_t)((significand + addend) >> places);
}

/* IEEE 754-2008, 7.4: the result for a number that is too large. */
static uint64_t overflow(enum hb_fpu_format format, bool sign, enum hb_fpu_rounding mode, uint8_t *flags) {
    bool to_infinity =
        mode == HB_FPU_RNE || mode == HB_FPU_RMM || (mode == HB_FPU_RDN && sign) || (mode == HB_FPU_RUP && !sign);
    *flags |= HB_FPU_OF | HB_FPU_NX;
    return hb_fpu_infinity(format) - !to_infinity;
}

/* IEEE 754-2008, 7.5 (a): tiny is what would be below the smallest normal number if it was rounded to full precision
 * with an exponent without bounds. Such a number may come up to the smallest normal one only from just below. */
static bool tiny_after_rounding(enum hb_fpu_format format, bool sign, int32_t exponent, uint64_t significand,
                                enum hb_fpu_rounding mode) {
    const struct hb_fpu_layout *layout = &hb_fpu_layouts[format];
    int32_t exponent_min = 1 - layout->exponent_max;
    bool inexact;
    if (exponent != exponent_min - 1)
        return exponent < exponent_min;
    return hb_fpu_round(significand, 64 - layout->precision, sign, mode, &inexact) >> layout->precision == 0;
}

/* The bits, without sign, of a number that is not zero; its highest bit at bit 63 has the exponent. */
static uint64_t pack_finite(enum hb_fpu_format format, bool sign, int32_t exponent, uint64_t significand,
                            enum hb_fpu_rounding mode, uint8_t *flags) {
    const struct hb_fpu_layout *layout = &hb_fpu_layouts[format];
    int32_t exponent_min = 1 - layout->exponent_max;
    int32_t subnormal_places = exponent < exponent_min ? exponent_min - exponent : 0;
    bool inexact;
    if (exponent > layout->exponent_max)
        return overflow(format, sign, mode, flags);

    uint64_t rounded = hb_fpu_round(significand, 64 - layout->precision + subnormal_places, sign, mode, &inexact);
    /* The hidden bit of a normal number, and a carry out of the rounding, add 1 to the exponent's field. */
    uint64_t field_less_1 = (uint64_t)(exponent + subnormal_places + layout->exponent_max - 1);
    uint64_t magnitude = (field_less_1 << (layout->precision - 1)) + rounded;
    if (magnitude >= hb_fpu_infinity(format))
        return overflow(format, sign, mode, flags);
    if (inexact) {
        bool tiny = tiny_after_rounding(format, sign, exponent, significand, mode);
        *flags |= (uint8_t)(HB_FPU_NX | (tiny ? HB_FPU_UF : 0));
    }
    return magnitude;
}

uint64_t hb_fpu_pack(enum hb_fpu_format format, struct hb_fpu_number number, enum hb_fpu_rounding mode,
                     uint8_t *flags) {
    uint64_t sign = (uint64_t)number.sign << hb_fpu_layouts[format].sign_bit;
    int32_t exponent;
    switch (number.kind) {
    case HB_FPU_FINITE: break;
    case HB_FPU_INFINITE: return sign | hb_fpu_infinity(format);
    default: return hb_fpu_nan(format);
    }
    if (number.significand == 0)
        return sign;
    uint64_t significand = hb_fpu_normalize(number, &exponent);
    return sign | pack_finite(format, number.sign, exponent, significand, mode, flags);
}
