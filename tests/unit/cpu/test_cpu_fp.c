/* Floating point in the hart: registers and their boxes, mstatus.FS, rounding modes, flags. The numbers: test_fpu.c. */
#include "tests/unit/cpu/cpu_rig.h"

#include "cpu/fpu/fpu.h"

#define FS_INITIAL 0x2000ull
#define FS_CLEAN   0x4000ull
#define FS_DIRTY   0x6000ull
#define BOX        0xffffffff00000000ull
#define ONE_S      0x3f800000ull
#define TWO_S      0x40000000ull
#define ONE_D      0x3ff0000000000000ull
#define THREE_D    0x4008000000000000ull
#define NAN_S      0x7fc00000ull
#define SIGNALLING 0x7ff0000000000001ull

static void make(struct rig *rig, int way) {
    rig_make(rig, 1, way);
    rig->hart->mstatus = FS_CLEAN;
    rig->hart->x[5] = DATA;
}

static uint32_t rounded(uint32_t bits, uint32_t mode) {
    return bits | mode << 12;
}

START_TEST(loads_and_stores_take_bits_as_they_are) {
    struct rig rig;
    make(&rig, _i);
    uint64_t *f = rig.hart->f;
    rig_put(&rig, DATA + 4, &(uint64_t){0x8899aabb7f800001}, 8); /* no number: a signalling NaN */
    ck_assert(rig_step(&rig, 0, op_i(HB_OP_FLW, 0, 5, 4)));
    ck_assert_uint_eq(f[0], BOX | 0x7f800001);
    ck_assert_uint_eq(rig.hart->x[0], 0);
    ck_assert(rig_step(&rig, 0, op_i(HB_OP_FLD, 31, 5, 4)));
    ck_assert_uint_eq(f[31], 0x8899aabb7f800001);
    ck_assert(rig_step(&rig, 0, op_s(HB_OP_FSW, 5, 31, 16))); /* the lower half, whether it is a box or not */
    ck_assert_uint_eq(rig_get(&rig, DATA + 16, 8), 0x7f800001);
    ck_assert(rig_step(&rig, 0, op_s(HB_OP_FSD, 5, 0, 27))); /* misaligned is no fault */
    ck_assert_uint_eq(rig_get(&rig, DATA + 27, 8), BOX | 0x7f800001);
    ck_assert(rig_step(&rig, 0, op_i(HB_OP_FLD, 1, 5, 61)) &&
              rig_step(&rig, 0, op_s(HB_OP_FSD, 5, 31, 61))); /* two lines */
    ck_assert_uint_eq(rig_get(&rig, DATA + 61, 8), f[31]);
    ck_assert_uint_eq(rig.hart->fflags, 0);
    rig_free(&rig);
}
END_TEST

START_TEST(compressed_loads_and_stores) {
    struct rig rig;
    make(&rig, _i);
    uint64_t *f = rig.hart->f, *x = rig.hart->x;
    f[10] = THREE_D;
    x[11] = DATA;
    x[2] = DATA + 8;
    ck_assert(rig_step(&rig, 0, 0xbde8)); /* c.fsd fa0,248(a1) */
    ck_assert_uint_eq(rig_get(&rig, DATA + 248, 8), THREE_D);
    ck_assert(rig_step(&rig, 0, 0xbfaa)); /* c.fsdsp fa0,504(sp) */
    ck_assert_uint_eq(rig_get(&rig, DATA + 8 + 504, 8), THREE_D);
    f[10] = 0;
    ck_assert(rig_step(&rig, 0, 0x3de8)); /* c.fld fa0,248(a1) */
    ck_assert_uint_eq(f[10], THREE_D);
    ck_assert(rig_step(&rig, 0, 0x307e)); /* c.fldsp ft0,504(sp) */
    ck_assert_uint_eq(f[0], THREE_D);
    ck_assert_uint_eq(x[0], 0);
    rig_free(&rig);
}
END_TEST

START_TEST(what_is_no_box_is_a_nan_to_operations_only) {
    struct rig rig;
    make(&rig, _i);
    uint64_t *f = rig.hart->f, *x = rig.hart->x;
    f[1] = ONE_S; /* not boxed */
    f[2] = BOX | ONE_S;
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FADD_S, 3, 1, 2)));
    ck_assert_uint_eq(f[3], BOX | NAN_S);
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FADD_S, 3, 2, 2)));
    ck_assert_uint_eq(f[3], BOX | TWO_S);
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FSGNJ_S, 3, 1, 2)));
    ck_assert_uint_eq(f[3], BOX | NAN_S);
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FSGNJN_D, 3, 1, 2)));
    ck_assert_uint_eq(f[3], ONE_S); /* the sign of f2 is set */
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FMV_X_W, 6, 1, 0)));
    ck_assert_uint_eq(x[6], ONE_S);
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FCLASS_S, 6, 1, 0)));
    ck_assert_uint_eq(x[6], 1 << 9);
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FCVT_D_S, 3, 1, 0)));
    ck_assert_uint_eq(f[3], HB_FPU_NAN_D);
    f[1] = 0x80000000;
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FMV_X_W, 6, 1, 0)));
    ck_assert_uint_eq(x[6], 0xffffffff80000000);
    x[7] = 0x123456783f800000;
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FMV_W_X, 0, 7, 0)));
    ck_assert_uint_eq(f[0], BOX | ONE_S);
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FMV_D_X, 0, 7, 0)));
    ck_assert_uint_eq(f[0], x[7]);
    rig_free(&rig);
}
END_TEST

START_TEST(fused_reads_three_registers) {
    struct rig rig;
    make(&rig, _i);
    uint64_t *f = rig.hart->f;
    f[1] = THREE_D;
    f[2] = THREE_D;
    f[31] = ONE_D;
    static const struct {
        uint16_t code;
        uint64_t result;
    } cases[] = {{HB_OP_FMADD_D, 0x4024000000000000},
                 {HB_OP_FMSUB_D, 0x4020000000000000},
                 {HB_OP_FNMSUB_D, 0xc020000000000000},
                 {HB_OP_FNMADD_D, 0xc024000000000000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert(rig_step(&rig, 0, op_r(cases[i].code, 3, 1, 2) | 31u << 27));
        ck_assert_uint_eq(f[3], cases[i].result);
    }
    rig_free(&rig);
}
END_TEST

/* ---- mstatus.FS ------------------------------------------------------------------------------------------------ */

/* What writes an f register or raises a flag makes the state dirty, and nothing else does. */
START_TEST(the_state_is_dirty_when_it_has_changed) {
    static const struct {
        const char *what;
        uint16_t code;
        bool dirty;
    } cases[] = {
        {"flw", HB_OP_FLW, true},          {"fsw", HB_OP_FSW, false},         {"fadd.d", HB_OP_FADD_D, true},
        {"feq.d", HB_OP_FEQ_D, false},     {"flt.d", HB_OP_FLT_D, true},      {"fcvt.w.d", HB_OP_FCVT_W_D, true},
        {"fclass", HB_OP_FCLASS_D, false}, {"fmv.x.d", HB_OP_FMV_X_D, false}, {"fmv.d.x", HB_OP_FMV_D_X, true},
        {"fsgnj.s", HB_OP_FSGNJ_S, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (uint64_t status = FS_INITIAL; status <= FS_CLEAN; status += FS_INITIAL) {
            struct rig rig;
            make(&rig, _i);
            rig.hart->mstatus = status;
            rig.hart->f[1] = HB_FPU_NAN_D; /* quiet: feq raises nothing, flt and conversions do */
            bool memory = cases[i].code == HB_OP_FLW || cases[i].code == HB_OP_FSW;
            ck_assert(rig_step(&rig, 0, op_r(cases[i].code, 6, memory ? 5 : 1, 0)));
            ck_assert_msg(rig.hart->mstatus == (cases[i].dirty ? FS_DIRTY : status), "%s", cases[i].what);
            rig.hart->mstatus = status;
            ck_assert(rig_step(&rig, 0, op_r(cases[i].code, 6, memory ? 5 : 1, 0)));
            bool again = cases[i].dirty && cases[i].code != HB_OP_FLT_D && cases[i].code != HB_OP_FCVT_W_D;
            ck_assert_msg(rig.hart->mstatus == (again ? FS_DIRTY : status), "%s", cases[i].what); /* the flag was up */
            rig_free(&rig);
        }
    }
}
END_TEST

START_TEST(everything_is_illegal_while_it_is_off) {
    for (uint16_t code = 0; code < HB_OP_CODES; code++) {
        if (!(hb_op_table[code].classes & HB_CLASS_FP))
            continue;
        struct rig rig;
        make(&rig, _i);
        rig.hart->mstatus = 0;
        rig.hart->f[6] = 0x1234;
        ck_assert_msg(!rig_step(&rig, 0, op_r(code, 6, 5, 0)), "%s", hb_op_info(code)->mnemonic);
        ck_assert(rig.hart->mcause == 2 && rig.hart->mtval == op_r(code, 6, 5, 0));
        ck_assert(rig.hart->f[6] == 0x1234 && !(rig.hart->mstatus & FS_DIRTY));
        rig_free(&rig);
    }
}
END_TEST

/* ---- Rounding and flags ---------------------------------------------------------------------------------------- */

START_TEST(the_mode_is_the_instructions_or_that_of_fcsr) {
    static const uint64_t third[] = {0x3fd5555555555555, 0x3fd5555555555555, 0x3fd5555555555555, 0x3fd5555555555556,
                                     0x3fd5555555555555};
    struct rig rig;
    make(&rig, _i);
    rig.hart->f[1] = ONE_D;
    rig.hart->f[2] = THREE_D;
    for (uint32_t mode = 0; mode < 8; mode++) {
        for (uint32_t frm = 0; frm < 8; frm++) {
            uint32_t used = mode == 7 ? frm : mode;
            rig.hart->frm = (uint8_t)frm;
            rig.hart->fflags = 0;
            rig.hart->f[3] = 0;
            rig.hart->privilege = HB_PRIV_M;
            rig.hart->pc = CODE;
            ck_assert_int_eq(rig_step(&rig, 0, rounded(op_r(HB_OP_FDIV_D, 3, 1, 2), mode)), used < 5);
            ck_assert_uint_eq(rig.hart->f[3], used < 5 ? third[used] : 0);
            ck_assert_uint_eq(rig.hart->fflags, used < 5 ? HB_FPU_NX : 0);
            if (used >= 5)
                ck_assert_uint_eq(rig.hart->mcause, 2);
            rig.hart->pc = CODE; /* also what never has to round */
            ck_assert_int_eq(rig_step(&rig, 0, rounded(op_r(HB_OP_FCVT_D_S, 3, 1, 0), mode)), used < 5);
            rig.hart->pc = CODE; /* but not what has no mode */
            ck_assert(rig_step(&rig, 0, op_r(HB_OP_FMIN_D, 3, 1, 2)));
        }
    }
    rig_free(&rig);
}
END_TEST

START_TEST(flags_add_up) {
    struct rig rig;
    make(&rig, _i);
    uint64_t *f = rig.hart->f;
    f[1] = ONE_D;
    f[2] = 0;
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FDIV_D, 3, 1, 2)));
    ck_assert_uint_eq(rig.hart->fflags, HB_FPU_DZ);
    f[2] = THREE_D;
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FDIV_D, 3, 1, 2)));
    ck_assert_uint_eq(rig.hart->fflags, HB_FPU_DZ | HB_FPU_NX);
    f[2] = SIGNALLING;
    ck_assert(rig_step(&rig, 0, op_r(HB_OP_FMAX_D, 3, 1, 2)));
    ck_assert_uint_eq(rig.hart->fflags, HB_FPU_DZ | HB_FPU_NX | HB_FPU_NV);
    ck_assert_uint_eq(f[3], ONE_D);
    rig_free(&rig);
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, loads_and_stores_take_bits_as_they_are, 0, RIG_WAYS);
    tcase_add_loop_test(tests, compressed_loads_and_stores, 0, RIG_WAYS);
    tcase_add_loop_test(tests, what_is_no_box_is_a_nan_to_operations_only, 0, RIG_WAYS);
    tcase_add_loop_test(tests, fused_reads_three_registers, 0, RIG_WAYS);
    tcase_add_loop_test(tests, the_state_is_dirty_when_it_has_changed, 0, RIG_WAYS);
    tcase_add_loop_test(tests, everything_is_illegal_while_it_is_off, 0, RIG_WAYS);
    tcase_add_loop_test(tests, the_mode_is_the_instructions_or_that_of_fcsr, 0, RIG_WAYS);
    tcase_add_loop_test(tests, flags_add_up, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu fp", add);
}
