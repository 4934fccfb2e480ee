/* Accesses across the borders of pages and regions, against a model written from the privileged specification: what a
 * misaligned access traps with is the cause of its first part that is at fault, and the address of that part (section
 * 3.1.16); nothing of a store that traps is done. */
#include "memory/hash.h"
#include "tests/unit/cpu/cpu_rig.h"

#define CASES  2000
#define WINDOW 0x40000000ull /* two pages that are mapped anew for each case */
#define TABLES (RAM + 0x10000)
#define PAGES  (RAM + 0x20000) /* two that they may be mapped to */
#define DEVICE 0x2005000ull    /* timers of the CLINT: 4 and 8 bytes; below 0x2004000, software interrupts: 4 */

enum region { REGION_RAM, REGION_ROM, REGION_DEVICE, REGION_VACANT };

struct page {
    uint64_t physical;
    uint64_t pte; /* 0: without translation */
};

struct scene {
    struct rig rig;
    uint64_t drawn;
    struct page page[2];
    uint64_t border; /* virtual address at which the second page begins */
    uint8_t mode;    /* in which addresses are translated; M: they are not */
};

static uint64_t draw(struct scene *s, uint64_t below) {
    return hb_choice(s->rig.way + 1u, 5, s->drawn++) % below;
}

/* ---- The model ------------------------------------------------------------------------------------------------- */

struct access {
    uint32_t bits; /* the instruction; 0: a fetch */
    uint32_t bytes;
    bool writes, reads, atomic;
};

struct verdict {
    uint64_t cause; /* UINT64_MAX: no trap */
    uint64_t value;
};

static enum region region_of(uint64_t physical) {
    if (physical >= RAM && physical < RAM + RAM_BYTES)
        return REGION_RAM;
    if (physical >= 0x1000 && physical < 0x10000)
        return REGION_ROM;
    return physical >= 0x2000000 && physical < 0x200c000 ? REGION_DEVICE : REGION_VACANT;
}

/* Table 4.5 and section 4.3.1: V, then what R, W and X say together, U, and the right that is asked for. */
static bool page_allows(const struct scene *s, uint64_t pte, const struct access *a) {
    bool v = pte & 1, r = pte & 2, w = pte & 4, x = pte & 8, u = pte & 16;
    if (!v || (w && !r) || (!r && !x) || u != (s->mode == HB_PRIV_U))
        return false;
    return a->bits == 0 ? x : (!a->writes || w) && (a->writes || r);
}

static struct verdict verdict(uint64_t load_cause, const struct access *a, uint64_t value) {
    uint64_t cause = a->bits == 0 ? (load_cause == 13 ? 12 : 1) : a->writes ? load_cause + 2 : load_cause;
    return (struct verdict){cause, value};
}

/* What becomes of the byte at `address` of an access at `from`. */
static struct verdict judge_byte(const struct scene *s, const struct access *a, uint64_t from, uint64_t address) {
    const struct page *page = &s->page[address >= s->border];
    bool misaligned = from & (a->bytes - 1);
    if (s->mode != HB_PRIV_M && !page_allows(s, page->pte, a))
        return verdict(13, a, address);
    enum region region = region_of(page->physical + (address & 4095));
    bool width = a->bytes == 4 || (a->bytes == 8 && page->physical >= 0x2004000);
    bool device = region == REGION_DEVICE && a->bits != 0 && !a->atomic && !misaligned && width;
    if (region == REGION_RAM || (region == REGION_ROM && !a->writes) || device)
        return (struct verdict){UINT64_MAX, 0};
    return verdict(5, a, address);
}

static struct verdict judge(const struct scene *s, const struct access *a, uint64_t from) {
    struct verdict found = {UINT64_MAX, 0};
    if (a->atomic && from & (a->bytes - 1))
        return verdict(4, a, from);
    for (uint64_t at = from; at < from + a->bytes && found.cause == UINT64_MAX; at++)
        found = judge_byte(s, a, from, at);
    return found;
}

/* ---- Scenes ---------------------------------------------------------------------------------------------------- */

static void make(struct scene *s, int way) {
    static uint64_t table[512];
    rig_make(&s->rig, 1, way);
    s->rig.hart->mstatus |= HB_MSTATUS_FS;
    s->rig.hart->pmp_address[0] = UINT64_MAX >> 10;
    s->rig.hart->pmp_config[0] = 0x1f;
    table[1] = (TABLES + 0x1000) >> 2 | 1;
    rig_put(&s->rig, TABLES, table, sizeof table);
    table[1] = 0;
    table[0] = (TABLES + 0x2000) >> 2 | 1;
    rig_put(&s->rig, TABLES + 0x1000, table, sizeof table);
    for (uint64_t page = PAGES; page < PAGES + 0x2000; page += 4096)
        for (uint64_t at = 0; at < 4096; at += 2)
            rig_put(&s->rig, page + at, &(uint16_t){0x0013}, 2); /* half a nop, and so is any half behind it */
}

static struct page some_page(struct scene *s, uint64_t of_ram) {
    static const uint64_t others[] = {0x1000, 0xf000, DEVICE, 0x3000000, 0x80000000ull - 0x1000, RAM + RAM_BYTES};
    uint64_t physical = draw(s, 2) ? of_ram : others[draw(s, sizeof others / sizeof *others)];
    uint64_t user = s->mode == HB_PRIV_U ? 0x10 : 0;
    uint64_t flags = draw(s, 2) ? 0xcf | user : draw(s, 4) ? 0xc0 | draw(s, 16) | user : 0xc0 | draw(s, 64);
    if ((flags & 0xf) == 1)
        flags &= ~1ull; /* no leaf: a pointer to another table */
    return (struct page){physical, flags & 0xdf};
}

/* Two pages side by side, as the map of the board or a page table puts them. */
static void set_scene(struct scene *s) {
    static const uint64_t borders[] = {0x1000,    0x10000, 0x2000000,       DEVICE,
                                       0x200c000, RAM,     RAM + RAM_BYTES, PAGES + 0x1000};
    static const uint8_t modes[] = {HB_PRIV_M, HB_PRIV_S, HB_PRIV_U, HB_PRIV_U};
    s->mode = modes[draw(s, 4)];
    s->border = s->mode == HB_PRIV_M ? borders[draw(s, sizeof borders / sizeof *borders)] : WINDOW + 0x1000;
    for (uint64_t i = 0; i < 2; i++) {
        s->page[i] = some_page(s, PAGES + 0x1000 * i);
        if (s->mode == HB_PRIV_M)
            s->page[i] = (struct page){s->border - 0x1000 * (1 - i), 0};
        uint64_t pte = s->page[i].physical >> 2 | s->page[i].pte;
        rig_put(&s->rig, TABLES + 0x2000 + 8 * i, &pte, 8);
    }
    s->rig.hart->satp = 0;
    rig_write_csr(&s->rig, 0x180, s->mode == HB_PRIV_M ? 0 : 8ull << 60 | TABLES >> 12);
}

/* In M mode, whose loads and stores are those of `mode`. */
static void use_data_of(struct scene *s, uint8_t mode) {
    rig_write_csr(&s->rig, 0x300, HB_MSTATUS_FS | HB_MSTATUS_MPRV | (uint64_t)mode << HB_MSTATUS_MPP_SHIFT);
}

static void back(struct scene *s) {
    s->rig.hart->privilege = HB_PRIV_M;
    s->rig.hart->pc = CODE;
    s->rig.hart->mstatus = HB_MSTATUS_FS;
    hb_cores_drop_lookups(&s->rig.machine->cores);
}

/* ---- Loads, stores and atomics --------------------------------------------------------------------------------- */

/* At x5. */
static struct access some_access(struct scene *s) {
    const struct access all[] = {
        {op_i(HB_OP_LB, 6, 5, 0), 1, false, true, false},     {op_i(HB_OP_LHU, 6, 5, 0), 2, false, true, false},
        {op_i(HB_OP_LW, 6, 5, 0), 4, false, true, false},     {op_i(HB_OP_LD, 6, 5, 0), 8, false, true, false},
        {op_i(HB_OP_FLW, 6, 5, 0), 4, false, true, false},    {op_i(HB_OP_FLD, 6, 5, 0), 8, false, true, false},
        {op_s(HB_OP_SB, 5, 7, 0), 1, true, false, false},     {op_s(HB_OP_SH, 5, 7, 0), 2, true, false, false},
        {op_s(HB_OP_SW, 5, 7, 0), 4, true, false, false},     {op_s(HB_OP_SD, 5, 7, 0), 8, true, false, false},
        {op_s(HB_OP_FSW, 5, 7, 0), 4, true, false, false},    {op_s(HB_OP_FSD, 5, 7, 0), 8, true, false, false},
        {op_r(HB_OP_LR_D, 6, 5, 0), 8, false, true, true},    {op_r(HB_OP_SC_W, 6, 5, 7), 4, true, false, true},
        {op_r(HB_OP_AMOADD_D, 6, 5, 7), 8, true, true, true}, {op_r(HB_OP_AMOMAX_W, 6, 5, 7), 4, true, true, true},
    };
    return all[draw(s, sizeof all / sizeof *all)];
}

static void check_trap(const struct scene *s, bool retired, struct verdict wanted, uint64_t at, uint64_t pc) {
    const struct hb_hart *hart = s->rig.hart;
    bool same = retired ? wanted.cause == UINT64_MAX : hart->mcause == wanted.cause && hart->mtval == wanted.value;
    ck_assert_msg(
        same && (retired || hart->mepc == pc),
        "case at 0x%lx of mode %d, pages 0x%lx (0x%lx), 0x%lx (0x%lx): %s, cause %d, value 0x%lx; wanted %d, 0x%lx",
        (unsigned long)at, s->mode, (unsigned long)s->page[0].physical, (unsigned long)s->page[0].pte,
        (unsigned long)s->page[1].physical, (unsigned long)s->page[1].pte, retired ? "retired" : "trapped",
        (int)hart->mcause, (unsigned long)hart->mtval, (int)wanted.cause, (unsigned long)wanted.value);
}

START_TEST(a_part_that_is_at_fault_is_told_by_its_address) {
    static struct scene scene, *s = &scene;
    uint32_t second_parts = 0;
    make(s, _i);
    for (uint32_t i = 0; i < CASES; i++) {
        set_scene(s);
        struct access a = some_access(s);
        uint64_t from = s->border - 8 + draw(s, 16);
        uint64_t before[2] = {rig_get(&s->rig, PAGES + 0xff8, 8), rig_get(&s->rig, PAGES + 0x1000, 8)};
        use_data_of(s, s->mode);
        s->rig.hart->x[5] = from;
        struct verdict wanted = judge(s, &a, from);
        uint64_t pc = s->rig.hart->pc;
        bool retired = rig_step(&s->rig, 0, a.bits);
        check_trap(s, retired, wanted, from, pc);
        second_parts += !retired && wanted.value > from;
        if (!retired) {
            ck_assert_uint_eq(rig_get(&s->rig, PAGES + 0xff8, 8), before[0]);
            ck_assert_uint_eq(rig_get(&s->rig, PAGES + 0x1000, 8), before[1]);
        }
        back(s);
    }
    ck_assert_uint_gt(second_parts, CASES / 40);
    rig_free(&s->rig);
}
END_TEST

/* ---- Fetches --------------------------------------------------------------------------------------------------- */

/* An instruction of four bytes in the last two of a page, or one of two, which needs no more. */
START_TEST(the_half_of_an_instruction_that_is_at_fault_is_told_by_its_address) {
    static struct scene scene, *s = &scene;
    uint32_t second_halves = 0;
    make(s, _i);
    for (uint32_t i = 0; i < CASES; i++) {
        set_scene(s);
        uint64_t from = s->border - 2;
        uint64_t first = s->page[0].physical + 0xffe;
        bool memory = region_of(first) == REGION_RAM || region_of(first) == REGION_ROM;
        rig_put(&s->rig, PAGES + 0xffe, &(uint16_t){draw(s, 4) ? 0x0013 : 0x0001}, 2);
        struct access a = {.bytes = memory && (rig_get(&s->rig, first, 2) & 3) != 3 ? 2 : 4, .reads = true};
        struct verdict wanted = judge(s, &a, from);
        s->rig.hart->privilege = s->mode;
        s->rig.hart->pc = from;
        hb_cores_drop_lookups(&s->rig.machine->cores);
        bool retired = rig_go(&s->rig, 0);
        bool illegal = !retired && s->rig.hart->mcause == 2; /* what stands elsewhere need not be one */
        check_trap(s, retired || illegal, wanted, from, from);
        second_halves += !retired && wanted.value > from;
        back(s);
    }
    ck_assert_uint_gt(second_halves, CASES / 40);
    rig_free(&s->rig);
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, a_part_that_is_at_fault_is_told_by_its_address, 0, RIG_WAYS);
    tcase_add_loop_test(tests, the_half_of_an_instruction_that_is_at_fault_is_told_by_its_address, 0, RIG_WAYS);
}

int main(void) {
    return rig_run("cpu borders", add);
}
