/* Control and status registers (unprivileged specification chapter 10, privileged specification chapters 2 and 3). */
#include "cpu/internal.h"

#include "bus/devices/devices.h"

#define MISA ((2ull << 62) | 1u << 0 /* A */ | 1u << 2 /* C */ | 1u << 8 /* I */ | 1u << 12 /* M */ | 1u << 20 /* U */)
#define MSTATUS_FIXED (2ull << 32) /* UXL: 64 bits */
#define MSTATUS_WRITABLE (HB_MSTATUS_MIE | HB_MSTATUS_MPIE | HB_MSTATUS_MPP | HB_MSTATUS_MPRV | HB_MSTATUS_TW)
#define MIE_WRITABLE (HB_MIP_MSIP | HB_MIP_MTIP | HB_MIP_MEIP)
#define MENVCFG_WRITABLE 0x70u /* CBIE, CBCFE */
#define PMPCFG_WRITABLE 0x9fu
#define PMPADDR_WRITABLE ((1ull << 54) - 1)

enum csr {
    CSR_CYCLE = 0xc00, CSR_TIME = 0xc01, CSR_INSTRET = 0xc02, CSR_HPMCOUNTER3 = 0xc03, CSR_HPMCOUNTER31 = 0xc1f,
    CSR_MVENDORID = 0xf11, CSR_MARCHID = 0xf12, CSR_MIMPID = 0xf13, CSR_MHARTID = 0xf14, CSR_MCONFIGPTR = 0xf15,
    CSR_MSTATUS = 0x300, CSR_MISA = 0x301, CSR_MIE = 0x304, CSR_MTVEC = 0x305, CSR_MCOUNTEREN = 0x306,
    CSR_MENVCFG = 0x30a, CSR_MCOUNTINHIBIT = 0x320, CSR_MHPMEVENT3 = 0x323, CSR_MHPMEVENT31 = 0x33f,
    CSR_MSCRATCH = 0x340, CSR_MEPC = 0x341, CSR_MCAUSE = 0x342, CSR_MTVAL = 0x343, CSR_MIP = 0x344,
    CSR_PMPCFG0 = 0x3a0, CSR_PMPCFG2 = 0x3a2, CSR_PMPADDR0 = 0x3b0, CSR_PMPADDR15 = 0x3bf,
    CSR_MCYCLE = 0xb00, CSR_MINSTRET = 0xb02, CSR_MHPMCOUNTER3 = 0xb03, CSR_MHPMCOUNTER31 = 0xb1f,
};

static bool in(uint32_t number, uint32_t first, uint32_t last) { return number >= first && number <= last; }

/* Counters that U mode may read are enabled one by one in mcounteren. */
static bool counter_allowed(const struct hb_hart *hart, uint32_t number) {
    return hart->privilege == HB_PRIV_M || hart->mcounteren >> (number - CSR_CYCLE) & 1;
}

static uint64_t read_pmp_config(const struct hb_hart *hart, uint32_t first) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < 8; i++)
        value |= (uint64_t)hart->pmp_config[first + i] << (8 * i);
    return value;
}

static bool read_counter(struct hb_core *core, uint32_t number, uint64_t now, uint64_t *value) {
    struct hb_hart *hart = core->hart;
    switch (number) {
    case CSR_MCYCLE:
    case CSR_CYCLE: *value = now + hart->cycle_offset; return true;
    case CSR_MINSTRET:
    case CSR_INSTRET: *value = hart->instructions + hart->instruction_offset; return true;
    case CSR_TIME: *value = hb_devices_mtime(core->bus->devices, now); return true;
    default: *value = 0; return in(number, CSR_MHPMCOUNTER3, CSR_MHPMCOUNTER31) || in(number, CSR_HPMCOUNTER3, CSR_HPMCOUNTER31);
    }
}

static bool read_csr(struct hb_core *core, uint32_t number, uint64_t now, uint64_t *value) {
    struct hb_hart *hart = core->hart;
    switch (number) {
    case CSR_MVENDORID:
    case CSR_MARCHID:
    case CSR_MIMPID:
    case CSR_MCONFIGPTR:
    case CSR_MCOUNTINHIBIT: *value = 0; return true;
    case CSR_MHARTID: *value = hart->id; return true;
    case CSR_MSTATUS: *value = hart->mstatus | MSTATUS_FIXED; return true;
    case CSR_MISA: *value = MISA; return true;
    case CSR_MIE: *value = hart->mie; return true;
    case CSR_MIP: *value = hart->mip; return true;
    case CSR_MTVEC: *value = hart->mtvec; return true;
    case CSR_MCOUNTEREN: *value = hart->mcounteren; return true;
    case CSR_MENVCFG: *value = hart->menvcfg; return true;
    case CSR_MSCRATCH: *value = hart->mscratch; return true;
    case CSR_MEPC: *value = hart->mepc; return true;
    case CSR_MCAUSE: *value = hart->mcause; return true;
    case CSR_MTVAL: *value = hart->mtval; return true;
    case CSR_PMPCFG0: *value = read_pmp_config(hart, 0); return true;
    case CSR_PMPCFG2: *value = read_pmp_config(hart, 8); return true;
    default: break;
    }
    if (in(number, CSR_PMPADDR0, CSR_PMPADDR15))
        *value = hart->pmp_address[number - CSR_PMPADDR0];
    else if (in(number, CSR_MHPMEVENT3, CSR_MHPMEVENT31))
        *value = 0;
    else
        return read_counter(core, number, now, value);
    return true;
}

static void write_pmp_config(struct hb_hart *hart, uint32_t first, uint64_t value) {
    for (uint32_t i = 0; i < 8; i++) {
        uint8_t config = value >> (8 * i) & PMPCFG_WRITABLE;
        bool locked = hart->pmp_config[first + i] & 0x80;
        bool reserved = (config & 3) == HB_PMP_W; /* writable but not readable */
        if (!locked && !reserved)
            hart->pmp_config[first + i] = config;
    }
}

/* An address is locked by its own entry, or by the next one if that is a locked top-of-range. */
static void write_pmp_address(struct hb_hart *hart, uint32_t i, uint64_t value) {
    bool locked = hart->pmp_config[i] & 0x80;
    bool next_locked = i + 1 < HB_PMP_ENTRIES && (hart->pmp_config[i + 1] & 0x98) == 0x88;
    if (!locked && !next_locked)
        hart->pmp_address[i] = value & PMPADDR_WRITABLE;
}

static void write_mstatus(struct hb_core *core, uint64_t value, uint64_t now) {
    struct hb_hart *hart = core->hart;
    uint64_t mpp = (value & HB_MSTATUS_MPP) >> HB_MSTATUS_MPP_SHIFT;
    if (mpp != HB_PRIV_U && mpp != HB_PRIV_M) /* a mode that there is not: the field keeps what it holds */
        value = (value & ~HB_MSTATUS_MPP) | (hart->mstatus & HB_MSTATUS_MPP);
    hart->mstatus = value & MSTATUS_WRITABLE;
    hb_mode_changed(core, now);
}

static void write_protection(struct hb_core *core, uint32_t number, uint64_t value) {
    if (number == CSR_PMPCFG0 || number == CSR_PMPCFG2)
        write_pmp_config(core->hart, number == CSR_PMPCFG0 ? 0 : 8, value);
    else
        write_pmp_address(core->hart, number - CSR_PMPADDR0, value);
    hb_lookups_protection_changed(core);
}

static void write_csr(struct hb_core *core, uint32_t number, uint64_t value, uint64_t now) {
    struct hb_hart *hart = core->hart;
    switch (number) {
    case CSR_MSTATUS: write_mstatus(core, value, now); return;
    case CSR_MIE: hart->mie = value & MIE_WRITABLE; hb_update_interrupt(hart); return;
    case CSR_MTVEC: hart->mtvec = value & ~2ull; return;
    case CSR_MCOUNTEREN: hart->mcounteren = (uint32_t)value; return;
    case CSR_MENVCFG: hart->menvcfg = value & MENVCFG_WRITABLE; return;
    case CSR_MSCRATCH: hart->mscratch = value; return;
    case CSR_MEPC: hart->mepc = value & ~1ull; return;
    case CSR_MCAUSE: hart->mcause = value; return;
    case CSR_MTVAL: hart->mtval = value; return;
    case CSR_MCYCLE: hart->cycle_offset = value - now; return;
    /* The write itself retires after it: the next read must give `value` (section 3.1.10). */
    case CSR_MINSTRET: hart->instruction_offset = value - hart->instructions - 1; return;
    case CSR_PMPCFG0:
    case CSR_PMPCFG2: write_protection(core, number, value); return;
    default: break;
    }
    if (in(number, CSR_PMPADDR0, CSR_PMPADDR15))
        write_protection(core, number, value);
    /* mip, misa, events and the upper counters are there to be written, but hold nothing that software can change. */
}

bool hb_csr_access(struct hb_core *core, uint32_t number, bool write, uint64_t set_to, uint64_t now, uint64_t *old) {
    const struct hb_hart *hart = core->hart;
    if ((number >> 8 & 3) > hart->privilege)
        return false;
    if (write && number >> 10 == 3)
        return false; /* read-only numbers */
    if (in(number, CSR_CYCLE, CSR_HPMCOUNTER31) && !counter_allowed(hart, number))
        return false;
    if (!read_csr(core, number, now, old))
        return false;
    if (write)
        write_csr(core, number, set_to, now);
    return true;
}

bool hb_core_csr(struct hb_core *core, uint32_t number, uint64_t now, uint64_t *value) {
    return read_csr(core, number, now, value);
}
