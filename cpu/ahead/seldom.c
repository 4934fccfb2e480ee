#include "cpu/ahead/seldom.h"

#include "bus/access/perform.h"
#include "cpu/ahead/access.h"
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/execute_fp.h"
#include "cpu/load_store.h"

static bool stall(struct hb_core *core, enum hb_stall cause, uint32_t cycles, uint64_t *cost) {
    hb_stall(core->hart, cause, cycles);
    *cost += cycles;
    return true;
}

/* A CSR that is only read. `retired`: instructions of this run that the hart has not counted yet. */
static bool read_csr(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t retired, uint64_t *cost) {
    struct hb_hart *hart = core->hart;
    uint64_t value;
    if (op->rs1 != 0 || op->code == HB_OP_CSRRW || op->code == HB_OP_CSRRWI)
        return false;
    hart->instructions += retired;
    bool there = hb_csr_access(core, (uint32_t)op->imm & 0xfff, false, 0, t, &value);
    hart->instructions -= retired;
    if (!there)
        return false;
    hart->x[op->rd] = value;
    return stall(core, HB_STALL_CSR, core->config.csr_cycles, cost);
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
    return hb_bus_protocol_at(core->bus, lookup->slot->address)->incoherent ? NULL : lookup->slot;
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
static bool atomic(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t *cost) {
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
    if (core->bus->watch || core->bus->checker || core->shared->trace_sc)
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
    return stall(core, HB_STALL_ATOMIC, core->config.amo_cycles, cost);
}

static bool floating_point(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t *cost) {
    if (hb_op_is(op, HB_CLASS_MEMORY))
        return false;
    hb_ahead_save_seldom(core->ahead, core->hart);
    struct hb_fp_result result = hb_execute_fp(core, op, t, false);
    *cost += result.cycles;
    return result.progress == HB_PROGRESS_DONE;
}

bool hb_ahead_seldom(struct hb_core *core, const struct hb_op *op, uint64_t t, uint64_t retired, uint64_t *cost) {
    if (op->code == HB_OP_FENCE || op->code == HB_OP_FENCE_I) /* there is no store buffer */
        return stall(core, HB_STALL_CSR, core->config.csr_cycles, cost);
    if (hb_op_is(op, HB_CLASS_CSR))
        return read_csr(core, op, t, retired, cost);
    if (hb_op_is(op, HB_CLASS_ATOMIC))
        return atomic(core, op, t, cost);
    if (op->code == HB_OP_TRACEPOINT)
        return !core->shared->trace_points;
    return hb_op_is(op, HB_CLASS_FP) && floating_point(core, op, t, cost);
}
