/* Sum, product, quotient, root: each computes its exact result, with the rest in the sticky bit, and is rounded
 * once. */
#include "cpu/fpu/fpu_number.h"

/* IEEE 754-2008, 7.2. */
static struct hb_fpu_number invalid(uint8_t *flags) {
    *flags |= HB_FPU_NV;
    return (struct hb_fpu_number){.kind = HB_FPU_QUIET};
}

static bool is_nan(struct hb_fpu_number a) {
    return a.kind >= HB_FPU_QUIET;
}

static bool is_zero(struct hb_fpu_number a) {
    return a.kind == HB_FPU_FINITE && a.significand == 0;
}

/* The result of an operation with a NaN among its operands: only a signalling one is invalid. */
static struct hb_fpu_number nan_of(struct hb_fpu_number a, struct hb_fpu_number b, uint8_t *flags) {
    if (a.kind == HB_FPU_SIGNALLING || b.kind == HB_FPU_SIGNALLING)
        return invalid(flags);
    return (struct hb_fpu_number){.kind = HB_FPU_QUIET};
}

static struct hb_fpu_number infinity(bool sign) {
    return (struct hb_fpu_number){.sign = sign, .kind = HB_FPU_INFINITE};
}

static struct hb_fpu_number zero(bool sign) {
    return (struct hb_fpu_number){.sign = sign, .kind = HB_FPU_FINITE};
}

/* The highest 63 bits of an unpacked significand: all that are not zero. */
static uint64_t upper(struct hb_fpu_number a) {
    return (uint64_t)(a.significand >> (HB_FPU_POINT / 2));
}

/* One operand may be a product: its lowest 20 bits are zero, those of an unpacked one even more. So a bit is lost to
 * the sticky one only if the exponents differ by more than 20; then the difference is at least a quarter of the larger
 * operand, and the sticky bit stays far below the precision. */
static struct hb_fpu_number sum_of_finite(struct hb_fpu_number a, struct hb_fpu_number b, enum hb_fpu_rounding mode) {
    if (a.significand == 0)
        a.exponent = b.exponent;
    if (b.significand == 0)
        b.exponent = a.exponent;
    struct hb_fpu_number high = a.exponent >= b.exponent ? a : b, low = a.exponent >= b.exponent ? b : a;
    low.significand = hb_fpu_shift_sticky(low.significand, high.exponent - low.exponent);
    if (high.sign == low.sign) {
        high.significand += low.significand;
    } else if (high.significand > low.significand) {
        high.significand -= low.significand;
    } else if (high.significand < low.significand) {
        high.significand = low.significand - high.significand;
        high.sign = low.sign;
    } else {
        return zero(mode == HB_FPU_RDN); /* IEEE 754-2008, 6.3 */
    }
    return high;
}

static struct hb_fpu_number sum(struct hb_fpu_number a, struct hb_fpu_number b, enum hb_fpu_rounding mode,
                                uint8_t *flags) {
    if (is_nan(a) || is_nan(b))
        return nan_of(a, b, flags);
    if (a.kind == HB_FPU_INFINITE && b.kind == HB_FPU_INFINITE && a.sign != b.sign)
        return invalid(flags);
    if (a.kind == HB_FPU_INFINITE)
        return a;
    if (b.kind == HB_FPU_INFINITE)
        return b;
    return sum_of_finite(a, b, mode);
}

static struct hb_fpu_number product(struct hb_fpu_number a, struct hb_fpu_number b, uint8_t *flags) {
    bool sign = a.sign != b.sign;
    if (is_nan(a) || is_nan(b))
        return nan_of(a, b, flags);
    if (a.kind == HB_FPU_INFINITE || b.kind == HB_FPU_INFINITE)
        return is_zero(a) || is_zero(b) ? invalid(flags) : infinity(sign);
    return (struct hb_fpu_number){.sign = sign,
                                  .kind = HB_FPU_FINITE,
                                  .exponent = a.exponent + b.exponent,
                                  .significand = (hb_uint128)upper(a) * upper(b)};
}

static struct hb_fpu_number quotient(struct hb_fpu_number a, struct hb_fpu_number b, uint8_t *flags) {
    bool sign = a.sign != b.sign;
    if (is_nan(a) || is_nan(b))
        return nan_of(a, b, flags);
    if (a.kind == b.kind && (a.kind == HB_FPU_INFINITE || (is_zero(a) && is_zero(b))))
        return invalid(flags);
    if (a.kind == HB_FPU_INFINITE)
        return infinity(sign);
    if (is_zero(b)) {
        *flags |= HB_FPU_DZ; /* IEEE 754-2008, 7.3 */
        return infinity(sign);
    }
    if (b.kind == HB_FPU_INFINITE || is_zero(a))
        return zero(sign);

    /* 63 or 64 bits of quotient; the rest is sticky. */
    hb_uint128 dividend = (hb_uint128)upper(a) << 63;
    uint64_t ratio = (uint64_t)(dividend / upper(b));
    bool rest = (hb_uint128)ratio * upper(b) != dividend;
    return (struct hb_fpu_number){.sign = sign,
                                  .kind = HB_FPU_FINITE,
                                  .exponent = a.exponent - b.exponent,
                                  .significand = (hb_uint128)ratio << (HB_FPU_POINT - 63) | rest};
}

/* As by hand, in base 2: each step takes the two highest bits of the radicand and gives one of the root. The invariant
 * is rest = (radicand so far) - root^2 <= 2 * root, so 64 bits are enough for it. */
#define ROOT_BITS 58
static uint64_t highest_bits_of_root(hb_uint128 radicand, bool *rest_left) {
    uint64_t root = 0, rest = 0;
    for (int32_t i = 0; i < ROOT_BITS; i++) {
        rest = rest << 2 | (uint64_t)(radicand >> 126);
        radicand <<= 2;
        uint64_t trial = root << 2 | 1, fits = rest >= trial;
        rest -= trial * fits; /* no branch: none could be predicted */
        root = root << 1 | fits;
    }
    *rest_left = rest != 0 || radicand != 0;
    return root;
}

static struct hb_fpu_number square_root(struct hb_fpu_number a, uint8_t *flags) {
    if (is_nan(a))
        return nan_of(a, a, flags);
    if (is_zero(a)) /* that of -0 is -0: IEEE 754-2008, 6.3 */
        return a;
    if (a.sign)
        return invalid(flags);
    if (a.kind == HB_FPU_INFINITE)
        return a;

    /* An even exponent can be halved. The first pair of bits is then 01, or 10 or 11. */
    int32_t odd = a.exponent & 1;
    bool rest_left;
    uint64_t root = highest_bits_of_root(a.significand << (126 - HB_FPU_POINT + odd), &rest_left);
    return (struct hb_fpu_number){.kind = HB_FPU_FINITE,
                                  .exponent = (a.exponent - odd) / 2,
                                  .significand = (hb_uint128)root << (HB_FPU_POINT - ROOT_BITS + 1) | rest_left};
}

uint64_t hb_fpu_add(enum hb_fpu_format format, uint64_t a, uint64_t b, enum hb_fpu_rounding mode, uint8_t *flags) {
    return hb_fpu_pack(format, sum(hb_fpu_unpack(format, a), hb_fpu_unpack(format, b), mode, flags), mode, flags);
}

uint64_t hb_fpu_multiply(enum hb_fpu_format format, uint64_t a, uint64_t b, enum hb_fpu_rounding mode, uint8_t *flags) {
    return hb_fpu_pack(format, product(hb_fpu_unpack(format, a), hb_fpu_unpack(format, b), flags), mode, flags);
}

uint64_t hb_fpu_divide(enum hb_fpu_format format, uint64_t a, uint64_t b, enum hb_fpu_rounding mode, uint8_t *flags) {
    return hb_fpu_pack(format, quotient(hb_fpu_unpack(format, a), hb_fpu_unpack(format, b), flags), mode, flags);
}

uint64_t hb_fpu_root(enum hb_fpu_format format, uint64_t a, enum hb_fpu_rounding mode, uint8_t *flags) {
    return hb_fpu_pack(format, square_root(hb_fpu_unpack(format, a), flags), mode, flags);
}

uint64_t hb_fpu_fused(enum hb_fpu_format format, enum hb_fpu_fused fused, uint64_t a, uint64_t b, uint64_t c,
                      enum hb_fpu_rounding mode, uint8_t *flags) {
    struct hb_fpu_number first = product(hb_fpu_unpack(format, a), hb_fpu_unpack(format, b), flags);
    struct hb_fpu_number second = hb_fpu_unpack(format, c);
    first.sign ^= fused == HB_FPU_NMSUB || fused == HB_FPU_NMADD;
    second.sign ^= fused == HB_FPU_MSUB || fused == HB_FPU_NMADD;
    return hb_fpu_pack(format, sum(first, second, mode, flags), mode, flags);
}
