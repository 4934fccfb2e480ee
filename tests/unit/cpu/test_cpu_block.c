/* Cache blocks: what cbo.zero leaves under every protocol, who may use it, and what faults of all four tell. */
#include "sim/engine/run.h"
#include "tests/unit/cpu/cpu_rig.h"

#define ROM     0x1000ull
#define MENVCFG 0x30au
#define SENVCFG 0x10au
#define FULL    0xa5a5a5a5a5a5a5a5ull

static const uint16_t codes[] = {HB_OP_CBO_CLEAN, HB_OP_CBO_FLUSH, HB_OP_CBO_INVAL, HB_OP_CBO_ZERO};

#define CODES (sizeof codes / sizeof codes[0])

/* The operation on the block of x5. */
static uint32_t block_op(uint16_t code) {
    return op_r(code, 0, 5, 0);
}

/* ---- What it does ---------------------------------------------------------------------------------------------- */

/* What the machines of these tests are made of, for adjust(). */
static struct {
    uint32_t line_bytes;
    uint8_t protocol, store_depth, store_order;
    bool split;
} kind;

static void adjust(struct hb_config *config) {
    for (uint32_t h = 0; h < config->harts; h++) {
        struct hb_hart_config *hart = &config->hart[h];
        hart->l1d.line_bytes = hart->l1i.line_bytes = kind.line_bytes;
        hart->l1d.write_through = hb_protocol_find((enum hb_protocol_id)kind.protocol)->write_through;
    }
    config->bus.protocol = kind.protocol;
    config->bus.split = kind.split;
    config->bus.store_depth = kind.store_depth;
    config->bus.store_order = kind.store_order;
    config->bus.incoherent_all = true; /* of the protocol none */
    config->check_coherence = true;
}

static void fill(struct rig *rig, uint64_t from, uint64_t to) {
    const uint64_t full = FULL;
    for (uint64_t at = from; at < to; at += 8)
        rig_put(rig, at, &full, sizeof full);
}

static void check_zeroed(struct rig *rig, uint64_t line, uint64_t bytes) {
    for (uint64_t at = line - bytes; at < line + 2 * bytes; at += 8)
        ck_assert_uint_eq(rig_get(rig, at, 8), at >= line && at < line + bytes ? 0 : FULL);
}

START_TEST(the_whole_block_is_zeroed_and_nothing_else) {
    kind.protocol = HB_PROTOCOL_MESI;
    for (kind.line_bytes = HB_LINE_BYTES_MIN; kind.line_bytes <= HB_LINE_BYTES_MAX; kind.line_bytes *= 2) {
        struct rig rig;
        rig_make_with(&rig, 1, _i, adjust);
        for (uint32_t offset = 0; offset < kind.line_bytes; offset += 5) {
            fill(&rig, DATA - kind.line_bytes, DATA + 2 * kind.line_bytes);
            rig.hart->x[5] = DATA + offset;
            ck_assert(rig_step(&rig, 0, block_op(HB_OP_CBO_ZERO)));
            check_zeroed(&rig, DATA, kind.line_bytes);
        }
        rig_free(&rig);
    }
    kind.line_bytes = 64;
}
END_TEST

static uint64_t load(struct rig *rig, uint32_t h, uint64_t address) {
    rig->hart[h].x[5] = address;
    ck_assert(rig_step(rig, h, op_i(HB_OP_LD, 6, 5, 0)));
    return rig->hart[h].x[6];
}

/* Three harts read the block; one of them zeroes it; all of them, and a fourth, see that. */
static void zero_a_shared_block(int way) {
    struct rig rig;
    rig_make_with(&rig, 4, way, adjust);
    fill(&rig, DATA - 64, DATA + 128);
    for (uint32_t h = 0; h < 3; h++)
        ck_assert_uint_eq(load(&rig, h, DATA + 24), FULL);
    rig.hart[1].x[5] = DATA + 9;
    ck_assert(rig_step(&rig, 1, block_op(HB_OP_CBO_ZERO)));
    ck_assert(rig_step(&rig, 1, 0x0330000f)); /* fence rw, rw: it has left the store buffer */
    for (uint32_t h = 0; h < 4; h++)
        for (uint32_t at = 0; at < 64; at += 8)
            ck_assert_uint_eq(load(&rig, h, DATA + at), 0);
    check_zeroed(&rig, DATA, 64);
    rig_free(&rig);
}

START_TEST(everybody_sees_zeros_under_every_protocol) {
    kind.protocol = (uint8_t)_i;
    kind.line_bytes = 64;
    for (uint32_t variant = 0; variant < 2 * 3; variant++) {
        kind.split = variant % 2;
        kind.store_depth = variant / 2 ? 4 : 0;
        kind.store_order = variant / 2 == 2 ? HB_STORES_ANY : HB_STORES_FIFO;
        zero_a_shared_block((int)variant % RIG_WAYS);
    }
}
END_TEST

/* All harts zero the same block, each again and again, and store to words of their own in between, which then hold what
 * was stored or zero. What each access sees is checked against what was last performed. */
START_TEST(harts_that_zero_one_block_disturb_nobody) {
    const uint32_t harts = 4, code[] = {
                                  block_op(HB_OP_CBO_ZERO),   op_s(HB_OP_SD, 6, 6, 0),
                                  op_i(HB_OP_LD, 7, 6, 0),    op_r(HB_OP_AMOADD_D, 0, 8, 9),
                                  op_b(HB_OP_BEQ, 7, 0, 8),   op_b(HB_OP_BNE, 7, 6, 8), /* neither: out of the loop */
                                  op_b(HB_OP_BEQ, 0, 0, -24), op_b(HB_OP_BEQ, 0, 0, 0),
                              };
    struct rig rig;
    kind.protocol = (uint8_t)(_i / 2);
    kind.line_bytes = 64;
    kind.split = _i % 2;
    kind.store_depth = _i % 4 < 2 ? 0 : 4;
    kind.store_order = HB_STORES_ANY;
    rig_make_with(&rig, harts, 0, adjust);
    fill(&rig, DATA - 64, DATA + 128);
    rig_put(&rig, CODE, code, sizeof code);
    for (uint32_t h = 0; h < harts; h++) {
        rig.hart[h].pc = CODE;
        rig.hart[h].x[5] = DATA + 8ull * h;
        rig.hart[h].x[6] = DATA + 8ull * h;
        rig.hart[h].x[8] = DATA + 0x1000;
        rig.hart[h].x[9] = 1;
        rig.hart[h].ready_at = 0;
    }
    hb_machine_run(rig.machine, 40000);
    for (uint32_t h = 0; h < harts; h++) {
        ck_assert_uint_gt(rig.hart[h].instructions, 100);
        ck_assert_uint_ne(rig.hart[h].pc, CODE + sizeof code - 4);
    }
    for (uint64_t at = DATA - 64; at < DATA; at += 8)
        ck_assert(rig_get(&rig, at, 8) == FULL && rig_get(&rig, at + 128, 8) == FULL);
    rig_free(&rig);
}
END_TEST

START_TEST(a_reservation_of_another_hart_is_lost) {
    struct rig rig;
    kind.protocol = (uint8_t)_i;
    kind.line_bytes = 64;
    kind.split = false;
    kind.store_depth = 0;
    rig_make_with(&rig, 2, 0, adjust);
    for (uint32_t h = 0; h < 2; h++) {
        rig.hart[0].x[5] = rig.hart[1].x[5] = DATA;
        rig.hart[0].x[6] = 7;
        ck_assert(rig_step(&rig, 0, op_r(HB_OP_LR_D, 7, 5, 0)));
        if (h == 1)
            ck_assert(rig_step(&rig, 1, block_op(HB_OP_CBO_ZERO)));
        ck_assert(rig_step(&rig, 0, op_r(HB_OP_SC_D, 7, 5, 6)));
        ck_assert_uint_eq(rig.hart[0].x[7], h);
        ck_assert_uint_eq(rig_get(&rig, DATA, 8), h ? 0 : 7);
    }
    rig_free(&rig);
}
END_TEST

/* ---- Who may --------------------------------------------------------------------------------------------------- */

START_TEST(zeroing_needs_leave_below_m_mode) {
    static const struct {
        uint8_t mode;
        uint64_t menvcfg, senvcfg;
        bool legal;
    } cases[] = {
        {HB_PRIV_M, 0, 0, true},       {HB_PRIV_S, 0x80, 0, true},     {HB_PRIV_S, 0x71, 0x80, false},
        {HB_PRIV_U, 0x80, 0x80, true}, {HB_PRIV_U, 0x80, 0x71, false}, {HB_PRIV_U, 0x71, 0x80, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        rig_make(&rig, 1, _i);
        rig_write_csr(&rig, MENVCFG, cases[i].menvcfg);
        rig_write_csr(&rig, SENVCFG, cases[i].senvcfg);
        if (cases[i].mode != HB_PRIV_M)
            rig_enter(&rig, cases[i].mode, true);
        fill(&rig, DATA - 64, DATA + 128);
        rig.hart->x[5] = DATA;
        ck_assert_int_eq(rig_step(&rig, 0, block_op(HB_OP_CBO_ZERO)), cases[i].legal);
        ck_assert_uint_eq(rig_get(&rig, DATA + 8, 8), cases[i].legal ? 0 : FULL);
        if (!cases[i].legal)
            ck_assert(rig.hart->mcause == 2 && rig.hart->mtval == block_op(HB_OP_CBO_ZERO));
        rig_free(&rig);
    }
}
END_TEST

/* A fault is that of a store, and tells the address as it stands in rs1. */
static void check_fault(struct rig *rig, uint16_t code, uint64_t address, uint64_t cause) {
    rig->hart->pc = CODE;
    rig->hart->x[5] = address;
    bool done = rig_step(rig, 0, block_op(code));
    ck_assert_msg(done == (cause == 0), "%s at 0x%llx", hb_op_info(code)->mnemonic, (unsigned long long)address);
    if (!done) {
        ck_assert_uint_eq(rig->hart->mcause, cause);
        ck_assert_uint_eq(rig->hart->mtval, address);
    }
}

START_TEST(blocks_are_of_memory) {
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (size_t i = 0; i < CODES; i++) {
        check_fault(&rig, codes[i], HB_UART_BASE + 3, 7);
        check_fault(&rig, codes[i], NOWHERE + 17, 7);
        check_fault(&rig, codes[i], RAM + RAM_BYTES + 1, 7);
        check_fault(&rig, codes[i], ROM + 5, codes[i] == HB_OP_CBO_ZERO ? 7 : 0);
        check_fault(&rig, codes[i], DATA + 33, 0);
    }
    rig_free(&rig);
}
END_TEST

/* The rights are those of the whole block. */
START_TEST(protection_of_a_block_holds_for_all_of_it) {
    static const struct {
        uint64_t config, address[2];
        bool may_manage, may_zero;
    } cases[] = {
        {0x1b, {DATA >> 2 | 0x7, 0}, true, true},                       /* NAPOT, RW: the block */
        {0x19, {DATA >> 2 | 0x7, 0}, true, false},                      /* R */
        {0x1b, {DATA >> 2 | 0x3, 0}, false, false},                     /* half of it */
        {0x0b00, {(DATA + 4) >> 2, (DATA + 0x100) >> 2}, false, false}, /* TOR: all but its first word */
    };
    struct rig rig;
    rig_make(&rig, 1, _i);
    for (size_t i = 0; i < CODES * (sizeof cases / sizeof *cases); i++) {
        size_t at = i / CODES;
        uint16_t code = codes[i % CODES];
        bool may = code == HB_OP_CBO_ZERO ? cases[at].may_zero : cases[at].may_manage;
        rig_write_csr(&rig, 0x3b0, cases[at].address[0]);
        rig_write_csr(&rig, 0x3b1, cases[at].address[1]);
        rig_write_csr(&rig, 0x3a0, cases[at].config);
        rig_write_csr(&rig, 0x300, HB_MSTATUS_MPRV); /* M mode's own operations, with U mode's rights */
        check_fault(&rig, code, DATA + 13, may ? 0 : 7);
    }
    rig_free(&rig);
}
END_TEST

/* ---- Pages ----------------------------------------------------------------------------------------------------- */

#define ROOT    (RAM + 0x10000)
#define MIDDLE  (RAM + 0x11000)
#define LOWEST  (RAM + 0x12000)
#define VIRTUAL 0x40000000ull

static void put_entry(struct rig *rig, uint64_t at, uint64_t physical, uint64_t flags) {
    uint64_t entry = physical >> 12 << 10 | flags;
    rig_put(rig, at, &entry, sizeof entry);
}

/* The page at VIRTUAL is that of DATA. */
static void translate(struct rig *rig, uint64_t flags) {
    rig_write_csr(rig, 0x3b0, ~0ull);
    rig_write_csr(rig, 0x3a0, 0x1f);
    put_entry(rig, ROOT + 8 * (VIRTUAL >> 30), MIDDLE, 1);
    put_entry(rig, MIDDLE, LOWEST, 1);
    put_entry(rig, LOWEST, DATA, flags);
    rig_write_csr(rig, 0x180, 8ull << 60 | ROOT >> 12);
    rig_write_csr(rig, 0x300, HB_MSTATUS_MPRV | 1ull << HB_MSTATUS_MPP_SHIFT);
}

START_TEST(pages_are_written_by_zeroing_and_read_by_the_others) {
    enum { V = 1, R = 2, W = 4, X = 8, A = 0x40, D = 0x80 };
    static const struct {
        uint64_t flags;
        bool may_manage, may_zero;
    } cases[] = {{0, false, false}, {V | R | W, true, true}, {V | R, true, false}, {V | X, false, false}};
    for (size_t i = 0; i < CODES * (sizeof cases / sizeof *cases); i++) {
        size_t at = i / CODES;
        bool zeros = codes[i % CODES] == HB_OP_CBO_ZERO, may = zeros ? cases[at].may_zero : cases[at].may_manage;
        struct rig rig;
        rig_make(&rig, 1, _i);
        translate(&rig, cases[at].flags);
        fill(&rig, DATA, DATA + 192);
        check_fault(&rig, codes[i % CODES], VIRTUAL + 77, may ? 0 : 15);
        uint64_t marks = !may ? 0 : zeros ? A | D : A;
        ck_assert_uint_eq(rig_get(&rig, LOWEST, 8) & (A | D), marks);
        ck_assert_uint_eq(rig_get(&rig, DATA + 64, 8), zeros && may ? 0 : FULL);
        ck_assert_uint_eq(rig_get(&rig, DATA + 120, 8), zeros && may ? 0 : FULL);
        ck_assert(rig_get(&rig, DATA + 56, 8) == FULL && rig_get(&rig, DATA + 128, 8) == FULL);
        rig_free(&rig);
    }
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, the_whole_block_is_zeroed_and_nothing_else, 0, RIG_WAYS);
    tcase_add_loop_test(tests, everybody_sees_zeros_under_every_protocol, 0, HB_PROTOCOL_NONE);
    tcase_add_loop_test(tests, harts_that_zero_one_block_disturb_nobody, 0, 2 * HB_PROTOCOL_NONE);
    tcase_add_loop_test(tests, a_reservation_of_another_hart_is_lost, 0, HB_PROTOCOL_NONE + 1);
    tcase_add_loop_test(tests, zeroing_needs_leave_below_m_mode, 0, RIG_WAYS);
    tcase_add_loop_test(tests, blocks_are_of_memory, 0, RIG_WAYS);
    tcase_add_loop_test(tests, protection_of_a_block_holds_for_all_of_it, 0, RIG_WAYS);
    tcase_add_loop_test(tests, pages_are_written_by_zeroing_and_read_by_the_others, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu_block", add);
}
