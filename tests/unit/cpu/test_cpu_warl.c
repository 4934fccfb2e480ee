/* What every CSR holds after all ones, all zeros, single bits, every encoding of its fields and random values were
 * written to it, by tables from the privileged specification: bits that it has not are 0 or fixed, a legal value is
 * held as it is written, and a reserved encoding is never held. */
#include "cpu/csr.h"
#include "memory/hash.h"
#include "tests/unit/cpu/cpu_rig.h"

#define RANDOM_VALUES 300
#define STATUS_FIXED  0xa00000000ull
#define ANY           UINT64_MAX

/* The bits that can be written, and those that are always 1. */
static const struct {
    uint32_t first, last;
    uint64_t mask, fixed;
} registers[] = {
    {0x001, 0x001, 0x1f, 0},                /* fflags */
    {0x002, 0x002, 7, 0},                   /* frm: a reserved rounding mode is held, and illegal when it is used */
    {0x003, 0x003, 0xff, 0},                /* fcsr */
    {0x100, 0x100, 0xc6122, 0x200000000},   /* sstatus: SIE, SPIE, SPP, FS, SUM, MXR; UXL is 2 */
    {0x104, 0x104, 0x222, 0},               /* sie */
    {0x105, 0x105, ANY, 0},                 /* stvec */
    {0x106, 0x106, UINT32_MAX, 0},          /* scounteren */
    {0x10a, 0x10a, 0xf1, 0},                /* senvcfg: FIOM, CBIE, CBCFE, CBZE */
    {0x140, 0x140, ANY, 0},                 /* sscratch */
    {0x141, 0x141, ~1ull, 0},               /* sepc */
    {0x142, 0x143, ANY, 0},                 /* scause, stval */
    {0x144, 0x144, 0x2, 0},                 /* sip: SSIP */
    {0x14d, 0x14d, ANY, 0},                 /* stimecmp */
    {0x180, 0x180, 0xf0000fffffffffff, 0},  /* satp: no ASID */
    {0x300, 0x300, 0x7e79aa, STATUS_FIXED}, /* mstatus */
    {0x301, 0x301, 0, 0x800000000014112d},  /* misa */
    {0x302, 0x302, 0xb3ff, 0},              /* medeleg */
    {0x303, 0x303, 0x222, 0},               /* mideleg */
    {0x304, 0x304, 0xaaa, 0},               /* mie */
    {0x305, 0x305, ANY, 0},                 /* mtvec */
    {0x306, 0x306, UINT32_MAX, 0},          /* mcounteren */
    {0x30a, 0x30a, 0x80000000000000f1, 0},  /* menvcfg: STCE besides */
    {0x320, 0x320, 0, 0},                   /* mcountinhibit */
    {0x323, 0x33f, 0, 0},                   /* events */
    {0x340, 0x340, ANY, 0},                 /* mscratch */
    {0x341, 0x341, ~1ull, 0},               /* mepc */
    {0x342, 0x343, ANY, 0},                 /* mcause, mtval */
    {0x344, 0x344, 0x222, 0},               /* mip */
    {0x3a0, 0x3a0, 0x1f1f1f1f1f1f1f1f, 0},  /* pmpcfg0, pmpcfg2, without L, which would lock them */
    {0x3a2, 0x3a2, 0x1f1f1f1f1f1f1f1f, 0},
    {0x3b0, 0x3bf, (1ull << 54) - 1, 0}, /* pmpaddr */
    {0x7a0, 0x7a3, 0, 0},                /* triggers */
    {0xb03, 0xb1f, 0, 0},                /* counters of events */
};

/* Fields with reserved encodings. */
static const struct {
    uint32_t number;
    uint32_t shift, bits;
    uint32_t legal; /* a bit for each encoding */
} fields[] = {
    {0x300, 11, 2, 0xb},   /* mstatus.MPP: U, S, M */
    {0x305, 0, 2, 0x3},    /* mtvec: direct, vectored */
    {0x105, 0, 2, 0x3},    /* stvec */
    {0x180, 60, 4, 0x101}, /* satp: bare, Sv39 */
    {0x30a, 4, 2, 0xb},    /* menvcfg.CBIE: illegal, flush, invalidate */
    {0x10a, 4, 2, 0xb},    /* senvcfg.CBIE */
    {0x3a0, 0, 2, 0xb},    {0x3a0, 8, 2, 0xb},  {0x3a0, 16, 2, 0xb}, {0x3a0, 24, 2, 0xb}, /* W, but not R */
    {0x3a0, 32, 2, 0xb},   {0x3a0, 40, 2, 0xb}, {0x3a0, 48, 2, 0xb}, {0x3a0, 56, 2, 0xb},
    {0x3a2, 0, 2, 0xb},    {0x3a2, 8, 2, 0xb},  {0x3a2, 16, 2, 0xb}, {0x3a2, 24, 2, 0xb},
    {0x3a2, 32, 2, 0xb},   {0x3a2, 40, 2, 0xb}, {0x3a2, 48, 2, 0xb}, {0x3a2, 56, 2, 0xb},
};

#define REGISTERS (sizeof registers / sizeof *registers)
#define FIELDS    (sizeof fields / sizeof *fields)

static uint32_t encoding_in(size_t field, uint64_t value) {
    return (uint32_t)(value >> fields[field].shift & ((1u << fields[field].bits) - 1));
}

static bool is_legal(uint32_t number, uint64_t value) {
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i].number == number && !(fields[i].legal >> encoding_in(i, value) & 1))
            return false;
    return true;
}

static uint64_t status_bits(uint32_t number, uint64_t value) {
    bool dirty = (number == 0x100 || number == 0x300) && (value & 0x6000) == 0x6000;
    return dirty ? 1ull << 63 : 0;
}

/* Write it to `number`, the register of row `r`, and look. */
static void check(struct rig *rig, size_t r, uint32_t number, uint64_t written) {
    if (number == 0x3a0 || number == 0x3a2)
        written &= ~0x8080808080808080ull;
    rig->hart->x[5] = written;
    ck_assert(rig_go(rig, 0) && rig_go(rig, 0));
    rig->hart->pc = CODE + 0x800;
    uint64_t found = rig->hart->x[6], mask = registers[r].mask, fixed = registers[r].fixed;
    bool bits = (found & ~mask & ~(1ull << 63)) == (fixed & ~(1ull << 63)) || mask == ANY;
    bool kept = !is_legal(number, written) || found == ((written & mask) | fixed | status_bits(number, written));
    if (!bits || !kept || !is_legal(number, found))
        ck_abort_msg("csr 0x%x: wrote 0x%lx, read 0x%lx", number, (unsigned long)written, (unsigned long)found);
}

/* Every encoding, with zeros around and with ones. */
static void check_encodings(struct rig *rig, size_t r, uint32_t number) {
    for (size_t i = 0; i < FIELDS; i++)
        for (uint64_t value = 0; fields[i].number == number && value < 1u << fields[i].bits; value++) {
            uint64_t mask = ((1ull << fields[i].bits) - 1) << fields[i].shift;
            check(rig, r, number, value << fields[i].shift);
            check(rig, r, number, value << fields[i].shift | (registers[r].mask & ~mask));
        }
}

static void check_register(size_t r, uint32_t number, int way) {
    struct rig rig;
    rig_make(&rig, 1, way);
    rig.hart->mstatus = HB_MSTATUS_FS;
    rig.hart->mideleg = 0x222;
    const uint32_t code[] = {op_csr(HB_OP_CSRRW, 0, number, 5), op_csr(HB_OP_CSRRS, 6, number, 0)};
    rig_put(&rig, CODE + 0x800, code, sizeof code);
    rig.hart->pc = CODE + 0x800;
    check(&rig, r, number, UINT64_MAX);
    check(&rig, r, number, 0);
    for (uint32_t bit = 0; bit < 64; bit++)
        check(&rig, r, number, 1ull << bit);
    check_encodings(&rig, r, number);
    for (uint32_t i = 0; i < RANDOM_VALUES; i++)
        check(&rig, r, number, hb_choice(number, 3, i));
    rig_free(&rig);
}

START_TEST(every_register_holds_what_is_legal) {
    for (size_t r = 0; r < REGISTERS; r++)
        for (uint32_t number = registers[r].first; number <= registers[r].last; number++)
            check_register(r, number, _i);
}
END_TEST

/* Read-only, or counting: nothing to be held. */
static bool holds_nothing(uint32_t number) {
    return number >= 0xc00 || number == 0xb00 || number == 0xb02;
}

START_TEST(no_register_is_left_out) {
    uint32_t number;
    const char *name;
    for (size_t i = 0; hb_csr_at(i, &number, &name); i++) {
        bool listed = holds_nothing(number);
        for (size_t r = 0; r < REGISTERS; r++)
            listed |= number >= registers[r].first && number <= registers[r].last;
        ck_assert_msg(listed, "%s", name);
    }
}
END_TEST

static void add(TCase *tests) {
    tcase_add_loop_test(tests, every_register_holds_what_is_legal, 0, RIG_WAYS);
    tcase_add_test(tests, no_register_is_left_out);
}

int main(void) {
    return rig_run("cpu warl", add);
}
