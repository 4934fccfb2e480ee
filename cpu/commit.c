#include "cpu/commit.h"

#include "bus/access/perform.h"
#include "cpu/csr.h"
#include "cpu/decode.h"

enum { FFLAGS = 0x001, FRM = 0x002, FCSR = 0x003, SSTATUS = 0x100, MSTATUS = 0x300 };
enum { SIE = 0x104, SIP = 0x144, MIE = 0x304, MIP = 0x344 };

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

static void note_access(struct hb_commit *commit, const struct hb_hart *hart, const struct hb_op *op) {
    bool f = hb_op_is(op, HB_CLASS_FP), atomic = hb_op_is(op, HB_CLASS_ATOMIC);
    commit->address = hart->x[op->rs1] + (atomic ? 0 : (uint64_t)(int64_t)op->imm);
    commit->operand = f ? hart->f[op->rs2] : hart->x[op->rs2];
    commit->access_bytes = hb_op_access_bytes(op);
}

/* What an AMO left in memory, from what it found there. */
static uint64_t left_by_amo(const struct hb_commit *commit, const struct hb_op *op, uint64_t found) {
    struct hb_request request = {
        .kind = HB_ACCESS_AMO, .amo = hb_op_amo(op), .bytes = commit->access_bytes, .operand = commit->operand};
    hb_perform(&request, (uint8_t *)&found);
    return found;
}

static void tell_access(struct hb_core *core, const struct hb_op *op) {
    struct hb_commit *commit = &core->commit;
    const struct hb_hart *hart = core->hart;
    bool amo = hb_op_is(op, HB_CLASS_AMO), sc = hb_op_is(op, HB_CLASS_SC) && hart->x[op->rd] == 0;
    commit->loads = amo || hb_op_is(op, HB_CLASS_LOAD | HB_CLASS_LR);
    commit->stores = amo || sc || hb_op_is(op, HB_CLASS_STORE);
    commit->zeroed_bytes = hb_op_is(op, HB_CLASS_ZEROS) ? core->bus->line_bytes : 0;
    commit->stored = amo ? left_by_amo(commit, op, hart->x[op->rd]) : commit->operand;
}

/* ---- Registers ------------------------------------------------------------------------------------------------- */

static void add(struct hb_commit *commit, enum hb_commit_kind kind, uint16_t number, uint64_t value) {
    uint32_t at = commit->writes++;
    for (; at > 0; at--) {
        const struct hb_commit_write *before = &commit->write[at - 1];
        if (before->number < number || (before->number == number && before->kind < kind))
            break;
        commit->write[at] = *before;
    }
    commit->write[at] = (struct hb_commit_write){number, (uint8_t)kind, value};
}

static void add_csr(struct hb_core *core, uint16_t number, uint64_t now) {
    uint64_t value;
    if (hb_core_csr(core, number, now, &value))
        add(&core->commit, HB_COMMIT_CSR, number, value);
}

static void tell_destination(struct hb_commit *commit, const struct hb_hart *hart, const struct hb_op *op) {
    if (hb_op_writes_f(op))
        add(commit, HB_COMMIT_F, op->rd, hart->f[op->rd]);
    else if (op->rd != 0 && op->rd != HB_X_SINK)
        add(commit, HB_COMMIT_X, op->rd, hart->x[op->rd]);
}

/* A view of another register is reported as that register. True: it was mstatus. */
static bool tell_csr(struct hb_core *core, const struct hb_op *op, uint64_t now) {
    uint16_t number = (uint16_t)(op->imm & 0xfff);
    bool writes = op->code == HB_OP_CSRRW || op->code == HB_OP_CSRRWI || op->rs1 != 0;
    if (!writes)
        return false;
    switch (number) {
    case SSTATUS: number = MSTATUS; break;
    case SIE: number = MIE; break;
    case SIP: number = MIP; break;
    case FCSR:
        add_csr(core, FRM, now);
        number = FFLAGS;
        break;
    default: break;
    }
    add_csr(core, number, now);
    return number == MSTATUS;
}

/* ---- Whole instructions ---------------------------------------------------------------------------------------- */

/* The operation computes in floating point and may raise flags. */
static bool may_raise(const struct hb_op *op) {
    return hb_op_is(op, HB_CLASS_FP) && !hb_op_is(op, HB_CLASS_MEMORY);
}

void hb_commit_begin(struct hb_core *core, const struct hb_op *op, uint32_t bits) {
    struct hb_hart *hart = core->hart;
    struct hb_commit *commit = &core->commit;
    *commit = (struct hb_commit){.pc = hart->pc,
                                 .bits = bits,
                                 .bytes = op->bytes,
                                 .privilege = hart->privilege,
                                 .mstatus = hart->mstatus,
                                 .fflags = hart->fflags};
    note_access(commit, hart, op);
    if (may_raise(op))
        hart->fflags = 0; /* so that a flag that is raised again is seen */
}

/* Merge the flags from before back in. True: the instruction raised some. */
static bool join_flags(struct hb_commit *commit, struct hb_hart *hart, const struct hb_op *op) {
    uint8_t raised = hart->fflags;
    hart->fflags |= commit->fflags;
    if (hart->fflags == commit->fflags && !hb_op_writes_f(op))
        hart->mstatus = commit->mstatus; /* FS: nothing has changed after all */
    return raised != 0;
}

void hb_commit_end(struct hb_core *core, const struct hb_op *op, bool retired, uint64_t now) {
    struct hb_hart *hart = core->hart;
    struct hb_commit *commit = &core->commit;
    if (!retired) { /* what raises flags retires, unless it is illegal */
        if (may_raise(op))
            hart->fflags = commit->fflags;
        return;
    }
    if (may_raise(op) && join_flags(commit, hart, op))
        add_csr(core, FFLAGS, now);
    tell_destination(commit, hart, op);
    tell_access(core, op);
    bool told = hb_op_is(op, HB_CLASS_CSR) && tell_csr(core, op, now);
    bool returns = op->code == HB_OP_MRET || op->code == HB_OP_SRET;
    if (!told && (returns || hart->mstatus != commit->mstatus))
        add_csr(core, MSTATUS, now);
}
