#include "cpu/ahead/miss.h"

#include "bus/shared/l1.h"
#include "bus/shared/transaction.h"
#include "cpu/alu.h"
#include "cpu/data.h"
#include "cpu/decode.h"
#include "cpu/execute_fp.h"
#include "cpu/hart/pmp.h"
#include "cpu/latch.h"
#include "cpu/load_store.h"
#include "cpu/mmu.h"

/* The operation at pc, out of the line that is being executed; NULL: another line must be found first. */
static const struct hb_op *operation(const struct hb_core *core) {
    uint64_t offset = core->hart->pc - core->fetch.tag;
    bool here = offset < core->hot_bytes && core->fetch.slot->address == core->fetch.address;
    return here ? &core->fetch.op[offset / 2] : NULL;
}

/* ---- Executed -------------------------------------------------------------------------------------------------- */

#define LOADED(name, bytes, type)                                                                                      \
    case HB_OP_##name: return (uint64_t)(type)value;

static uint64_t loaded(uint16_t code, uint64_t value) {
    switch (code) {
        HB_LOAD_OPS(LOADED)
    default: return value;
    }
}

static uint64_t load_use_cycles(struct hb_core *core, const struct hb_op *op) {
    struct hb_hart *hart = core->hart;
    if (!(op->sources >> (hart->load_rd & 31) & 1) || !hb_op_reads(op, hart->load_rd))
        return 0;
    hb_stall(hart, HB_STALL_LOAD_USE, core->config.load_use_cycles);
    return core->config.load_use_cycles;
}

/* The load or store `op` is done in cycle `now`; `value`: what it has read. */
static void execute(struct hb_core *core, const struct hb_op *op, uint64_t value, uint64_t now) {
    struct hb_hart *hart = core->hart;
    if (hb_op_is(op, HB_CLASS_LOAD) && hb_op_is(op, HB_CLASS_FP))
        hb_fp_loaded(hart, op, value);
    else if (hb_op_is(op, HB_CLASS_LOAD))
        hart->x[op->rd] = loaded(op->code, value);
    const uint64_t cycles = 1 + load_use_cycles(core, op);
    hart->pc += op->bytes;
    hart->instructions++;
    hart->load_rd = op->load_rd;
    hart->ready_at = now + cycles;
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

/* Memory that the access may touch, and that only harts look at. */
static bool is_plain_memory(struct hb_core *core, uint64_t address, bool write) {
    uint64_t line = address & core->line_mask;
    core->resume.rights = hb_core_rights(core, line, core->bus->line_bytes, hb_data_mode(core->hart));
    return core->resume.rights & (write ? HB_PMP_W : HB_PMP_R) &&
           hb_ram_contains(core->bus->ram, line - HB_RAM_BASE, core->bus->line_bytes) &&
           !hb_overlaps_host_words(core, line, core->bus->line_bytes);
}

/* As hb_data_access() leaves it. */
static void wait_for(struct hb_core *core, const struct hb_request *request, uint32_t bits, uint64_t now) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    struct hb_resume *resume = &core->resume;
    bool load = request->kind == HB_ACCESS_LOAD;
    flight->active = flight->fetched = true;
    flight->translated = flight->latched = 0;
    flight->order = 1;
    flight->cause = load ? HB_STALL_LOAD : HB_STALL_STORE;
    flight->bits = bits;
    flight->since = now;
    hart->attention |= HB_ATTEND_IN_FLIGHT;
    hart->ready_at = HB_NEVER;
    core->access_index = 1;
    resume->placed = resume->asked = resume->plain = true;
    resume->asks = false;
    resume->place.physical[0] = request->address;
    resume->place.in_page = request->bytes;
    resume->place.device = false;
    resume->request = *request;
}

static uint32_t encoding(const struct hb_core *core, const struct hb_op *op) {
    uint32_t bits = 0;
    memcpy(&bits, hb_line_data(core->fetch.slot) + (core->hart->pc - core->fetch.tag), op->bytes == 2 ? 2 : 4);
    return bits;
}

/* All of it at once, while nobody else does anything. */
static bool settled(struct hb_core *core, const struct hb_op *op, const struct hb_request *request, uint64_t *now,
                    uint64_t alone) {
    struct hb_hart *hart = core->hart;
    struct hb_solo_miss miss = {.request = request, .now = *now, .before = alone};
    if (hb_cores_told(core->shared) || !hb_solo_miss(core->bus, hart->id, &miss))
        return false;
    core->fetch.slot->last_read = *now << 4;
    hb_stall(hart, request->kind == HB_ACCESS_LOAD ? HB_STALL_LOAD : HB_STALL_STORE, miss.finish - *now);
    hb_lookup_set_plain(core, miss.line, core->resume.rights);
    execute(core, op, miss.value, miss.finish);
    *now = miss.finish;
    return true;
}

static bool asked(struct hb_core *core, uint64_t *cycle, uint64_t alone) {
    struct hb_hart *hart = core->hart;
    const uint64_t now = *cycle;
    const struct hb_op *op = operation(core);
    if (!op || !hb_op_is(op, HB_CLASS_LOAD | HB_CLASS_STORE))
        return false;
    const bool floats = hb_op_is(op, HB_CLASS_FP);
    if (floats && !hb_fp_is_legal(hart, op))
        return false;
    bool write = hb_op_is(op, HB_CLASS_STORE);
    uint8_t bytes = hb_op_access_bytes(op);
    uint64_t address = hart->x[op->rs1] + (uint64_t)(int64_t)op->imm;
    if (address & (bytes - 1u) || lookup_serves(core, address, write) || hb_mmu_is_on(hart, hb_data_mode(hart)) ||
        !is_plain_memory(core, address, write))
        return false;
    struct hb_request request = {.kind = write ? HB_ACCESS_STORE : HB_ACCESS_LOAD,
                                 .address = address,
                                 .operand = !write   ? 0
                                            : floats ? hart->f[op->rs2]
                                                     : hart->x[op->rs2],
                                 .bytes = bytes};
    if (settled(core, op, &request, cycle, alone))
        return true;
    if (!hb_l1_post_plain(core->bus, hart->id, &request, now))
        return false;
    core->fetch.slot->last_read = now << 4;
    wait_for(core, &request, encoding(core, op), now);
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
    hb_lookup_fill_plain(core, core->resume.request.address, core->resume.rights);
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
