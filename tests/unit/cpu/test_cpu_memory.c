/* Loads, stores and atomics: misaligned ones, protection by PMP, reservations, and code that changes. */
#include "tests/unit/cpu/cpu_rig.h"

enum { MSTATUS = 0x300, PMPCFG0 = 0x3a0, PMPADDR0 = 0x3b0 };

/* ---- Misaligned ------------------------------------------------------------------------------------------------ */

static const struct {
    uint16_t load, store;
    uint32_t bytes;
    bool is_signed;
} widths[] = {
    {HB_OP_LB, HB_OP_SB, 1, true},   {HB_OP_LBU, HB_OP_SB, 1, false}, {HB_OP_LH, HB_OP_SH, 2, true},
    {HB_OP_LHU, HB_OP_SH, 2, false}, {HB_OP_LW, HB_OP_SW, 4, true},   {HB_OP_LWU, HB_OP_SW, 4, false},
    {HB_OP_LD, HB_OP_SD, 8, false},
};

static uint64_t extended(uint64_t value, uint32_t bytes, bool is_signed) {
    uint32_t unused = 64 - 8 * bytes;
    return is_signed ? (uint64_t)((int64_t)(value << unused) >> unused) : value << unused >> unused;
}

/* At every offset around the boundary of two lines, twice: the second time they are in the L1D. */
START_TEST(every_offset_within_and_across_lines) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        for (uint64_t at = DATA + 52; at < DATA + 68; at++) {
            uint64_t old[4], value = 0x8f9fafbfcfdfefff + at;
            for (uint32_t i = 0; i < 4; i++)
                old[i] = 0x8091a2b3c4d5e6f7 * (i + 1);
            rig_put(&rig, DATA + 48, old, sizeof old);
            for (uint32_t again = 0; again < 2; again++) {
                rig.hart->x[5] = at + 100;
                ck_assert(rig_step(&rig, 0, op_i(widths[w].load, 6, 5, -100)));
                uint64_t wanted = extended(rig_get(&rig, at, widths[w].bytes), widths[w].bytes, widths[w].is_signed);
                ck_assert_uint_eq(rig.hart->x[6], wanted);
                rig.hart->x[7] = value + again;
                ck_assert(rig_step(&rig, 0, op_s(widths[w].store, 5, 7, -100)));
                memcpy((uint8_t *)old + (at - DATA - 48), &rig.hart->x[7], widths[w].bytes);
                for (uint32_t i = 0; i < 4; i++)
                    ck_assert_uint_eq(rig_get(&rig, DATA + 48 + 8 * i, 8), old[i]);
            }
        }
    }
    rig_free(&rig);
}
END_TEST

/* ---- PMP ------------------------------------------------------------------------------------------------------- */

/* Entries that hold for 4 KiB pages, the lowest first; what U mode may do in page DATA + i. */
static const struct {
    const char *text;
    uint64_t config;
    uint64_t address[4];
    uint64_t at;
    uint64_t load_cause, store_cause; /* 0: allowed */
    bool partly; /* the entry holds for a part of the access: then it fails in every mode (section 3.7.1.3) */
} protections[] = {
    {"no entry", 0, {0}, DATA, 5, 7, false},
    {"NAPOT, R", 0x19, {DATA >> 2 | 0x1ff}, DATA + 0xff8, 0, 7, false},
    {"NAPOT, R, outside", 0x19, {DATA >> 2 | 0x1ff}, DATA + 0x1000, 5, 7, false},
    {"NAPOT, RW", 0x1b, {DATA >> 2 | 0x1ff}, DATA, 0, 0, false},
    {"NAPOT, across its end", 0x1b, {DATA >> 2 | 0x1ff}, DATA + 0xffc, 5, 7, true},
    {"NAPOT, across its beginning", 0x1b, {DATA >> 2 | 0x1ff}, DATA - 4, 5, 7, true},
    {"TOR, RW", 0x0b00, {DATA >> 2, (DATA + 0x20) >> 2}, DATA + 0x18, 0, 0, false},
    {"TOR, RW, at its end", 0x0b00, {DATA >> 2, (DATA + 0x20) >> 2}, DATA + 0x20, 5, 7, false},
    {"TOR from 0", 0x0b, {(DATA + 8) >> 2}, DATA, 0, 0, false},
    {"TOR, empty", 0x0b0000, {0, DATA >> 2, DATA >> 2}, DATA, 5, 7, false},
    {"NA4 holds half of it", 0x13, {DATA >> 2}, DATA, 5, 7, true},
    {"two NA4 do not add up", 0x1313, {DATA >> 2, (DATA + 4) >> 2}, DATA, 5, 7, true},
    {"the lower entry decides, against", 0x1f18, {DATA >> 2 | 0x1ff, ~0ull >> 10}, DATA, 5, 7, false},
    {"the lower entry decides, for", 0x181b, {DATA >> 2 | 0x1ff, ~0ull >> 10}, DATA, 0, 0, false},
    {"an entry that is off does not", 0x1f07, {DATA >> 2 | 0x1ff, ~0ull >> 10}, DATA, 0, 0, false},
};

static void protect(struct rig *rig, size_t i) {
    for (uint32_t k = 0; k < 4; k++)
        rig_write_csr(rig, PMPADDR0 + k, protections[i].address[k]);
    rig_write_csr(rig, PMPCFG0, protections[i].config);
}

static void check_access(struct rig *rig, const char *text, uint32_t bits, uint64_t address, uint64_t cause) {
    rig->hart->x[5] = address;
    bool done = rig_step(rig, 0, bits);
    ck_assert_msg(done == (cause == 0), "%s: %s", text, done ? "allowed" : "refused");
    if (!done) {
        ck_assert_msg(rig->hart->mcause == cause, "%s: cause %d", text, (int)rig->hart->mcause);
        ck_assert_uint_eq(rig->hart->mtval, address);
    }
}

/* By MPRV: M mode's loads and stores are checked as U mode's, fetches are not. Each twice, to find
 * it in the lookups. */
START_TEST(protection_holds_for_loads_and_stores) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (size_t i = 0; i < sizeof protections / sizeof *protections; i++) {
        protect(&rig, i);
        for (uint32_t again = 0; again < 4; again++) {
            rig_write_csr(&rig, MSTATUS, HB_MSTATUS_MPRV);
            check_access(&rig, protections[i].text, op_i(HB_OP_LD, 6, 5, 0), protections[i].at,
                         protections[i].load_cause);
            rig_write_csr(&rig, MSTATUS, HB_MSTATUS_MPRV);
            check_access(&rig, protections[i].text, op_s(HB_OP_SD, 5, 6, 0), protections[i].at,
                         protections[i].store_cause);
            rig_write_csr(&rig, MSTATUS, again & 1 ? HB_MSTATUS_MPRV | HB_MSTATUS_MPP : 0); /* M mode's own are free */
            bool refused = protections[i].partly;
            check_access(&rig, protections[i].text, op_i(HB_OP_LD, 6, 5, 0), protections[i].at, refused ? 5 : 0);
            rig_write_csr(&rig, MSTATUS, again & 1 ? HB_MSTATUS_MPRV | HB_MSTATUS_MPP : 0);
            check_access(&rig, protections[i].text, op_s(HB_OP_SD, 5, 6, 0), protections[i].at, refused ? 7 : 0);
        }
    }
    rig_free(&rig);
}
END_TEST

START_TEST(atomics_need_both_rights) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    protect(&rig, 1); /* R alone */
    rig_write_csr(&rig, MSTATUS, HB_MSTATUS_MPRV);
    check_access(&rig, "lr", op_r(HB_OP_LR_D, 6, 5, 0), DATA, 0);
    check_access(&rig, "sc", op_r(HB_OP_SC_D, 6, 5, 7), DATA, 7);
    rig_write_csr(&rig, MSTATUS, HB_MSTATUS_MPRV);
    check_access(&rig, "amo", op_r(HB_OP_AMOADD_D, 6, 5, 7), DATA, 7);
    rig_free(&rig);
}
END_TEST

START_TEST(locked_entries_bind_machine_mode) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    check_access(&rig, "free", op_s(HB_OP_SD, 5, 6, 0), DATA, 0);
    rig_write_csr(&rig, PMPADDR0, DATA >> 2 | 0x1ff);
    rig_write_csr(&rig, PMPCFG0, 0x99);
    check_access(&rig, "locked, R", op_i(HB_OP_LD, 6, 5, 0), DATA, 0);
    check_access(&rig, "locked, R", op_s(HB_OP_SD, 5, 6, 0), DATA, 7);
    check_access(&rig, "outside", op_s(HB_OP_SD, 5, 6, 0), DATA + 0x1000, 0);
    rig.hart->pc = DATA; /* no X */
    ck_assert(!rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->mcause, 1);
    rig_free(&rig);
}
END_TEST

START_TEST(user_mode_fetches_only_where_it_may) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_enter_user(&rig, false);
    ck_assert(!rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->mcause, 1);
    ck_assert_uint_eq(rig.hart->mtval, CODE);
    rig_free(&rig);
    /* The first half of an instruction lies within, the second outside. */
    rig_make(&rig, 1, _i);
    rig_write_csr(&rig, PMPADDR0, (CODE + 0x40) >> 2);
    rig_write_csr(&rig, PMPCFG0, 0x0f); /* TOR */
    rig_write_csr(&rig, MSTATUS, 0);
    rig_write_csr(&rig, 0x341, CODE + 0x3c);
    const uint32_t words[] = {0x00010001, NOP}; /* c.nop, c.nop */
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_MRET)));
    rig_put(&rig, CODE + 0x3c, words, sizeof words);
    ck_assert(rig_go(&rig, 0));
    const uint32_t nop = NOP;
    rig_put(&rig, CODE + 0x3e, &nop, 4);
    ck_assert(!rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->mcause, 1);
    ck_assert_uint_eq(rig.hart->mepc, CODE + 0x3e);
    ck_assert_uint_eq(rig.hart->mtval, CODE + 0x40);
    rig_free(&rig);
}
END_TEST

/* Nothing is put into memory in between, so that what was looked up before stays looked up. */
START_TEST(what_was_looked_up_is_forgotten_when_protection_changes) {
    static const struct {
        uint64_t status, address, before, after;
    } cases[] = {{HB_MSTATUS_MPRV, ~0ull, 0x1f, 0x1c},
                 {HB_MSTATUS_MPRV, ~0ull, 0x1f, 0},
                 {0, ~0ull, 0, 0x9c},
                 {0, DATA >> 2, 0, 0x17}}; /* of 8 bytes an unlocked entry matches 4 */
    const uint32_t load = op_i(HB_OP_LD, 6, 5, 0), store = op_s(HB_OP_SD, 5, 6, 0);
    const uint32_t code[] = {load, store, load, store, op_csr(HB_OP_CSRRW, 0, PMPCFG0, 7), load};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        rig_write_csr(&rig, PMPADDR0, cases[i].address);
        rig_write_csr(&rig, PMPCFG0, cases[i].before);
        rig_write_csr(&rig, MSTATUS, cases[i].status);
        rig_put(&rig, CODE + 0x100, code, sizeof code);
        rig.hart->pc = CODE + 0x100;
        rig.hart->x[5] = DATA;
        rig.hart->x[7] = cases[i].after;
        for (size_t k = 0; k + 1 < sizeof code / sizeof *code; k++)
            ck_assert(rig_go(&rig, 0));
        ck_assert(!rig_go(&rig, 0));
        ck_assert_uint_eq(rig.hart->mcause, 5);
        rig_free(&rig);
    }
}
END_TEST

START_TEST(user_code_is_looked_up_anew_when_protection_changes) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    const uint32_t user[] = {NOP, NOP, op_plain(HB_OP_ECALL)};
    const uint32_t handler[] = {op_csr(HB_OP_CSRRW, 0, PMPCFG0, 7), op_csr(HB_OP_CSRRW, 0, 0x341, 8),
                                op_plain(HB_OP_MRET)};
    rig_enter_user(&rig, true);
    rig_put(&rig, CODE, user, sizeof user);
    rig_put(&rig, HANDLER, handler, sizeof handler);
    rig.hart->x[8] = CODE;
    for (uint32_t round = 0; round < 3; round++) {
        rig.hart->x[7] = round < 2 ? 0x1f : 0x1b;
        ck_assert(rig_go(&rig, 0) && rig_go(&rig, 0) && !rig_go(&rig, 0));
        ck_assert(rig_go(&rig, 0) && rig_go(&rig, 0) && rig_go(&rig, 0));
        ck_assert_uint_eq(rig.hart->pc, CODE);
        ck_assert_uint_eq(rig.hart->privilege, HB_PRIV_U);
    }
    ck_assert(!rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->mcause, 1);
    rig_free(&rig);
}
END_TEST

START_TEST(rights_to_a_part_of_a_line_are_not_rights_to_the_line) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    const uint32_t code[] = {op_i(HB_OP_LW, 6, 5, 0), op_s(HB_OP_SW, 5, 6, 0), op_i(HB_OP_LW, 6, 5, 0),
                             op_i(HB_OP_LW, 6, 5, 4)};
    rig_write_csr(&rig, PMPADDR0, DATA >> 2);
    rig_write_csr(&rig, PMPCFG0, 0x13); /* NA4, RW */
    rig_write_csr(&rig, MSTATUS, HB_MSTATUS_MPRV);
    rig_put(&rig, CODE + 0x100, code, sizeof code);
    rig.hart->pc = CODE + 0x100;
    rig.hart->x[5] = DATA;
    ck_assert(rig_go(&rig, 0) && rig_go(&rig, 0) && rig_go(&rig, 0) && !rig_go(&rig, 0));
    ck_assert_uint_eq(rig.hart->mcause, 5);
    ck_assert_uint_eq(rig.hart->mtval, DATA + 4);
    rig_free(&rig);
}
END_TEST

START_TEST(protection_counts_bytes) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    rig_write_csr(&rig, PMPADDR0, DATA >> 2); /* NA4: 4 bytes without rights */
    rig_write_csr(&rig, PMPADDR0 + 1, ~0ull);
    rig_write_csr(&rig, PMPCFG0, 0x1f10);
    for (int32_t offset = -2; offset < 6; offset++) {
        rig_write_csr(&rig, MSTATUS, HB_MSTATUS_MPRV);
        bool inside = offset >= 0 && offset < 4;
        check_access(&rig, "a byte", op_i(HB_OP_LB, 6, 5, 0), DATA + (uint64_t)(int64_t)offset, inside ? 5 : 0);
    }
    rig_free(&rig);
}
END_TEST

/* ---- Cache-block operations ------------------------------------------------------------------------------------ */

/* What RAM itself holds, behind the caches. */
static uint64_t in_memory(const struct rig *rig, uint64_t address) {
    uint64_t value;
    hb_ram_read(&rig->machine->ram, address - RAM, &value, sizeof value);
    return value;
}

/* A modified line meets the operation in a mode, with what menvcfg and senvcfg allow. */
START_TEST(cache_blocks_go_to_memory_or_are_dropped) {
    enum { ILLEGAL, WRITTEN, DROPPED };
    static const struct {
        uint16_t code;
        uint64_t menvcfg, senvcfg;
        int user, supervisor;
    } cases[] = {
        {HB_OP_CBO_CLEAN, 0x30, 0x40, ILLEGAL, ILLEGAL}, {HB_OP_CBO_CLEAN, 0x40, 0x40, WRITTEN, WRITTEN},
        {HB_OP_CBO_CLEAN, 0x40, 0x30, ILLEGAL, WRITTEN}, {HB_OP_CBO_FLUSH, 0x30, 0x40, ILLEGAL, ILLEGAL},
        {HB_OP_CBO_FLUSH, 0x40, 0x40, WRITTEN, WRITTEN}, {HB_OP_CBO_FLUSH, 0x40, 0x30, ILLEGAL, WRITTEN},
        {HB_OP_CBO_INVAL, 0x40, 0x30, ILLEGAL, ILLEGAL}, {HB_OP_CBO_INVAL, 0x10, 0x30, WRITTEN, WRITTEN},
        {HB_OP_CBO_INVAL, 0x30, 0x10, WRITTEN, DROPPED}, {HB_OP_CBO_INVAL, 0x30, 0x40, ILLEGAL, DROPPED},
        {HB_OP_CBO_INVAL, 0x30, 0x30, DROPPED, DROPPED},
    };
    static const uint8_t modes[] = {HB_PRIV_U, HB_PRIV_S, HB_PRIV_M};
    for (size_t i = 0; i < 3 * sizeof cases / sizeof *cases; i++) {
        uint8_t mode = modes[i % 3];
        int in_machine_mode = cases[i / 3].code == HB_OP_CBO_INVAL ? DROPPED : WRITTEN;
        int wanted = i % 3 == 0 ? cases[i / 3].user : i % 3 == 1 ? cases[i / 3].supervisor : in_machine_mode;
        struct rig rig;
        rig_make(&rig, 1, _i);
        rig_write_csr(&rig, 0x30a, cases[i / 3].menvcfg);
        rig_write_csr(&rig, 0x10a, cases[i / 3].senvcfg);
        if (mode != HB_PRIV_M)
            rig_enter(&rig, mode, true);
        rig.hart->x[5] = DATA + 16;
        rig.hart->x[6] = 0x1234;
        ck_assert(rig_step(&rig, 0, op_s(HB_OP_SD, 5, 6, 0)));
        ck_assert_uint_eq(in_memory(&rig, DATA + 16), 0);
        ck_assert_int_eq(rig_step(&rig, 0, hb_op_info(cases[i / 3].code)->match | 5 << 15), wanted != ILLEGAL);
        ck_assert_uint_eq(in_memory(&rig, DATA + 16), wanted == WRITTEN ? 0x1234 : 0);
        ck_assert_uint_eq(rig_get(&rig, DATA + 16, 8), wanted == DROPPED ? 0 : 0x1234);
        rig_free(&rig);
    }
}
END_TEST

/* ---- LR and SC ------------------------------------------------------------------------------------------------- */

/* The value that SC gives: 0 stored, 1 failed; and memory must tell the same. */
static uint64_t conditional(struct rig *rig, uint32_t h, uint64_t address) {
    struct hb_hart *hart = &rig->hart[h];
    uint64_t before = rig_get(rig, address, 8);
    hart->x[5] = address;
    hart->x[7] = before + 1;
    ck_assert(rig_step(rig, h, op_r(HB_OP_SC_D, 6, 5, 7)));
    ck_assert_uint_eq(rig_get(rig, address, 8), before + (hart->x[6] == 0));
    return hart->x[6];
}

static void reserve(struct rig *rig, uint32_t h, uint64_t address) {
    rig->hart[h].x[5] = address;
    ck_assert(rig_step(rig, h, op_r(HB_OP_LR_D, 6, 5, 0)));
    ck_assert_uint_eq(rig->hart[h].x[6], rig_get(rig, address, 8));
}

START_TEST(a_reservation_is_kept_and_lost) {
    struct rig rig;
    rig_make(&rig, 2, _i);
    ck_assert_uint_eq(conditional(&rig, 0, DATA), 1); /* nothing is reserved */
    reserve(&rig, 0, DATA);
    ck_assert_uint_eq(conditional(&rig, 0, DATA), 0);
    ck_assert_uint_eq(conditional(&rig, 0, DATA), 1); /* an SC uses it up */
    reserve(&rig, 0, DATA);
    ck_assert_uint_eq(conditional(&rig, 0, DATA + 0x100), 1);
    ck_assert_uint_eq(conditional(&rig, 0, DATA), 1); /* also one that fails */
    reserve(&rig, 0, DATA);
    rig_write_csr(&rig, 0x341, rig.hart->pc + 4);
    rig_write_csr(&rig, MSTATUS, HB_MSTATUS_MPP);
    ck_assert(rig_step(&rig, 0, op_plain(HB_OP_MRET)));
    ck_assert_uint_eq(conditional(&rig, 0, DATA), 1); /* a trap return gives it up */
    reserve(&rig, 0, DATA);
    rig.hart[1].x[5] = DATA;
    ck_assert(rig_step(&rig, 1, op_i(HB_OP_LD, 6, 5, 0)));
    ck_assert_uint_eq(conditional(&rig, 0, DATA), 0); /* somebody else's read leaves it */
    reserve(&rig, 0, DATA);
    ck_assert(rig_step(&rig, 1, op_s(HB_OP_SB, 5, 6, 63)));
    ck_assert_uint_eq(conditional(&rig, 0, DATA), 1); /* a store to the line does not */
    rig_free(&rig);
}
END_TEST

/* ---- Code that changes ----------------------------------------------------------------------------------------- */

/* Without fence.i, and when the line comes back to the very slot that it had. */
START_TEST(changed_code_is_executed_as_it_is) {
    struct rig rig;
    rig_make(&rig, 2, _i);
    const uint32_t code[] = {NOP, NOP}, store = op_s(HB_OP_SW, 5, 7, 0);
    rig_put(&rig, CODE, code, sizeof code);
    rig_put(&rig, RAM + 0x8000, &store, sizeof store);
    for (uint32_t i = 1; i < 40; i++) {
        struct hb_hart *writer = &rig.hart[i % 3 != 0];
        writer->x[5] = CODE;
        writer->x[7] = op_i(HB_OP_ADDI, 6, 0, (int32_t)i);
        writer->pc = RAM + 0x8000;
        ck_assert(rig_go(&rig, i % 3 != 0));
        for (uint32_t again = 0; again < 3; again++) {
            rig.hart->x[6] = 0;
            rig.hart->pc = CODE;
            ck_assert(rig_go(&rig, 0));
            ck_assert_uint_eq(rig.hart->x[6], i);
            ck_assert(rig_go(&rig, 0)); /* the line is now the one that is being executed */
        }
    }
    rig_free(&rig);
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, every_offset_within_and_across_lines, 0, RIG_WAYS);
    tcase_add_loop_test(tests, protection_holds_for_loads_and_stores, 0, RIG_WAYS);
    tcase_add_loop_test(tests, atomics_need_both_rights, 0, RIG_WAYS);
    tcase_add_loop_test(tests, locked_entries_bind_machine_mode, 0, RIG_WAYS);
    tcase_add_loop_test(tests, user_mode_fetches_only_where_it_may, 0, RIG_WAYS);
    tcase_add_loop_test(tests, what_was_looked_up_is_forgotten_when_protection_changes, 0, RIG_WAYS);
    tcase_add_loop_test(tests, user_code_is_looked_up_anew_when_protection_changes, 0, RIG_WAYS);
    tcase_add_loop_test(tests, rights_to_a_part_of_a_line_are_not_rights_to_the_line, 0, RIG_WAYS);
    tcase_add_loop_test(tests, cache_blocks_go_to_memory_or_are_dropped, 0, RIG_WAYS);
    tcase_add_loop_test(tests, protection_counts_bytes, 0, RIG_WAYS);
    tcase_add_loop_test(tests, a_reservation_is_kept_and_lost, 0, RIG_WAYS);
    tcase_add_loop_test(tests, changed_code_is_executed_as_it_is, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu memory", add);
}
