/* Floating point by integers: the F and D extensions of RISC-V, with nothing asked of the host's FPU.
 *
 * What it is. Pure functions over the bits of IEEE 754 binary32 (S) and binary64 (D). They know no hart: what a
 * function needs comes in as arguments, what it raises is added to *flags, in the bits that fcsr has for it. The same
 * bits come out on every host. "Unprivileged" below is the RISC-V unprivileged specification; its chapter F points to
 * IEEE 754-2008 and decides what that leaves open:
 *   - a result that is a NaN is the canonical NaN, whatever NaN came in (unprivileged, "NaN Generation and
 * Propagation");
 *   - tininess is detected after rounding (unprivileged, "Floating-Point Control and Status Register");
 *   - infinity times zero is invalid even if the third operand of a fused multiply-add is a quiet NaN;
 *   - minimum and maximum are minimumNumber and maximumNumber of IEEE 754-2019;
 *   - conversions to integers saturate, and a NaN becomes the largest integer.
 *
 * How to call it. An S is in the lower 32 bits of a uint64_t, whose upper bits are zero (hb_fpu_unbox makes it so). The
 * enumerators have the numbers of the fields of the encodings: a format is `fmt`, a rounding mode is `rm` or `frm`, an
 * integer type is `rs2` of fcvt, a sign operation is `funct3` of fsgnj, a fused operation is bits 2 and 3 of the
 * opcode. The caller resolves the dynamic rounding mode (7) and traps for the reserved ones (5, 6): only 0 to 4 may be
 * passed here. Subtraction is hb_fpu_add of hb_fpu_negate. cpu/fpu/fpu_host.h has the same operations, faster where
 * nobody can tell the difference.
 *
 * Where it is. A number unpacked, and how it is rounded: fpu_number.c. Operations on numbers: fpu_arithmetic.c,
 * fpu_convert.c. Operations on bits alone: fpu_compare.c.
 */
#ifndef HB_CPU_FPU_H
#define HB_CPU_FPU_H

#include <stdbool.h>
#include <stdint.h>

enum hb_fpu_format { HB_FPU_S, HB_FPU_D };

enum hb_fpu_rounding {
    HB_FPU_RNE, /* to nearest, ties to even */
    HB_FPU_RTZ, /* towards zero */
    HB_FPU_RDN, /* down */
    HB_FPU_RUP, /* up */
    HB_FPU_RMM, /* to nearest, ties to the larger magnitude */
};

enum hb_fpu_integer { HB_FPU_W, HB_FPU_WU, HB_FPU_L, HB_FPU_LU };

enum hb_fpu_sign_operation { HB_FPU_SGNJ, HB_FPU_SGNJN, HB_FPU_SGNJX };

enum hb_fpu_fused {
    HB_FPU_MADD,  /* a * b + c */
    HB_FPU_MSUB,  /* a * b - c */
    HB_FPU_NMSUB, /* -(a * b) + c */
    HB_FPU_NMADD, /* -(a * b) - c */
};

/* fcsr, bits 0 to 4: the accrued exceptions. */
#define HB_FPU_NX 1u  /* inexact */
#define HB_FPU_UF 2u  /* underflow */
#define HB_FPU_OF 4u  /* overflow */
#define HB_FPU_DZ 8u  /* division by zero */
#define HB_FPU_NV 16u /* invalid operation */

#define HB_FPU_NAN_S 0x7fc00000u
#define HB_FPU_NAN_D 0x7ff8000000000000u
#define HB_FPU_BOX   0xffffffff00000000u

/* What a 64-bit register holds for the value: an S is boxed in ones (unprivileged, "NaN Boxing of Narrower Values"). */
static inline uint64_t hb_fpu_box(enum hb_fpu_format format, uint64_t bits) {
    return format == HB_FPU_S ? HB_FPU_BOX | bits : bits;
}

/* The value that a register holds: an S that is not boxed reads as the canonical NaN. For operations only; stores,
 * fmv.x.w and moves of the register take its bits as they are. */
static inline uint64_t hb_fpu_unbox(enum hb_fpu_format format, uint64_t value) {
    if (format == HB_FPU_D)
        return value;
    return value >= HB_FPU_BOX ? (uint32_t)value : HB_FPU_NAN_S;
}

/* The value with its sign flipped; no flag, even for a NaN. */
static inline uint64_t hb_fpu_negate(enum hb_fpu_format format, uint64_t a) {
    return a ^ (format == HB_FPU_S ? 1ull << 31 : 1ull << 63);
}

uint64_t hb_fpu_add(enum hb_fpu_format format, uint64_t a, uint64_t b, enum hb_fpu_rounding mode, uint8_t *flags);
uint64_t hb_fpu_multiply(enum hb_fpu_format format, uint64_t a, uint64_t b, enum hb_fpu_rounding mode, uint8_t *flags);
uint64_t hb_fpu_divide(enum hb_fpu_format format, uint64_t a, uint64_t b, enum hb_fpu_rounding mode, uint8_t *flags);
uint64_t hb_fpu_root(enum hb_fpu_format format, uint64_t a, enum hb_fpu_rounding mode, uint8_t *flags);

/* The four fused operations: rounded once. */
uint64_t hb_fpu_fused(enum hb_fpu_format format, enum hb_fpu_fused fused, uint64_t a, uint64_t b, uint64_t c,
                      enum hb_fpu_rounding mode, uint8_t *flags);

/* The value of one format in another. */
uint64_t hb_fpu_convert(enum hb_fpu_format to, enum hb_fpu_format from, uint64_t a, enum hb_fpu_rounding mode,
                        uint8_t *flags);

/* fcvt.W.S and the like: takes the value, gives what the integer register gets (32-bit results sign-extended). */
uint64_t hb_fpu_to_integer(enum hb_fpu_format format, enum hb_fpu_integer type, uint64_t a, enum hb_fpu_rounding mode,
                           uint8_t *flags);

/* fcvt.S.W and the like: takes what the integer register holds (of which W and WU read the lower half). */
uint64_t hb_fpu_from_integer(enum hb_fpu_format format, enum hb_fpu_integer type, uint64_t value,
                             enum hb_fpu_rounding mode, uint8_t *flags);

/* Comparisons. hb_fpu_equal is quiet: invalid for signalling NaNs only. The others are invalid for every NaN. */
bool hb_fpu_equal(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags);
bool hb_fpu_less(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags);
bool hb_fpu_less_equal(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags);

uint64_t hb_fpu_minimum(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags);
uint64_t hb_fpu_maximum(enum hb_fpu_format format, uint64_t a, uint64_t b, uint8_t *flags);

/* a with a sign made of those of a and b; no flag, even for NaNs. */
uint64_t hb_fpu_sign(enum hb_fpu_format format, enum hb_fpu_sign_operation operation, uint64_t a, uint64_t b);

/* fclass: the mask with the one bit of the class (unprivileged, "Floating-Point Classify Instruction"). */
uint64_t hb_fpu_classify(enum hb_fpu_format format, uint64_t a);

#endif
