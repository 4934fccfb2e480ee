/* Executing instructions. One switch, compiled twice:
 *
 *   WARM  all operations out of a decoded line: what cpu/turn.c leaves; and
 *   SLOW  the definition: every access is looked up in the caches, and instructions in flight are executed again with
 *         their latched values.
 */
#include "cpu/execute.h"

#include <string.h>

#include "cpu/alu.h"
#include "cpu/commit.h"
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/execute_fp.h"
#include "cpu/fetch.h"
#include "cpu/hart/trap.h"
#include "cpu/load_store.h"
#include "cpu/mmu.h"

enum way { WARM, SLOW };

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

static bool atomic(struct hb_core *core, const struct hb_op *op, uint8_t kind, uint8_t amo, uint8_t bytes,
                   uint64_t now) {
    struct hb_hart *hart = core->hart;
    struct hb_data_access access = {
        .kind = kind, .address = hart->x[op->rs1], .bytes = bytes, .operand = hart->x[op->rs2], .amo = amo};
    uint64_t value;
    if (!hb_data_access(core, &access, now, &value))
        return false;
    hart->x[op->rd] = bytes == 4 && kind != HB_ACCESS_SC ? (uint64_t)(int32_t)value : value;
    hb_stall(hart, HB_STALL_ATOMIC, core->config.amo_cycles);
    return true;
}

/* What modes below M need permission for: S mode from menvcfg, U mode from senvcfg as well (CMO specification, chapter
 * 5). */
static uint64_t leave_of(const struct hb_hart *hart, uint64_t bits) {
    uint64_t leave = hart->privilege == HB_PRIV_M ? bits : hart->menvcfg & bits;
    return hart->privilege == HB_PRIV_U ? leave & hart->senvcfg : leave;
}

/* CBIE, CBCFE and CBZE. */
static uint64_t leave_needed(uint8_t kind) {
    switch (kind) {
    case HB_ACCESS_INVALIDATE: return 0x30;
    case HB_ACCESS_STORE: return 0x80;
    default: return 0x40;
    }
}

/* CBIE = 01 lets the modes below invalidate only what has been written back. */
static bool cache_block(struct hb_core *core, const struct hb_op *op, uint8_t kind, uint64_t now, bool *illegal) {
    struct hb_hart *hart = core->hart;
    uint64_t leave = leave_of(hart, leave_needed(kind));
    *illegal = leave == 0;
    if (*illegal)
        return false;
    if (kind == HB_ACCESS_INVALIDATE && leave == 0x10)
        kind = HB_ACCESS_FLUSH;
    return hb_block_access(core, kind, hart->x[op->rs1], now);
}

/* ---- Fences ------------------------------------------------------------------------------------------------------ */

/* fm in bits 8 to 11, predecessors in 4 to 7, successors in 0 to 3: each i, o, r, w from its highest bit down. Loads
 * are performed in order, and devices wait for the store buffer in any case: so only what must not overtake stores
 * matters. */
static bool fence_waits(const struct hb_core *core, const struct hb_op *op) {
    const uint32_t read = 2, write = 1, tso = 8;
    uint32_t mode = (uint32_t)op->imm >> 8, before = (uint32_t)op->imm >> 4 & 15, after = (uint32_t)op->imm & 15;
    if (op->code == HB_OP_FENCE_I)
        return true;
    if (!(before & write))
        return false;
    bool writes_wait = core->bus->config.store_order == HB_STORES_ANY && after & write;
    return writes_wait || (after & read && mode != tso);
}

/* ---- System ---------------------------------------------------------------------------------------------------- */

static bool csr_instruction(struct hb_core *core, const struct hb_op *op, uint64_t now) {
    struct hb_hart *hart = core->hart;
    bool immediate = hb_op_table[op->code].format == HB_FORMAT_CSR_I;
    uint64_t source = immediate ? op->rs1 : hart->x[op->rs1];
    bool replaces = op->code == HB_OP_CSRRW || op->code == HB_OP_CSRRWI;
    bool sets = op->code == HB_OP_CSRRS || op->code == HB_OP_CSRRSI;
    bool write = replaces || op->rs1 != 0;
    uint32_t number = (uint32_t)op->imm & 0xfff;
    uint64_t old = 0;
    if (!hb_csr_access(core, number, false, 0, now, &old))
        return false;
    uint64_t base = hb_csr_modifies(core, number, old);
    uint64_t set_to = replaces ? source : sets ? base | source : base & ~source;
    uint64_t ignored;
    if (write && !hb_csr_access(core, number, true, set_to, now, &ignored))
        return false;
    hart->x[op->rd] = old;
    hb_stall(hart, HB_STALL_CSR, core->config.csr_cycles);
    return true;
}

static void tracepoint(struct hb_core *core, const struct hb_op *op, uint64_t now) {
    struct hb_hart *hart = core->hart;
    if (!core->shared->trace_points || core->traces == HB_TRACE_RECORDS)
        return;
    core->trace[core->traces++] = (struct hb_trace_record){
        .kind = HB_TRACE_POINT,
        .cycle = now,
        .hart = hart->id,
        .id = (uint16_t)op->imm,
        .value = hart->x[op->rs1],
        .user_instructions = hb_hart_user_instructions(hart),
        .privilege = hart->privilege,
    };
    core->shared->told.traced = true;
}

static void wait_for_interrupt(struct hb_core *core, uint64_t now) {
    struct hb_hart *hart = core->hart;
    if (hb_hart_mip(hart) & hart->mie)
        return;
    hart->run_state = HB_HART_IDLE;
    hart->idle_since = hart->ready_at;
    hb_has_no_turn(core);
    hb_hart_note_interrupts(hart, now);
}

/* What an L1 slower than one cycle costs this instruction. */
static uint64_t hit_cycles(struct hb_core *core, const struct hb_op *op) {
    bool data = hb_op_is(op, HB_CLASS_MEMORY | HB_CLASS_ZEROS);
    uint64_t cycles = core->l1i_hit_extra_cycles + (data ? core->l1d_hit_extra_cycles : 0);
    if (cycles)
        hb_stall(core->hart, HB_STALL_HIT, cycles);
    return cycles;
}

/* ---- How instructions end -------------------------------------------------------------------------------------- */

HB_ALWAYS_INLINE void settle(struct hb_core *core, uint8_t load_rd, uint64_t cycles, uint64_t now, enum way way) {
    struct hb_hart *hart = core->hart;
    hart->load_rd = load_rd;
    hart->ready_at = now + cycles;
    if (way == SLOW) {
        hart->in_flight.active = false;
        hart->attention &= (uint8_t)~HB_ATTEND_IN_FLIGHT;
    }
}

#define X(field) x[op->field]
#define IMM      ((uint64_t)(int64_t)op->imm)

#define OPERANDS                                                                                                       \
    const uint64_t a = X(rs1), b = X(rs2), imm = IMM, pc = hart->pc;                                                   \
    (void)a, (void)b, (void)imm, (void)pc
#define COMPUTE(name, result)                                                                                          \
    case HB_OP_##name: {                                                                                               \
        OPERANDS;                                                                                                      \
        X(rd) = (uint64_t)(result);                                                                                    \
        break;                                                                                                         \
    }
#define COMPUTE_SLOWLY(name, result, extra_cycles)                                                                     \
    case HB_OP_##name: {                                                                                               \
        OPERANDS;                                                                                                      \
        X(rd) = (uint64_t)(result);                                                                                    \
        cycles += (extra_cycles);                                                                                      \
        hb_stall(hart, HB_STALL_MUL_DIV, (extra_cycles));                                                              \
        break;                                                                                                         \
    }
#define MULTIPLY(name, result) COMPUTE_SLOWLY(name, result, core->config.mul_cycles)
#define DIVIDE(name, result)   COMPUTE_SLOWLY(name, result, core->config.div_cycles)
#define BRANCH(name, condition)                                                                                        \
    case HB_OP_##name: {                                                                                               \
        OPERANDS;                                                                                                      \
        bool taken = (condition);                                                                                      \
        if (taken) {                                                                                                   \
            hb_note_branch(hart, hart->pc + IMM);                                                                      \
            next = hart->pc + IMM;                                                                                     \
        }                                                                                                              \
        if (taken != (op->imm < 0)) {                                                                                  \
            cycles += core->config.mispredict_cycles;                                                                  \
            hb_stall(hart, HB_STALL_BRANCH, core->config.mispredict_cycles);                                           \
        }                                                                                                              \
        break;                                                                                                         \
    }
#define LOAD(name, bytes, type)                                                                                        \
    case HB_OP_##name: {                                                                                               \
        uint64_t value;                                                                                                \
        if (!hb_load(core, X(rs1) + IMM, bytes, now, way == SLOW, &value))                                             \
            return;                                                                                                    \
        X(rd) = (uint64_t)(type)value;                                                                                 \
        break;                                                                                                         \
    }
#define STORE(name, bytes)                                                                                             \
    case HB_OP_##name:                                                                                                 \
        if (!hb_store(core, X(rs1) + IMM, bytes, X(rs2), now, way == SLOW))                                            \
            return;                                                                                                    \
        break;
#define ATOMIC(kind, amo, bytes)                                                                                       \
    if (!atomic(core, op, kind, amo, bytes, now))                                                                      \
        return;                                                                                                        \
    cycles += core->config.amo_cycles;                                                                                 \
    break
#define AMO(amo, bytes) ATOMIC(HB_ACCESS_AMO, amo, bytes)
#define CACHE_BLOCK(kind)                                                                                              \
    {                                                                                                                  \
        bool illegal;                                                                                                  \
        if (!cache_block(core, op, kind, now, &illegal)) {                                                             \
            if (illegal)                                                                                               \
                goto illegal;                                                                                          \
            return;                                                                                                    \
        }                                                                                                              \
        break;                                                                                                         \
    }

/* Execute `op`, whose encoding is `bits` if this is SLOW (otherwise 0, since they can be read from core->fetch). */
HB_ALWAYS_INLINE void execute(struct hb_core *core, const struct hb_op *op, uint64_t now, enum way way, uint32_t bits) {
    struct hb_hart *hart = core->hart;
    uint64_t *x = hart->x;
    uint64_t next = hart->pc + op->bytes;
    uint64_t cycles = 1;

    switch (op->code) {
    case HB_OP_JAL:
        hb_note_branch(hart, hart->pc + IMM);
        X(rd) = next;
        next = hart->pc + IMM;
        cycles += core->config.jump_cycles;
        hb_stall(hart, HB_STALL_BRANCH, core->config.jump_cycles);
        break;
    case HB_OP_JALR: {
        uint64_t target = (X(rs1) + IMM) & ~1ull;
        hb_note_branch(hart, target);
        X(rd) = next;
        next = target;
        cycles += core->config.jalr_cycles;
        hb_stall(hart, HB_STALL_BRANCH, core->config.jalr_cycles);
        break;
    }
        HB_BRANCH_OPS(BRANCH)
        HB_LOAD_OPS(LOAD)
        HB_STORE_OPS(STORE)
        HB_ALU_OPS(COMPUTE)
        HB_BITS_OPS(COMPUTE)
        HB_MULTIPLY_OPS(MULTIPLY)
        HB_DIVIDE_OPS(DIVIDE)
    default: goto rare;
    }
    goto retire;

rare:
    switch (op->code) {
    case HB_OP_LR_W: ATOMIC(HB_ACCESS_LR, 0, 4);
    case HB_OP_LR_D: ATOMIC(HB_ACCESS_LR, 0, 8);
    case HB_OP_SC_W: ATOMIC(HB_ACCESS_SC, 0, 4);
    case HB_OP_SC_D: ATOMIC(HB_ACCESS_SC, 0, 8);
    case HB_OP_AMOSWAP_W: AMO(HB_AMO_SWAP, 4);
    case HB_OP_AMOADD_W: AMO(HB_AMO_ADD, 4);
    case HB_OP_AMOXOR_W: AMO(HB_AMO_XOR, 4);
    case HB_OP_AMOAND_W: AMO(HB_AMO_AND, 4);
    case HB_OP_AMOOR_W: AMO(HB_AMO_OR, 4);
    case HB_OP_AMOMIN_W: AMO(HB_AMO_MIN, 4);
    case HB_OP_AMOMAX_W: AMO(HB_AMO_MAX, 4);
    case HB_OP_AMOMINU_W: AMO(HB_AMO_MINU, 4);
    case HB_OP_AMOMAXU_W: AMO(HB_AMO_MAXU, 4);
    case HB_OP_AMOSWAP_D: AMO(HB_AMO_SWAP, 8);
    case HB_OP_AMOADD_D: AMO(HB_AMO_ADD, 8);
    case HB_OP_AMOXOR_D: AMO(HB_AMO_XOR, 8);
    case HB_OP_AMOAND_D: AMO(HB_AMO_AND, 8);
    case HB_OP_AMOOR_D: AMO(HB_AMO_OR, 8);
    case HB_OP_AMOMIN_D: AMO(HB_AMO_MIN, 8);
    case HB_OP_AMOMAX_D: AMO(HB_AMO_MAX, 8);
    case HB_OP_AMOMINU_D: AMO(HB_AMO_MINU, 8);
    case HB_OP_AMOMAXU_D: AMO(HB_AMO_MAXU, 8);

    case HB_OP_CBO_CLEAN: CACHE_BLOCK(HB_ACCESS_CLEAN)
    case HB_OP_CBO_FLUSH: CACHE_BLOCK(HB_ACCESS_FLUSH)
    case HB_OP_CBO_INVAL: CACHE_BLOCK(HB_ACCESS_INVALIDATE)
    case HB_OP_CBO_ZERO: CACHE_BLOCK(HB_ACCESS_STORE)

    case HB_OP_FENCE_I:
    case HB_OP_FENCE: /* the pipeline drains; nothing is ever fetched ahead, and the L1I snoops */
        if (fence_waits(core, op) && !hb_wait_for_stores(core, now))
            return;
        cycles += core->config.csr_cycles;
        hb_stall(hart, HB_STALL_CSR, core->config.csr_cycles);
        break;
    case HB_OP_CSRRW:
    case HB_OP_CSRRS:
    case HB_OP_CSRRC:
    case HB_OP_CSRRWI:
    case HB_OP_CSRRSI:
    case HB_OP_CSRRCI:
        if (!csr_instruction(core, op, now))
            goto illegal;
        cycles += core->config.csr_cycles;
        break;
    case HB_OP_TRACEPOINT: tracepoint(core, op, now); break;
    case HB_OP_ECALL: hb_trap(core, HB_EXC_ECALL_U + hart->privilege, 0, now); return;
    case HB_OP_EBREAK: hb_trap(core, HB_EXC_BREAKPOINT, hart->pc, now); return; /* mtval: as on Spike and Sail */
    case HB_OP_MRET:
        if (hart->privilege != HB_PRIV_M)
            goto illegal;
        hb_mret(core, now);
        hb_stall(hart, HB_STALL_TRAP, core->config.trap_cycles);
        settle(core, 0, cycles + core->config.trap_cycles + hit_cycles(core, op), now, way);
        return;
    case HB_OP_SRET:
        if (hart->privilege < HB_PRIV_S || (hart->privilege == HB_PRIV_S && hart->mstatus & HB_MSTATUS_TSR))
            goto illegal;
        hb_sret(core, now);
        hb_stall(hart, HB_STALL_TRAP, core->config.trap_cycles);
        settle(core, 0, cycles + core->config.trap_cycles + hit_cycles(core, op), now, way);
        return;
    case HB_OP_SFENCE_VMA:
        if (hart->privilege < HB_PRIV_S || (hart->privilege == HB_PRIV_S && hart->mstatus & HB_MSTATUS_TVM))
            goto illegal;
        if (!hb_wait_for_stores(core, now))
            return;
        hb_mmu_flush(core);
        cycles += core->config.csr_cycles;
        hb_stall(hart, HB_STALL_CSR, core->config.csr_cycles);
        break;
    case HB_OP_WFI: /* in U mode it may not wait for ever, and this machine, like QEMU, gives it no time at all */
        if (hart->privilege == HB_PRIV_U || (hart->privilege == HB_PRIV_S && hart->mstatus & HB_MSTATUS_TW))
            goto illegal;
        hart->pc = next;
        hart->instructions++;
        settle(core, 0, cycles + hit_cycles(core, op), now, way);
        wait_for_interrupt(core, now);
        return;
    default: {
        struct hb_fp_result result = hb_execute_fp(core, op, now, way == SLOW);
        if (result.progress == HB_PROGRESS_WAIT)
            return;
        if (result.progress == HB_PROGRESS_FAULT)
            goto illegal;
        cycles += result.cycles;
        break;
    }
    }
retire:
    if (unlikely(core->has_slow_l1))
        cycles += hit_cycles(core, op);
    /* The bit may be that of the other kind of register with this number. */
    if (unlikely(op->sources >> (hart->load_rd & 31) & 1) && hb_op_reads(op, hart->load_rd)) {
        cycles += core->config.load_use_cycles;
        hb_stall(hart, HB_STALL_LOAD_USE, core->config.load_use_cycles);
    }
    hart->pc = next;
    hart->instructions++;
    settle(core, op->load_rd, cycles, now, way);
    return;
illegal:
    hb_trap(core, HB_EXC_ILLEGAL, way == SLOW ? bits : hb_fetch_bits(core), now);
    return;
}

void hb_core_execute(struct hb_core *core, const struct hb_op *op, uint64_t now) {
    execute(core, op, now, WARM, 0);
}

/* ---- Turns ----------------------------------------------------------------------------------------------------- */

static void record_retired(struct hb_core *core, uint64_t pc, uint32_t bits, uint64_t now) {
    if (core->traces == HB_TRACE_RECORDS)
        return;
    core->trace[core->traces++] = (struct hb_trace_record){.kind = HB_TRACE_RETIRE,
                                                           .cycle = now,
                                                           .hart = core->hart->id,
                                                           .address = pc,
                                                           .value = bits,
                                                           .privilege = core->hart->privilege};
    core->shared->told.traced = true;
}

static void slow_turn(struct hb_core *core, uint64_t now) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    uint64_t interrupt = flight->active ? 0 : hb_pending_interrupt(hart);
    if (interrupt) {
        hb_trap(core, interrupt, 0, now);
        return;
    }
    if (!flight->active) {
        *flight = (struct hb_in_flight){.active = true};
        hart->attention |= HB_ATTEND_IN_FLIGHT;
        core->resume.placed = core->resume.asks = core->resume.plain = false;
    }
    if (core->resume.asks && !hb_ask_again(core, now))
        return;
    core->access_index = 0;
    if (!flight->fetched) {
        if (!hb_fetch_slow(core, now, &flight->bits))
            return;
        hart->slow_fetches++;
        flight->fetched = true;
        flight->translated = 0;
        flight->latched = 0;
        flight->order = 0; /* another cache: as on the fast path, data accesses are numbered from 0 again */
        core->access_index = 0;
    }
    const struct hb_op op = *hb_decode_for_execution(core->shared, flight->bits);
    uint64_t pc = hart->pc, retired = hart->instructions;
    uint32_t bits = flight->bits;
    if (core->shared->log_commits)
        hb_commit_begin(core, &op, bits);
    execute(core, &op, now, SLOW, bits);
    if (core->shared->log_commits)
        hb_commit_end(core, &op, hart->instructions != retired, now);
    if (core->shared->trace_retire && hart->instructions != retired)
        record_retired(core, pc, bits, now);
}

void hb_core_turn_slowly(struct hb_core *core, uint64_t now) {
    slow_turn(core, now);
    if (core->hart->attention & HB_ATTEND_SLOW)
        hb_hart_take_longer(core->hart, now);
}
