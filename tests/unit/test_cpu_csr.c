/* Control and status registers: what can be written, what is read back, and who may. */
#include "cpu_rig.h"

enum {
    MSTATUS = 0x300,
    MISA = 0x301,
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

START_TEST(fields_keep_what_they_can_hold) {
    static const struct {
        uint32_t number;
        uint64_t written;
        uint64_t read;
    } cases[] = {
        {MSTATUS, ~0ull, 0x200221888}, /* UXL is 2; MPP 3, MIE, MPIE, MPRV, TW */
        {MSTATUS, 0x1800, 0x200001800},
        {MSTATUS, 0x0800, 0x200001800}, /* there is no S mode: MPP stays */
        {MSTATUS, 0x1000, 0x200001800},
        {MSTATUS, 0, 0x200000000},
        {MISA, 0, 0x8000000000101105}, /* RV64IMAC and U, read-only */
        {MIE, ~0ull, 0x888},
        {MIP, ~0ull, 0},
        {MTVEC, HANDLER | 1, HANDLER | 1},
        {MEPC, 0xffffffffffffffff, 0xfffffffffffffffe},
        {MCAUSE, 0x123456789abcdef0, 0x123456789abcdef0},
        {MTVAL, 0xfedcba9876543210, 0xfedcba9876543210},
        {MSCRATCH, 0xfedcba9876543210, 0xfedcba9876543210},
        {MCOUNTEREN, 0x7, 0x7},
        {MENVCFG, ~0ull, 0x70},
        {MHPMCOUNTER3, ~0ull, 0},
        {PMPADDR0 + 3, ~0ull, (1ull << 54) - 1},
        {PMPCFG2, 0x001b0908071f1801, 0x001b0908071f1801},
        {0xf11, 0, 0},
        {0xf12, 0, 0},
        {0xf13, 0, 0},
        {0xf14, 0, 0},
        {0xf15, 0, 0},
    };
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig.hart->x[5] = cases[i].written;
        if (cases[i].number < 0xf00)
            ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRW, 0, cases[i].number, 5)));
        ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, cases[i].number, 0)));
        ck_assert_msg(rig.hart->x[6] == cases[i].read, "csr 0x%x: 0x%lx", cases[i].number,
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

START_TEST(user_mode_reads_the_counters_that_it_may) {
    static const uint32_t numbers[] = {CYCLE, TIME, INSTRET, CYCLE + 3, CYCLE + 31};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        rig_write_csr(&rig, MCOUNTEREN, 1ull << (numbers[i] - CYCLE));
        rig_enter_user(&rig, true);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            ck_assert_int_eq(rig_step(&rig, 0, op_csr(HB_OP_CSRRS, 6, numbers[k], 0)), k == i);
            if (k != i) {
                ck_assert(rig_step(&rig, 0, op_plain(HB_OP_MRET)));
            }
        }
        rig_free(&rig);
    }
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
    tcase_add_loop_test(tests, user_mode_reads_the_counters_that_it_may, 0, RIG_WAYS);
    tcase_add_loop_test(tests, protection_is_locked_for_good, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu csr", add);
}
