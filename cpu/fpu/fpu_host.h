/* The host's FPU where nobody can tell the difference.
 *
 * Rounding to nearest even, the host computes the same number as cpu/fpu/fpu.h, and a single operation of C is rounded
 * once (FLT_EVAL_METHOD 0). What is left is the flags, and the bits of NaNs:
 *   - NX is sticky, so if it is raised already, it does not matter whether this operation is inexact. Programs that use
 *     floating point at all raise it soon and rarely clear it;
 *   - the other flags, and NaNs, show in the result. An overflow, an invalid operation and a division by zero give
 *     infinity or NaN. An underflow gives a number below, or rounded up to, the smallest normal one.
 * So if NX is raised and the result is finite and not that small, there is nothing to report but the result. Otherwise,
 * and on hosts that compute in another precision, cpu/fpu/fpu.h does all the work. The host must be in its state of
 * program start: rounding to nearest, subnormals kept.
 */
#ifndef HB_CPU_FPU_HOST_H
#define HB_CPU_FPU_HOST_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "cpu/fpu/fpu.h"

static inline float hb_fpu_host_float(uint64_t bits) {
    uint32_t low = (uint32_t)bits;
    float value;
    memcpy(&value, &low, sizeof value);
    return value;
}

static inline double hb_fpu_host_double(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t hb_fpu_host_bits_s(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline uint64_t hb_fpu_host_bits_d(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline bool hb_fpu_host_may(enum hb_fpu_rounding mode, uint8_t flags) {
    return FLT_EVAL_METHOD == 0 && mode == HB_FPU_RNE && (flags & HB_FPU_NX);
}

/* The exponent's field is neither that of infinities and NaNs nor less than 2. */
static inline bool hb_fpu_host_plain(enum hb_fpu_format format, uint64_t bits) {
    return format == HB_FPU_S ? (bits >> 23 & 0xff) - 2 < 0xff - 2 : (bits >> 52 & 0x7ff) - 2 < 0x7ff - 2;
}

/* A function NAME of the operands, given S and D expressions in the host's float and double. */
#define HB_FPU_HOST(name, single, twofold, reference, ...)                                                             \
    static inline uint64_t name(enum hb_fpu_format format, __VA_ARGS__, enum hb_fpu_rounding mode, uint8_t *flags) {   \
        if (hb_fpu_host_may(mode, *flags)) {                                                                           \
            uint64_t bits = format == HB_FPU_S ? hb_fpu_host_bits_s(single) : hb_fpu_host_bits_d(twofold);             \
            if (hb_fpu_host_plain(format, bits))                                                                       \
                return bits;                                                                                           \
        }                                                                                                              \
        return reference;                                                                                              \
    }

#define HB_S(a) hb_fpu_host_float(a)
#define HB_D(a) hb_fpu_host_double(a)

HB_FPU_HOST(hb_fpu_host_add, HB_S(a) + HB_S(b), HB_D(a) + HB_D(b), hb_fpu_add(format, a, b, mode, flags), uint64_t a,
            uint64_t b)
HB_FPU_HOST(hb_fpu_host_multiply, HB_S(a) * HB_S(b), HB_D(a) * HB_D(b), hb_fpu_multiply(format, a, b, mode, flags),
            uint64_t a, uint64_t b)
HB_FPU_HOST(hb_fpu_host_divide, HB_S(a) / HB_S(b), HB_D(a) / HB_D(b), hb_fpu_divide(format, a, b, mode, flags),
            uint64_t a, uint64_t b)
HB_FPU_HOST(hb_fpu_host_root, sqrtf(HB_S(a)), sqrt(HB_D(a)), hb_fpu_root(format, a, mode, flags), uint64_t a)

/* The host's fma is rounded once, too. */
HB_FPU_HOST(hb_fpu_host_madd, fmaf(HB_S(a), HB_S(b), HB_S(c)), fma(HB_D(a), HB_D(b), HB_D(c)),
            hb_fpu_fused(format, HB_FPU_MADD, a, b, c, mode, flags), uint64_t a, uint64_t b, uint64_t c)

#undef HB_S
#undef HB_D
#undef HB_FPU_HOST

/* -(a * b) is (-a) * b: exactly, and NaNs come out canonical whatever their sign. */
static inline uint64_t hb_fpu_host_fused(enum hb_fpu_format format, enum hb_fpu_fused fused, uint64_t a, uint64_t b,
                                         uint64_t c, enum hb_fpu_rounding mode, uint8_t *flags) {
    if (fused == HB_FPU_NMSUB || fused == HB_FPU_NMADD)
        a = hb_fpu_negate(format, a);
    if (fused == HB_FPU_MSUB || fused == HB_FPU_NMADD)
        c = hb_fpu_negate(format, c);
    return hb_fpu_host_madd(format, a, b, c, mode, flags);
}

#endif
