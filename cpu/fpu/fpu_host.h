/* The host's FPU where nobody can tell the difference.
 *
 * Rounding to nearest even, the host computes the same number as cpu/fpu/fpu.h, and a single operation of C is rounded
 * once (FLT_EVAL_METHOD 0). What is left is the flags, and the bits of NaNs:
 *   - NX is sticky, so if it is raised already, it does not matter whether this operation is inexact. Programs rarely
 *     clear it, but some compute exactly and never raise it. Where it is not raised, what rounding has lost is worked
 *     out: of a sum by Knuth's TwoSum, of the others by one more exact operation (fma, or the same in double). That
 *     takes an error that is no subnormal, so operands or results must not be tiny;
 *   - the other flags, and NaNs, show in the result. An overflow, an invalid operation and a division by zero give
 *     infinity or NaN. An underflow gives a number below, or rounded up to, the smallest normal one.
 * So if the result is finite and not that small, there is nothing to report but the result and NX. Otherwise,
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

static inline bool hb_fpu_host_may(enum hb_fpu_rounding mode) {
    return FLT_EVAL_METHOD == 0 && mode == HB_FPU_RNE;
}

/* The exponent's field is neither that of infinities and NaNs nor less than 2. */
static inline bool hb_fpu_host_plain(enum hb_fpu_format format, uint64_t bits) {
    return format == HB_FPU_S ? (bits >> 23 & 0xff) - 2 < 0xff - 2 : (bits >> 52 & 0x7ff) - 2 < 0x7ff - 2;
}

/* What rounding a D of this size loses is no subnormal: it lies at most 106 bits lower. */
static inline bool hb_fpu_host_large(double value) {
    return fabs(value) >= 0x1p-900;
}

/* Does rounding lose something? */
enum hb_fpu_loss { HB_FPU_EXACT, HB_FPU_INEXACT, HB_FPU_UNKNOWN };

static inline enum hb_fpu_loss hb_fpu_loss_if(bool lost) {
    return lost ? HB_FPU_INEXACT : HB_FPU_EXACT;
}

/* Of a sum, r = a + b. */
static inline enum hb_fpu_loss hb_fpu_sum_loss_s(float a, float b, float r) {
    const float t = r - a;
    return hb_fpu_loss_if((a - (r - t)) + (b - t) != 0);
}

static inline enum hb_fpu_loss hb_fpu_sum_loss_d(double a, double b, double r) {
    const double t = r - a;
    return hb_fpu_loss_if((a - (r - t)) + (b - t) != 0);
}

/* Is r * b, which is a but for the rounding of r, a? A product of two S is exact in D. */
static inline enum hb_fpu_loss hb_fpu_product_loss_s(float r, float b, float a) {
    return hb_fpu_loss_if((double)r * (double)b != (double)a);
}

static inline enum hb_fpu_loss hb_fpu_product_loss_d(double r, double b, double a) {
    return hb_fpu_host_large(a) ? hb_fpu_loss_if(fma(r, b, -a) != 0) : HB_FPU_UNKNOWN;
}

/* Of r = a * b + c, where the product is exact. */
static inline enum hb_fpu_loss hb_fpu_fused_loss_s(float a, float b, float c, float r) {
    const float p = a * b;
    const bool exact = hb_fpu_product_loss_s(a, b, p) == HB_FPU_EXACT;
    return exact ? hb_fpu_sum_loss_s(p, c, r) : HB_FPU_UNKNOWN;
}

static inline enum hb_fpu_loss hb_fpu_fused_loss_d(double a, double b, double c, double r) {
    const double p = a * b;
    const bool exact = hb_fpu_product_loss_d(a, b, p) == HB_FPU_EXACT;
    return exact ? hb_fpu_sum_loss_d(p, c, r) : HB_FPU_UNKNOWN;
}

/* A function NAME of the operands, given S and D expressions in the host's float and double, and what their rounding
 * loses, r being the result. */
#define HB_FPU_HOST(name, single, single_loss, twofold, twofold_loss, reference, ...)                                  \
    static inline uint64_t name(enum hb_fpu_format format, __VA_ARGS__, enum hb_fpu_rounding mode, uint8_t *flags) {   \
        if (hb_fpu_host_may(mode)) {                                                                                   \
            const bool raised = *flags & HB_FPU_NX;                                                                    \
            enum hb_fpu_loss loss = HB_FPU_EXACT;                                                                      \
            uint64_t bits;                                                                                             \
            if (format == HB_FPU_S) {                                                                                  \
                const float r = single;                                                                                \
                bits = hb_fpu_host_bits_s(r);                                                                          \
                if (!raised && hb_fpu_host_plain(format, bits))                                                        \
                    loss = single_loss;                                                                                \
            } else {                                                                                                   \
                const double r = twofold;                                                                              \
                bits = hb_fpu_host_bits_d(r);                                                                          \
                if (!raised && hb_fpu_host_plain(format, bits))                                                        \
                    loss = twofold_loss;                                                                               \
            }                                                                                                          \
            if (hb_fpu_host_plain(format, bits) && loss != HB_FPU_UNKNOWN) {                                           \
                *flags |= loss == HB_FPU_INEXACT ? HB_FPU_NX : 0;                                                      \
                return bits;                                                                                           \
            }                                                                                                          \
        }                                                                                                              \
        return reference;                                                                                              \
    }

#define HB_S(a) hb_fpu_host_float(a)
#define HB_D(a) hb_fpu_host_double(a)

HB_FPU_HOST(hb_fpu_host_add, HB_S(a) + HB_S(b), hb_fpu_sum_loss_s(HB_S(a), HB_S(b), r), HB_D(a) + HB_D(b),
            hb_fpu_sum_loss_d(HB_D(a), HB_D(b), r), hb_fpu_add(format, a, b, mode, flags), uint64_t a, uint64_t b)
HB_FPU_HOST(hb_fpu_host_multiply, HB_S(a) * HB_S(b), hb_fpu_product_loss_s(HB_S(a), HB_S(b), r), HB_D(a) * HB_D(b),
            hb_fpu_product_loss_d(HB_D(a), HB_D(b), r), hb_fpu_multiply(format, a, b, mode, flags), uint64_t a,
            uint64_t b)
HB_FPU_HOST(hb_fpu_host_divide, HB_S(a) / HB_S(b), hb_fpu_product_loss_s(r, HB_S(b), HB_S(a)), HB_D(a) / HB_D(b),
            hb_fpu_product_loss_d(r, HB_D(b), HB_D(a)), hb_fpu_divide(format, a, b, mode, flags), uint64_t a,
            uint64_t b)
HB_FPU_HOST(hb_fpu_host_root, sqrtf(HB_S(a)), hb_fpu_product_loss_s(r, r, HB_S(a)), sqrt(HB_D(a)),
            hb_fpu_product_loss_d(r, r, HB_D(a)), hb_fpu_root(format, a, mode, flags), uint64_t a)

/* The host's fma is rounded once, too. */
HB_FPU_HOST(hb_fpu_host_madd, fmaf(HB_S(a), HB_S(b), HB_S(c)), hb_fpu_fused_loss_s(HB_S(a), HB_S(b), HB_S(c), r),
            fma(HB_D(a), HB_D(b), HB_D(c)), hb_fpu_fused_loss_d(HB_D(a), HB_D(b), HB_D(c), r),
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
