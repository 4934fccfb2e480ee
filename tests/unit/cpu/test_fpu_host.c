/* The FPU against the host's: values and flags in the four rounding modes that the host has; and the shortcut through
 * the host's against the FPU. Hosts without <fenv.h> modes or with a wider FLT_EVAL_METHOD skip the first part. */
#include <check.h>
#include <fenv.h>
#include <stdlib.h>

#include "cpu/fpu/fpu.h"
#include "cpu/fpu/fpu_host.h"

#define S HB_FPU_S
#define D HB_FPU_D

/* ---- Operands -------------------------------------------------------------------------------------------------- */

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

static uint64_t any_bits(enum hb_fpu_format format) {
    return random_64() >> (format == S ? 32 : 0);
}

static int32_t fraction_bits(enum hb_fpu_format format) {
    return format == S ? 23 : 52;
}
static int32_t field_max(enum hb_fpu_format format) {
    return format == S ? 0xff : 0x7ff;
}

static int32_t field_of(enum hb_fpu_format format, uint64_t bits) {
    return (int32_t)(bits >> fraction_bits(format)) & field_max(format);
}

/* Any bits, a run of ones, a few ones, a few zeros, or many zeros at the end: halfway cases and
 * carries come of these. */
static uint64_t random_fraction(enum hb_fpu_format format) {
    int32_t width = fraction_bits(format);
    uint64_t mask = (1ull << width) - 1, any = random_64() & mask;
    uint64_t few = 1ull << random_between(0, width - 1) | (random_64() & 1) << random_between(0, width - 1);
    switch (random_64() % 6) {
    case 0: return mask >> random_between(0, width - 1) & mask << random_between(0, width - 1);
    case 1: return few;
    case 2: return ~few & mask;
    case 3: return any & mask << random_between(0, width);
    case 4: return any >> random_between(0, width);
    default: return any;
    }
}

static uint64_t compose(enum hb_fpu_format format, int32_t field, uint64_t fraction) {
    int32_t highest = field_max(format) - 1;
    uint64_t bounded = (uint64_t)(field < 0 ? 0 : field > highest ? highest : field);
    uint64_t magnitude = bounded << fraction_bits(format) | fraction;
    return random_64() & 1 ? hb_fpu_negate(format, magnitude) : magnitude;
}

/* Zero, the smallest and largest subnormal, the smallest normal, one and its neighbours, the
 * largest, infinity, NaNs. */
static uint64_t special(enum hb_fpu_format format) {
    uint64_t unit = 1ull << fraction_bits(format), one = (uint64_t)(field_max(format) / 2) * unit;
    uint64_t infinite = (uint64_t)field_max(format) * unit;
    uint64_t table[] = {0,
                        1,
                        unit - 1,
                        unit,
                        unit + 1,
                        one - 1,
                        one,
                        one + 1,
                        infinite - 1,
                        infinite,
                        unit,
                        infinite,
                        infinite + 1,
                        infinite + 1 + unit / 2};
    uint64_t bits = table[random_64() % (sizeof table / sizeof table[0])];
    return random_64() & 1 ? hb_fpu_negate(format, bits) : bits;
}

/* An operand that makes trouble together with another one. */
static uint64_t random_operand(enum hb_fpu_format format, uint64_t other) {
    int32_t width = fraction_bits(format), field = field_of(format, other), one = field_max(format) / 2;
    switch (random_64() % 8) {
    case 0: return any_bits(format);
    case 1: return special(format);
    case 2: return compose(format, field + random_between(-2, 2), random_fraction(format));
    case 3: return compose(format, field + random_between(-width - 4, width + 4), random_fraction(format));
    /* The product, then the quotient, is near the smallest normal number or the largest. */
    case 4: return compose(format, one - field + random_between(-width - 3, 3), random_fraction(format));
    case 5: return compose(format, 3 * one - field + random_between(-3, 3), random_fraction(format));
    case 6: return compose(format, 0, random_fraction(format));
    default: return hb_fpu_negate(format, other) ^ (random_64() % 8 >> (random_64() & 3));
    }
}

/* ---- The operations on the host -------------------------------------------------------------------------------- */

struct operands {
    uint64_t a, b, c;
};

/* volatile: neither computed beforehand nor moved over the reading of the flags. */
#define HOST(name, single, twofold)                                                                                    \
    static uint64_t name(enum hb_fpu_format format, struct operands o) {                                               \
        volatile float s = hb_fpu_host_float(o.a), t = hb_fpu_host_float(o.b), u = hb_fpu_host_float(o.c);             \
        volatile double x = hb_fpu_host_double(o.a), y = hb_fpu_host_double(o.b), z = hb_fpu_host_double(o.c);         \
        volatile float narrow = 0;                                                                                     \
        volatile double wide = 0;                                                                                      \
        (void)s, (void)t, (void)u, (void)x, (void)y, (void)z;                                                          \
        if (format == S)                                                                                               \
            narrow = single;                                                                                           \
        else                                                                                                           \
            wide = twofold;                                                                                            \
        return format == S ? hb_fpu_host_bits_s(narrow) : hb_fpu_host_bits_d(wide);                                    \
    }

HOST(host_add, s + t, x + y)
HOST(host_subtract, s - t, x - y)
HOST(host_multiply, s *t, x *y)
HOST(host_divide, s / t, x / y)
HOST(host_root, sqrtf(s), sqrt(x))
HOST(host_madd, fmaf(s, t, u), fma(x, y, z))
HOST(host_msub, fmaf(s, t, -u), fma(x, y, -z))
HOST(host_nmsub, fmaf(-s, t, u), fma(-x, y, z))
HOST(host_nmadd, fmaf(-s, t, -u), fma(-x, y, -z))
HOST(host_from_other, (float)x, (double)s)
HOST(host_from_w, (float)(int32_t)o.a, (double)(int32_t)o.a)
HOST(host_from_l, (float)(int64_t)o.a, (double)(int64_t)o.a)

#define OURS(name, call)                                                                                               \
    static uint64_t name(enum hb_fpu_format format, struct operands o, enum hb_fpu_rounding mode, uint8_t *flags) {    \
        return call;                                                                                                   \
    }

OURS(our_add, hb_fpu_add(format, o.a, o.b, mode, flags))
OURS(our_subtract, hb_fpu_add(format, o.a, hb_fpu_negate(format, o.b), mode, flags))
OURS(our_multiply, hb_fpu_multiply(format, o.a, o.b, mode, flags))
OURS(our_divide, hb_fpu_divide(format, o.a, o.b, mode, flags))
OURS(our_root, hb_fpu_root(format, o.a, mode, flags))
OURS(our_madd, hb_fpu_fused(format, HB_FPU_MADD, o.a, o.b, o.c, mode, flags))
OURS(our_msub, hb_fpu_fused(format, HB_FPU_MSUB, o.a, o.b, o.c, mode, flags))
OURS(our_nmsub, hb_fpu_fused(format, HB_FPU_NMSUB, o.a, o.b, o.c, mode, flags))
OURS(our_nmadd, hb_fpu_fused(format, HB_FPU_NMADD, o.a, o.b, o.c, mode, flags))
OURS(our_from_other, hb_fpu_convert(format, format == S ? D : S, o.a, mode, flags))
OURS(our_from_w, hb_fpu_from_integer(format, HB_FPU_W, o.a, mode, flags))
OURS(our_from_l, hb_fpu_from_integer(format, HB_FPU_L, o.a, mode, flags))
OURS(short_add, hb_fpu_host_add(format, o.a, o.b, mode, flags))
OURS(short_subtract, hb_fpu_host_add(format, o.a, hb_fpu_negate(format, o.b), mode, flags))
OURS(short_multiply, hb_fpu_host_multiply(format, o.a, o.b, mode, flags))
OURS(short_divide, hb_fpu_host_divide(format, o.a, o.b, mode, flags))
OURS(short_root, hb_fpu_host_root(format, o.a, mode, flags))
OURS(short_madd, hb_fpu_host_fused(format, HB_FPU_MADD, o.a, o.b, o.c, mode, flags))
OURS(short_msub, hb_fpu_host_fused(format, HB_FPU_MSUB, o.a, o.b, o.c, mode, flags))
OURS(short_nmsub, hb_fpu_host_fused(format, HB_FPU_NMSUB, o.a, o.b, o.c, mode, flags))
OURS(short_nmadd, hb_fpu_host_fused(format, HB_FPU_NMADD, o.a, o.b, o.c, mode, flags))

typedef uint64_t our_function(enum hb_fpu_format, struct operands, enum hb_fpu_rounding, uint8_t *);

enum { INTEGER = 1, OTHER = 2, FUSED = 4 };

static const struct {
    const char *name;
    our_function *ours;
    uint64_t (*host)(enum hb_fpu_format, struct operands);
    our_function *shortcut;
    uint32_t kind;
} operations[] = {
    {"add", our_add, host_add, short_add, 0},
    {"subtract", our_subtract, host_subtract, short_subtract, 0},
    {"multiply", our_multiply, host_multiply, short_multiply, 0},
    {"divide", our_divide, host_divide, short_divide, 0},
    {"root", our_root, host_root, short_root, 0},
    {"madd", our_madd, host_madd, short_madd, FUSED},
    {"msub", our_msub, host_msub, short_msub, FUSED},
    {"nmsub", our_nmsub, host_nmsub, short_nmsub, FUSED},
    {"nmadd", our_nmadd, host_nmadd, short_nmadd, FUSED},
    {"from other", our_from_other, host_from_other, NULL, OTHER},
    {"from W", our_from_w, host_from_w, NULL, INTEGER},
    {"from L", our_from_l, host_from_l, NULL, INTEGER},
};
#define OPERATIONS ((int)(sizeof operations / sizeof operations[0]))

static struct operands random_operands(enum hb_fpu_format format, uint32_t kind) {
    struct operands o;
    if (kind == OTHER)
        format = format == S ? D : S;
    o.a = random_operand(format, random_operand(format, any_bits(format)));
    o.b = random_operand(format, o.a);
    o.c = random_operand(format, random_64() & 1 ? o.a : o.b);
    if (kind == FUSED && random_64() & 1) { /* the addend cancels the product, or nearly so */
        uint8_t ignored = 0;
        o.c = hb_fpu_negate(format, hb_fpu_multiply(format, o.a, o.b, HB_FPU_RNE, &ignored)) ^ (random_64() % 4 == 0);
    }
    if (kind == INTEGER)
        o.a = (uint64_t)((int64_t)(random_64() & ~0ull << random_between(0, 63)) >> random_between(0, 63));
    return o;
}

static bool is_nan(enum hb_fpu_format format, uint64_t bits) {
    return hb_fpu_classify(format, bits) >> 8 != 0;
}

/* ---- Against the host ------------------------------------------------------------------------------------------ */

static uint8_t host_flags(void) {
    int raised = fetestexcept(FE_ALL_EXCEPT);
    return (uint8_t)((raised & FE_INEXACT ? HB_FPU_NX : 0) | (raised & FE_UNDERFLOW ? HB_FPU_UF : 0) |
                     (raised & FE_OVERFLOW ? HB_FPU_OF : 0) | (raised & FE_DIVBYZERO ? HB_FPU_DZ : 0) |
                     (raised & FE_INVALID ? HB_FPU_NV : 0));
}

/* Flags of the host that mean what ours mean. x86 detects tininess after rounding, as RISC-V does, others before.
 * fma of NaNs is left to the host by IEEE 754 (7.2 c), and its flags to the library where there is no instruction. */
static uint8_t trusted_flags(enum hb_fpu_format format, uint32_t kind, struct operands o) {
    uint8_t trusted = HB_FPU_NX | HB_FPU_OF | HB_FPU_DZ | HB_FPU_NV;
#if defined(__x86_64__)
    trusted |= HB_FPU_UF;
    bool instruction = __builtin_cpu_supports("fma");
#else
    bool instruction = true;
#endif
    if (kind == FUSED && (!instruction || is_nan(format, o.a) || is_nan(format, o.b) || is_nan(format, o.c)))
        return 0;
    return trusted;
}

static const int host_modes[] = {
    [HB_FPU_RNE] = FE_TONEAREST,
    [HB_FPU_RTZ] = FE_TOWARDZERO,
    [HB_FPU_RDN] = FE_DOWNWARD,
    [HB_FPU_RUP] = FE_UPWARD,
};
#define HOST_MODES  4
#define HOST_ROUNDS 40000u

static void compare_with_host(int operation, enum hb_fpu_format format, enum hb_fpu_rounding mode) {
    struct operands o = random_operands(format, operations[operation].kind);
    uint8_t flags = 0, trusted = trusted_flags(format, operations[operation].kind, o);
    feclearexcept(FE_ALL_EXCEPT);
    uint64_t right = operations[operation].host(format, o);
    uint8_t right_flags = host_flags();
    uint64_t result = operations[operation].ours(format, o, mode, &flags);
    if (is_nan(format, right))
        right = format == S ? HB_FPU_NAN_S : HB_FPU_NAN_D;
    if (result == right && ((flags ^ right_flags) & trusted) == 0)
        return;
    fesetround(FE_TONEAREST);
    ck_abort_msg("%s %s mode %d of %016lx %016lx %016lx: %016lx, flags %02x; host %016lx, flags %02x",
                 operations[operation].name, format == S ? "S" : "D", mode, o.a, o.b, o.c, result, flags, right,
                 right_flags);
}

START_TEST(same_as_host) {
    enum hb_fpu_format format = (enum hb_fpu_format)(_i % 2);
    for (int mode = 0; mode < HOST_MODES; mode++) {
        ck_assert_int_eq(fesetround(host_modes[mode]), 0);
        for (uint32_t i = 0; i < HOST_ROUNDS; i++)
            compare_with_host(_i / 2, format, (enum hb_fpu_rounding)mode);
    }
    fesetround(FE_TONEAREST);
}
END_TEST

/* Roots of squares, and of their neighbours: as near to a result, or to halfway between two, as any number comes. */
START_TEST(roots_of_squares) {
    for (uint32_t i = 0; i < HOST_ROUNDS; i++) {
        double root = (double)(random_64() >> 37 | 1 << 26); /* 27 bits: its square has 53 or 54 */
        volatile double square = root * root;
        uint64_t bits = hb_fpu_host_bits_d(square) + random_64() % 3 - 1;
        for (int mode = 0; mode < HOST_MODES; mode++) {
            uint8_t flags = 0;
            fesetround(host_modes[mode]);
            feclearexcept(FE_ALL_EXCEPT);
            uint64_t right = host_root(D, (struct operands){.a = bits});
            uint8_t right_flags = host_flags();
            fesetround(FE_TONEAREST);
            uint64_t result = hb_fpu_root(D, bits, (enum hb_fpu_rounding)mode, &flags);
            if (result != right || flags != right_flags)
                ck_abort_msg("root of %016lx mode %d: %016lx, flags %02x", bits, mode, result, flags);
        }
    }
}
END_TEST

START_TEST(same_order_as_host) {
    enum hb_fpu_format format = (enum hb_fpu_format)_i;
    for (uint32_t i = 0; i < 10 * HOST_ROUNDS; i++) {
        struct operands o = random_operands(format, 0);
        double a = format == S ? (double)hb_fpu_host_float(o.a) : hb_fpu_host_double(o.a);
        double b = format == S ? (double)hb_fpu_host_float(o.b) : hb_fpu_host_double(o.b);
        uint8_t flags = 0;
        if (hb_fpu_equal(format, o.a, o.b, &flags) != (a == b) ||
            hb_fpu_less(format, o.a, o.b, &flags) != isless(a, b) ||
            hb_fpu_less_equal(format, o.a, o.b, &flags) != islessequal(a, b) ||
            flags != (isunordered(a, b) ? HB_FPU_NV : 0))
            ck_abort_msg("comparing %016lx %016lx, flags %02x", o.a, o.b, flags);
        if (a < b &&
            (hb_fpu_minimum(format, o.a, o.b, &flags) != o.a || hb_fpu_maximum(format, o.a, o.b, &flags) != o.b))
            ck_abort_msg("minimum or maximum of %016lx %016lx", o.a, o.b);
    }
}
END_TEST

/* ---- The shortcut ---------------------------------------------------------------------------------------------- */

#define SHORT_ROUNDS 300000u
#define SHORTCUTS    9

/* Operands of so few bits that many results are exact, of any size and of sizes near each other. */
static struct operands few_bits(enum hb_fpu_format format) {
    const int32_t one = field_max(format) / 2, near = (int32_t)random_between(1, field_max(format) - 1);
    const int32_t middle = random_64() % 2 ? one : near;
    const int32_t bits = (int32_t)random_between(1, fraction_bits(format) / 2 + 3);
    uint64_t value[3];
    for (uint32_t i = 0; i < 3; i++) {
        uint64_t fraction = random_64() >> (64 - bits) << (fraction_bits(format) - bits);
        value[i] = compose(format, middle + random_between(-30, 30), fraction);
    }
    return (struct operands){value[0], value[1], value[2]};
}

START_TEST(shortcut_cannot_be_told) {
    enum hb_fpu_format format = (enum hb_fpu_format)(_i % 2);
    uint32_t taken = 0;
    for (uint32_t i = 0; i < SHORT_ROUNDS; i++) {
        struct operands o = random_64() % 3 ? random_operands(format, operations[_i / 2].kind) : few_bits(format);
        enum hb_fpu_rounding mode = (enum hb_fpu_rounding)(random_64() % 4 ? HB_FPU_RNE : random_64() % 5);
        uint8_t before = (uint8_t)(random_64() % 32), flags = before, right_flags = before;
        uint64_t right = operations[_i / 2].ours(format, o, mode, &right_flags);
        uint64_t result = operations[_i / 2].shortcut(format, o, mode, &flags);
        taken += hb_fpu_host_may(mode) && hb_fpu_host_plain(format, result);
        if (result != right || flags != right_flags)
            ck_abort_msg("%s %s mode %d of %016lx %016lx %016lx: %016lx, flags %02x; right %016lx, flags %02x",
                         operations[_i / 2].name, format == S ? "S" : "D", mode, o.a, o.b, o.c, result, flags, right,
                         right_flags);
    }
    ck_assert_uint_gt(taken, FLT_EVAL_METHOD == 0 ? SHORT_ROUNDS / 8 : 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("fpu_host");
    TCase *host = tcase_create("host");
    tcase_set_timeout(host, 120);
    if (FLT_EVAL_METHOD == 0) {
        tcase_add_loop_test(host, same_as_host, 0, 2 * OPERATIONS);
        tcase_add_test(host, roots_of_squares);
    }
    tcase_add_loop_test(host, same_order_as_host, 0, 2);
    tcase_add_loop_test(host, shortcut_cannot_be_told, 0, 2 * SHORTCUTS);
    suite_add_tcase(suite, host);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
