/* What the files of cpu/ share among themselves. */
#ifndef HB_CPU_INTERNAL_H
#define HB_CPU_INTERNAL_H

#include "cpu/core.h"

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

enum hb_exception {
    HB_EXC_FETCH_MISALIGNED = 0,
    HB_EXC_FETCH_ACCESS = 1,
    HB_EXC_ILLEGAL = 2,
    HB_EXC_BREAKPOINT = 3,
    HB_EXC_LOAD_MISALIGNED = 4,
    HB_EXC_LOAD_ACCESS = 5,
    HB_EXC_STORE_MISALIGNED = 6,
    HB_EXC_STORE_ACCESS = 7,
    HB_EXC_ECALL_U = 8, /* S: 9, M: 11 */
    HB_EXC_FETCH_PAGE = 12,
    HB_EXC_LOAD_PAGE = 13,
    HB_EXC_STORE_PAGE = 15,
};

#define HB_INTERRUPT (1ull << 63)

/* ---- trap.c ---- */

/* Take a trap: `cause` with HB_INTERRUPT for interrupts; the hart's next turn is at its handler. */
void hb_trap(struct hb_core *core, uint64_t cause, uint64_t value, uint64_t now);

/* Return from M mode's handler, from S mode's. */
void hb_mret(struct hb_core *core, uint64_t now);
void hb_sret(struct hb_core *core, uint64_t now);

/* After a change of mip, mie, mstatus or mode: is an interrupt to be taken? */
void hb_update_interrupt(struct hb_hart *hart);

/* The interrupt to be taken now, or 0. */
uint64_t hb_pending_interrupt(const struct hb_hart *hart);

/* After a change of mode, MPRV or MPP: choose the lookups of the effective mode; note interrupts going off or on. */
void hb_mode_changed(struct hb_core *core, uint64_t now);

/* The hart goes on in another mode (enum hb_privilege): its instructions so far are counted, its lookups chosen. */
void hb_set_privilege(struct hb_core *core, uint8_t privilege, uint64_t now);

/* Remember a control transfer for crash reports. */
static inline void hb_note_branch(struct hb_hart *hart, uint64_t to) {
    hart->branch[hart->branches++ % HB_BRANCHES] = (struct hb_branch){hart->pc, to};
}

/* Count `cycles` of `cause`. */
static inline void hb_stall(struct hb_hart *hart, enum hb_stall cause, uint64_t cycles) {
    hart->stalled_cycles[cause] += cycles;
    hart->last_stall = (uint8_t)cause;
}

/* ---- csr.c ---- */

/* Zicsr: read and write CSR `number`; `write` false leaves it alone. False: illegal. */
bool hb_csr_access(struct hb_core *core, uint32_t number, bool write, uint64_t set_to, uint64_t now, uint64_t *old);

/* The value in which csrrs and csrrc set and clear bits, when `read` is what was read. */
uint64_t hb_csr_modifies(const struct hb_core *core, uint32_t number, uint64_t read);

/* In its own turn: it has no other until something wakes it. */
static inline void hb_has_no_turn(struct hb_core *core) {
    core->hart->ready_at = HB_NEVER;
    core->shared->told.slept = true;
}

/* ---- pmp.c ---- */

#define HB_PMP_R 1u
#define HB_PMP_W 2u
#define HB_PMP_X 4u

/* May an access of `bytes` at `address` in `mode` do what `need` (HB_PMP_*) says? */
bool hb_pmp_allows(const struct hb_hart *hart, uint64_t address, uint64_t bytes, uint8_t mode, uint8_t need);

/* What may be done with every byte of the range: rights that hold only for a part of it are left out. */
uint8_t hb_pmp_rights(const struct hb_hart *hart, uint64_t address, uint64_t bytes, uint8_t mode);

/* M mode is bound by the PMP, too: some entry is locked, or matches only a part of some line, and an access that it
 * matches in part fails whatever the entry says (section 3.7.1). */
bool hb_pmp_binds_m(const struct hb_hart *hart, uint32_t line_bytes);

/* ---- data.c: loads, stores, atomics on the slow way ---- */

struct hb_data_access {
    uint64_t address; /* virtual */
    uint64_t operand;
    uint8_t kind; /* enum hb_access */
    uint8_t bytes;
    uint8_t amo;
};

/* Perform it, or as much as can be. False: the instruction cannot go on in this turn (it waits, or has trapped). */
bool hb_data_access(struct hb_core *core, const struct hb_data_access *access, uint64_t now, uint64_t *value);

/* The same for the block that holds `address`, that is, its line: a cache-block operation, or HB_ACCESS_STORE to store
 * zeros to all of it. */
bool hb_block_access(struct hb_core *core, uint8_t kind, uint64_t address, uint64_t now);

/* Let the store buffer empty itself, as fences do. False: the instruction waits. */
bool hb_wait_for_stores(struct hb_core *core, uint64_t now);

enum hb_progress { HB_PROGRESS_DONE, HB_PROGRESS_WAIT, HB_PROGRESS_FAULT };

/* One access of an instruction: from its latch if it has been performed, else now. */
enum hb_progress hb_one_access(struct hb_core *core, struct hb_request *request, enum hb_stall cause, uint64_t now,
                               uint64_t *value);

/* Mode in which loads and stores are checked. */
static inline uint8_t hb_data_mode(const struct hb_hart *hart) {
    if (hart->mstatus & HB_MSTATUS_MPRV && hart->privilege == HB_PRIV_M)
        return (uint8_t)((hart->mstatus & HB_MSTATUS_MPP) >> HB_MSTATUS_MPP_SHIFT);
    return hart->privilege;
}

/* Which set of host lookups loads and stores use: U, S, S that may touch user pages, M. Fetches: U, S, M. */
static inline uint32_t hb_lookup_mode(uint8_t mode) {
    return mode;
}

static inline uint32_t hb_data_lookup_mode(const struct hb_hart *hart) {
    uint8_t mode = hb_data_mode(hart);
    return mode == HB_PRIV_S && hart->mstatus & HB_MSTATUS_SUM ? 2 : mode;
}

/* ---- execute_fp.c ---- */

struct hb_fp_result {
    enum hb_progress progress; /* HB_PROGRESS_FAULT: it is illegal */
    uint32_t cycles;           /* what it costs on top of the base cycle */
};

/* Execute a floating-point operation; any other is illegal. */
struct hb_fp_result hb_execute_fp(struct hb_core *core, const struct hb_op *op, uint64_t now, bool slow);

/* f registers or fcsr change: mstatus.FS becomes dirty. */
static inline void hb_fp_changed(struct hb_hart *hart) {
    hart->mstatus |= HB_MSTATUS_FS;
}

/* ---- fetch.c ---- */

/* Fetch the instruction at pc on the slow way. False: it waits, or has trapped. */
bool hb_fetch_slow(struct hb_core *core, uint64_t now, uint32_t *bits);

/* Point core->fetch at the line that holds pc, if the L1I has it and it may be executed whole. */
bool hb_fetch_line(struct hb_core *core);

/* The operation at pc, in core->fetch: decoded and kept, or across two lines. NULL: the slow way must be taken. */
const struct hb_op *hb_fetch_decode(struct hb_core *core, uint64_t now);

/* The bits of the instruction that is being executed from core->fetch. */
uint32_t hb_fetch_bits(struct hb_core *core);

/* hb_decode() with x0 as destination turned into HB_X_SINK; kept in `cores`. */
const struct hb_op *hb_decode_for_execution(struct hb_cores *cores, uint32_t bits);

/* ---- lookups.c ---- */

/* PMP entries changed: lookups of the modes that they bind are dropped before their next use. */
void hb_lookups_protection_changed(struct hb_core *core);

/* The TLB was emptied, or MXR changed: all but M mode's are dropped, M mode's own kept. */
void hb_lookups_translation_changed(struct hb_core *core);

/* The translation of one page leaves one of the TLBs: lookups of its lines, of data or of code, go with it. */
void hb_lookups_drop_page(struct hb_core *core, uint64_t page, enum hb_tlb tlb);

/* No line is being executed: the next turn looks for one. */
static inline void hb_fetch_forget(struct hb_core *core) {
    static struct hb_line none = {.address = HB_NO_LINE};
    core->fetch = (struct hb_fetch_lookup){.tag = HB_NO_TAG, .address = HB_NO_TAG, .slot = &none};
}

/* Drop those of `mode` now, if they are stale. */
void hb_lookups_refresh(struct hb_core *core, uint32_t mode);

#endif
