/* Translation: walks through the L1D, rights, A and D, sizes of pages, the TLB, and that host
 * lookups change nothing. */
#include "tests/unit/cpu/cpu_rig.h"

#include "cpu/mmu.h"
#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/machine/state_hash.h"

#define V 0x01u
#define R 0x02u
#define W 0x04u
#define X 0x08u
#define U 0x10u
#define A 0x40u
#define D 0x80u

#define ROOT    (RAM + 0x10000)
#define MIDDLE  (RAM + 0x11000)
#define LOWEST  (RAM + 0x12000)
#define PAGE(n) (RAM + 0x20000 + 0x1000ull * (n))
#define VIRTUAL 0x40000000ull /* page n of the lowest table */
#define IN(n)   (VIRTUAL + 0x1000ull * (n))
#define STRIDE  129 /* pages at this distance meet in one place of a TLB */
#define SATP    0x180
#define MSTATUS 0x300
#define FETCH   12
#define LOAD    13
#define STORE   15

static uint64_t pte(uint64_t physical, uint64_t flags) {
    return physical >> 12 << 10 | flags;
}

static void set_entry(struct rig *rig, uint64_t table, uint64_t index, uint64_t value) {
    rig_put(rig, table + 8 * index, &value, sizeof value);
}

static uint64_t entry(struct rig *rig, uint64_t n) {
    return rig_get(rig, LOWEST + 8 * n, 8);
}

static void map(struct rig *rig, uint64_t n, uint64_t physical, uint64_t flags) {
    set_entry(rig, LOWEST, n, pte(physical, flags));
}

/* M mode whose loads and stores are those of `mode`, translated; the tables lead to LOWEST, in
 * which nothing is valid. */
static void translate_as(struct rig *rig, uint8_t mode, uint64_t status) {
    rig_write_csr(rig, 0x3b0, ~0ull);
    rig_write_csr(rig, 0x3a0, 0x1f);
    set_entry(rig, ROOT, VIRTUAL >> 30, pte(MIDDLE, V));
    set_entry(rig, MIDDLE, VIRTUAL >> 21 & 511, pte(LOWEST, V));
    rig_write_csr(rig, SATP, 8ull << 60 | ROOT >> 12);
    rig_write_csr(rig, MSTATUS, HB_MSTATUS_MPRV | (uint64_t)mode << HB_MSTATUS_MPP_SHIFT | status);
}

static void make(struct rig *rig, uint32_t harts, int way) {
    rig_make(rig, harts, way);
    translate_as(rig, HB_PRIV_S, 0);
}

/* After a trap. */
static void again(struct rig *rig, uint8_t mode, uint64_t status) {
    rig->hart->privilege = HB_PRIV_M;
    rig->hart->mstatus = HB_MSTATUS_MPRV | (uint64_t)mode << HB_MSTATUS_MPP_SHIFT | status;
    rig->hart->pc = CODE;
    hb_core_drop_lookups(rig_core(rig, 0));
}

static bool load(struct rig *rig, uint64_t address, uint64_t *value) {
    rig->hart->x[5] = address;
    bool done = rig_step(rig, 0, op_i(HB_OP_LD, 6, 5, 0));
    *value = rig->hart->x[6];
    return done;
}

static bool store(struct rig *rig, uint64_t address, uint64_t value) {
    rig->hart->x[5] = address;
    rig->hart->x[6] = value;
    return rig_step(rig, 0, op_s(HB_OP_SD, 5, 6, 0));
}

static uint64_t accesses(const struct rig *rig) {
    const struct hb_port_stats *stats = &rig->machine->saved->bus.port[0].stats;
    return stats->hits[0] + stats->misses[0] + rig->hart->lookup_hits[0] + rig->hart->lookup_hits[1];
}

/* ---- Walks ----------------------------------------------------------------------------------------------------- */

START_TEST(a_walk_goes_through_the_cache_and_is_made_once) {
    struct rig rig;
    make(&rig, 1, _i);
    const struct hb_port_stats *stats = &rig.machine->saved->bus.port[0].stats;
    uint64_t value;
    map(&rig, 3, PAGE(0), V | R | W);
    rig_put(&rig, PAGE(0) + 8, &(uint64_t){0x1234}, 8);
    uint64_t all = accesses(&rig), misses = stats->misses[0];
    ck_assert(load(&rig, IN(3) + 8, &value));
    ck_assert_uint_eq(value, 0x1234);
    ck_assert_uint_eq(accesses(&rig) - all, 3 + 1 + 1); /* three levels, the mark, the load */
    ck_assert_uint_eq(stats->misses[0] - misses, 3 + 1);
    ck_assert_uint_gt(rig.hart->stalled_cycles[HB_STALL_WALK], 3 * 50 - 3);
    uint64_t walked = rig.hart->stalled_cycles[HB_STALL_WALK];
    all = accesses(&rig);
    ck_assert(load(&rig, IN(3) + 16, &value));
    ck_assert_uint_eq(accesses(&rig) - all, 1); /* by the TLB */
    ck_assert(store(&rig, IN(3) + 16, 7));
    ck_assert_uint_eq(accesses(&rig) - all, 1 + 3 + 1 + 1); /* D is to be set: a walk */
    all = accesses(&rig);
    ck_assert(store(&rig, IN(3) + 24, 8));
    ck_assert_uint_eq(accesses(&rig) - all, 1);
    ck_assert_uint_eq(rig.hart->stalled_cycles[HB_STALL_WALK], walked); /* the table is in the cache */
    ck_assert_uint_eq(rig_get(&rig, PAGE(0) + 16, 8), 7);
    rig_free(&rig);
}
END_TEST

START_TEST(accessed_and_dirty_are_set_as_they_are_needed) {
    static const struct {
        const char *what;
        uint16_t code;
        uint64_t before, after;
    } cases[] = {
        {"a load", HB_OP_LD, V | R | W, V | R | W | A},
        {"a store", HB_OP_SD, V | R | W, V | R | W | A | D},
        {"lr", HB_OP_LR_D, V | R | W, V | R | W | A},
        {"an AMO", HB_OP_AMOADD_D, V | R | W, V | R | W | A | D},
        {"a load, A set", HB_OP_LD, V | R | A, V | R | A},
        {"a store, A set", HB_OP_SD, V | R | W | A, V | R | W | A | D},
        {"a store, D set", HB_OP_SD, V | R | W | D, V | R | W | A | D},
        {"a load, D set", HB_OP_LD, V | R | W | D, V | R | W | A | D},
        {"bits for software stay", HB_OP_SD, V | R | W | 0x320, V | R | W | 0x320 | A | D},
        {"a store that may not", HB_OP_SD, V | R, V | R},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        make(&rig, 1, _i);
        map(&rig, 1, PAGE(1), cases[i].before);
        rig.hart->x[5] = IN(1);
        rig_step(&rig, 0, cases[i].code == HB_OP_SD ? op_s(HB_OP_SD, 5, 6, 0) : op_r(cases[i].code, 6, 5, 0));
        ck_assert_msg(entry(&rig, 1) == pte(PAGE(1), cases[i].after), "%s: 0x%lx", cases[i].what,
                      (unsigned long)entry(&rig, 1));
        rig_free(&rig);
    }
}
END_TEST

/* Two harts at once. Hart 0 has read the PTE and wants to mark it, which takes an upgrade; hart 1's store of another
 * PTE gets the bus first. So the mark must not happen, and the walk must find the new page. */
START_TEST(a_pte_that_changes_under_the_walk_is_read_again) {
    struct rig rig;
    make(&rig, 2, _i);
    struct hb_hart *h0 = &rig.hart[0], *h1 = &rig.hart[1];
    uint64_t value;
    rig_put(&rig, PAGE(0), &(uint64_t){0xaaaa}, 8);
    rig_put(&rig, PAGE(1), &(uint64_t){0xbbbb}, 8);
    map(&rig, 0, PAGE(2), V | R | W);
    map(&rig, 1, PAGE(0), V | R | W);
    ck_assert(load(&rig, IN(0), &value)); /* the table and the L1I know all that is needed */
    rig_step(&rig, 0, op_plain(HB_OP_SFENCE_VMA));
    h1->x[5] = PAGE(3);
    h1->x[6] = pte(PAGE(1), V | R | W);
    ck_assert(rig_step(&rig, 1, op_s(HB_OP_SD, 5, 6, 0)));
    h1->x[5] = LOWEST + 8;
    ck_assert(rig_step(&rig, 1, op_i(HB_OP_LD, 7, 5, 0))); /* both hold the line: hart 0 cannot mark without the bus */
    uint32_t load_op = op_i(HB_OP_LD, 6, 5, 0), store_op = op_s(HB_OP_SD, 5, 6, 0);
    rig_put(&rig, CODE, &load_op, 4);
    rig_put(&rig, CODE + 0x100, &store_op, 4);
    h0->pc = CODE;
    h1->pc = CODE + 0x100;
    h0->x[5] = IN(1);
    uint64_t cycle = rig.machine->saved->cycle, retired = h0->instructions;
    rig.machine->saved->bus.last_port = 0; /* hart 1's turn comes first */
    h0->ready_at = h1->ready_at = cycle;
    while (h0->instructions == retired && rig.machine->saved->cycle < cycle + 2000) {
        hb_machine_run(rig.machine, rig.machine->saved->cycle + 1);
        if (h1->pc != CODE + 0x100)
            h1->ready_at = HB_NEVER;
    }
    ck_assert_uint_eq(h0->x[6], 0xbbbb);
    ck_assert_uint_eq(entry(&rig, 1), pte(PAGE(1), V | R | W | A));
    rig_free(&rig);
}
END_TEST

/* ---- Rights ---------------------------------------------------------------------------------------------------- */

START_TEST(pages_have_their_rights) {
    static const struct {
        uint64_t flags;
        uint8_t mode;
        uint64_t status;
        bool read, write;
    } cases[] = {
        {V | R, HB_PRIV_S, 0, true, false},
        {V | R | W, HB_PRIV_S, 0, true, true},
        {V | X, HB_PRIV_S, 0, false, false},
        {V | X, HB_PRIV_S, HB_MSTATUS_MXR, true, false},
        {V | X, HB_PRIV_U, HB_MSTATUS_MXR, false, false},
        {V | X | U, HB_PRIV_U, HB_MSTATUS_MXR, true, false},
        {R | W, HB_PRIV_S, 0, false, false}, /* not valid */
        {V | W, HB_PRIV_S, 0, false, false}, /* reserved */
        {V | W | X, HB_PRIV_S, HB_MSTATUS_MXR, false, false},
        {V | R | W, HB_PRIV_U, 0, false, false},
        {V | R | W | U, HB_PRIV_U, 0, true, true},
        {V | R | W | U, HB_PRIV_S, 0, false, false},
        {V | R | W | U, HB_PRIV_S, HB_MSTATUS_SUM, true, true},
        {V | R | W, HB_PRIV_S, HB_MSTATUS_SUM, true, true},
        {V | R | W | 1ull << 54, HB_PRIV_S, 0, false, false}, /* reserved */
        {V | R | W | 1ull << 61, HB_PRIV_S, 0, false, false}, /* Svpbmt */
        {V | R | W | 1ull << 63, HB_PRIV_S, 0, false, false}, /* Svnapot */
        {V, HB_PRIV_S, 0, false, false},                      /* a pointer in the last level */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (uint32_t marked = 0; marked < 2; marked++) { /* found by a walk, or in the TLB as far as it can be */
            struct rig rig;
            make(&rig, 1, _i);
            uint64_t value, marks = marked ? A | D : 0;
            map(&rig, 1, PAGE(1), cases[i].flags | marks);
            again(&rig, cases[i].mode, cases[i].status);
            ck_assert_msg(load(&rig, IN(1) + 8, &value) == cases[i].read, "case %zu", i);
            if (!cases[i].read)
                ck_assert(rig.hart->mcause == LOAD && rig.hart->mtval == IN(1) + 8);
            again(&rig, cases[i].mode, cases[i].status);
            ck_assert_msg(store(&rig, IN(1) + 16, 1) == cases[i].write, "case %zu", i);
            if (!cases[i].write)
                ck_assert(rig.hart->mcause == STORE && rig.hart->mtval == IN(1) + 16);
            rig_free(&rig);
        }
    }
}
END_TEST

/* What the TLB holds is asked again when mode, SUM or MXR change. */
START_TEST(a_tlb_hit_is_no_right) {
    struct rig rig;
    make(&rig, 1, _i);
    uint64_t value;
    map(&rig, 1, PAGE(1), V | R | U | A | D);
    map(&rig, 2, PAGE(2), V | X | A | D);
    again(&rig, HB_PRIV_U, 0);
    ck_assert(load(&rig, IN(1), &value));
    rig_write_csr(&rig, MSTATUS, HB_MSTATUS_MPRV | 1ull << HB_MSTATUS_MPP_SHIFT);
    ck_assert(!load(&rig, IN(1), &value));
    again(&rig, HB_PRIV_S, 0);
    rig_write_csr(&rig, MSTATUS, HB_MSTATUS_MPRV | 1ull << HB_MSTATUS_MPP_SHIFT | HB_MSTATUS_SUM | HB_MSTATUS_MXR);
    ck_assert(load(&rig, IN(1), &value) && load(&rig, IN(2), &value));
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRC, 0, MSTATUS, 30)));
    rig.hart->x[30] = HB_MSTATUS_SUM;
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRC, 0, MSTATUS, 30)));
    ck_assert(!load(&rig, IN(1), &value));
    again(&rig, HB_PRIV_S, HB_MSTATUS_MXR);
    ck_assert(load(&rig, IN(2), &value));
    rig.hart->x[30] = HB_MSTATUS_MXR;
    ck_assert(rig_step(&rig, 0, op_csr(HB_OP_CSRRC, 0, MSTATUS, 30)));
    ck_assert(!load(&rig, IN(2), &value));
    rig_free(&rig);
}
END_TEST

START_TEST(addresses_are_canonical) {
    static const struct {
        uint64_t address;
        bool may;
    } cases[] = {{IN(1), true},
                 {IN(1) | 1ull << 39, false},
                 {IN(1) | 1ull << 63, false},
                 {IN(1) | ~0ull << 38, false},
                 {IN(1) | ~0ull << 39, false},
                 {1ull << 38, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        make(&rig, 1, _i);
        uint64_t value, physical;
        map(&rig, 1, PAGE(1), V | R);
        ck_assert_int_eq(hb_mmu_debug_translate(rig_core(&rig, 0), cases[i].address, &physical), cases[i].may);
        ck_assert_int_eq(load(&rig, cases[i].address, &value), cases[i].may);
        if (!cases[i].may)
            ck_assert(rig.hart->mcause == LOAD && rig.hart->mtval == cases[i].address);
        rig_free(&rig);
    }
}
END_TEST

/* ---- Tables ---------------------------------------------------------------------------------------------------- */

START_TEST(pages_come_in_three_sizes) {
    static const struct {
        uint64_t table, index, physical, flags;
        bool valid;
    } cases[] = {
        {MIDDLE, VIRTUAL >> 21 & 511, RAM, V | R, true},
        {MIDDLE, VIRTUAL >> 21 & 511, RAM + 0x1000, V | R, false}, /* not aligned */
        {ROOT, VIRTUAL >> 30, RAM, V | R, true},
        {ROOT, VIRTUAL >> 30, RAM + (1ull << 21), V | R, false},
        {ROOT, VIRTUAL >> 30, RAM + (1ull << 29), V | R, false},
        {ROOT, VIRTUAL >> 30, MIDDLE, V | A, false}, /* A, D and U mean nothing in a pointer */
        {ROOT, VIRTUAL >> 30, MIDDLE, V | D, false},
        {MIDDLE, VIRTUAL >> 21 & 511, LOWEST, V | U, false},
        {MIDDLE, VIRTUAL >> 21 & 511, LOWEST, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        make(&rig, 1, _i);
        uint64_t value, physical, address = VIRTUAL + (PAGE(5) - RAM) + 0x128;
        map(&rig, (PAGE(5) - RAM) >> 12, PAGE(5), V | R);
        rig_put(&rig, PAGE(5) + 0x128, &(uint64_t){0x77}, 8);
        set_entry(&rig, cases[i].table, cases[i].index, pte(cases[i].physical, cases[i].flags));
        ck_assert_msg(load(&rig, address, &value) == cases[i].valid, "case %zu", i);
        if (cases[i].valid) {
            ck_assert_uint_eq(value, 0x77);
            ck_assert_uint_eq(rig_get(&rig, cases[i].table + 8 * cases[i].index, 8),
                              pte(cases[i].physical, cases[i].flags | A));
            ck_assert(hb_mmu_debug_translate(rig_core(&rig, 0), address, &physical) && physical == PAGE(5) + 0x128);
        } else {
            ck_assert_uint_eq(rig.hart->mcause, LOAD);
        }
        rig_free(&rig);
    }
}
END_TEST

/* A table that is not in memory, or that the PMP keeps from S mode, is an access fault of what was asked for. */
START_TEST(tables_that_cannot_be_read) {
    for (uint32_t i = 0; i < 6; i++) {
        struct rig rig;
        make(&rig, 1, _i);
        uint64_t value;
        map(&rig, 1, PAGE(1), V | R | W);
        if (i < 2)
            set_entry(&rig, MIDDLE, VIRTUAL >> 21 & 511, pte(0x2000000, V)); /* a device */
        rig.hart->pmp_address[0] = ~0ull >> 10;
        if (i >= 2) { /* the lowest table: not readable, or readable only, which is not enough for the mark */
            rig.hart->pmp_config[1] = rig.hart->pmp_config[0];
            rig.hart->pmp_address[1] = rig.hart->pmp_address[0];
            rig.hart->pmp_config[0] = i < 4 ? 0x18 : 0x19;
            rig.hart->pmp_address[0] = LOWEST >> 2 | 0x1ff;
        }
        ck_assert(!(i % 2 ? store(&rig, IN(1), 1) : load(&rig, IN(1), &value)));
        ck_assert_uint_eq(rig.hart->mcause, i % 2 ? 7 : 5);
        ck_assert_uint_eq(rig.hart->mtval, IN(1));
        ck_assert_uint_eq(entry(&rig, 1), pte(PAGE(1), V | R | W));
        rig_free(&rig);
    }
}
END_TEST

/* ---- The TLB --------------------------------------------------------------------------------------------------- */

START_TEST(the_tlb_keeps_what_the_table_held_until_a_fence) {
    for (uint32_t by = 0; by < 3; by++) {
        struct rig rig;
        make(&rig, 1, _i);
        uint64_t value;
        rig_put(&rig, PAGE(0), &(uint64_t){0xaaaa}, 8);
        rig_put(&rig, PAGE(1), &(uint64_t){0xbbbb}, 8);
        map(&rig, 1, PAGE(0), V | R | A);
        ck_assert(load(&rig, IN(1), &value) && value == 0xaaaa);
        map(&rig, 1, PAGE(1), V | R | A);
        ck_assert(load(&rig, IN(1), &value) && value == 0xaaaa);
        if (by == 0)
            ck_assert(rig_step(&rig, 0, op_plain(HB_OP_SFENCE_VMA)));
        else if (by == 1) { /* also of another address and another address space: more is allowed */
            rig.hart->x[5] = IN(1);
            ck_assert(rig_step(&rig, 0, op_r(HB_OP_SFENCE_VMA, 0, 5, 5)));
        } else
            rig_write_csr(&rig, SATP, 8ull << 60 | ROOT >> 12);
        ck_assert(load(&rig, IN(1), &value) && value == 0xbbbb);
        rig_free(&rig);
    }
}
END_TEST

START_TEST(snapshots_hold_the_tlb) {
    struct rig rig;
    make(&rig, 1, _i);
    uint64_t value, hash;
    map(&rig, 1, PAGE(0), V | R | A);
    hash = hb_state_hash(rig.machine);
    ck_assert(load(&rig, IN(1), &value));
    const struct hb_hart kept = *rig.hart;
    uint64_t with = hb_state_hash(rig.machine);
    ck_assert_uint_ne(hash, with);
    hb_mmu_flush(rig_core(&rig, 0));
    ck_assert_uint_ne(hb_state_hash(rig.machine), with);
    *rig.hart = kept;
    ck_assert_uint_eq(hb_state_hash(rig.machine), with);
    rig_free(&rig);
}
END_TEST

/* ---- Accesses and instructions over two pages ------------------------------------------------------------------ */

START_TEST(an_access_may_reach_into_a_page_elsewhere) {
    struct rig rig;
    make(&rig, 1, _i);
    uint64_t value;
    map(&rig, 1, PAGE(4), V | R | W);
    map(&rig, 2, PAGE(1), V | R | W);
    for (uint64_t before = 1; before < 8; before++) {
        uint64_t address = IN(2) - before;
        rig_step(&rig, 0, op_plain(HB_OP_SFENCE_VMA));
        ck_assert(store(&rig, address, 0x8877665544332211));
        ck_assert_uint_eq(rig_get(&rig, PAGE(5) - before, before), 0x8877665544332211 & ((1ull << 8 * before) - 1));
        ck_assert_uint_eq(rig_get(&rig, PAGE(1), 8 - before), 0x8877665544332211 >> 8 * before);
        ck_assert(load(&rig, address, &value) && value == 0x8877665544332211);
    }
    rig_free(&rig);
}
END_TEST

START_TEST(nothing_of_an_access_is_done_if_its_second_page_is_not_there) {
    for (uint32_t i = 0; i < 4; i++) {
        struct rig rig;
        make(&rig, 1, _i);
        bool protected = i >= 2;
        uint64_t value;
        map(&rig, 1, PAGE(4), V | R | W);
        map(&rig, 2, PAGE(1), protected ? V | R | W : 0);
        if (protected) {
            rig.hart->pmp_config[1] = 0x1f;
            rig.hart->pmp_address[1] = ~0ull >> 10;
            rig.hart->pmp_config[0] = 0x18;
            rig.hart->pmp_address[0] = PAGE(1) >> 2 | 0x1ff;
        }
        ck_assert(!(i % 2 ? store(&rig, IN(2) - 3, ~0ull) : load(&rig, IN(2) - 3, &value)));
        ck_assert_uint_eq(rig.hart->mcause, (protected ? 5 : LOAD) + (i % 2 ? 2 : 0));
        ck_assert_uint_eq(rig.hart->mtval, IN(2)); /* where the fault is */
        ck_assert_uint_eq(rig_get(&rig, PAGE(5) - 8, 8), 0);
        rig_free(&rig);
    }
}
END_TEST

/* Of two faults the first page's is taken, also when it is the PMP's. */
START_TEST(faults_come_in_the_order_of_addresses) {
    struct rig rig;
    make(&rig, 1, _i);
    uint64_t value;
    map(&rig, 1, PAGE(4), V | R | W);
    rig.hart->pmp_config[1] = 0x1f;
    rig.hart->pmp_address[1] = ~0ull >> 10;
    rig.hart->pmp_config[0] = 0x18;
    rig.hart->pmp_address[0] = PAGE(4) >> 2 | 0x1ff;
    ck_assert(!load(&rig, IN(2) - 3, &value));
    ck_assert_uint_eq(rig.hart->mcause, 5);
    ck_assert_uint_eq(rig.hart->mtval, IN(2) - 3);
    rig_free(&rig);
}
END_TEST

/* S mode, at `pc`. */
static void enter_translated(struct rig *rig, uint64_t pc) {
    rig->hart->privilege = HB_PRIV_S;
    rig->hart->mstatus = 0;
    rig->hart->pc = pc;
    hb_core_drop_lookups(rig_core(rig, 0));
}

START_TEST(an_instruction_may_reach_into_a_page_elsewhere) {
    static const struct {
        uint64_t flags;
        uint64_t cause;
    } cases[] = {{V | X, 0}, {V | R, FETCH}, {V | X | U, FETCH}, {0, FETCH}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;
        make(&rig, 1, _i);
        uint32_t bits = op_i(HB_OP_ADDI, 6, 0, 0x765), nop = NOP;
        map(&rig, 1, PAGE(4), V | X);
        map(&rig, 2, PAGE(1), cases[i].flags);
        rig_put(&rig, PAGE(5) - 2, &bits, 2);
        rig_put(&rig, PAGE(1), (char *)&bits + 2, 2);
        rig_put(&rig, PAGE(1) + 2, &nop, 4);
        for (uint32_t n = 0; n < 2; n++) { /* the second time, all is in the TLB and the L1I */
            enter_translated(&rig, IN(2) - 2);
            ck_assert_int_eq(rig_go(&rig, 0), cases[i].cause == 0);
            if (cases[i].cause) {
                ck_assert(rig.hart->mcause == cases[i].cause && rig.hart->mtval == IN(2) &&
                          rig.hart->mepc == IN(2) - 2);
                continue;
            }
            ck_assert_uint_eq(rig.hart->x[6], 0x765);
            ck_assert_uint_eq(rig.hart->pc, IN(2) + 2);
            ck_assert(rig_go(&rig, 0));
        }
        ck_assert_uint_eq(entry(&rig, 1), pte(PAGE(4), V | X | A));
        rig_free(&rig);
    }
}
END_TEST

START_TEST(only_the_half_that_is_needed_is_fetched) {
    struct rig rig;
    make(&rig, 1, _i);
    const uint16_t c_nop = 0x0001;
    map(&rig, 1, PAGE(4), V | X);
    rig_put(&rig, PAGE(5) - 2, &c_nop, 2);
    enter_translated(&rig, IN(2) - 2);
    ck_assert(rig_go(&rig, 0)); /* the page behind it is not there */
    ck_assert(!rig_go(&rig, 0));
    ck_assert(rig.hart->mcause == FETCH && rig.hart->mtval == IN(2) && rig.hart->mepc == IN(2));
    rig_free(&rig);
}
END_TEST

/* ---- LR and SC ------------------------------------------------------------------------------------------------- */

static void make_caches_tiny(struct hb_config *config) {
    for (uint32_t h = 0; h < config->harts; h++) {
        config->hart[h].l1d.size_bytes = 512;
        config->hart[h].l1d.ways = 1;
    }
}

/* Entries of the table lie in the reserved line's set, and code and data in one place of their TLBs: the first walks
 * take the reservation away, and then there are no more. */
START_TEST(walks_do_not_keep_lr_and_sc_apart_for_ever) {
    struct rig rig;
    rig_make_with(&rig, 1, _i, make_caches_tiny);
    translate_as(&rig, HB_PRIV_S, 0);
    map(&rig, 8, PAGE(0), V | R | W);
    map(&rig, 8 + STRIDE, PAGE(10), V | X);
    uint64_t set = (LOWEST + 8 * (8 + STRIDE)) % 512;
    const uint32_t code[] = {op_r(HB_OP_LR_D, 6, 5, 0), op_r(HB_OP_SC_D, 7, 5, 6), op_b(HB_OP_BNE, 7, 0, -8), NOP};
    rig_put(&rig, PAGE(10), code, sizeof code);
    enter_translated(&rig, IN(8 + STRIDE));
    rig.hart->x[5] = IN(8) + set;
    uint32_t instructions = 0;
    while (rig.hart->pc != IN(8 + STRIDE) + 12 && instructions < 100) {
        ck_assert(rig_go(&rig, 0));
        instructions++;
    }
    ck_assert_uint_gt(instructions, 3); /* else it has been too easy */
    ck_assert_uint_le(instructions, 9);
    rig_free(&rig);
}
END_TEST

/* ---- Host lookups change nothing ------------------------------------------------------------------------------- */

#define INSTRUCTIONS 400
#define PAGES        6

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides) {
    return (uint32_t)(hb_mix64(dice->state++) >> 20) % sides;
}

static uint64_t data_page(uint32_t n) {
    return IN(8 + (n % 3) * STRIDE + n / 3);
}

/* x9: the lowest table, mapped as well; x10: values; x12 on: pages of data; x20, x21: SUM, MXR; x22 on: entries; x28,
 * x29 take what is read. */
static uint32_t random_instruction(struct dice *dice) {
    static const uint16_t loads[] = {HB_OP_LD, HB_OP_LW, HB_OP_LBU, HB_OP_LH},
                          stores[] = {HB_OP_SD, HB_OP_SW, HB_OP_SB, HB_OP_SH};
    uint32_t base = 12 + roll(dice, PAGES);
    int32_t offset = (int32_t)roll(dice, 5) * 64 + (int32_t)roll(dice, 64) - 160;
    switch (roll(dice, 16)) {
    case 0:
    case 1:
    case 2:
    case 3: return op_i(loads[roll(dice, 4)], 28 + roll(dice, 2), base, offset);
    case 4:
    case 5:
    case 6: return op_s(stores[roll(dice, 4)], base, 10, offset);
    case 7: return op_r(HB_OP_AMOADD_D, 28, base, 10);
    case 8: return op_r(HB_OP_LR_D, 28, base, 0);
    case 9: return op_r(HB_OP_SC_D, 29, base, 10);
    case 10: return op_csr(roll(dice, 2) ? HB_OP_CSRRS : HB_OP_CSRRC, 28, 0x100, 20 + roll(dice, 2)); /* SUM, MXR */
    case 11: return roll(dice, 4) ? NOP : op_plain(HB_OP_SFENCE_VMA);
    case 12: return op_s(HB_OP_SD, 9, 22 + roll(dice, 5), (int32_t)(8 * (8 + roll(dice, PAGES / 3))));
    case 13: return op_b(HB_OP_BEQ, 10, 10, 4 + 4 * (int32_t)roll(dice, 3));
    case 14: return op_i(HB_OP_ADDI, 10, 10, (int32_t)roll(dice, 4096) - 2048);
    default: return op_i(HB_OP_ADDI, 0, 0, 0);
    }
}

/* The handler skips what trapped: csrr x31,mepc; addi x31,x31,4; csrw mepc,x31; mret. */
static void put_handler(struct rig *rig) {
    const uint32_t code[] = {op_csr(HB_OP_CSRRS, 31, 0x341, 0), op_i(HB_OP_ADDI, 31, 31, 4),
                             op_csr(HB_OP_CSRRW, 0, 0x341, 31), op_plain(HB_OP_MRET)};
    rig_put(rig, HANDLER, code, sizeof code);
}

static void put_program(struct rig *rig, struct dice *dice) {
    uint32_t code[INSTRUCTIONS + 2];
    for (uint32_t i = 0; i < INSTRUCTIONS; i++)
        code[i] = random_instruction(dice);
    code[INSTRUCTIONS] = code[INSTRUCTIONS + 1] = 0x6f; /* to itself */
    rig_put(rig, PAGE(10), code, sizeof code);
}

static void put_pages(struct rig *rig, struct dice *dice) {
    static const uint64_t flags[] = {V | R | W, V | R | W | U, V | R, V | X, V | R | W | A | D, 0};
    for (uint32_t n = 0; n < PAGES; n++)
        map(rig, (data_page(n) - VIRTUAL) >> 12, PAGE(roll(dice, 4)), flags[roll(dice, 6)]);
    map(rig, 1, LOWEST, V | R | W);
    map(rig, 3, PAGE(10), V | X);
    map(rig, 2, PAGE(10) - 0x1000, V | X);
}

static void start(struct rig *rig, uint32_t h, uint32_t from) {
    struct hb_hart *hart = &rig->hart[h];
    hart->satp = 8ull << 60 | ROOT >> 12;
    hart->pmp_config[0] = 0x1f;
    hart->pmp_address[0] = ~0ull >> 10;
    for (uint32_t n = 0; n < PAGES; n++)
        hart->x[12 + n] = data_page(n) + (n < 3 ? 4096 - 8 : 2048); /* some accesses reach into the next page */
    hart->x[9] = IN(1);
    hart->x[20] = HB_MSTATUS_SUM;
    hart->x[21] = HB_MSTATUS_MXR;
    for (uint32_t i = 0; i < 5; i++)
        hart->x[22 + i] = pte(PAGE(i), i == 4 ? 0 : V | R | W | (i & 1 ? U : 0));
    hart->privilege = HB_PRIV_S;
    hart->pc = IN(3) + 4ull * from;
    hart->ready_at = rig->machine->saved->cycle;
}

static void make_run(struct rig *rig, uint32_t seed, int way) {
    struct dice dice = {.state = (uint64_t)seed << 32};
    rig_make(rig, 2, way);
    set_entry(rig, ROOT, VIRTUAL >> 30, pte(MIDDLE, V));
    set_entry(rig, MIDDLE, VIRTUAL >> 21 & 511, pte(LOWEST, V));
    put_handler(rig);
    put_pages(rig, &dice);
    put_program(rig, &dice);
    start(rig, 0, 0);
    start(rig, 1, roll(&dice, 100));
    hb_cores_drop_lookups(&rig->machine->cores);
}

START_TEST(runs_are_the_same_with_and_without_lookups) {
    struct rig slow, fast;
    make_run(&slow, (uint32_t)_i, 0);
    make_run(&fast, (uint32_t)_i, 1);
    for (uint64_t cycle = 1; cycle < 40000; cycle += 1 + cycle % 97) {
        hb_machine_run(slow.machine, cycle);
        hb_machine_run(fast.machine, cycle);
        ck_assert_msg(hb_state_hash(slow.machine) == hb_state_hash(fast.machine), "before cycle %lu",
                      (unsigned long)cycle);
    }
    for (uint32_t h = 0; h < 2; h++) {
        ck_assert_uint_gt(slow.hart[h].instructions, INSTRUCTIONS / 2);
        ck_assert_uint_eq(slow.hart[h].traps, fast.hart[h].traps);
        for (uint32_t cause = 0; cause < HB_STALLS; cause++)
            ck_assert_uint_eq(slow.hart[h].stalled_cycles[cause], fast.hart[h].stalled_cycles[cause]);
    }
    ck_assert_uint_gt(fast.hart[0].lookup_hits[0] + fast.hart[0].lookup_hits[1], 0);
    rig_free(&slow);
    rig_free(&fast);
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, a_walk_goes_through_the_cache_and_is_made_once, 0, RIG_WAYS);
    tcase_add_loop_test(tests, accessed_and_dirty_are_set_as_they_are_needed, 0, RIG_WAYS);
    tcase_add_loop_test(tests, a_pte_that_changes_under_the_walk_is_read_again, 0, 1);
    tcase_add_loop_test(tests, pages_have_their_rights, 0, RIG_WAYS);
    tcase_add_loop_test(tests, a_tlb_hit_is_no_right, 0, RIG_WAYS);
    tcase_add_loop_test(tests, addresses_are_canonical, 0, RIG_WAYS);
    tcase_add_loop_test(tests, pages_come_in_three_sizes, 0, RIG_WAYS);
    tcase_add_loop_test(tests, tables_that_cannot_be_read, 0, RIG_WAYS);
    tcase_add_loop_test(tests, the_tlb_keeps_what_the_table_held_until_a_fence, 0, RIG_WAYS);
    tcase_add_loop_test(tests, snapshots_hold_the_tlb, 0, RIG_WAYS);
    tcase_add_loop_test(tests, an_access_may_reach_into_a_page_elsewhere, 0, RIG_WAYS);
    tcase_add_loop_test(tests, nothing_of_an_access_is_done_if_its_second_page_is_not_there, 0, RIG_WAYS);
    tcase_add_loop_test(tests, faults_come_in_the_order_of_addresses, 0, RIG_WAYS);
    tcase_add_loop_test(tests, an_instruction_may_reach_into_a_page_elsewhere, 0, 2);
    tcase_add_loop_test(tests, only_the_half_that_is_needed_is_fetched, 0, 2);
    tcase_add_loop_test(tests, walks_do_not_keep_lr_and_sc_apart_for_ever, 0, 2);
    tcase_add_loop_test(tests, runs_are_the_same_with_and_without_lookups, 0, 40);
}

int main(void) {
    return rig_run("mmu", add);
}
