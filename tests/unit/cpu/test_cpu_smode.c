/* Supervisor mode: what is delegated to it, returns from it, its interrupts, and its own timer. */
#include "sim/engine/run.h"
#include "tests/unit/cpu/cpu_rig.h"

#define S_HANDLER (RAM + 0x3000)
#define SIE       HB_MSTATUS_SIE
#define SPIE      HB_MSTATUS_SPIE
#define SPP       HB_MSTATUS_SPP

enum {
    STVEC = 0x105,
    SEPC = 0x141,
    STIMECMP = 0x14d,
    MSTATUS = 0x300,
    MEDELEG = 0x302,
    MIDELEG = 0x303,
    MIE = 0x304,
    MCOUNTEREN = 0x306,
    MENVCFG = 0x30a,
    MEPC = 0x341,
    MIP = 0x344,
    TIME = 0xc01
};

static void make(struct rig *rig, int way) {
    rig_make(rig, 1, way);
    rig_write_csr(rig, STVEC, S_HANDLER);
    rig_write_csr(rig, 0x3b0, ~0ull);
    rig_write_csr(rig, 0x3a0, 0x1f);
}

/* ---- Delegation ------------------------------------------------------------------------------------------------ */

START_TEST(exceptions_go_where_medeleg_says) {
    static const struct {
        uint8_t mode;
        uint64_t medeleg;
        uint16_t code;
        uint64_t cause;
        bool to_s;
    } cases[] = {
        {HB_PRIV_U, 1u << 8, HB_OP_ECALL, 8, true},      {HB_PRIV_U, ~(1ull << 8), HB_OP_ECALL, 8, false},
        {HB_PRIV_S, 1u << 9, HB_OP_ECALL, 9, true},      {HB_PRIV_S, ~(1ull << 9), HB_OP_ECALL, 9, false},
        {HB_PRIV_M, ~0ull, HB_OP_ECALL, 11, false},      {HB_PRIV_U, 1u << 2, HB_OP_MRET, 2, true},
        {HB_PRIV_S, ~(1ull << 2), HB_OP_MRET, 2, false}, {HB_PRIV_M, ~0ull, HB_OP_EBREAK, 3, false},
        {HB_PRIV_S, 1u << 3, HB_OP_EBREAK, 3, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        make(&rig, _i);
        struct hb_hart *hart = rig.hart;
        rig_write_csr(&rig, MEDELEG, cases[i].medeleg);
        if (cases[i].mode != HB_PRIV_M)
            rig_enter(&rig, cases[i].mode, true);
        hart->mstatus |= SIE | HB_MSTATUS_MIE;
        const struct hb_hart before = *hart;
        uint32_t bits = op_plain(cases[i].code);
        uint64_t value = cases[i].cause == 2 ? bits : cases[i].cause == 3 ? before.pc : 0;
        ck_assert(!rig_step(&rig, 0, bits));
        if (cases[i].to_s) {
            ck_assert(hart->privilege == HB_PRIV_S && hart->pc == S_HANDLER);
            ck_assert(hart->scause == cases[i].cause && hart->sepc == before.pc && hart->stval == value);
            ck_assert_uint_eq(hart->mstatus & (SIE | SPIE | SPP), SPIE | (before.privilege == HB_PRIV_S ? SPP : 0));
            ck_assert(hart->mstatus & HB_MSTATUS_MIE && hart->mepc == before.mepc && hart->mcause == before.mcause);
        } else {
            ck_assert(hart->privilege == HB_PRIV_M && hart->pc == HANDLER);
            ck_assert(hart->mcause == cases[i].cause && hart->mepc == before.pc && hart->mtval == value);
            ck_assert_uint_eq((hart->mstatus & HB_MSTATUS_MPP) >> HB_MSTATUS_MPP_SHIFT, before.privilege);
            ck_assert(hart->mstatus & SIE && hart->sepc == before.sepc && hart->scause == before.scause);
        }
        rig_free(&rig);
    }
}
END_TEST

START_TEST(sret_goes_back) {
    struct rig rig;
    make(&rig, _i);
    struct hb_hart *hart = rig.hart;
    rig_write_csr(&rig, SEPC, CODE + 0x40);
    rig_write_csr(&rig, MSTATUS, SPP | SPIE | HB_MSTATUS_MPRV);
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_SRET))); /* M mode may as well */
    ck_assert(hart->privilege == HB_PRIV_S && hart->pc == CODE + 0x40);
    ck_assert_uint_eq(hart->mstatus, SIE | SPIE); /* SPP: the least mode; MPRV is cleared */
    rig_write_csr(&rig, SEPC, CODE + 0x80);
    hart->mstatus &= ~(SIE | SPIE);
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_SRET)));
    ck_assert(hart->privilege == HB_PRIV_U && hart->pc == CODE + 0x80 && hart->mstatus == SPIE);
    rig_free(&rig);
}
END_TEST

START_TEST(machine_mode_can_forbid_what_virtualizes_badly) {
    static const struct {
        uint64_t status;
        uint16_t code;
    } cases[] = {{HB_MSTATUS_TSR, HB_OP_SRET}, {HB_MSTATUS_TVM, HB_OP_SFENCE_VMA}, {HB_MSTATUS_TW, HB_OP_WFI}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (uint32_t forbidden = 0; forbidden < 2; forbidden++) {
            struct rig rig;
            make(&rig, _i);
            rig_enter(&rig, HB_PRIV_S, true);
            rig.hart->mstatus |=
                forbidden ? cases[i].status : ~cases[i].status & (HB_MSTATUS_TSR | HB_MSTATUS_TVM | HB_MSTATUS_TW);
            ck_assert_int_eq(rig_step(&rig, 0, op_plain(cases[i].code)), !forbidden);
            if (forbidden)
                ck_assert_uint_eq(rig.hart->mcause, 2);
            rig_free(&rig);
        }
    }
}
END_TEST

/* ---- Interrupts ------------------------------------------------------------------------------------------------ */

#define I(n) (1ull << 63 | (n))

START_TEST(interrupts_go_to_the_mode_that_has_them) {
    static const struct {
        uint8_t mode;
        uint64_t status, mideleg, enabled;
        uint32_t pending;
        uint64_t cause; /* 0: none */
        bool to_s;
    } cases[] = {
        {HB_PRIV_S, SIE, 0x222, 0x222, HB_MIP_SSIP | HB_MIP_STIP | HB_MIP_SEIP, I(9), true},
        {HB_PRIV_S, SIE, 0x222, 0x222, HB_MIP_SSIP | HB_MIP_STIP, I(1), true},
        {HB_PRIV_S, SIE, 0x222, 0x222, HB_MIP_STIP, I(5), true},
        {HB_PRIV_S, 0, 0x222, 0x222, HB_MIP_STIP, 0, true},
        {HB_PRIV_S, SIE, 0x222, 0x202, HB_MIP_STIP, 0, true},
        {HB_PRIV_U, 0, 0x222, 0x222, HB_MIP_STIP, I(5), true}, /* in U mode SIE does not count */
        {HB_PRIV_M, SIE | HB_MSTATUS_MIE, 0x222, 0x222, HB_MIP_SSIP | HB_MIP_STIP | HB_MIP_SEIP, 0, true},
        {HB_PRIV_S, SIE, 0x002, 0x222, HB_MIP_STIP, I(5), false}, /* not delegated */
        {HB_PRIV_S, 0, 0x002, 0x222, HB_MIP_STIP, I(5), false},   /* below M mode, MIE does not count */
        {HB_PRIV_M, 0, 0x002, 0x222, HB_MIP_STIP, 0, false},
        {HB_PRIV_M, HB_MSTATUS_MIE, 0x002, 0x222, HB_MIP_SEIP, I(9), false},
        {HB_PRIV_S, SIE, 0x222, 0xaaa, HB_MIP_SEIP | HB_MIP_MTIP, I(7), false}, /* M mode's come first */
        {HB_PRIV_M, HB_MSTATUS_MIE, 0, 0xaaa, HB_MIP_SEIP | HB_MIP_SSIP | HB_MIP_MTIP, I(7), false},
        {HB_PRIV_M, HB_MSTATUS_MIE, 0, 0xaaa, HB_MIP_SEIP | HB_MIP_SSIP | HB_MIP_STIP, I(9), false},
        {HB_PRIV_M, HB_MSTATUS_MIE, 0, 0xaaa, HB_MIP_SSIP | HB_MIP_STIP, I(1), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        make(&rig, _i);
        struct hb_hart *hart = rig.hart;
        rig_write_csr(&rig, MIDELEG, cases[i].mideleg);
        if (cases[i].mode != HB_PRIV_M)
            rig_enter(&rig, cases[i].mode, true);
        hart->mstatus |= cases[i].status;
        hart->mie = cases[i].enabled;
        const uint32_t nop = NOP;
        rig_put(&rig, CODE + 0x80, &nop, sizeof nop);
        hart->pc = CODE + 0x80;
        hb_core_set_pending(rig_core(&rig, 0), cases[i].pending, true, rig.machine->saved->cycle);
        ck_assert_msg(rig_go(&rig, 0) == (cases[i].cause == 0), "case %zu", i);
        if (cases[i].cause) {
            ck_assert_msg((cases[i].to_s ? hart->scause : hart->mcause) == cases[i].cause, "case %zu", i);
            ck_assert_uint_eq(cases[i].to_s ? hart->sepc : hart->mepc, CODE + 0x80);
            ck_assert_uint_eq(hart->privilege, cases[i].to_s ? HB_PRIV_S : HB_PRIV_M);
            ck_assert_uint_eq(hart->pc, cases[i].to_s ? S_HANDLER : HANDLER);
        }
        rig_free(&rig);
    }
}
END_TEST

START_TEST(vectors_of_supervisor_mode) {
    struct rig rig;
    make(&rig, _i);
    rig_write_csr(&rig, STVEC, S_HANDLER | 1);
    rig_write_csr(&rig, MEDELEG, ~0ull);
    rig_write_csr(&rig, MIDELEG, ~0ull);
    rig_write_csr(&rig, MIE, 0x222);
    rig_enter(&rig, HB_PRIV_S, true);
    ck_assert(!rig_step(&rig, 0, op_plain(HB_OP_ECALL)));
    ck_assert_uint_eq(rig.hart->pc, S_HANDLER);
    rig.hart->mstatus |= SIE;
    hb_core_set_pending(rig_core(&rig, 0), HB_MIP_SEIP, true, rig.machine->saved->cycle);
    ck_assert(!rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->pc, S_HANDLER + 4 * 9);
    rig_free(&rig);
}
END_TEST

/* Writing what lets an interrupt through lets it through at the next instruction. */
START_TEST(an_interrupt_comes_as_soon_as_it_may) {
    static const struct {
        uint32_t number;
        uint64_t value;
    } last[] = {{0x100, SIE}, {0x104, 2}, {0x144, 2}};
    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        struct rig rig;
        make(&rig, _i);
        rig_write_csr(&rig, MIDELEG, 0x222);
        rig_enter(&rig, HB_PRIV_S, true);
        for (size_t k = 0; k < sizeof last / sizeof *last; k++)
            if (k != i)
                rig_write_csr(&rig, last[k].number, last[k].value);
        ck_assert(rig_step(&rig, 0, NOP));
        rig_write_csr(&rig, last[i].number, last[i].value);
        ck_assert(!rig_step(&rig, 0, NOP));
        ck_assert_uint_eq(rig.hart->scause, I(1));
        rig_free(&rig);
    }
}
END_TEST

/* ---- Sstc ------------------------------------------------------------------------------------------------------ */

/* STIP is up exactly while time is not before stimecmp, from the first cycle of that tick on. */
START_TEST(stimecmp_raises_stip_at_its_tick) {
    struct rig rig;
    make(&rig, _i);
    struct hb_saved *saved = rig.machine->saved;
    uint64_t ticks = saved->cycle / 10 + 100;
    rig_write_csr(&rig, STIMECMP, ticks);
    ck_assert_uint_eq(rig_csr(&rig, MIP), 0);
    rig_write_csr(&rig, MENVCFG, HB_MENVCFG_STCE);
    rig.hart->ready_at = 10 * ticks + 100; /* it does nothing meanwhile */
    hb_machine_run(rig.machine, 10 * ticks);
    ck_assert_uint_eq(rig_csr(&rig, MIP), 0);
    hb_machine_run(rig.machine, 10 * ticks + 1);
    ck_assert_uint_eq(rig_csr(&rig, MIP), HB_MIP_STIP);
    ck_assert_uint_eq(rig_csr(&rig, TIME), ticks);
    rig.hart->ready_at = HB_NEVER;
    rig_write_csr(&rig, STIMECMP, ticks + 1000000); /* a later time takes the interrupt back */
    ck_assert_uint_eq(rig_csr(&rig, MIP), 0);
    rig_write_csr(&rig, STIMECMP, 0);
    ck_assert_uint_eq(rig_csr(&rig, MIP), HB_MIP_STIP);
    rig_write_csr(&rig, MENVCFG, 0);
    ck_assert_uint_eq(rig_csr(&rig, MIP), 0);
    rig_free(&rig);
}
END_TEST

START_TEST(stimecmp_ends_a_wfi) {
    struct rig rig;
    make(&rig, _i);
    struct hb_saved *saved = rig.machine->saved;
    rig_write_csr(&rig, MENVCFG, HB_MENVCFG_STCE);
    rig_write_csr(&rig, MCOUNTEREN, 2);
    rig_write_csr(&rig, MIDELEG, 0x222);
    rig_write_csr(&rig, MIE, 0x222);
    rig_enter(&rig, HB_PRIV_S, true);
    uint64_t ticks = saved->cycle / 10 + 500;
    rig_write_csr(&rig, STIMECMP, ticks);
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRSI, 0, 0x100, 2)));
    uint64_t next = rig.hart->pc + 4;
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_WFI)));
    ck_assert_uint_eq(rig.hart->run_state, HB_HART_IDLE);
    hb_machine_run(rig.machine, 10 * ticks + 1);
    ck_assert_uint_eq(rig.hart->scause, I(5));
    ck_assert_uint_eq(rig.hart->sepc, next);
    rig_free(&rig);
}
END_TEST

/* A hart that is started anew has no timer left from before. */
START_TEST(a_restart_takes_the_timer_back) {
    struct rig rig;
    make(&rig, _i);
    rig_write_csr(&rig, STIMECMP, 0);
    rig_write_csr(&rig, MENVCFG, HB_MENVCFG_STCE);
    ck_assert_uint_eq(rig_csr(&rig, MIP), HB_MIP_STIP);
    hb_hart_restart(rig_core(&rig, 0), CODE, rig.machine->saved->cycle);
    ck_assert_uint_eq(rig.hart->stimecmp, UINT64_MAX);
    ck_assert_uint_eq(rig.hart->menvcfg, 0);
    ck_assert_uint_eq(rig_csr(&rig, MIP), 0);
    rig_free(&rig);
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, exceptions_go_where_medeleg_says, 0, RIG_WAYS);
    tcase_add_loop_test(tests, sret_goes_back, 0, RIG_WAYS);
    tcase_add_loop_test(tests, machine_mode_can_forbid_what_virtualizes_badly, 0, RIG_WAYS);
    tcase_add_loop_test(tests, interrupts_go_to_the_mode_that_has_them, 0, RIG_WAYS);
    tcase_add_loop_test(tests, vectors_of_supervisor_mode, 0, RIG_WAYS);
    tcase_add_loop_test(tests, an_interrupt_comes_as_soon_as_it_may, 0, RIG_WAYS);
    tcase_add_loop_test(tests, stimecmp_raises_stip_at_its_tick, 0, RIG_WAYS);
    tcase_add_loop_test(tests, stimecmp_ends_a_wfi, 0, RIG_WAYS);
    tcase_add_loop_test(tests, a_restart_takes_the_timer_back, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu smode", add);
}
