/* What instructions cost (docs/timing.md), and to which cause the cycles beyond the first are counted. */
#include "tests/unit/cpu/cpu_rig.h"

#define NO_STALL HB_STALLS

struct cost_case {
    const char *text;
    uint32_t bits;
    uint64_t cycles;
    enum hb_stall cause;
};

/* x5: DATA; x6: 1; x7: CODE + 64. Lines are in the caches; x5's is modified. */
static const struct cost_case *costs(size_t *n) {
    static struct cost_case cases[40];
    const struct cost_case made[] = {
        {"addi", op_i(HB_OP_ADDI, 8, 6, 1), 1, NO_STALL},
        {"mul", op_r(HB_OP_MUL, 8, 6, 6), 1 + 2, HB_STALL_MUL_DIV},
        {"cpop", op_r(HB_OP_CPOP, 8, 6, 0), 1, NO_STALL},
        {"czero.nez", op_r(HB_OP_CZERO_NEZ, 8, 6, 6), 1, NO_STALL},
        {"divu", op_r(HB_OP_DIVU, 8, 6, 6), 1 + 20, HB_STALL_MUL_DIV},
        {"remw", op_r(HB_OP_REMW, 8, 6, 6), 1 + 20, HB_STALL_MUL_DIV},
        {"a branch forward, not taken", op_b(HB_OP_BNE, 6, 6, 8), 1, NO_STALL},
        {"a branch forward, taken", op_b(HB_OP_BEQ, 6, 6, 8), 1 + 2, HB_STALL_BRANCH},
        {"a branch back, taken", op_b(HB_OP_BEQ, 6, 6, -8), 1, NO_STALL},
        {"a branch back, not taken", op_b(HB_OP_BNE, 6, 6, -8), 1 + 2, HB_STALL_BRANCH},
        {"jal", 0x0080006f, 1 + 1, HB_STALL_BRANCH},
        {"jalr", op_i(HB_OP_JALR, 8, 7, 0), 1 + 2, HB_STALL_BRANCH},
        {"ld, a hit", op_i(HB_OP_LD, 8, 5, 0), 1, NO_STALL},
        {"sd, a hit", op_s(HB_OP_SD, 5, 6, 0), 1, NO_STALL},
        {"cbo.zero, a hit", op_r(HB_OP_CBO_ZERO, 0, 5, 0), 1, NO_STALL},
        {"amoadd, a hit", op_r(HB_OP_AMOADD_D, 8, 5, 6), 1 + 1, HB_STALL_ATOMIC},
        {"csrrw", op_csr(HB_OP_CSRRW, 8, 0x340, 6), 1 + 2, HB_STALL_CSR},
        {"fence", op_plain(HB_OP_FENCE), 1 + 2, HB_STALL_CSR},
        {"fence.i", op_plain(HB_OP_FENCE_I), 1 + 2, HB_STALL_CSR},
        {"sfence.vma", op_plain(HB_OP_SFENCE_VMA), 1 + 2, HB_STALL_CSR},
        {"fadd.d", op_r(HB_OP_FADD_D, 8, 6, 6), 1 + 3, HB_STALL_FP},
        {"fnmadd.s", op_r(HB_OP_FNMADD_S, 8, 6, 6), 1 + 3, HB_STALL_FP},
        {"fcvt.d.lu", op_r(HB_OP_FCVT_D_LU, 8, 6, 0), 1 + 3, HB_STALL_FP},
        {"fcvt.w.s", op_r(HB_OP_FCVT_W_S, 8, 6, 0), 1 + 3, HB_STALL_FP},
        {"fdiv.s", op_r(HB_OP_FDIV_S, 8, 6, 6), 1 + 20, HB_STALL_FP},
        {"fsqrt.d", op_r(HB_OP_FSQRT_D, 8, 6, 0), 1 + 25, HB_STALL_FP},
        {"fsgnj.s", op_r(HB_OP_FSGNJ_S, 8, 6, 6), 1, NO_STALL},
        {"fmax.d", op_r(HB_OP_FMAX_D, 8, 6, 6), 1, NO_STALL},
        {"feq.s", op_r(HB_OP_FEQ_S, 8, 6, 6), 1, NO_STALL},
        {"fclass.d", op_r(HB_OP_FCLASS_D, 8, 6, 0), 1, NO_STALL},
        {"fmv.w.x", op_r(HB_OP_FMV_W_X, 8, 6, 0), 1, NO_STALL},
        {"fld, a hit", op_i(HB_OP_FLD, 8, 5, 0), 1, NO_STALL},
        {"fsd, a hit", op_s(HB_OP_FSD, 5, 6, 0), 1, NO_STALL},
    };
    memcpy(cases, made, sizeof made);
    *n = sizeof made / sizeof *made;
    return cases;
}

/* The hart at `pc` with warm caches and nothing pending from before. */
static void settle(struct rig *rig, uint64_t pc) {
    struct hb_hart *hart = rig->hart;
    hart->pc = pc;
    hart->x[5] = DATA;
    hart->x[6] = 1;
    hart->x[7] = CODE + 64;
    hart->ready_at = HB_NEVER;
    hart->load_rd = 0;
    hart->mstatus |= HB_MSTATUS_FS;
}

static uint64_t stalled(const struct hb_hart *hart) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < HB_STALLS; i++)
        sum += hart->stalled_cycles[i];
    return sum;
}

static uint64_t cost_of(struct rig *rig, uint32_t bits) {
    settle(rig, CODE + 16);
    ck_assert(rig_step(rig, 0, bits)); /* everything that it needs comes into the caches */
    settle(rig, CODE + 16);
    ck_assert(rig_step(rig, 0, op_s(HB_OP_SD, 5, 6, 0)));
    settle(rig, CODE + 16);
    rig_put(rig, CODE + 16, &bits, 4);
    uint64_t from = rig->machine->saved->cycle;
    ck_assert(rig_go(rig, 0));
    return rig->hart->ready_at - from;
}

START_TEST(instructions_cost_what_the_model_says) {
    size_t n;
    const struct cost_case *cases = costs(&n);
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (size_t i = 0; i < n; i++) {
        cost_of(&rig, cases[i].bits);
        uint64_t sum = stalled(rig.hart);
        uint64_t cause = cases[i].cause == NO_STALL ? 0 : rig.hart->stalled_cycles[cases[i].cause];
        settle(&rig, CODE + 16);
        uint64_t from = rig.machine->saved->cycle;
        ck_assert(rig_go(&rig, 0));
        uint64_t cycles = rig.hart->ready_at - from;
        ck_assert_msg(cycles == cases[i].cycles, "%s: %d cycles", cases[i].text, (int)cycles);
        ck_assert_uint_eq(stalled(rig.hart) - sum, cycles - 1);
        if (cases[i].cause != NO_STALL)
            ck_assert_uint_eq(rig.hart->stalled_cycles[cases[i].cause] - cause, cycles - 1);
    }
    rig_free(&rig);
}
END_TEST

START_TEST(the_next_instruction_waits_for_a_load) {
    static const struct {
        uint32_t rd, rs1, rs2;
        uint64_t cycles;
    } cases[] = {{8, 8, 0, 2}, {8, 0, 8, 2}, {8, 9, 10, 1}, {0, 0, 0, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        const uint32_t code[] = {op_i(HB_OP_LD, cases[i].rd, 5, 0), op_r(HB_OP_ADD, 11, cases[i].rs1, cases[i].rs2),
                                 op_r(HB_OP_ADD, 11, cases[i].rs1, cases[i].rs2)};
        rig_put(&rig, CODE + 16, code, sizeof code);
        for (uint32_t again = 0; again < 2; again++) {
            settle(&rig, CODE + 16);
            ck_assert(rig_go(&rig, 0));
            uint64_t from = rig.hart->ready_at;
            ck_assert(rig_go(&rig, 0));
            ck_assert_uint_eq(rig.hart->ready_at - from, cases[i].cycles);
            from = rig.hart->ready_at;
            ck_assert(rig_go(&rig, 0));
            ck_assert_uint_eq(rig.hart->ready_at - from, 1);
        }
        rig_free(&rig);
    }
}
END_TEST

/* x and f registers of one number are two registers. */
START_TEST(a_load_is_waited_for_by_who_reads_that_register) {
    static const struct {
        bool f; /* fld, else ld */
        uint32_t rd;
        uint16_t code;
        uint32_t rs1, rs2, rs3;
        uint64_t cycles; /* without those of floating point */
    } cases[] = {
        {true, 8, HB_OP_FSGNJ_D, 8, 9, 0, 2},     {true, 8, HB_OP_FSGNJ_D, 9, 8, 0, 2},
        {true, 8, HB_OP_FSGNJ_D, 9, 9, 0, 1},     {true, 0, HB_OP_FSGNJ_D, 0, 9, 0, 2},
        {true, 8, HB_OP_ADD, 8, 8, 0, 1},         {false, 8, HB_OP_FSGNJ_D, 8, 8, 0, 1},
        {false, 8, HB_OP_FMV_D_X, 8, 0, 0, 2},    {true, 8, HB_OP_FMV_D_X, 8, 0, 0, 1},
        {true, 8, HB_OP_FMV_X_D, 8, 0, 0, 2},     {true, 0, HB_OP_ADD, 0, 0, 0, 1},
        {false, 0, HB_OP_FSGNJ_D, 0, 0, 0, 1},    {true, 5, HB_OP_FSD, 5, 9, 0, 1},
        {true, 9, HB_OP_FSD, 5, 9, 0, 2},         {true, 8, HB_OP_FMADD_D, 9, 9, 8, 2 + 3},
        {true, 8, HB_OP_FMADD_D, 9, 9, 0, 1 + 3}, {false, 0, HB_OP_FMADD_D, 0, 0, 0, 1 + 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        uint32_t next = cases[i].code == HB_OP_FSD
                            ? op_s(HB_OP_FSD, cases[i].rs1, cases[i].rs2, 0)
                            : op_r(cases[i].code, 11, cases[i].rs1, cases[i].rs2) | cases[i].rs3 << 27;
        const uint32_t code[] = {op_i(cases[i].f ? HB_OP_FLD : HB_OP_LD, cases[i].rd, 5, 0), next};
        rig_put(&rig, CODE + 16, code, sizeof code);
        for (uint32_t again = 0; again < 2; again++) {
            settle(&rig, CODE + 16);
            rig.hart->fflags = 0;
            ck_assert(rig_go(&rig, 0));
            rig.hart->x[5] = DATA;
            uint64_t from = rig.hart->ready_at;
            ck_assert(rig_go(&rig, 0));
            if (again || cases[i].code != HB_OP_FSD) /* the first store makes the line its own */
                ck_assert_msg(rig.hart->ready_at - from == cases[i].cycles, "case %zu: %d", i,
                              (int)(rig.hart->ready_at - from));
        }
        rig_free(&rig);
    }
}
END_TEST

START_TEST(traps_and_returns_drain_the_pipeline) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    settle(&rig, CODE + 16);
    ck_assert(rig_step(&rig, 0, NOP));
    settle(&rig, CODE + 16);
    const uint32_t ecall = op_plain(HB_OP_ECALL);
    rig_put(&rig, CODE + 16, &ecall, 4);
    uint64_t from = rig.machine->saved->cycle, sum = rig.hart->stalled_cycles[HB_STALL_TRAP];
    ck_assert(!rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->ready_at - from, 1 + 4);
    ck_assert_uint_eq(rig.hart->stalled_cycles[HB_STALL_TRAP] - sum, 1 + 4); /* the ecall does not retire */
    ck_assert_uint_eq(cost_of(&rig, op_csr(HB_OP_CSRRW, 0, 0x341, 7)), 3);
    rig_write_csr(&rig, 0x300, HB_MSTATUS_MPP);
    settle(&rig, CODE + 16);
    const uint32_t mret = op_plain(HB_OP_MRET);
    rig_put(&rig, CODE + 16, &mret, 4);
    from = rig.machine->saved->cycle;
    ck_assert(rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->ready_at - from, 1 + 4);
    rig_free(&rig);
}
END_TEST

/* A line from memory: 1 + 1 + 40 + 8 cycles from the grant, which comes in the cycle after the request. */
START_TEST(a_miss_waits_for_the_bus) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    cost_of(&rig, NOP);
    settle(&rig, CODE + 16);
    rig.hart->x[5] = DATA + 0x800;
    const uint32_t load = op_i(HB_OP_LD, 8, 5, 0);
    rig_put(&rig, CODE + 16, &load, 4);
    uint64_t from = rig.machine->saved->cycle, sum = rig.hart->stalled_cycles[HB_STALL_LOAD];
    ck_assert(rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->ready_at - from, 1 + 50 + 1);
    ck_assert_uint_eq(rig.hart->stalled_cycles[HB_STALL_LOAD] - sum, 51);
    rig_free(&rig);
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, instructions_cost_what_the_model_says, 0, RIG_WAYS);
    tcase_add_loop_test(tests, the_next_instruction_waits_for_a_load, 0, RIG_WAYS);
    tcase_add_loop_test(tests, a_load_is_waited_for_by_who_reads_that_register, 0, RIG_WAYS);
    tcase_add_loop_test(tests, traps_and_returns_drain_the_pipeline, 0, RIG_WAYS);
    tcase_add_loop_test(tests, a_miss_waits_for_the_bus, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu costs", add);
}
