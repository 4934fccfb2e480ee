/* Between the files of the FPU only: an unpacked number, wide enough for what every operation gives before rounding. */
#ifndef HB_CPU_FPU_NUMBER_H
#define HB_CPU_FPU_NUMBER_H

#include "cpu/fpu/fpu.h"

__extension__ typedef unsigned __int128 hb_uint128;

/* IEEE 754-2008, table 3.5: all else follows from these. */
struct hb_fpu_layout {
    uint8_t precision;    /* bits of a significand, the hidden one included */
    uint8_t sign_bit;     /* the bit that holds the sign: the highest */
    int16_t exponent_max; /* of a finite number; also the bias */
};

static const struct hb_fpu_layout hb_fpu_layouts[] = {
    [HB_FPU_S] = {24, 31, 127},
    [HB_FPU_D] = {53, 63, 1023},
};

enum hb_fpu_kind { HB_FPU_FINITE, HB_FPU_INFINITE, HB_FPU_QUIET, HB_FPU_SIGNALLING };

/* The value of a finite number is significand * 2^(exponent - HB_FPU_POINT): zero if the significand is. Out of
 * hb_fpu_unpack, any other has the highest bit of its significand at HB_FPU_POINT, subnormals, too. So the three bits
 * above leave room for a product and a sum. Bit 0, far below the precision, is sticky: it is also 1 if any non-zero
 * part of the exact value lies below it. */
struct hb_fpu_number {
    bool sign;
    uint8_t kind; /* enum hb_fpu_kind */
    int32_t exponent;
    hb_uint128 significand;
};

#define HB_FPU_POINT 124

/* Infinity, without its sign. */
static inline uint64_t hb_fpu_infinity(enum hb_fpu_format format) {
    const struct hb_fpu_layout *layout = &hb_fpu_layouts[format];
    return (2ull * (uint64_t)layout->exponent_max + 1) << (layout->precision - 1);
}

static inline uint64_t hb_fpu_magnitude(enum hb_fpu_format format, uint64_t a) {
    return a & ~(1ull << hb_fpu_layouts[format].sign_bit);
}

static inline bool hb_fpu_negative(enum hb_fpu_format format, uint64_t a) {
    return a >> hb_fpu_layouts[format].sign_bit & 1;
}

static inline bool hb_fpu_is_nan(enum hb_fpu_format format, uint64_t a) {
    return hb_fpu_magnitude(format, a) > hb_fpu_infinity(format);
}

/* IEEE 754-2008, 6.2.1: the highest bit of the fraction is 1 in a quiet NaN. */
static inline bool hb_fpu_is_signalling(enum hb_fpu_format format, uint64_t a) {
    return hb_fpu_is_nan(format, a) && !(a >> (hb_fpu_layouts[format].precision - 2) & 1);
}

static inline uint64_t hb_fpu_nan(enum hb_fpu_format format) {
    return format == HB_FPU_S ? HB_FPU_NAN_S : HB_FPU_NAN_D;
}

/* The highest bit that is set; there must be one. */
static inline int32_t hb_fpu_highest(hb_uint128 value) {
    uint64_t upper = (uint64_t)(value >> 64);
    return upper ? 127 - __builtin_clzll(upper) : 63 - __builtin_clzll((uint64_t)value);
}

/* Shift to the right; bit 0 of the result is sticky. */
static inline hb_uint128 hb_fpu_shift_sticky(hb_uint128 value, int32_t places) {
    if (places > 127)
        return value != 0;
    hb_uint128 shifted = value >> places;
    return shifted | (shifted << places != value);
}

struct hb_fpu_number hb_fpu_unpack(enum hb_fpu_format format, uint64_t bits);

/* Round to the format: IEEE 754-2008, 4.3 and 7. */
uint64_t hb_fpu_pack(enum hb_fpu_format format, struct hb_fpu_number number, enum hb_fpu_rounding mode, uint8_t *flags);

/* The significand with its highest bit at bit 63, the lowest sticky; it must not be zero. *exponent becomes that of the
 * highest bit. */
uint64_t hb_fpu_normalize(struct hb_fpu_number number, int32_t *exponent);

/* significand / 2^places, rounded to an integer; *inexact says whether something was lost. */
uint64_t hb_fpu_round(uint64_t significand, int32_t places, bool sign, enum hb_fpu_rounding mode, bool *inexact);

#endif
