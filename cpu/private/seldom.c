#include "cpu/private/seldom.h"

#include "bus/access/perform.h"
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/execute_fp.h"
#include "cpu/load_store.h"
#include "cpu/private/access.h"

/* ---- CSRs ------------------------------------------------------------------------------------------------------ */

static uint32_t number_of(const struct hb_op *op) {
    return (uint32_t)op->imm & 0xfff;
}

static bool replaces(const struct hb_op *op) {
    return op->code == HB_OP_CSRRW || op->code == HB_OP_CSRRWI;
}

static bool only_reads(const struct hb_op *op) {
    return op->rs1 == 0 && !replaces(op);
}

/* Nothing depends on what is written to it until software reads it, or an instruction returns from a trap. */
static bool only_keeps(const struct hb_op *op) {
    switch (number_of(op)) {
    case HB_CSR_SSCRATCH:
    case HB_CSR_SEPC:
    case HB_CSR_MSCRATCH:
    case HB_CSR_MEPC: return op->code == HB_OP_CSRRW;
    default: return false;
    }
}

static bool read_csr(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t retired) {
    struct hb_hart *hart = core->hart;
    uint64_t value;
    hart->instructions += retired;
    bool there = hb_csr_access(core, number_of(op), false, 0, t, &value);
    hart->instructions -= retired;
    if (there)
        hart->x[op->rd] = value;
    return there;
}

static bool replace_csr(struct hb_core *core, const struct hb_op *op, uint64_t t) {
    struct hb_hart *hart = core->hart;
    uint64_t value;
    hb_ahead_save_seldom(core->ahead, hart);
    if (!hb_csr_access(core, number_of(op), true, hart->x[op->rs1], t, &value))
        return false;
    hart->x[op->rd] = value;
    return true;
}

/* ---- Atomics --------------------------------------------------------------------------------------------------- */

/* Nobody is shown its accesses. */
static bool is_unseen(const struct hb_core *core) {
    return !core->bus->watch && !core->bus->checker && !core->shared->trace_sc;
}

static bool is_coherent(const struct hb_core *core, const struct hb_line *line) {
    return !hb_bus_protocol_at(core->bus, line->address)->incoherent;
}

bool hb_private_may_perform_atomic(const struct hb_core *core, const struct hb_line *line) {
    const uint8_t owned = HB_LINE_WRITABLE | HB_LINE_DIRTY;
    return (line->attributes & owned) == owned && is_unseen(core) && is_coherent(core, line);
}

/* The line of an atomic, if the hart may do with it what `op` asks for; else NULL. Nothing here may depend on what a
 * lookup happens to hold: what was private once must be so when it is done again. */
static struct hb_line *line_for(struct hb_core *core, const struct hb_op *op, uint64_t address, uint8_t bytes) {
    const struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    const uint64_t tag = address & (core->line_mask | (bytes - 1u));
    const bool known = tag == lookup->read_tag && lookup->slot->address == lookup->address;
    if (!known && !hb_ahead_fill(core, address, bytes, false))
        return NULL;
    if (!hb_op_is(op, HB_CLASS_LR) && tag != lookup->write_tag)
        return NULL;
    return is_coherent(core, lookup->slot) ? lookup->slot : NULL;
}

/* Perform it; what was there before is logged. */
static uint64_t perform(struct hb_core *core, const struct hb_request *request, struct hb_line *line, uint64_t t) {
    const bool reads = request->kind == HB_ACCESS_LR;
    if (reads)
        hb_ahead_read(core->ahead, line, t << 4);
    else
        hb_ahead_write(core->ahead, line, t << 4);
    core->hart->lookup_hits[!reads]++;
    return hb_perform(request, hb_line_data(line) + (request->address & ~core->line_mask));
}

/* An LR on a line that is held, an SC that succeeds or an AMO on one that nobody else holds. */
static bool atomic(struct hb_core *core, const struct hb_op *op, uint64_t t) {
    struct hb_hart *hart = core->hart;
    uint64_t *reservation = &core->bus->state->port[hart->id].reservation;
    const bool lr = hb_op_is(op, HB_CLASS_LR), sc = hb_op_is(op, HB_CLASS_SC);
    const struct hb_request request = {.kind = lr   ? HB_ACCESS_LR
                                               : sc ? HB_ACCESS_SC
                                                    : HB_ACCESS_AMO,
                                       .address = hart->x[op->rs1],
                                       .bytes = hb_op_access_bytes(op),
                                       .operand = hart->x[op->rs2],
                                       .amo = lr || sc ? 0 : hb_op_amo(op)};
    if (!is_unseen(core))
        return false;
    struct hb_line *line = line_for(core, op, request.address, request.bytes);
    if (!line)
        return false;
    if (sc && *reservation != line->address)
        return false; /* it will fail, and leave no stamp: a snoop of this line would not be seen to come too late */
    if (!lr && !hb_ahead_own(core, line))
        return false;
    uint64_t value = perform(core, &request, line, t);
    if (lr || sc)
        *reservation = lr ? line->address : HB_NO_LINE;
    hart->x[op->rd] = request.bytes == 4 && !sc ? (uint64_t)(int32_t)value : value;
    return true;
}

/* ---- Floating point -------------------------------------------------------------------------------------------- */

static bool load_or_store(struct hb_core *core, const struct hb_op *op, uint64_t t) {
    struct hb_hart *hart = core->hart;
    const uint64_t address = hart->x[op->rs1] + (uint64_t)(int64_t)op->imm;
    const uint8_t bytes = hb_op_access_bytes(op);
    uint64_t value;
    if (hb_op_is(op, HB_CLASS_STORE))
        return hb_ahead_store(core, address, bytes, hart->f[op->rs2], t);
    if (!hb_ahead_load(core, address, bytes, t, &value))
        return false;
    hb_ahead_save_seldom(core->ahead, hart);
    hb_fp_loaded(hart, op, value);
    return true;
}

static bool floating_point(struct hb_core *core, const struct hb_op *op, uint64_t t) {
    struct hb_hart *hart = core->hart;
    if (!hb_fp_is_legal(hart, op))
        return false;
    if (hb_op_is(op, HB_CLASS_MEMORY))
        return load_or_store(core, op, t);
    hb_ahead_save_seldom(core->ahead, hart);
    hb_fp_compute(hart, op);
    return true;
}

/* ---- All of them ----------------------------------------------------------------------------------------------- */

bool hb_ahead_is_seldom(const struct hb_op *op) {
    if (hb_op_is(op, HB_CLASS_CSR))
        return only_reads(op) || only_keeps(op);
    if (hb_op_is(op, HB_CLASS_FP))
        return op->flags == HB_RM_DYNAMIC || op->flags < HB_FP_ROUNDINGS;
    return op->code == HB_OP_FENCE_I || hb_op_is(op, HB_CLASS_ATOMIC);
}

enum hb_stall hb_ahead_seldom_stall(const struct hb_cpu_config *config, const struct hb_op *op, uint32_t *cycles) {
    if (hb_op_is(op, HB_CLASS_FP)) {
        *cycles = hb_op_is(op, HB_CLASS_MEMORY) ? 0 : hb_fp_cycles(config, op);
        return *cycles ? HB_STALL_FP : HB_STALLS;
    }
    const bool atomic_one = hb_op_is(op, HB_CLASS_ATOMIC);
    *cycles = atomic_one ? config->amo_cycles : config->csr_cycles;
    return atomic_one ? HB_STALL_ATOMIC : HB_STALL_CSR;
}

bool hb_ahead_do_seldom(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t retired) {
    if (hb_op_is(op, HB_CLASS_CSR))
        return only_reads(op) ? read_csr(core, op, t, retired) : only_keeps(op) && replace_csr(core, op, t);
    if (hb_op_is(op, HB_CLASS_ATOMIC))
        return atomic(core, op, t);
    if (hb_op_is(op, HB_CLASS_FP))
        return floating_point(core, op, t);
    return op->code == HB_OP_FENCE_I;
}

bool hb_ahead_seldom(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t retired, uint64_t *cost) {
    uint32_t cycles;
    if (op->code == HB_OP_TRACEPOINT)
        return !core->shared->trace_points;
    if (!hb_ahead_do_seldom(core, op, t, retired))
        return false;
    const enum hb_stall cause = hb_ahead_seldom_stall(&core->config, op, &cycles);
    if (cause == HB_STALLS)
        return true;
    hb_stall(core->hart, cause, cycles);
    *cost += cycles;
    return true;
}
