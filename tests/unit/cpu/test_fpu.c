/* The FPU against what the specifications write down, and against exact integers in every rounding mode.
 * test_fpu_host.c compares it with the FPU of the host. */
#include <check.h>
#include <stdlib.h>

#include "cpu/fpu/fpu.h"

__extension__ typedef unsigned __int128 uint128;

#define S     HB_FPU_S
#define D     HB_FPU_D
#define NX    HB_FPU_NX
#define UF    HB_FPU_UF
#define OF    HB_FPU_OF
#define DZ    HB_FPU_DZ
#define NV    HB_FPU_NV
#define MODES 5

/* S and D: infinity, signalling and quiet NaNs with a payload, one, the largest, the smallest normal and subnormal. */
#define INF_S    0x7f800000u
#define SNAN_S   0x7f800001u
#define QNAN_S   0xffc12345u
#define ONE_S    0x3f800000u
#define MAX_S    0x7f7fffffu
#define NORMAL_S 0x00800000u
#define MINUS_S  0x80000000u
#define INF_D    0x7ff0000000000000u
#define SNAN_D   0x7ff0000000000001u
#define QNAN_D   0xfff8000000012345u
#define ONE_D    0x3ff0000000000000u
#define MAX_D    0x7fefffffffffffffu
#define NORMAL_D 0x0010000000000000u
#define MINUS_D  0x8000000000000000u

/* ---- What is written down -------------------------------------------------------------------------------------- */

enum operation {
    ADD,
    MULTIPLY,
    DIVIDE,
    ROOT,
    MADD,
    MSUB,
    NMSUB,
    NMADD,
    EQUAL,
    LESS,
    LESS_EQUAL,
    MINIMUM,
    MAXIMUM,
    TO_S,
    TO_D
};

struct vector {
    uint8_t operation, format, mode, flags;
    uint64_t a, b, c, result;
};

static uint64_t perform(const struct vector *v, uint8_t *flags) {
    enum hb_fpu_format format = v->format;
    enum hb_fpu_rounding mode = v->mode;
    switch (v->operation) {
    case ADD: return hb_fpu_add(format, v->a, v->b, mode, flags);
    case MULTIPLY: return hb_fpu_multiply(format, v->a, v->b, mode, flags);
    case DIVIDE: return hb_fpu_divide(format, v->a, v->b, mode, flags);
    case ROOT: return hb_fpu_root(format, v->a, mode, flags);
    case EQUAL: return hb_fpu_equal(format, v->a, v->b, flags);
    case LESS: return hb_fpu_less(format, v->a, v->b, flags);
    case LESS_EQUAL: return hb_fpu_less_equal(format, v->a, v->b, flags);
    case MINIMUM: return hb_fpu_minimum(format, v->a, v->b, flags);
    case MAXIMUM: return hb_fpu_maximum(format, v->a, v->b, flags);
    case TO_S: return hb_fpu_convert(S, format, v->a, mode, flags);
    case TO_D: return hb_fpu_convert(D, format, v->a, mode, flags);
    default: return hb_fpu_fused(format, (enum hb_fpu_fused)(v->operation - MADD), v->a, v->b, v->c, mode, flags);
    }
}

static const struct vector vectors[] = {
    /* NaNs: the result is canonical, only signalling ones are invalid. */
    {ADD, S, HB_FPU_RNE, 0, QNAN_S, ONE_S, 0, HB_FPU_NAN_S},
    {ADD, S, HB_FPU_RNE, NV, ONE_S, SNAN_S, 0, HB_FPU_NAN_S},
    {MULTIPLY, D, HB_FPU_RNE, NV, SNAN_D, QNAN_D, 0, HB_FPU_NAN_D},
    {DIVIDE, D, HB_FPU_RNE, 0, QNAN_D, 0, 0, HB_FPU_NAN_D},
    {ROOT, D, HB_FPU_RNE, 0, QNAN_D | MINUS_D, 0, 0, HB_FPU_NAN_D},
    {ROOT, S, HB_FPU_RNE, NV, SNAN_S, 0, 0, HB_FPU_NAN_S},
    {TO_S, D, HB_FPU_RNE, 0, QNAN_D, 0, 0, HB_FPU_NAN_S},
    {TO_S, D, HB_FPU_RNE, NV, SNAN_D, 0, 0, HB_FPU_NAN_S},
    {TO_D, S, HB_FPU_RNE, NV, SNAN_S, 0, 0, HB_FPU_NAN_D},
    {MADD, D, HB_FPU_RNE, NV, ONE_D, ONE_D, SNAN_D, HB_FPU_NAN_D},
    {MADD, D, HB_FPU_RNE, 0, ONE_D, QNAN_D, INF_D, HB_FPU_NAN_D},
    /* Infinity times zero is invalid whatever is added (unprivileged, F, "Computational Instructions"). */
    {MADD, S, HB_FPU_RNE, NV, INF_S, 0, QNAN_S, HB_FPU_NAN_S},
    {NMSUB, D, HB_FPU_RNE, NV, MINUS_D, INF_D, QNAN_D, HB_FPU_NAN_D},
    {MADD, D, HB_FPU_RNE, NV, INF_D, ONE_D, INF_D | MINUS_D, HB_FPU_NAN_D},
    {MSUB, D, HB_FPU_RNE, NV, INF_D, ONE_D, INF_D, HB_FPU_NAN_D},
    {MSUB, D, HB_FPU_RNE, 0, INF_D, ONE_D, INF_D | MINUS_D, INF_D},
    {NMADD, S, HB_FPU_RNE, 0, INF_S, ONE_S, INF_S, INF_S | MINUS_S},
    {NMSUB, S, HB_FPU_RNE, NV, INF_S, ONE_S, INF_S, HB_FPU_NAN_S},
    /* Infinities and zeros. */
    {ADD, D, HB_FPU_RNE, NV, INF_D, INF_D | MINUS_D, 0, HB_FPU_NAN_D},
    {ADD, D, HB_FPU_RNE, 0, INF_D, INF_D, 0, INF_D},
    {MULTIPLY, S, HB_FPU_RNE, NV, MINUS_S, INF_S, 0, HB_FPU_NAN_S},
    {DIVIDE, S, HB_FPU_RNE, NV, INF_S, INF_S | MINUS_S, 0, HB_FPU_NAN_S},
    {DIVIDE, S, HB_FPU_RNE, NV, 0, MINUS_S, 0, HB_FPU_NAN_S},
    {DIVIDE, D, HB_FPU_RNE, DZ, ONE_D, MINUS_D, 0, INF_D | MINUS_D},
    {DIVIDE, D, HB_FPU_RNE, 0, INF_D, MINUS_D, 0, INF_D | MINUS_D},
    {DIVIDE, D, HB_FPU_RNE, 0, ONE_D | MINUS_D, INF_D, 0, MINUS_D},
    {ROOT, D, HB_FPU_RNE, 0, MINUS_D, 0, 0, MINUS_D},
    {ROOT, D, HB_FPU_RNE, 0, INF_D, 0, 0, INF_D},
    {ROOT, D, HB_FPU_RNE, NV, INF_D | MINUS_D, 0, 0, HB_FPU_NAN_D},
    {ROOT, S, HB_FPU_RNE, NV, MINUS_S | 1, 0, 0, HB_FPU_NAN_S},
    /* The sign of an exact zero (IEEE 754-2008, 6.3). */
    {ADD, S, HB_FPU_RNE, 0, ONE_S, ONE_S | MINUS_S, 0, 0},
    {ADD, S, HB_FPU_RDN, 0, ONE_S, ONE_S | MINUS_S, 0, MINUS_S},
    {ADD, S, HB_FPU_RUP, 0, MINUS_S, 0, 0, 0},
    {ADD, S, HB_FPU_RDN, 0, MINUS_S, 0, 0, MINUS_S},
    {ADD, S, HB_FPU_RUP, 0, MINUS_S, MINUS_S, 0, MINUS_S},
    {ADD, D, HB_FPU_RMM, 0, 0, 0, 0, 0},
    {MADD, D, HB_FPU_RNE, 0, MINUS_D, ONE_D, 0, 0},
    {NMADD, D, HB_FPU_RNE, 0, 0, ONE_D, 0, MINUS_D},
    {NMADD, D, HB_FPU_RDN, 0, ONE_D, ONE_D, ONE_D | MINUS_D, MINUS_D},
    {NMSUB, D, HB_FPU_RTZ, 0, ONE_D, ONE_D, ONE_D, 0},
    /* Overflow (7.4) in each mode, and rounding up to it. */
    {ADD, S, HB_FPU_RNE, OF | NX, MAX_S, MAX_S, 0, INF_S},
    {ADD, S, HB_FPU_RTZ, OF | NX, MAX_S, MAX_S, 0, MAX_S},
    {ADD, S, HB_FPU_RDN, OF | NX, MAX_S, MAX_S, 0, MAX_S},
    {ADD, S, HB_FPU_RUP, OF | NX, MAX_S, MAX_S, 0, INF_S},
    {ADD, S, HB_FPU_RMM, OF | NX, MAX_S, MAX_S, 0, INF_S},
    {MULTIPLY, D, HB_FPU_RDN, OF | NX, MAX_D | MINUS_D, MAX_D, 0, INF_D | MINUS_D},
    {MULTIPLY, D, HB_FPU_RUP, OF | NX, MAX_D | MINUS_D, MAX_D, 0, MAX_D | MINUS_D},
    {ADD, S, HB_FPU_RNE, NX, MAX_S, 0x72ffffff, 0, MAX_S}, /* a little less than half of the last place of MAX_S */
    {ADD, S, HB_FPU_RNE, OF | NX, MAX_S, 0x73000000, 0, INF_S},
    {TO_S, D, HB_FPU_RTZ, OF | NX, MAX_D, 0, 0, MAX_S},
    /* Tininess after rounding: (1 + 2^-23) * (1 - 2^-23) * 2^-126 comes up to 2^-126 with 24 bits; (1 - 2^-24) * 2^-126
     * needs all of its 24 bits and is tiny, but comes up to 2^-126 as well with the 23 bits of a subnormal. */
    {MULTIPLY, S, HB_FPU_RNE, NX, 0x3f800001, 0x007fffff, 0, NORMAL_S},
    {MULTIPLY, S, HB_FPU_RNE, UF | NX, 0x3f7fffff, NORMAL_S, 0, NORMAL_S},
    {MULTIPLY, S, HB_FPU_RTZ, UF | NX, 0x3f800001, 0x007fffff, 0, 0x007fffff},
    {MULTIPLY, D, HB_FPU_RNE, UF | NX, 1, 0x3fe0000000000000, 0, 0},
    {MULTIPLY, D, HB_FPU_RMM, UF | NX, 1, 0x3fe0000000000000, 0, 1},
    {MULTIPLY, D, HB_FPU_RUP, UF | NX, 1, 1, 0, 1},
    {MULTIPLY, D, HB_FPU_RNE, 0, NORMAL_D, 0x3fe0000000000000, 0, 0x0008000000000000}, /* exact: no underflow */
    {ADD, D, HB_FPU_RNE, 0, 1, NORMAL_D | MINUS_D, 0, 0x800fffffffffffff},
    /* Comparisons: only feq is quiet. */
    {EQUAL, S, 0, 0, QNAN_S, QNAN_S, 0, 0},
    {EQUAL, S, 0, NV, SNAN_S, ONE_S, 0, 0},
    {LESS, S, 0, NV, QNAN_S, ONE_S, 0, 0},
    {LESS_EQUAL, D, 0, NV, ONE_D, QNAN_D, 0, 0},
    {EQUAL, D, 0, 0, 0, MINUS_D, 0, 1},
    {LESS, D, 0, 0, MINUS_D, 0, 0, 0},
    {LESS_EQUAL, D, 0, 0, 0, MINUS_D, 0, 1},
    {LESS, D, 0, 0, INF_D | MINUS_D, MAX_D | MINUS_D, 0, 1},
    {LESS, S, 0, 0, ONE_S, ONE_S | MINUS_S, 0, 0},
    {LESS, S, 0, 0, ONE_S | MINUS_S, MINUS_S | 1, 0, 1},
    /* minimumNumber and maximumNumber (IEEE 754-2019, 9.6). */
    {MINIMUM, S, 0, 0, 0, MINUS_S, 0, MINUS_S},
    {MAXIMUM, S, 0, 0, MINUS_S, 0, 0, 0},
    {MINIMUM, S, 0, 0, QNAN_S, ONE_S, 0, ONE_S},
    {MINIMUM, S, 0, NV, ONE_S, SNAN_S, 0, ONE_S},
    {MAXIMUM, D, 0, NV, SNAN_D, MINUS_D, 0, MINUS_D},
    {MAXIMUM, D, 0, 0, QNAN_D, QNAN_D, 0, HB_FPU_NAN_D},
    {MINIMUM, D, 0, NV, SNAN_D, QNAN_D, 0, HB_FPU_NAN_D},
    {MAXIMUM, D, 0, NV, SNAN_D, SNAN_D, 0, HB_FPU_NAN_D},
    {MAXIMUM, D, 0, 0, ONE_D, INF_D | MINUS_D, 0, ONE_D},
    {MINIMUM, D, 0, 0, ONE_D, INF_D | MINUS_D, 0, INF_D | MINUS_D},
};

START_TEST(written_vectors) {
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t flags = 0;
        uint64_t result = perform(&vectors[i], &flags);
        ck_assert_msg(result == vectors[i].result && flags == vectors[i].flags,
                      "vector %zu: %016lx, flags %02x; expected %016lx, flags %02x", i, result, flags,
                      vectors[i].result, vectors[i].flags);
    }
}
END_TEST

START_TEST(flags_accumulate) {
    uint8_t flags = NV | DZ;
    hb_fpu_add(S, MAX_S, MAX_S, HB_FPU_RNE, &flags);
    ck_assert_uint_eq(flags, NV | DZ | OF | NX);
    hb_fpu_add(S, ONE_S, ONE_S, HB_FPU_RNE, &flags);
    ck_assert_uint_eq(flags, NV | DZ | OF | NX);
}
END_TEST

START_TEST(signs_are_moved_in_any_bits) {
    ck_assert_uint_eq(hb_fpu_sign(S, HB_FPU_SGNJ, SNAN_S, MINUS_S), SNAN_S | MINUS_S);
    ck_assert_uint_eq(hb_fpu_sign(S, HB_FPU_SGNJ, ONE_S | MINUS_S, SNAN_S), ONE_S);
    ck_assert_uint_eq(hb_fpu_sign(S, HB_FPU_SGNJN, ONE_S, ONE_S), ONE_S | MINUS_S);
    ck_assert_uint_eq(hb_fpu_sign(D, HB_FPU_SGNJN, ONE_D | MINUS_D, ONE_D | MINUS_D), ONE_D);
    ck_assert_uint_eq(hb_fpu_sign(D, HB_FPU_SGNJX, QNAN_D, QNAN_D), QNAN_D & ~MINUS_D);
    ck_assert_uint_eq(hb_fpu_sign(D, HB_FPU_SGNJX, ONE_D, MINUS_D), ONE_D | MINUS_D);
    ck_assert_uint_eq(hb_fpu_negate(S, SNAN_S), SNAN_S | MINUS_S);
}
END_TEST

START_TEST(classes) {
    static const uint64_t of_s[] = {INF_S | MINUS_S, ONE_S | MINUS_S, MINUS_S | 1, MINUS_S, 0,
                                    0x007fffff,      NORMAL_S,        INF_S,       SNAN_S,  QNAN_S};
    static const uint64_t of_d[] = {INF_D | MINUS_D,    MAX_D | MINUS_D, MINUS_D | 1, MINUS_D, 0,
                                    0x000fffffffffffff, NORMAL_D,        INF_D,       SNAN_D,  QNAN_D};
    for (uint32_t class = 0; class < 10; class ++) {
        ck_assert_uint_eq(hb_fpu_classify(S, of_s[class]), 1u << class);
        ck_assert_uint_eq(hb_fpu_classify(D, of_d[class]), 1u << class);
    }
}
END_TEST

START_TEST(boxes) {
    ck_assert_uint_eq(hb_fpu_box(S, ONE_S), 0xffffffff3f800000);
    ck_assert_uint_eq(hb_fpu_box(D, ONE_D), ONE_D);
    ck_assert_uint_eq(hb_fpu_unbox(S, 0xffffffff3f800000), ONE_S);
    ck_assert_uint_eq(hb_fpu_unbox(S, 0xffffffff00000000), 0);
    ck_assert_uint_eq(hb_fpu_unbox(S, 0xfffffffeffffffff), HB_FPU_NAN_S);
    ck_assert_uint_eq(hb_fpu_unbox(S, ONE_S), HB_FPU_NAN_S);
    ck_assert_uint_eq(hb_fpu_unbox(D, ONE_S), ONE_S);
}
END_TEST

/* Unprivileged, F, table "Domains of float-to-integer conversions and behavior for invalid inputs". */
START_TEST(integers_saturate) {
    static const struct {
        uint8_t type, flags;
        uint64_t a, result;
    } of_d[] = {
        {HB_FPU_W, NV, INF_D, INT32_MAX},
        {HB_FPU_W, NV, QNAN_D, INT32_MAX}, /* the NaN has a sign: it does not count */
        {HB_FPU_W, NV, INF_D | MINUS_D, (uint64_t)INT32_MIN},
        {HB_FPU_W, 0, 0x41dfffffffc00000, INT32_MAX},
        {HB_FPU_W, NX, 0x41dfffffffdfffff, INT32_MAX}, /* 2^31 - 1 and a little less than a half */
        {HB_FPU_W, NV, 0x41dfffffffe00000, INT32_MAX}, /* a half: to even, out of range, and not inexact */
        {HB_FPU_W, NX, 0xc1e0000000100000, (uint64_t)INT32_MIN},
        {HB_FPU_W, NV, 0xc1e0000000200000, (uint64_t)INT32_MIN},
        {HB_FPU_WU, NV, INF_D, UINT64_MAX}, /* 2^32 - 1, sign-extended */
        {HB_FPU_WU, NV, SNAN_D, UINT64_MAX},
        {HB_FPU_WU, NV, ONE_D | MINUS_D, 0},
        {HB_FPU_WU, NV, INF_D | MINUS_D, 0},
        {HB_FPU_WU, NX, 0xbfe0000000000000, 0}, /* -0.5 to even */
        {HB_FPU_WU, 0, 0x41efffffffe00000, UINT64_MAX},
        {HB_FPU_WU, 0, MINUS_D, 0},
        {HB_FPU_L, NV, 0x43e0000000000000, INT64_MAX},
        {HB_FPU_L, 0, 0xc3e0000000000000, (uint64_t)INT64_MIN},
        {HB_FPU_L, NV, 0xc3e0000000000001, (uint64_t)INT64_MIN},
        {HB_FPU_L, NV, QNAN_D, INT64_MAX},
        {HB_FPU_LU, NV, 0x43f0000000000000, UINT64_MAX},
        {HB_FPU_LU, 0, 0x43efffffffffffff, 0xfffffffffffff800},
        {HB_FPU_LU, NV, MAX_D | MINUS_D, 0},
        {HB_FPU_LU, NV, QNAN_D, UINT64_MAX},
        {HB_FPU_LU, NX, 1, 0},
    };
    for (size_t i = 0; i < sizeof of_d / sizeof of_d[0]; i++) {
        uint8_t flags = 0;
        uint64_t result = hb_fpu_to_integer(D, of_d[i].type, of_d[i].a, HB_FPU_RNE, &flags);
        ck_assert_msg(result == of_d[i].result && flags == of_d[i].flags, "row %zu: %016lx, flags %02x", i, result,
                      flags);
    }
}
END_TEST

/* ---- Exact integers -------------------------------------------------------------------------------------------- */

/* Of each operation, format and mode. An assertion of Check costs a system call: in these loops only a failure does. */
#define ROUNDS 50000u

static uint64_t random_state;

/* splitmix64 */
static uint64_t random_64(void) {
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static int32_t random_between(int32_t low, int32_t high) {
    return low + (int32_t)(random_64() % (uint64_t)(high - low + 1));
}

static int32_t precision_of(enum hb_fpu_format format) {
    return format == S ? 24 : 53;
}

/* The scale of the last place of the smallest numbers, and of the largest. */
static int32_t scale_min(enum hb_fpu_format format) {
    return format == S ? -149 : -1074;
}
static int32_t scale_max(enum hb_fpu_format format) {
    return format == S ? 104 : 971;
}

/* (-1)^sign * magnitude * 2^scale. */
struct exact {
    bool sign;
    uint128 magnitude;
    int32_t scale;
};

/* Bit by bit until it fits, remembering the last bit that went and whether any before it was set; then rounded. */
static struct exact cut(struct exact value, int32_t precision, int32_t least_scale, enum hb_fpu_rounding mode,
                        bool *inexact) {
    bool half = false, rest = false;
    while (value.magnitude >> precision != 0 || value.scale < least_scale) {
        rest |= half;
        half = value.magnitude & 1;
        value.magnitude >>= 1;
        value.scale++;
        if (value.magnitude == 0 && value.scale < least_scale) {
            rest |= half;
            half = false;
            value.scale = least_scale;
        }
    }
    bool odd = value.magnitude & 1, any = half || rest;
    bool up = (mode == HB_FPU_RNE && half && (rest || odd)) || (mode == HB_FPU_RMM && half) ||
              (mode == HB_FPU_RDN && any && value.sign) || (mode == HB_FPU_RUP && any && !value.sign);
    value.magnitude += up;
    *inexact = any;
    return value;
}

static bool below_normal(struct exact value, enum hb_fpu_format format) {
    int32_t exponent = value.scale;
    for (uint128 m = value.magnitude; m > 1; m >>= 1)
        exponent++;
    return exponent < scale_min(format) + precision_of(format) - 1;
}

static uint64_t infinite_or_largest(enum hb_fpu_format format, bool sign, enum hb_fpu_rounding mode, uint8_t *flags) {
    uint64_t infinite = format == S ? INF_S : INF_D;
    bool largest = mode == HB_FPU_RTZ || mode == (sign ? HB_FPU_RUP : HB_FPU_RDN);
    *flags |= OF | NX;
    return largest ? infinite - 1 : infinite;
}

/* The bits and flags that an exact value must be rounded to; it is not zero. */
static uint64_t expected(enum hb_fpu_format format, struct exact value, enum hb_fpu_rounding mode, uint8_t *flags) {
    int32_t precision = precision_of(format);
    bool inexact, ignored;
    struct exact rounded = cut(value, precision, scale_min(format), mode, &inexact);
    struct exact unbounded = cut(value, precision, -100000, mode, &ignored);
    uint64_t sign = hb_fpu_negate(format, 0) * value.sign, hidden = 1ull << (precision - 1);
    if (rounded.magnitude >> precision != 0) { /* a carry: all the other bits are zero */
        rounded.magnitude >>= 1;
        rounded.scale++;
    }
    while (rounded.magnitude < hidden && rounded.scale > scale_min(format)) {
        rounded.magnitude <<= 1;
        rounded.scale--;
    }
    if (rounded.scale > scale_max(format))
        return sign | infinite_or_largest(format, value.sign, mode, flags);
    if (inexact)
        *flags |= NX | (below_normal(unbounded, format) ? UF : 0);
    uint64_t field = rounded.magnitude < hidden ? 0 : (uint64_t)(rounded.scale - scale_min(format) + 1);
    return sign | field << (precision - 1) | ((uint64_t)rounded.magnitude & (hidden - 1));
}

/* The bits of a value that the format has. */
static uint64_t bits_of(enum hb_fpu_format format, struct exact value) {
    uint8_t flags = 0;
    uint64_t bits = expected(format, value, HB_FPU_RNE, &flags);
    if (flags != 0)
        ck_abort_msg("the test takes operands that the format does not have");
    return bits;
}

/* An integer of at most `width` bits, not zero; often short, or with runs, so that halves and carries happen. */
static uint64_t random_integer(int32_t width) {
    uint64_t value = random_64() >> (64 - width);
    if (random_64() % 2)
        value >>= random_between(0, width - 1);
    if (random_64() % 2)
        value &= ~0ull << random_between(0, width - 1);
    if (random_64() % 4 == 0)
        value = ~0ull >> (64 - random_between(1, width));
    if (random_64() % 8 == 0)
        value = 1ull << random_between(0, width - 1);
    return value ? value : 1;
}

static struct exact random_exact(enum hb_fpu_format format, int32_t low_scale, int32_t high_scale) {
    int32_t low = low_scale > scale_min(format) ? low_scale : scale_min(format);
    int32_t high = high_scale < scale_max(format) ? high_scale : scale_max(format);
    return (struct exact){random_64() & 1, random_integer(precision_of(format)), random_between(low, high)};
}

/* Scales about the bottom, the middle and the top of the range; `middle` is where a product or quotient of such
 * operands meets the bottom. */
static struct exact random_operand(enum hb_fpu_format format) {
    int32_t bottom = scale_min(format), top = scale_max(format);
    switch (random_64() % 4) {
    case 0: return random_exact(format, bottom, bottom + 60);
    case 1: return random_exact(format, top - 60, top);
    case 2: return random_exact(format, bottom / 2 - 60, bottom / 2 + 60);
    default: return random_exact(format, -80, 20);
    }
}

/* a + b, if the exact sum has 128 bits. */
static bool exact_sum(struct exact a, struct exact b, struct exact *sum) {
    struct exact high = a.scale > b.scale ? a : b, low = a.scale > b.scale ? b : a;
    int32_t places = high.scale - low.scale;
    if (places > 70 || high.magnitude >> (126 - places) != 0 || low.magnitude >> 126 != 0)
        return false;
    high.magnitude <<= places;
    *sum = (struct exact){high.sign, high.magnitude + low.magnitude, low.scale};
    if (high.sign != low.sign && high.magnitude >= low.magnitude)
        sum->magnitude = high.magnitude - low.magnitude;
    else if (high.sign != low.sign)
        *sum = (struct exact){low.sign, low.magnitude - high.magnitude, low.scale};
    return sum->magnitude != 0;
}

static struct exact exact_product(struct exact a, struct exact b) {
    return (struct exact){a.sign != b.sign, a.magnitude * b.magnitude, a.scale + b.scale};
}

static void check(const char *name, enum hb_fpu_format format, struct exact value, enum hb_fpu_rounding mode,
                  uint64_t result, uint8_t flags) {
    uint8_t right_flags = 0;
    uint64_t right = expected(format, value, mode, &right_flags);
    if (result != right || flags != right_flags)
        ck_abort_msg("%s %s mode %d: %016lx, flags %02x; expected %016lx, flags %02x, of %s%016lx %016lx * 2^%d", name,
                     format == S ? "S" : "D", mode, result, flags, right, right_flags, value.sign ? "-" : "",
                     (uint64_t)(value.magnitude >> 64), (uint64_t)value.magnitude, value.scale);
}

START_TEST(sums_and_products) {
    enum hb_fpu_format format = (enum hb_fpu_format)(_i / MODES);
    enum hb_fpu_rounding mode = (enum hb_fpu_rounding)(_i % MODES);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct exact a = random_operand(format), b = random_exact(format, a.scale - 60, a.scale + 60), sum;
        uint8_t flags = 0;
        uint64_t result = hb_fpu_add(format, bits_of(format, a), bits_of(format, b), mode, &flags);
        if (exact_sum(a, b, &sum))
            check("add", format, sum, mode, result, flags);

        b = random_operand(format);
        flags = 0;
        result = hb_fpu_multiply(format, bits_of(format, a), bits_of(format, b), mode, &flags);
        check("multiply", format, exact_product(a, b), mode, result, flags);
    }
}
END_TEST

START_TEST(fused_are_rounded_once) {
    enum hb_fpu_format format = (enum hb_fpu_format)(_i / MODES);
    enum hb_fpu_rounding mode = (enum hb_fpu_rounding)(_i % MODES);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        enum hb_fpu_fused fused = (enum hb_fpu_fused)(random_64() % 4);
        struct exact a = random_operand(format), b = random_operand(format), product = exact_product(a, b), sum;
        if (product.scale + 70 < scale_min(format) || product.scale - 20 > scale_max(format))
            continue;
        struct exact c = random_exact(format, product.scale - 20, product.scale + 70), addend = c;
        uint8_t flags = 0;
        uint64_t result =
            hb_fpu_fused(format, fused, bits_of(format, a), bits_of(format, b), bits_of(format, c), mode, &flags);
        product.sign ^= fused == HB_FPU_NMSUB || fused == HB_FPU_NMADD;
        addend.sign ^= fused == HB_FPU_MSUB || fused == HB_FPU_NMADD;
        if (exact_sum(product, addend, &sum))
            check("fused", format, sum, mode, result, flags);
    }
}
END_TEST

/* 63 bits or more of the quotient, and one more that stands for the rest. */
static struct exact exact_quotient(struct exact a, struct exact b) {
    while (a.magnitude >> 52 == 0) {
        a.magnitude <<= 1;
        a.scale--;
    }
    uint128 dividend = a.magnitude << 64, quotient = dividend / b.magnitude;
    return (struct exact){a.sign != b.sign, quotient << 1 | (quotient * b.magnitude != dividend),
                          a.scale - b.scale - 65};
}

/* Every bit of the root is tried, from the highest. */
static struct exact exact_root(struct exact a) {
    while (a.magnitude >> 122 == 0 || a.scale % 2 != 0) {
        a.magnitude <<= 1;
        a.scale--;
    }
    uint64_t root = 0;
    for (uint64_t bit = 1ull << 63; bit; bit >>= 1)
        if ((uint128)(root | bit) * (root | bit) <= a.magnitude)
            root |= bit;
    return (struct exact){false, (uint128)root << 1 | ((uint128)root * root != a.magnitude), a.scale / 2 - 1};
}

START_TEST(quotients_and_roots) {
    enum hb_fpu_format format = (enum hb_fpu_format)(_i / MODES);
    enum hb_fpu_rounding mode = (enum hb_fpu_rounding)(_i % MODES);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct exact a = random_operand(format), b = random_operand(format);
        uint8_t flags = 0;
        uint64_t result = hb_fpu_divide(format, bits_of(format, a), bits_of(format, b), mode, &flags);
        check("divide", format, exact_quotient(a, b), mode, result, flags);

        a.sign = false;
        flags = 0;
        result = hb_fpu_root(format, bits_of(format, a), mode, &flags);
        check("root", format, exact_root(a), mode, result, flags);
    }
}
END_TEST

START_TEST(formats_and_integers) {
    enum hb_fpu_format format = (enum hb_fpu_format)(_i / MODES);
    enum hb_fpu_rounding mode = (enum hb_fpu_rounding)(_i % MODES);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct exact a = random_exact(D, -220, 120);
        enum hb_fpu_integer type = (enum hb_fpu_integer)(random_64() % 4);
        uint64_t value = random_integer(64) * (random_64() & 1 ? 1 : UINT64_MAX);
        uint8_t flags = 0;
        uint64_t result = hb_fpu_convert(format, D, bits_of(D, a), mode, &flags);
        check("convert", format, a, mode, result, flags);

        flags = 0;
        result = hb_fpu_from_integer(format, type, value, mode, &flags);
        if (type == HB_FPU_W)
            value = (uint64_t)(int32_t)value;
        if (type == HB_FPU_WU)
            value = (uint32_t)value;
        bool sign = (type == HB_FPU_W || type == HB_FPU_L) && value >> 63;
        if (value)
            check("from integer", format, (struct exact){sign, sign ? 0 - value : value, 0}, mode, result, flags);
        else if (result != 0 || flags != 0)
            ck_abort_msg("from integer 0: %016lx, flags %02x", result, flags);
    }
}
END_TEST

/* The least and the largest integer of each type, as sign and magnitude. */
static const uint64_t least_magnitude[] = {1ull << 31, 0, 1ull << 63, 0};
static const uint64_t largest_magnitude[] = {INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX};

static uint64_t expected_integer(enum hb_fpu_integer type, struct exact value, enum hb_fpu_rounding mode,
                                 uint8_t *flags) {
    bool inexact = false;
    uint64_t limit = value.sign ? least_magnitude[type] : largest_magnitude[type];
    struct exact whole = cut(value, 127, 0, mode, &inexact);
    uint128 magnitude = whole.scale > 64 ? (uint128)1 << 100 : whole.magnitude << whole.scale;
    *flags = magnitude > limit ? NV : inexact ? NX : 0;
    uint64_t result = magnitude > limit ? limit : (uint64_t)magnitude;
    result = value.sign ? 0 - result : result;
    return type == HB_FPU_W || type == HB_FPU_WU ? (uint64_t)(int32_t)result : result;
}

START_TEST(integers_from_numbers) {
    enum hb_fpu_format format = (enum hb_fpu_format)(_i / MODES);
    enum hb_fpu_rounding mode = (enum hb_fpu_rounding)(_i % MODES);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct exact a = random_exact(format, i % 4 ? -60 : -140, 45);
        enum hb_fpu_integer type = (enum hb_fpu_integer)(random_64() % 4);
        uint8_t flags = 0, right_flags;
        uint64_t result = hb_fpu_to_integer(format, type, bits_of(format, a), mode, &flags);
        uint64_t right = expected_integer(type, a, mode, &right_flags);
        if (result != right || flags != right_flags)
            ck_abort_msg("type %d mode %d of %s%lx * 2^%d: %lx, flags %02x; expected %lx, flags %02x", type, mode,
                         a.sign ? "-" : "", (uint64_t)a.magnitude, a.scale, result, flags, right, right_flags);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("fpu");
    TCase *written = tcase_create("written"), *exact = tcase_create("exact");
    tcase_add_test(written, written_vectors);
    tcase_add_test(written, flags_accumulate);
    tcase_add_test(written, signs_are_moved_in_any_bits);
    tcase_add_test(written, classes);
    tcase_add_test(written, boxes);
    tcase_add_test(written, integers_saturate);
    tcase_set_timeout(exact, 120);
    tcase_add_loop_test(exact, sums_and_products, 0, 2 * MODES);
    tcase_add_loop_test(exact, fused_are_rounded_once, 0, 2 * MODES);
    tcase_add_loop_test(exact, quotients_and_roots, 0, 2 * MODES);
    tcase_add_loop_test(exact, formats_and_integers, 0, 2 * MODES);
    tcase_add_loop_test(exact, integers_from_numbers, 0, 2 * MODES);
    suite_add_tcase(suite, written);
    suite_add_tcase(suite, exact);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
