/* Control and status registers (unprivileged specification chapter 10, privileged specification chapters 2 to 4).
 *
 * The table says what each register can hold. A register that has no field of its own, or shows more than its field,
 * has a case in read_special(); one for which a write does more than change the field has a case in after_write(), and
 * one without a field has a case in write_special(). */
#include <stddef.h>
#include <string.h>

#include "bus/devices/devices.h"
#include "cpu/csr.h"
#include "cpu/hart/lookups.h"
#include "cpu/hart/pmp.h"
#include "cpu/hart/trap.h"
#include "cpu/isa.h"
#include "cpu/mmu.h"

#define MSTATUS_FIXED (2ull << 32 | 2ull << 34) /* UXL, SXL: 64 bits */
#define MSTATUS_SD    (1ull << 63)              /* FS is dirty */
#define SSTATUS_BITS                                                                                                   \
    (HB_MSTATUS_SIE | HB_MSTATUS_SPIE | HB_MSTATUS_SPP | HB_MSTATUS_FS | HB_MSTATUS_SUM | HB_MSTATUS_MXR)
#define MSTATUS_BITS                                                                                                   \
    (SSTATUS_BITS | HB_MSTATUS_MIE | HB_MSTATUS_MPIE | HB_MSTATUS_MPP | HB_MSTATUS_MPRV | HB_MSTATUS_TVM |             \
     HB_MSTATUS_TW | HB_MSTATUS_TSR)
#define SSTATUS_FIXED (2ull << 32)
#define FFLAGS_BITS   0x1fu
#define FRM_BITS      7u
#define FRM_SHIFT     5
#define S_INTERRUPTS  (HB_MIP_SSIP | HB_MIP_STIP | HB_MIP_SEIP)
#define M_INTERRUPTS  (HB_MIP_MSIP | HB_MIP_MTIP | HB_MIP_MEIP)
#define MEDELEG_BITS  0xb3ffu /* all synchronous causes but the call from M mode and the reserved ones */

#define ENVCFG_BITS  0xf1 /* FIOM, CBIE, CBCFE, CBZE */
#define SATP_BITS    (0xfull << 60 | ((1ull << 44) - 1))
#define PMPCFG_BITS  0x9fu
#define PMPADDR_BITS ((1ull << 54) - 1)

/* clang-format off */
enum csr {
    CSR_FFLAGS = 0x001, CSR_FRM = 0x002, CSR_FCSR = 0x003,
    CSR_SSTATUS = 0x100, CSR_SIE = 0x104, CSR_STVEC = 0x105, CSR_SCOUNTEREN = 0x106, CSR_SENVCFG = 0x10a,
    CSR_SCAUSE = 0x142, CSR_STVAL = 0x143, CSR_SIP = 0x144,
    CSR_MSTATUS = 0x300, CSR_MISA = 0x301, CSR_MEDELEG = 0x302, CSR_MIDELEG = 0x303, CSR_MIE = 0x304,
    CSR_MTVEC = 0x305, CSR_MCOUNTEREN = 0x306, CSR_MCOUNTINHIBIT = 0x320,
    CSR_MHPMEVENT3 = 0x323, CSR_MHPMEVENT31 = 0x33f,
    CSR_MCAUSE = 0x342, CSR_MTVAL = 0x343, CSR_MIP = 0x344,
    CSR_PMPCFG0 = 0x3a0, CSR_PMPCFG2 = 0x3a2, CSR_PMPADDR0 = 0x3b0, CSR_PMPADDR15 = 0x3bf,
    CSR_TSELECT = 0x7a0, CSR_TDATA1 = 0x7a1, CSR_TDATA2 = 0x7a2, CSR_TDATA3 = 0x7a3,
    CSR_MCYCLE = 0xb00, CSR_MINSTRET = 0xb02, CSR_MHPMCOUNTER3 = 0xb03, CSR_MHPMCOUNTER31 = 0xb1f,
    CSR_CYCLE = 0xc00, CSR_TIME = 0xc01, CSR_INSTRET = 0xc02, CSR_HPMCOUNTER3 = 0xc03, CSR_HPMCOUNTER31 = 0xc1f,
    CSR_MVENDORID = 0xf11, CSR_MARCHID = 0xf12, CSR_MIMPID = 0xf13, CSR_MHARTID = 0xf14, CSR_MCONFIGPTR = 0xf15,
};
/* clang-format on */

/* ---- Registers that hold bits ---------------------------------------------------------------------------------- */

/* A field with reserved encodings. A write of one of them leaves unchanged what `keeps` says: the field, or the whole
 * register where the rest means nothing without the field (mtvec, satp), as QEMU does. */
struct choice {
    uint64_t field;
    uint64_t keeps;
    uint32_t legal; /* a bit for each encoding */
};

#define ENCODING(n) (1u << (n))

static const struct choice previous_mode = {HB_MSTATUS_MPP, HB_MSTATUS_MPP,
                                            ENCODING(HB_PRIV_U) | ENCODING(HB_PRIV_S) | ENCODING(HB_PRIV_M)};
static const struct choice vector_mode = {3, UINT64_MAX, ENCODING(0) | ENCODING(1)};
static const struct choice translation_mode = {0xfull << 60, UINT64_MAX, ENCODING(0) | ENCODING(8)};
static const struct choice invalidation = {3u << 4, 3u << 4, ENCODING(0) | ENCODING(1) | ENCODING(3)}; /* CBIE */
static const struct choice entry_rights = {HB_PMP_R | HB_PMP_W, UINT8_MAX, /* of one entry: W needs R */
                                           ENCODING(0) | ENCODING(HB_PMP_R) | ENCODING(HB_PMP_R | HB_PMP_W)};

struct row {
    uint16_t number;
    const char *name;
    uint16_t offset; /* in struct hb_hart, of 8 bytes (4 if `half`); NO_FIELD: see the special cases */
    bool half;
    uint64_t writable;           /* what it holds; the rest is 0, or `fixed` */
    uint64_t fixed;              /* read-only ones */
    const struct choice *choice; /* NULL: any value of the writable bits is legal */
};

#define NO_FIELD UINT16_MAX
#define ROW(number, name, field, writable, fixed, choice)                                                              \
    { number, name, offsetof(struct hb_hart, field), false, writable, fixed, choice }
#define WHOLE(number, name, field, writable)          ROW(number, name, field, writable, 0, NULL)
#define CHOICE(number, name, field, writable, choice) ROW(number, name, field, writable, 0, choice)
#define HALF(number, name, field, writable, choice)                                                                    \
    { number, name, offsetof(struct hb_hart, field), true, writable, 0, choice }
#define SPECIAL(number, name)                                                                                          \
    { number, name, NO_FIELD, false, 0, 0, NULL }

/* By number. */
static const struct row rows[] = {
    SPECIAL(CSR_FFLAGS, "fflags"),
    SPECIAL(CSR_FRM, "frm"),
    SPECIAL(CSR_FCSR, "fcsr"),
    ROW(CSR_SSTATUS, "sstatus", mstatus, SSTATUS_BITS, SSTATUS_FIXED, NULL),
    SPECIAL(CSR_SIE, "sie"),
    CHOICE(CSR_STVEC, "stvec", stvec, UINT64_MAX, &vector_mode),
    HALF(CSR_SCOUNTEREN, "scounteren", scounteren, UINT32_MAX, NULL),
    HALF(CSR_SENVCFG, "senvcfg", senvcfg, ENVCFG_BITS, &invalidation),
    WHOLE(HB_CSR_SSCRATCH, "sscratch", sscratch, UINT64_MAX),
    WHOLE(HB_CSR_SEPC, "sepc", sepc, ~1ull),
    WHOLE(CSR_SCAUSE, "scause", scause, UINT64_MAX),
    WHOLE(CSR_STVAL, "stval", stval, UINT64_MAX),
    SPECIAL(CSR_SIP, "sip"),
    WHOLE(HB_CSR_STIMECMP, "stimecmp", stimecmp, UINT64_MAX),
    CHOICE(HB_CSR_SATP, "satp", satp, SATP_BITS, &translation_mode),
    ROW(CSR_MSTATUS, "mstatus", mstatus, MSTATUS_BITS, MSTATUS_FIXED, &previous_mode),
    SPECIAL(CSR_MISA, "misa"),
    WHOLE(CSR_MEDELEG, "medeleg", medeleg, MEDELEG_BITS),
    WHOLE(CSR_MIDELEG, "mideleg", mideleg, S_INTERRUPTS),
    WHOLE(CSR_MIE, "mie", mie, M_INTERRUPTS | S_INTERRUPTS),
    CHOICE(CSR_MTVEC, "mtvec", mtvec, UINT64_MAX, &vector_mode),
    HALF(CSR_MCOUNTEREN, "mcounteren", mcounteren, UINT32_MAX, NULL),
    CHOICE(HB_CSR_MENVCFG, "menvcfg", menvcfg, HB_MENVCFG_STCE | ENVCFG_BITS, &invalidation),
    SPECIAL(CSR_MCOUNTINHIBIT, "mcountinhibit"),
    WHOLE(HB_CSR_MSCRATCH, "mscratch", mscratch, UINT64_MAX),
    WHOLE(HB_CSR_MEPC, "mepc", mepc, ~1ull),
    WHOLE(CSR_MCAUSE, "mcause", mcause, UINT64_MAX),
    WHOLE(CSR_MTVAL, "mtval", mtval, UINT64_MAX),
    SPECIAL(CSR_MIP, "mip"),
    SPECIAL(CSR_PMPCFG0, "pmpcfg0"),
    SPECIAL(CSR_PMPCFG2, "pmpcfg2"),
    SPECIAL(CSR_PMPADDR0, "pmpaddr0"),
    SPECIAL(CSR_TSELECT, "tselect"),
    SPECIAL(CSR_TDATA1, "tdata1"),
    SPECIAL(CSR_TDATA2, "tdata2"),
    SPECIAL(CSR_TDATA3, "tdata3"),
    SPECIAL(CSR_MCYCLE, "mcycle"),
    SPECIAL(CSR_MINSTRET, "minstret"),
    SPECIAL(CSR_CYCLE, "cycle"),
    SPECIAL(CSR_TIME, "time"),
    SPECIAL(CSR_INSTRET, "instret"),
    SPECIAL(CSR_MVENDORID, "mvendorid"),
    SPECIAL(CSR_MARCHID, "marchid"),
    SPECIAL(CSR_MIMPID, "mimpid"),
    SPECIAL(CSR_MHARTID, "mhartid"),
    SPECIAL(CSR_MCONFIGPTR, "mconfigptr"),
};

#define ROWS (sizeof rows / sizeof rows[0])

/* In the same number of steps for all of them, and without a branch that the host could mispredict. */
static const struct row *find(uint32_t number) {
    const struct row *row = rows;
    for (size_t n = ROWS; n > 1; n -= n / 2)
        row = row[n / 2].number <= number ? row + n / 2 : row;
    return row->number == number ? row : NULL;
}

static uint64_t read_field(const struct hb_hart *hart, const struct row *row) {
    uint64_t value = 0;
    memcpy(&value, (const char *)hart + row->offset, row->half ? 4 : 8);
    return value;
}

static bool is_legal(const struct choice *choice, uint64_t value) {
    return choice->legal >> ((value & choice->field) >> __builtin_ctzll(choice->field)) & 1;
}

/* False: a reserved encoding, so nothing is written. */
static bool write_field(struct hb_hart *hart, const struct row *row, uint64_t value) {
    uint64_t before = read_field(hart, row);
    value = (before & ~row->writable) | (value & row->writable);
    if (row->choice && !is_legal(row->choice, value)) {
        if (row->choice->keeps == UINT64_MAX)
            return false;
        value = (value & ~row->choice->keeps) | (before & row->choice->keeps);
    }
    memcpy((char *)hart + row->offset, &value, row->half ? 4 : 8);
    return true;
}

bool hb_csr_at(size_t index, uint32_t *number, const char **name) {
    if (index >= ROWS)
        return false;
    *number = rows[index].number;
    *name = rows[index].name;
    return true;
}

/* ---- Access rights --------------------------------------------------------------------------------------------- */

static bool in(uint32_t number, uint32_t first, uint32_t last) {
    return number >= first && number <= last;
}

/* Counters are enabled one by one for the modes below M in mcounteren, for U in scounteren as well. */
static bool counter_allowed(const struct hb_hart *hart, uint32_t number) {
    uint32_t bit = number - CSR_CYCLE;
    if (hart->privilege == HB_PRIV_M)
        return true;
    return hart->mcounteren >> bit & 1 && (hart->privilege == HB_PRIV_S || hart->scounteren >> bit & 1);
}

/* S mode may use stimecmp when menvcfg allows it and mcounteren lets S mode see the time (Sstc, section 2.1). */
static bool stimecmp_allowed(const struct hb_hart *hart) {
    return hart->privilege == HB_PRIV_M || (hart->menvcfg & HB_MENVCFG_STCE && hart->mcounteren & 2);
}

static bool allowed(const struct hb_hart *hart, uint32_t number, bool write) {
    if ((number >> 8 & 3) > hart->privilege || (write && number >> 10 == 3)) /* 3: read-only numbers */
        return false;
    if (in(number, CSR_CYCLE, CSR_HPMCOUNTER31))
        return counter_allowed(hart, number);
    if (number == HB_CSR_STIMECMP)
        return stimecmp_allowed(hart);
    if (in(number, CSR_FFLAGS, CSR_FCSR))
        return hart->mstatus & HB_MSTATUS_FS;
    return number != HB_CSR_SATP || hart->privilege != HB_PRIV_S || !(hart->mstatus & HB_MSTATUS_TVM);
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

static uint64_t read_pmp_config(const struct hb_hart *hart, uint32_t first) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < 8; i++)
        value |= (uint64_t)hart->pmp_config[first + i] << (8 * i);
    return value;
}

/* Numbers without a row of their own: PMP addresses, and the counters and events that exist but count nothing. */
static bool read_range(const struct hb_hart *hart, uint32_t number, uint64_t *value) {
    if (in(number, CSR_PMPADDR0, CSR_PMPADDR15)) {
        *value = hart->pmp_address[number - CSR_PMPADDR0];
        return true;
    }
    *value = 0;
    return in(number, CSR_MHPMEVENT3, CSR_MHPMEVENT31) || in(number, CSR_MHPMCOUNTER3, CSR_MHPMCOUNTER31) ||
           in(number, CSR_HPMCOUNTER3, CSR_HPMCOUNTER31);
}

static uint64_t read_special(const struct hb_core *core, uint32_t number, uint64_t now) {
    const struct hb_hart *hart = core->hart;
    switch (number) {
    case CSR_MHARTID: return hart->id;
    case CSR_FFLAGS: return hart->fflags;
    case CSR_FRM: return hart->frm;
    case CSR_FCSR: return hart->fflags | (uint64_t)hart->frm << FRM_SHIFT;
    case CSR_MISA: return hb_isa_misa();
    case CSR_SIE: return hart->mie & hart->mideleg;
    case CSR_MIP: return hb_hart_mip(hart);
    case CSR_SIP: return hb_hart_mip(hart) & hart->mideleg;
    case CSR_PMPCFG0: return read_pmp_config(hart, 0);
    case CSR_PMPCFG2: return read_pmp_config(hart, 8);
    case CSR_PMPADDR0: return hart->pmp_address[0];
    case CSR_MCYCLE:
    case CSR_CYCLE: return now + hart->cycle_offset;
    case CSR_MINSTRET:
    case CSR_INSTRET: return hart->instructions + hart->instruction_offset;
    case CSR_TIME: return hb_devices_mtime(core->bus->devices, now);
    /* mvendorid, marchid, mimpid, mconfigptr, mcountinhibit; tselect and tdata1 to tdata3, whose zeros say that there
     * is no trigger (debug specification, section 5.2) */
    default: return 0;
    }
}

static bool read_csr(const struct hb_core *core, uint32_t number, uint64_t now, uint64_t *value) {
    const struct row *row = find(number);
    if (!row)
        return read_range(core->hart, number, value);
    if (row->offset == NO_FIELD)
        *value = read_special(core, number, now);
    else
        *value = (read_field(core->hart, row) & row->writable) | row->fixed;
    bool status = number == CSR_MSTATUS || number == CSR_SSTATUS;
    if (status && (core->hart->mstatus & HB_MSTATUS_FS) == HB_MSTATUS_FS)
        *value |= MSTATUS_SD;
    return true;
}

/* ---- Writing --------------------------------------------------------------------------------------------------- */

static void write_pmp_config(struct hb_hart *hart, uint32_t first, uint64_t value) {
    for (uint32_t i = first; i < first + 8; i++, value >>= 8)
        if (!(hart->pmp_config[i] & 0x80) && is_legal(&entry_rights, value))
            hart->pmp_config[i] = value & PMPCFG_BITS;
}

/* An address is locked by its own entry, or by the next one if that is a locked top-of-range. */
static void write_pmp_address(struct hb_hart *hart, uint32_t i, uint64_t value) {
    bool locked = hart->pmp_config[i] & 0x80;
    bool next_locked = i + 1 < HB_PMP_ENTRIES && (hart->pmp_config[i + 1] & 0x98) == 0x88;
    if (!locked && !next_locked)
        hart->pmp_address[i] = value & PMPADDR_BITS;
}

static void change_pmp_address(struct hb_core *core, uint32_t i, uint64_t value) {
    const struct hb_pmp_span before = hb_pmp_reach(core->hart, i);
    write_pmp_address(core->hart, i, value);
    hb_lookups_protection_changed(core, hb_pmp_span_of_both(before, hb_pmp_reach(core->hart, i)));
}

static void write_protection(struct hb_core *core, uint32_t number, uint64_t value) {
    if (number == CSR_PMPCFG0 || number == CSR_PMPCFG2) {
        write_pmp_config(core->hart, number == CSR_PMPCFG0 ? 0 : 8, value);
        hb_lookups_protection_changed(core, (struct hb_pmp_span){.last = UINT64_MAX});
    } else {
        change_pmp_address(core, number - CSR_PMPADDR0, value);
    }
}

static void status_changed(struct hb_core *core, uint64_t before, uint64_t now) {
    if ((core->hart->mstatus ^ before) & HB_MSTATUS_MXR)
        hb_lookups_translation_changed(core);
    hb_mode_changed(core, now);
}

static void write_pending(struct hb_hart *hart, uint64_t value, uint64_t writable) {
    if (hart->menvcfg & HB_MENVCFG_STCE)
        writable &= ~(uint64_t)HB_MIP_STIP; /* it follows the timer alone */
    hart->mip_software = (uint32_t)((hart->mip_software & ~writable) | (value & writable));
    hb_update_interrupt(hart);
}

static void timers_of_s_mode_changed(struct hb_core *core) {
    if (core->hart->menvcfg & HB_MENVCFG_STCE)
        core->hart->mip_software &= ~HB_MIP_STIP;
    hb_update_interrupt(core->hart);
    core->shared->told.timer_written = true;
}

static void write_fcsr(struct hb_hart *hart, uint32_t number, uint64_t value) {
    if (number != CSR_FRM)
        hart->fflags = value & FFLAGS_BITS;
    if (number != CSR_FFLAGS)
        hart->frm = (number == CSR_FRM ? value : value >> FRM_SHIFT) & FRM_BITS;
    hb_fp_changed(hart);
}

/* A register without a case may be written, but holds nothing that software can change. */
static void write_special(struct hb_core *core, uint32_t number, uint64_t value, uint64_t now) {
    struct hb_hart *hart = core->hart;
    switch (number) {
    case CSR_FFLAGS:
    case CSR_FRM:
    case CSR_FCSR: write_fcsr(hart, number, value); return;
    case CSR_SIE:
        hart->mie = (hart->mie & ~hart->mideleg) | (value & hart->mideleg);
        hb_update_interrupt(hart);
        return;
    case CSR_MIP: write_pending(hart, value, S_INTERRUPTS); return;
    case CSR_SIP: write_pending(hart, value, HB_MIP_SSIP & hart->mideleg); return;
    case CSR_MCYCLE: hart->cycle_offset = value - now; return;
    /* The writing instruction itself retires only afterwards: the next read must give `value` (section 3.1.10). */
    case CSR_MINSTRET: hart->instruction_offset = value - hart->instructions - 1; return;
    case CSR_PMPCFG0:
    case CSR_PMPCFG2:
    case CSR_PMPADDR0: write_protection(core, number, value); return;
    default: return;
    }
}

/* The field of CSR `number` has been written; if it is mstatus, `before` is its old value. */
static void after_write(struct hb_core *core, uint32_t number, uint64_t before, uint64_t now) {
    switch (number) {
    case CSR_MSTATUS:
    case CSR_SSTATUS: status_changed(core, before, now); return;
    case HB_CSR_SATP: hb_mmu_flush(core); return;
    case CSR_MIDELEG:
    case CSR_MIE: hb_update_interrupt(core->hart); return;
    case HB_CSR_MENVCFG: timers_of_s_mode_changed(core); return;
    case HB_CSR_STIMECMP: core->shared->told.timer_written = true; return;
    default: return;
    }
}

static void write_csr(struct hb_core *core, uint32_t number, uint64_t value, uint64_t now) {
    const struct row *row = find(number);
    if (row && row->offset != NO_FIELD) {
        uint64_t status = core->hart->mstatus;
        if (write_field(core->hart, row, value))
            after_write(core, number, status, now);
    } else if (row)
        write_special(core, number, value, now);
    else if (in(number, CSR_PMPADDR0, CSR_PMPADDR15))
        write_protection(core, number, value);
}

/* ---- The instructions ------------------------------------------------------------------------------------------ */

bool hb_csr_access(struct hb_core *core, uint32_t number, bool write, uint64_t set_to, uint64_t now, uint64_t *old) {
    if (!allowed(core->hart, number, write) || !read_csr(core, number, now, old))
        return false;
    if (write)
        write_csr(core, number, set_to, now);
    return true;
}

/* csrrs and csrrc work on what software has written to the interrupt-pending bits, not on what devices add to them
 * (section 3.1.9): otherwise a line that rises in between would stay set. */
uint64_t hb_csr_modifies(const struct hb_core *core, uint32_t number, uint64_t read) {
    bool pending = number == CSR_MIP || number == CSR_SIP;
    return pending ? (read & ~(uint64_t)S_INTERRUPTS) | core->hart->mip_software : read;
}

bool hb_core_csr(struct hb_core *core, uint32_t number, uint64_t now, uint64_t *value) {
    return read_csr(core, number, now, value);
}
