/* Control and status registers: what can be written, what is read back, and who may. */
#include "tests/unit/cpu/cpu_rig.h"

enum {
    FFLAGS = 0x001,
    FRM = 0x002,
    FCSR = 0x003,
    SSTATUS = 0x100,
    SIE = 0x104,
    STVEC = 0x105,
    SCOUNTEREN = 0x106,
    SENVCFG = 0x10a,
    SSCRATCH = 0x140,
    SEPC = 0x141,
    SCAUSE = 0x142,
    STVAL = 0x143,
    SIP = 0x144,
    STIMECMP = 0x14d,
    SATP = 0x180,
    MSTATUS = 0x300,
    MISA = 0x301,
    MEDELEG = 0x302,
    MIDELEG = 0x303,
    MIE = 0x304,
    MTVEC = 0x305,
    MCOUNTEREN = 0x306,
    MENVCFG = 0x30a,
    MSCRATCH = 0x340,
    MEPC = 0x341,
    MCAUSE = 0x342,
    MTVAL = 0x343,
    MIP = 0x344,
    MCYCLE = 0xb00,
    MINSTRET = 0xb02,
    MHPMCOUNTER3 = 0xb03,
    CYCLE = 0xc00,
    TIME = 0xc01,
    INSTRET = 0xc02,
    PMPCFG0 = 0x3a0,
    PMPCFG2 = 0x3a2,
    PMPADDR0 = 0x3b0,
};

/* What is written to a CSR and what is read then, one after the other. */
static const struct {
    uint32_t number;
    uint64_t written;
    uint64_t read;
} fields[] = {
    {MSTATUS, ~0ull,
     0x8000000a007e79aa}, /* SD; UXL and SXL are 2; TSR to MPRV, FS, MPP, SPP, and the six of interrupts */
    {MSTATUS, 0x1800, 0xa00001800},
    {MSTATUS, 0x0800, 0xa00000800},
    {MSTATUS, 0x1000, 0xa00000800},        /* there is no such mode: MPP stays */
    {MSTATUS, 0x4000, 0x0000000a00004000}, /* FS is clean: no SD */
    {MSTATUS, 0, 0xa00000000},
    {MISA, 0, 0x800000000014112d}, /* RV64IMAFDC, S and U, read-only */
    {MIE, ~0ull, 0xaaa},
    {SIE, ~0ull, 0}, /* nothing is delegated */
    {MIP, ~0ull, 0x222},
    {SIP, 0, 0},
    {MIP, 0, 0},
    {MTVEC, HANDLER | 1, HANDLER | 1},
    {MEPC, 0xffffffffffffffff, 0xfffffffffffffffe},
    {MCAUSE, 0x123456789abcdef0, 0x123456789abcdef0},
    {MTVAL, 0xfedcba9876543210, 0xfedcba9876543210},
    {MSCRATCH, 0xfedcba9876543210, 0xfedcba9876543210},
    {MCOUNTEREN, 0x7, 0x7},
    {SCOUNTEREN, ~0ull, 0xffffffff},
    {MEDELEG, ~0ull, 0xb3ff}, /* not the call from M mode, and nothing that is reserved */
    {MIDELEG, ~0ull, 0x222},
    {SIE, 0x20, 0x20},
    {MIE, 0x800, 0x800},
    {SIE, ~0ull, 0x222},
    {MIE, 0x2a8, 0x2a8},
    {MIP, ~0ull, 0x222},
    {SIP, ~0ull, 0x222},
    {SIP, 0, 0x220}, /* of what is delegated, S mode itself may change SSIP only */
    {MIP, 0, 0},
    {MENVCFG, ~0ull, 0x80000000000000f1},
    {MIP, ~0ull, 0x202}, /* with Sstc, STIP follows the timer */
    {MIP, 0, 0},
    {SENVCFG, ~0ull, 0xf1},
    {SSTATUS, ~0ull, 0x80000002000c6122},
    {MSTATUS, 0x1800, 0xa00001800},
    {SSTATUS, 0x20, 0x200000020},
    {STVEC, HANDLER | 1, HANDLER | 1},
    {STVEC, 0x1003, HANDLER | 1}, /* there is no such mode: nothing is written */
    {SSCRATCH, 0xfedcba9876543210, 0xfedcba9876543210},
    {SEPC, 0xffffffffffffffff, 0xfffffffffffffffe},
    {SCAUSE, 0x123456789abcdef0, 0x123456789abcdef0},
    {STVAL, 0xfedcba9876543210, 0xfedcba9876543210},
    {STIMECMP, 0xfedcba9876543210, 0xfedcba9876543210},
    {SATP, 0x8fffffffffffffff, 0x80000fffffffffff}, /* no address-space identifiers */
    {SATP, 0x9000000000000001, 0x80000fffffffffff}, /* there is no Sv48: nothing is written */
    {SATP, 0x1000000000000001, 0x80000fffffffffff},
    {SATP, 0, 0},
    {MHPMCOUNTER3, ~0ull, 0},
    {PMPADDR0 + 3, ~0ull, (1ull << 54) - 1},
    {PMPCFG2, 0x001b0908071f1801, 0x001b0908071f1801},
    {0x7a0, 1, 0}, /* there is no trigger */
    {0x7a1, ~0ull, 0},
    {0xf11, 0, 0},
    {0xf12, 0, 0},
    {0xf13, 0, 0},
    {0xf14, 0, 0},
    {0xf15, 0, 0},
};

START_TEST(fields_keep_what_they_can_hold) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        rig.hart->x[5] = fields[i].written;
        if (fields[i].number < 0xf00)
            ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRW, 0, fields[i].number, 5)));
        ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, fields[i].number, 0)));
        ck_assert_msg(rig.hart->x[6] == fields[i].read, "csr 0x%x: 0x%lx", fields[i].number,
                      (unsigned long)rig.hart->x[6]);
    }
    rig_free(&rig);
}
END_TEST

START_TEST(the_six_instructions) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    uint64_t *x = rig.hart->x;
    rig_write_csr(&rig, MSCRATCH, 0xf0);
    x[5] = 0x3c;
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, MSCRATCH, 5)));
    ck_assert(x[6] == 0xf0 && rig.hart->mscratch == 0xfc);
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRC, 6, MSCRATCH, 5)));
    ck_assert(x[6] == 0xfc && rig.hart->mscratch == 0xc0);
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRW, 5, MSCRATCH, 5))); /* an exchange */
    ck_assert(x[5] == 0xc0 && rig.hart->mscratch == 0x3c);
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRSI, 6, MSCRATCH, 3)));
    ck_assert(x[6] == 0x3c && rig.hart->mscratch == 0x3f);
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRCI, 6, MSCRATCH, 17)));
    ck_assert(x[6] == 0x3f && rig.hart->mscratch == 0x2e);
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRWI, 0, MSCRATCH, 31)));
    ck_assert(x[0] == 0 && rig.hart->mscratch == 31);
    ck_assert(
        rig_step(&rig, 0, op_csr(HB_OP_CSRRC, 6, 0xf14, 0))); /* x0 writes nothing, so read-only ones may be named */
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRSI, 6, CYCLE, 0)));
    ck_assert(!rig_step(&rig, 0, op_csr(HB_OP_CSRRWI, 6, CYCLE, 0))); /* but csrrw writes also a 0 */
    rig_free(&rig);
}
END_TEST

START_TEST(counters_go_on_from_what_is_written) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    uint64_t *x = rig.hart->x;
    x[5] = 1000;
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRW, 0, MINSTRET, 5)));
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, MINSTRET, 0)));
    ck_assert_uint_eq(x[6], 1000);
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, INSTRET, 0)));
    ck_assert_uint_eq(x[6], 1001);
    x[5] = 0;
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRW, 0, MCYCLE, 5)));
    uint64_t from = rig.machine->saved->cycle - 1; /* in which it was written */
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, CYCLE, 0)));
    ck_assert_uint_eq(x[6], rig.machine->saved->cycle - 1 - from);
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, TIME, 0)));
    ck_assert_uint_eq(x[6], (rig.machine->saved->cycle - 1) / 10);
    rig_free(&rig);
}
END_TEST

/* S mode asks mcounteren, U mode scounteren as well. */
START_TEST(counters_are_read_by_whom_they_are_opened_to) {
    static const uint32_t numbers[] = {CYCLE, TIME, INSTRET, CYCLE + 3, CYCLE + 31};
    for (size_t i = 0; i < 4 * sizeof numbers / sizeof *numbers; i++) {
        uint64_t bit = 1ull << (numbers[i / 4] - CYCLE);
        bool by_machine = i & 1, by_supervisor = i & 2;
        for (uint8_t mode = HB_PRIV_U; mode <= (uint8_t)HB_PRIV_S; mode++) {
            struct rig rig;
            rig_make(&rig, 1, _i);
            rig_write_csr(&rig, MCOUNTEREN, by_machine ? bit : ~bit);
            rig_write_csr(&rig, SCOUNTEREN, by_supervisor ? bit : ~bit);
            rig_enter(&rig, mode, true);
            for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
                bool machine = by_machine == (k == i / 4), supervisor = by_supervisor == (k == i / 4);
                bool may = machine && (mode == HB_PRIV_S || supervisor);
                ck_assert_int_eq(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, numbers[k], 0)), may);
                if (!may)
                    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_MRET)));
            }
            rig_free(&rig);
        }
    }
}
END_TEST

/* mstatus.FS: off, nothing is there; else whatever changes fcsr makes it dirty. */
START_TEST(floating_point_state_hangs_on_fs) {
    static const struct {
        uint32_t number;
        uint64_t written, read, fcsr;
    } cases[] = {
        {FFLAGS, ~0ull, 0x1f, 0x1f}, {FRM, ~0ull, 7, 0xe0}, {FCSR, 0x1a5, 0xa5, 0xa5},
        {FRM, 2, 2, 0x40},           {FFLAGS, 1, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        rig.hart->x[5] = cases[i].written;
        ck_assert(!rig_step(&rig, 0, op_csr(HB_OP_CSRRW, 6, cases[i].number, 5)));
        ck_assert_uint_eq(rig.hart->mcause, 2);
        rig_write_csr(&rig, MSTATUS, 0x2000);
        ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, cases[i].number, 0)));
        ck_assert_uint_eq(rig_csr(&rig, MSTATUS), 0xa00002000); /* reading changes nothing */
        ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRW, 6, cases[i].number, 5)));
        ck_assert_uint_eq(rig_csr(&rig, cases[i].number), cases[i].read);
        ck_assert_uint_eq(rig_csr(&rig, FCSR), cases[i].fcsr);
        ck_assert_uint_eq(rig_csr(&rig, MSTATUS), 0x8000000a00006000);
        rig_free(&rig);
    }
}
END_TEST

/* What a mode may not reach traps, and is not changed. */
START_TEST(csrs_are_for_their_modes) {
    static const struct {
        uint32_t number;
        uint8_t mode;
        uint64_t status, menvcfg;
        bool may;
    } cases[] = {
        {SSCRATCH, HB_PRIV_U, 0, 0, false},
        {SSCRATCH, HB_PRIV_S, 0, 0, true},
        {MSCRATCH, HB_PRIV_S, 0, 0, false},
        {SATP, HB_PRIV_S, 0, 0, true},
        {SATP, HB_PRIV_S, HB_MSTATUS_TVM, 0, false},
        {SATP, HB_PRIV_M, HB_MSTATUS_TVM, 0, true},
        {STIMECMP, HB_PRIV_S, 0, 0, false},
        {STIMECMP, HB_PRIV_S, 0, HB_MENVCFG_STCE, true},
        {STIMECMP, HB_PRIV_U, 0, HB_MENVCFG_STCE, false},
        {STIMECMP, HB_PRIV_M, 0, 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        rig_write_csr(&rig, MCOUNTEREN, 2);
        rig_write_csr(&rig, MENVCFG, cases[i].menvcfg);
        if (cases[i].mode != HB_PRIV_M)
            rig_enter(&rig, cases[i].mode, true);
        rig.hart->mstatus |= cases[i].status;
        uint64_t before = rig_csr(&rig, cases[i].number);
        rig.hart->x[5] = 0x40;
        ck_assert_msg(rig_step(&rig, 0, op_csr(HB_OP_CSRRW, 6, cases[i].number, 5)) == cases[i].may, "case %zu", i);
        ck_assert_uint_eq(rig_csr(&rig, cases[i].number), cases[i].may ? 0x40 : before);
        rig_free(&rig);
    }
}
END_TEST

START_TEST(stimecmp_wants_mcounteren_too) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_write_csr(&rig, MENVCFG, HB_MENVCFG_STCE);
    rig_enter(&rig, HB_PRIV_S, true);
    ck_assert(!rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, STIMECMP, 0)));
    ck_assert_uint_eq(rig.hart->mcause, 2);
    rig_free(&rig);
}
END_TEST

/* csrrs and csrrc leave alone what a device holds up (section 3.1.9): SEIP of software is apart from the line. */
START_TEST(a_line_that_is_up_is_not_written_down_as_softwares) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_write_csr(&rig, MIDELEG, ~0ull);
    hb_core_set_pending(rig_core(&rig, 0), HB_MIP_SEIP, true, rig.machine->saved->cycle);
    rig.hart->x[5] = HB_MIP_SSIP;
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, MIP, 5)));
    ck_assert_uint_eq(rig.hart->x[6], HB_MIP_SEIP); /* what is read is both */
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRC, 6, SIP, 5)));
    ck_assert_uint_eq(rig.hart->x[6], HB_MIP_SEIP | HB_MIP_SSIP);
    hb_core_set_pending(rig_core(&rig, 0), HB_MIP_SEIP, false, rig.machine->saved->cycle);
    ck_assert_uint_eq(rig_csr(&rig, MIP), 0);
    rig_write_csr(&rig, MIP, HB_MIP_SEIP);
    ck_assert_uint_eq(rig_csr(&rig, SIP), HB_MIP_SEIP);
    rig_free(&rig);
}
END_TEST

START_TEST(protection_is_locked_for_good) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_write_csr(&rig, PMPADDR0, 0x100);
    rig_write_csr(&rig, PMPADDR0 + 1, 0x200);
    rig_write_csr(&rig, PMPADDR0 + 2, 0x300);
    rig_write_csr(&rig, PMPCFG0, 0x8900); /* entry 1: locked, TOR, R */
    rig_write_csr(&rig, PMPCFG0, 0x1f1f1f);
    ck_assert_uint_eq(rig_csr(&rig, PMPCFG0), 0x1f891f);
    rig_write_csr(&rig, PMPADDR0, 1); /* the lower end of the locked range */
    rig_write_csr(&rig, PMPADDR0 + 1, 1);
    rig_write_csr(&rig, PMPADDR0 + 2, 1);
    ck_assert_uint_eq(rig_csr(&rig, PMPADDR0), 0x100);
    ck_assert_uint_eq(rig_csr(&rig, PMPADDR0 + 1), 0x200);
    ck_assert_uint_eq(rig_csr(&rig, PMPADDR0 + 2), 1);
    rig_write_csr(&rig, PMPCFG2, 0x1f);
    rig_write_csr(&rig, PMPCFG2, 0x1a); /* writable, but not readable: reserved */
    ck_assert_uint_ne(rig_csr(&rig, PMPCFG2) & 3, 2);
    rig_free(&rig);
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, fields_keep_what_they_can_hold, 0, RIG_WAYS);
    tcase_add_loop_test(tests, the_six_instructions, 0, RIG_WAYS);
    tcase_add_loop_test(tests, counters_go_on_from_what_is_written, 0, RIG_WAYS);
    tcase_add_loop_test(tests, counters_are_read_by_whom_they_are_opened_to, 0, RIG_WAYS);
    tcase_add_loop_test(tests, floating_point_state_hangs_on_fs, 0, RIG_WAYS);
    tcase_add_loop_test(tests, csrs_are_for_their_modes, 0, RIG_WAYS);
    tcase_add_loop_test(tests, stimecmp_wants_mcounteren_too, 0, RIG_WAYS);
    tcase_add_loop_test(tests, a_line_that_is_up_is_not_written_down_as_softwares, 0, RIG_WAYS);
    tcase_add_loop_test(tests, protection_is_locked_for_good, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu csr", add);
}
