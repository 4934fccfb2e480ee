#include "cpu/ahead/system.h"

#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/execute.h"
#include "cpu/private/log.h"

/* A trap now could be one that can never be left (cpu/hart/trap.c), which ends the run. */
static bool may_be_hopeless(const struct hb_hart *hart) {
    return hart->traps > 0 && hart->last_trap_instructions == hart->instructions;
}

/* CSRs whose writes are told to the machine, or empty the TLBs, which no checkpoint holds. */
static bool is_for_others(const struct hb_op *op) {
    const uint32_t number = (uint32_t)op->imm & 0xfff;
    return number == HB_CSR_SATP || number == HB_CSR_STIMECMP || number == HB_CSR_MENVCFG;
}

static bool is_private(const struct hb_op *op) {
    switch (op->code) {
    case HB_OP_ECALL:
    case HB_OP_EBREAK:
    case HB_OP_MRET:
    case HB_OP_SRET: return true;
    default: return hb_op_is(op, HB_CLASS_CSR) && !is_for_others(op);
    }
}

/* Going back over one drops the lookups. Watchers are shown accesses that no lookup serves, so they would see it. */
bool hb_ahead_system(struct hb_core *core) {
    struct hb_hart *hart = core->hart;
    struct hb_ahead *ahead = core->ahead;
    const struct hb_op *op = &core->fetch.op[(hart->pc - core->fetch.tag) / 2];
    const uint64_t stamp = hart->ready_at << 4;
    if (!is_private(op) || may_be_hopeless(hart) || core->bus->watch)
        return false;
    hb_ahead_save_seldom(ahead, hart);
    hb_ahead_read(ahead, core->fetch.slot, stamp);
    ahead->last_stamp = stamp;
    hb_core_execute(core, op, hart->ready_at);
    return true;
}
