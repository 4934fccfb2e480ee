/* Traps: what causes them, what they leave behind, returns, interrupts and their order, WFI, and traps without end. */
#include "tests/unit/cpu/cpu_rig.h"

#define MIE  HB_MSTATUS_MIE
#define MPIE HB_MSTATUS_MPIE
#define MPP  HB_MSTATUS_MPP

/* ---- Exceptions ------------------------------------------------------------------------------------------------ */

/* x5 holds `address` when `bits` is executed. */
struct cause_case {
    const char *text;
    uint32_t bits;
    uint64_t address;
    uint64_t cause;
    uint64_t value;
};

static void check_causes(struct rig *rig, const struct cause_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct hb_hart *hart = rig->hart;
        hart->x[5] = cases[i].address;
        hart->mstatus |= MIE;
        const struct hb_hart before = *hart;
        ck_assert_msg(!rig_step(rig, 0, cases[i].bits), "%s does not trap", cases[i].text);
        ck_assert_msg(hart->mcause == cases[i].cause && hart->mtval == cases[i].value, "%s: cause %d, value 0x%lx",
                      cases[i].text, (int)hart->mcause, (unsigned long)hart->mtval);
        ck_assert_uint_eq(hart->mepc, before.pc);
        ck_assert_uint_eq(hart->pc, HANDLER);
        ck_assert_uint_eq(hart->privilege, HB_PRIV_M);
        ck_assert_uint_eq(hart->mstatus & (MIE | MPIE), MPIE);
        ck_assert_uint_eq((hart->mstatus & MPP) >> HB_MSTATUS_MPP_SHIFT, before.privilege);
        ck_assert_uint_eq(hart->instructions, before.instructions);
        ck_assert_int_eq(memcmp(hart->x, before.x, sizeof hart->x[0] * 32), 0);
        if (before.privilege == HB_PRIV_U)
            ck_assert(rig_step(rig, 0, op_plain(HB_OP_MRET)));
        hart->pc = before.pc;
    }
}

START_TEST(exceptions_in_machine_mode) {
    const struct cause_case cases[] = {
        {"a word of ones", 0xffffffff, 0, 2, 0xffffffff},
        {"a half of zeros", 0x0000, 0, 2, 0},
        {"c.addiw zero", 0x2001, 0, 2, 0x2001},
        {"sfence.vma with a rd", 0x120000f3, 0, 2, 0x120000f3},
        {"fadd.s without floating point", op_r(HB_OP_FADD_S, 6, 5, 7), 0, 2, op_r(HB_OP_FADD_S, 6, 5, 7)},
        {"c.fld without floating point", 0x2398, DATA, 2, 0x2398},
        {"a CSR that there is not", op_csr(HB_OP_CSRRS, 6, 0x7c0, 0), 0, 2, op_csr(HB_OP_CSRRS, 6, 0x7c0, 0)},
        {"writing mhartid", op_csr(HB_OP_CSRRW, 6, 0xf14, 5), 0, 2, op_csr(HB_OP_CSRRW, 6, 0xf14, 5)},
        {"setting no bit of cycle", op_csr(HB_OP_CSRRS, 6, 0xc00, 5), 0, 2, op_csr(HB_OP_CSRRS, 6, 0xc00, 5)},
        {"ecall", op_plain(HB_OP_ECALL), 0, 11, 0},
        {"ebreak", op_plain(HB_OP_EBREAK), 0, 3, CODE},
        {"c.ebreak", 0x9002, 0, 3, CODE},
        {"lr.w, misaligned", op_r(HB_OP_LR_W, 6, 5, 0), DATA + 2, 4, DATA + 2},
        {"sc.d, misaligned", op_r(HB_OP_SC_D, 6, 5, 7), DATA + 4, 6, DATA + 4},
        {"amoadd.d, misaligned", op_r(HB_OP_AMOADD_D, 6, 5, 7), DATA + 4, 6, DATA + 4},
        {"amoadd.w, misaligned, nowhere", op_r(HB_OP_AMOADD_W, 6, 5, 7), NOWHERE + 2, 6, NOWHERE + 2},
        {"ld, nowhere", op_i(HB_OP_LD, 6, 5, -8), NOWHERE, 5, NOWHERE - 8},
        {"sd, nowhere", op_s(HB_OP_SD, 5, 6, 8), NOWHERE, 7, NOWHERE + 8},
        {"amoadd.w, nowhere", op_r(HB_OP_AMOADD_W, 6, 5, 7), NOWHERE, 7, NOWHERE},
        {"lr.w of a device", op_r(HB_OP_LR_W, 6, 5, 0), 0x2000000, 5, 0x2000000},
        {"sc.w of a device", op_r(HB_OP_SC_W, 6, 5, 7), 0x2000000, 7, 0x2000000},
        {"amoadd.w of a device", op_r(HB_OP_AMOADD_W, 6, 5, 7), 0x2000000, 7, 0x2000000},
        {"lh of a device, misaligned", op_i(HB_OP_LH, 6, 5, 1), 0x2000000, 5, 0x2000001},
        {"lw between the devices", op_i(HB_OP_LW, 6, 5, 0), 0x3000000, 5, 0x3000000},
        {"ld across the end of RAM", op_i(HB_OP_LD, 6, 5, -4), RAM + RAM_BYTES, 5, RAM + RAM_BYTES},
        {"sw to the boot ROM", op_s(HB_OP_SW, 5, 6, 0), 0x1000, 7, 0x1000},
        {"cbo.clean of a device", op_r(HB_OP_CBO_CLEAN, 0, 5, 1), 0x2000000, 7, 0x2000000},
    };
    struct rig rig;
    rig_make(&rig, 1, _i);
    check_causes(&rig, cases, sizeof cases / sizeof *cases);
    rig_free(&rig);
}
END_TEST

START_TEST(exceptions_in_user_mode) {
    const struct cause_case cases[] = {
        {"ecall", op_plain(HB_OP_ECALL), 0, 8, 0},
        {"mret", op_plain(HB_OP_MRET), 0, 2, op_plain(HB_OP_MRET)},
        {"sret", op_plain(HB_OP_SRET), 0, 2, op_plain(HB_OP_SRET)},
        {"sfence.vma", op_plain(HB_OP_SFENCE_VMA), 0, 2, op_plain(HB_OP_SFENCE_VMA)},
        {"wfi", op_plain(HB_OP_WFI), 0, 2, op_plain(HB_OP_WFI)},
        {"reading sstatus", op_csr(HB_OP_CSRRS, 6, 0x100, 0), 0, 2, op_csr(HB_OP_CSRRS, 6, 0x100, 0)},
        {"reading mscratch", op_csr(HB_OP_CSRRS, 6, 0x340, 0), 0, 2, op_csr(HB_OP_CSRRS, 6, 0x340, 0)},
        {"reading mhartid", op_csr(HB_OP_CSRRS, 6, 0xf14, 0), 0, 2, op_csr(HB_OP_CSRRS, 6, 0xf14, 0)},
        {"reading cycle without leave", op_csr(HB_OP_CSRRS, 6, 0xc00, 0), 0, 2, op_csr(HB_OP_CSRRS, 6, 0xc00, 0)},
        {"cbo.clean without leave", op_r(HB_OP_CBO_CLEAN, 0, 5, 1), DATA, 2, op_r(HB_OP_CBO_CLEAN, 0, 5, 1)},
        {"cbo.inval without leave", op_r(HB_OP_CBO_INVAL, 0, 5, 0), DATA, 2, op_r(HB_OP_CBO_INVAL, 0, 5, 0)},
    };
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_enter_user(&rig, true);
    check_causes(&rig, cases, sizeof cases / sizeof *cases);
    rig_free(&rig);
}
END_TEST

START_TEST(jumping_to_nowhere_traps_there) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig.hart->x[5] = NOWHERE + 1;
    ck_assert(rig_step(&rig, 0, op_i(HB_OP_JALR, 1, 5, 4)));
    ck_assert_uint_eq(rig.hart->x[1], CODE + 4);
    ck_assert_uint_eq(rig.hart->pc, NOWHERE + 4); /* bit 0 is cleared */
    ck_assert(!rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->mcause, 1);
    ck_assert_uint_eq(rig.hart->mepc, NOWHERE + 4);
    ck_assert_uint_eq(rig.hart->mtval, NOWHERE + 4);
    /* The second half of an instruction is what is not there. */
    const uint16_t half = 0x0013;
    rig_put(&rig, RAM + RAM_BYTES - 2, &half, 2);
    rig.hart->pc = RAM + RAM_BYTES - 2;
    ck_assert(!rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->mcause, 1);
    ck_assert_uint_eq(rig.hart->mepc, RAM + RAM_BYTES - 2);
    ck_assert_uint_eq(rig.hart->mtval, RAM + RAM_BYTES);
    rig_free(&rig);
}
END_TEST

START_TEST(mret_goes_back) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    struct hb_hart *hart = rig.hart;
    rig_write_csr(&rig, 0x341, CODE + 0x40);
    rig_write_csr(&rig, 0x300, MPP | HB_MSTATUS_MPRV);
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_MRET)));
    ck_assert_uint_eq(hart->pc, CODE + 0x40);
    ck_assert_uint_eq(hart->privilege, HB_PRIV_M);
    ck_assert_uint_eq(hart->mstatus, MPIE | HB_MSTATUS_MPRV); /* MIE is the old MPIE; MPP the least mode */
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_MRET)));
    ck_assert_uint_eq(hart->privilege, HB_PRIV_U);
    ck_assert_uint_eq(hart->mstatus, MIE | MPIE); /* going to U clears MPRV */
    rig_free(&rig);
}
END_TEST

/* ---- Traps without end ----------------------------------------------------------------------------------------- */

START_TEST(a_handler_that_cannot_begin_is_a_crash) {
    static const uint32_t first[] = {0x0000, 0xffffffff, 0x00003503 /* ld a0,0(zero) */, 0x00100073 /* ebreak */};
    for (size_t i = 0; i <= sizeof first / sizeof *first; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        if (i < sizeof first / sizeof *first)
            rig_put(&rig, HANDLER, &first[i], 4);
        else
            rig.hart->mtvec = NOWHERE; /* it is not there at all */
        ck_assert(!rig_step(&rig, 0, op_plain(HB_OP_ECALL)));
        ck_assert(!rig.hart->crashed);
        ck_assert(!rig_go(&rig, 0));
        ck_assert(rig.hart->crashed);
        ck_assert_uint_eq(rig.hart->crash_pc, CODE); /* told is the trap that it began with */
        ck_assert_uint_eq(rig.hart->crash_cause, 11);
        ck_assert_uint_eq(rig.machine->saved->outcome, HB_OUTCOME_CRASH);
        rig_free(&rig);
    }
}
END_TEST

START_TEST(a_handler_that_traps_later_is_none) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert(!rig_step(&rig, 0, op_plain(HB_OP_ECALL)));
        ck_assert_uint_eq(rig.hart->pc, HANDLER);
        ck_assert(rig_step(&rig, 0, NOP));
    }
    ck_assert(!rig_step(&rig, 0, 0xffffffff));
    ck_assert(!rig.hart->crashed);
    rig_free(&rig);
}
END_TEST

/* ---- Interrupts ------------------------------------------------------------------------------------------------ */

static void set_pending(struct rig *rig, uint32_t lines) {
    struct hb_core *core = rig_core(rig, 0);
    uint64_t now = rig->machine->saved->cycle;
    hb_core_set_pending(core, HB_MIP_MEIP | HB_MIP_MSIP | HB_MIP_MTIP, false, now);
    hb_core_set_pending(core, lines, true, now);
}

START_TEST(interrupts_come_in_their_order) {
    static const struct {
        uint32_t pending;
        uint64_t enabled;
        uint64_t cause; /* 0: none is taken */
    } cases[] = {
        {HB_MIP_MEIP | HB_MIP_MSIP | HB_MIP_MTIP, 0x888, 11},
        {HB_MIP_MSIP | HB_MIP_MTIP, 0x888, 3},
        {HB_MIP_MTIP, 0x888, 7},
        {HB_MIP_MEIP | HB_MIP_MTIP, 0x080, 7},
        {HB_MIP_MEIP | HB_MIP_MSIP, 0x080, 0},
        {0, 0x888, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        set_pending(&rig, cases[i].pending);
        rig_write_csr(&rig, 0x304, cases[i].enabled);
        ck_assert(rig_step(&rig, 0, NOP)); /* MIE is off */
        uint64_t pc = rig.hart->pc + 4;
        ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRSI, 0, 0x300, 8)));
        ck_assert_int_eq(rig_step(&rig, 0, NOP), cases[i].cause == 0);
        if (cases[i].cause) {
            ck_assert_uint_eq(rig.hart->mcause, 1ull << 63 | cases[i].cause);
            ck_assert_uint_eq(rig.hart->mepc, pc);
            ck_assert_uint_eq(rig.hart->mtval, 0);
            ck_assert_uint_eq(rig.hart->pc, HANDLER);
            ck_assert(rig_step(&rig, 0, NOP)); /* the handler itself is not interrupted */
        }
        rig_free(&rig);
    }
}
END_TEST

START_TEST(vectored_interrupts_go_to_their_entry_and_exceptions_to_the_base) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_write_csr(&rig, 0x305, HANDLER | 1);
    rig_write_csr(&rig, 0x304, 0x80);
    ck_assert(!rig_step(&rig, 0, op_plain(HB_OP_ECALL)));
    ck_assert_uint_eq(rig.hart->pc, HANDLER);
    set_pending(&rig, HB_MIP_MTIP);
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRSI, 0, 0x300, 8)));
    ck_assert(!rig_step(&rig, 0, NOP));
    ck_assert_uint_eq(rig.hart->pc, HANDLER + 4 * 7);
    rig_free(&rig);
}
END_TEST

START_TEST(user_mode_is_interrupted_whatever_mie_says) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_write_csr(&rig, 0x304, 0x8);
    rig_enter_user(&rig, true);
    ck_assert_uint_eq(rig.hart->mstatus & MIE, 0);
    set_pending(&rig, HB_MIP_MSIP);
    ck_assert(!rig_step(&rig, 0, NOP));
    ck_assert_uint_eq(rig.hart->mcause, 1ull << 63 | 3);
    ck_assert_uint_eq(rig.hart->mstatus & MPP, 0);
    rig_free(&rig);
}
END_TEST

/* ---- WFI ------------------------------------------------------------------------------------------------------- */

START_TEST(wfi_sleeps_until_something_enabled_is_pending) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_write_csr(&rig, 0x304, 0x80);
    uint64_t next = rig.hart->pc + 4;
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_WFI)));
    ck_assert_uint_eq(rig.hart->run_state, HB_HART_IDLE);
    ck_assert_uint_eq(rig.hart->ready_at, HB_NEVER);
    set_pending(&rig, HB_MIP_MSIP); /* not enabled */
    ck_assert_uint_eq(rig.hart->run_state, HB_HART_IDLE);
    set_pending(&rig, HB_MIP_MTIP); /* enabled, though MIE is off: it wakes, and is not interrupted */
    ck_assert_uint_eq(rig.hart->run_state, HB_HART_RUNNING);
    ck_assert_uint_eq(rig.hart->pc, next);
    ck_assert(rig_step(&rig, 0, NOP));
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_WFI))); /* it is still pending: no sleep */
    ck_assert_uint_eq(rig.hart->run_state, HB_HART_RUNNING);
    set_pending(&rig, HB_MIP_MSIP);
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_WFI)));
    ck_assert_uint_eq(rig.hart->run_state, HB_HART_IDLE);
    rig_free(&rig);
}
END_TEST

START_TEST(wfi_is_left_through_the_handler_with_interrupts_on) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_write_csr(&rig, 0x304, 0x80);
    rig_write_csr(&rig, 0x300, MIE);
    uint64_t next = rig.hart->pc + 4;
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_WFI)));
    set_pending(&rig, HB_MIP_MTIP);
    ck_assert(!rig_step(&rig, 0, NOP));
    ck_assert_uint_eq(rig.hart->mepc, next);
    ck_assert_uint_eq(rig.hart->mcause, 1ull << 63 | 7);
    rig_free(&rig);
}
END_TEST

/* With an S mode there is no wfi in U mode (section 3.3.3). */
START_TEST(wfi_below_machine_mode_is_for_supervisors_unless_tw_forbids_it) {
    static const struct {
        uint8_t mode;
        uint64_t status;
        bool may;
    } cases[] = {{HB_PRIV_U, 0, false},
                 {HB_PRIV_S, 0, true},
                 {HB_PRIV_S, HB_MSTATUS_TW, false},
                 {HB_PRIV_M, HB_MSTATUS_TW, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        if (cases[i].mode != HB_PRIV_M)
            rig_enter(&rig, cases[i].mode, true);
        rig.hart->mstatus |= cases[i].status;
        ck_assert_int_eq(rig_step(&rig, 0, op_plain(HB_OP_WFI)), cases[i].may);
        ck_assert_uint_eq(rig.hart->run_state, cases[i].may ? HB_HART_IDLE : HB_HART_RUNNING);
        if (!cases[i].may)
            ck_assert_uint_eq(rig.hart->mcause, 2);
        rig_free(&rig);
    }
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, exceptions_in_machine_mode, 0, RIG_WAYS);
    tcase_add_loop_test(tests, exceptions_in_user_mode, 0, RIG_WAYS);
    tcase_add_loop_test(tests, jumping_to_nowhere_traps_there, 0, RIG_WAYS);
    tcase_add_loop_test(tests, mret_goes_back, 0, RIG_WAYS);
    tcase_add_loop_test(tests, a_handler_that_cannot_begin_is_a_crash, 0, RIG_WAYS);
    tcase_add_loop_test(tests, a_handler_that_traps_later_is_none, 0, RIG_WAYS);
    tcase_add_loop_test(tests, interrupts_come_in_their_order, 0, RIG_WAYS);
    tcase_add_loop_test(tests, vectored_interrupts_go_to_their_entry_and_exceptions_to_the_base, 0, RIG_WAYS);
    tcase_add_loop_test(tests, user_mode_is_interrupted_whatever_mie_says, 0, RIG_WAYS);
    tcase_add_loop_test(tests, wfi_sleeps_until_something_enabled_is_pending, 0, RIG_WAYS);
    tcase_add_loop_test(tests, wfi_is_left_through_the_handler_with_interrupts_on, 0, RIG_WAYS);
    tcase_add_loop_test(tests, wfi_below_machine_mode_is_for_supervisors_unless_tw_forbids_it, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu traps", add);
}
