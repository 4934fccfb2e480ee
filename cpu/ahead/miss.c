#include "cpu/ahead/miss.h"

#include "bus/shared/l1.h"
#include "bus/shared/transaction.h"
#include "cpu/data.h"
#include "cpu/decode.h"
#include "cpu/execute_fp.h"
#include "cpu/hart/pmp.h"
#include "cpu/latch.h"
#include "cpu/load_store.h"
#include "cpu/mmu.h"
#include "cpu/private/access.h"

/* The operation at pc, out of the line that is being executed; NULL: another line must be found first. */
static const struct hb_op *operation(const struct hb_core *core) {
    uint64_t offset = core->hart->pc - core->fetch.tag;
    bool here = offset < core->hot_bytes && core->fetch.slot->address == core->fetch.address;
    return here ? &core->fetch.op[offset / 2] : NULL;
}

/* An access in RAM as an operation asks for it. */
struct access {
    const struct hb_op *op;
    uint64_t address; /* virtual */
    bool translated;
    struct hb_request request; /* its address is physical */
};

static bool is_plain_kind(const struct hb_hart *hart, const struct hb_op *op) {
    if (hb_op_is(op, HB_CLASS_FP))
        return hb_op_is(op, HB_CLASS_LOAD | HB_CLASS_STORE) && hb_fp_is_legal(hart, op);
    return hb_op_is(op, HB_CLASS_LOAD | HB_CLASS_STORE | HB_CLASS_LR | HB_CLASS_AMO);
}

static uint8_t kind_of(const struct hb_op *op) {
    if (hb_op_is(op, HB_CLASS_LOAD | HB_CLASS_STORE))
        return hb_op_is(op, HB_CLASS_LOAD) ? HB_ACCESS_LOAD : HB_ACCESS_STORE;
    return hb_op_is(op, HB_CLASS_LR) ? HB_ACCESS_LR : HB_ACCESS_AMO;
}

static enum hb_stall cause_of(uint8_t kind) {
    switch (kind) {
    case HB_ACCESS_LOAD: return HB_STALL_LOAD;
    case HB_ACCESS_STORE: return HB_STALL_STORE;
    default: return HB_STALL_ATOMIC;
    }
}

static uint64_t address_of(const struct hb_hart *hart, const struct hb_op *op) {
    const bool offset = hb_op_is(op, HB_CLASS_LOAD | HB_CLASS_STORE);
    return hart->x[op->rs1] + (offset ? (uint64_t)(int64_t)op->imm : 0);
}

static uint64_t operand_of(const struct hb_hart *hart, const struct hb_op *op) {
    if (hb_op_is(op, HB_CLASS_LOAD | HB_CLASS_LR))
        return 0;
    return hb_op_is(op, HB_CLASS_FP) ? hart->f[op->rs2] : hart->x[op->rs2];
}

/* ---- Executed -------------------------------------------------------------------------------------------------- */

static uint64_t load_use_cycles(struct hb_core *core, const struct hb_op *op) {
    struct hb_hart *hart = core->hart;
    if (!(op->sources >> (hart->load_rd & 31) & 1) || !hb_op_reads(op, hart->load_rd))
        return 0;
    hb_stall(hart, HB_STALL_LOAD_USE, core->config.load_use_cycles);
    return core->config.load_use_cycles;
}

static uint64_t atomic_cycles(struct hb_core *core, const struct hb_op *op) {
    if (!hb_op_is(op, HB_CLASS_ATOMIC))
        return 0;
    hb_stall(core->hart, HB_STALL_ATOMIC, core->config.amo_cycles);
    return core->config.amo_cycles;
}

/* The operation is done in cycle `now`; `value`: what it has read. */
HB_ALWAYS_INLINE void execute(struct hb_core *core, const struct hb_op *op, uint64_t value, uint64_t now) {
    struct hb_hart *hart = core->hart;
    if (hb_op_is(op, HB_CLASS_LOAD) && hb_op_is(op, HB_CLASS_FP))
        hb_fp_loaded(hart, op, value);
    else if (!hb_op_is(op, HB_CLASS_STORE))
        hart->x[op->rd] = hb_narrowed(op, value);
    const uint64_t stalls = atomic_cycles(core, op);
    hart->ready_at = now + 1 + stalls + load_use_cycles(core, op);
    hart->pc += op->bytes;
    hart->instructions++;
    hart->load_rd = op->load_rd;
}

/* ---- Asked ----------------------------------------------------------------------------------------------------- */

/* For speed alone: then the L1 serves it, too. */
static bool lookup_serves(struct hb_core *core, uint64_t address, bool write) {
    const uint8_t owned = HB_LINE_WRITABLE | HB_LINE_DIRTY;
    const struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    uint64_t tag = write ? lookup->write_tag : lookup->read_tag;
    return tag == (address & core->line_mask) && lookup->slot->address == lookup->address &&
           (!write || (lookup->slot->attributes & owned) == owned);
}

static bool allows(uint8_t rights, uint8_t kind) {
    const uint8_t needed = kind == HB_ACCESS_AMO ? HB_PMP_R | HB_PMP_W : hb_access_writes(kind) ? HB_PMP_W : HB_PMP_R;
    return (rights & needed) == needed;
}

/* Memory that the access may touch, and that only harts look at. */
static bool is_plain_memory(struct hb_core *core, uint64_t physical, uint8_t kind) {
    uint64_t line = physical & core->line_mask;
    core->resume.rights = hb_core_rights(core, line, core->bus->line_bytes, hb_data_mode(core->hart));
    return allows(core->resume.rights, kind) &&
           hb_ram_contains(core->bus->ram, line - HB_RAM_BASE, core->bus->line_bytes) &&
           !hb_overlaps_host_words(core, line, core->bus->line_bytes);
}

/* Where it goes, if the TLB knows. */
static bool translate(struct hb_core *core, struct access *access) {
    const struct hb_hart *hart = core->hart;
    const uint8_t mode = hb_data_mode(hart);
    const enum hb_intent intent = hb_access_writes(access->request.kind) ? HB_INTENT_WRITE : HB_INTENT_READ;
    access->translated = hb_mmu_is_on(hart, mode);
    access->request.address = access->address;
    return !access->translated || hb_mmu_look_up(hart, access->address, mode, intent, &access->request.address);
}

/* The access of the operation at pc. False: it is not plain. */
static bool find_access(struct hb_core *core, struct access *access) {
    const struct hb_hart *hart = core->hart;
    const struct hb_op *op = operation(core);
    if (!op || !is_plain_kind(hart, op))
        return false;
    const uint8_t kind = kind_of(op);
    *access = (struct access){.op = op,
                              .address = address_of(hart, op),
                              .request = {.kind = kind,
                                          .operand = operand_of(hart, op),
                                          .bytes = hb_op_access_bytes(op),
                                          .amo = kind == HB_ACCESS_AMO ? hb_op_amo(op) : 0}};
    return !(access->address & (access->request.bytes - 1u)) &&
           !lookup_serves(core, access->address, hb_access_writes(kind)) && translate(core, access) &&
           is_plain_memory(core, access->request.address, kind);
}

static uint32_t encoding(const struct hb_core *core, const struct hb_op *op) {
    const uint8_t *at = hb_line_data(core->fetch.slot) + (core->hart->pc - core->fetch.tag);
    uint16_t low, high = 0;
    memcpy(&low, at, sizeof low);
    if (op->bytes == 4)
        memcpy(&high, at + 2, sizeof high);
    return low | (uint32_t)high << 16;
}

/* As hb_data_access() leaves it. */
static void wait_for(struct hb_core *core, const struct access *access, uint64_t now) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    struct hb_resume *resume = &core->resume;
    flight->active = flight->fetched = true;
    flight->translated = access->translated;
    flight->physical[0] = access->request.address;
    flight->latched = 0;
    flight->order = 1;
    flight->cause = (uint8_t)cause_of(access->request.kind);
    flight->bits = encoding(core, access->op);
    flight->since = now;
    hart->attention |= HB_ATTEND_IN_FLIGHT;
    hart->ready_at = HB_NEVER;
    core->access_index = 1;
    resume->placed = resume->asked = resume->plain = true;
    resume->asks = false;
    resume->place.physical[0] = access->request.address;
    resume->place.in_page = access->request.bytes;
    resume->place.device = false;
    resume->request = access->request;
}

/* All of it at once, while nobody else does anything. */
static bool settled(struct hb_core *core, const struct access *access, uint64_t *now, uint64_t alone) {
    struct hb_hart *hart = core->hart;
    struct hb_solo_miss miss = {.request = &access->request, .now = *now, .before = alone};
    if (hb_cores_told(core->shared) || !hb_solo_miss(core->bus, hart->id, &miss))
        return false;
    core->fetch.slot->last_read = *now << 4;
    hb_stall(hart, cause_of(access->request.kind), miss.finish - *now);
    if (access->translated)
        hb_lookup_fill(core, access->address, access->request.address);
    else
        hb_lookup_set_plain(core, miss.line, core->resume.rights);
    execute(core, access->op, miss.value, miss.finish);
    *now = miss.finish;
    return true;
}

static bool asked(struct hb_core *core, uint64_t *now, uint64_t alone) {
    struct access access;
    if (!find_access(core, &access))
        return false;
    if (alone && settled(core, &access, now, alone))
        return true;
    if (!hb_l1_post_plain(core->bus, core->hart->id, &access.request, *now))
        return false;
    core->fetch.slot->last_read = *now << 4;
    wait_for(core, &access, *now);
    return true;
}

/* ---- Done ------------------------------------------------------------------------------------------------------ */

/* The bus has performed it, or has written a victim back: then it is asked once more. */
static bool done(struct hb_core *core, uint64_t now) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    if (core->resume.plain && core->resume.asks && !hb_ask_again(core, now))
        return true;
    const struct hb_op *op = core->resume.plain && flight->latched == 1 && !flight->faulted ? operation(core) : NULL;
    if (!op || op->code == HB_OP_UNDECODED)
        return false;
    core->access_index = 1;
    if (flight->translated)
        hb_lookup_fill(core, address_of(hart, op), flight->physical[0]);
    else
        hb_lookup_fill_plain(core, flight->physical[0], core->resume.rights);
    execute(core, op, flight->latch[0], now);
    flight->active = core->resume.plain = false;
    hart->attention = 0;
    return true;
}

bool hb_ahead_miss(struct hb_core *core, uint64_t *now, uint64_t alone) {
    if (core->hart->attention)
        return core->hart->attention == HB_ATTEND_IN_FLIGHT && done(core, *now);
    return core->bus->plain && !core->bus->watch && asked(core, now, alone);
}
