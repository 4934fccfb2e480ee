/* Turns of the frequent operations, a function for each: out of a decoded line, loads and stores only where host
 * lookups serve them. They call nothing, so they save no registers (on the batch this takes a third off the time of an
 * instruction).
 *
 * A turn leaves in core->turn the function of the operation that comes next. So the host knows early where the hart's
 * next turn goes, and need not first find the instruction at its pc: where several harts take turns, it foresees hardly
 * any of these jumps (on the batch of four harts this takes a fifth off the time). But core->turn is no more than an
 * expectation: each function looks whether what stands at the pc is its operation, in a line that is still there, and
 * leaves everything else to hb_core_any_turn(), before anything has changed.
 */
#include "cpu/alu.h"
#include "cpu/execute.h"
#include "cpu/fetch.h"
#include "cpu/load_store.h"

static hb_turn *const turn_of[HB_OP_CODES];

/* ---- Any operation ---------------------------------------------------------------------------------------------- */

static bool at_line(const struct hb_core *core) {
    return core->hart->pc - core->fetch.tag < core->bus->line_bytes && core->fetch.slot->address == core->fetch.address;
}

static const struct hb_op *op_at(const struct hb_core *core, uint64_t pc) {
    return &core->fetch.op[(pc - core->fetch.tag) / 2];
}

/* The next instruction is in another line: in one that a lookup knows, or hb_core_any_turn() will see. */
HB_NEVER_INLINE void leave_line(struct hb_core *core, uint64_t next) {
    const struct hb_fetch_lookup *lookup = hb_fetch_known(core, next);
    if (lookup)
        core->fetch = *lookup;
    core->turn = lookup ? turn_of[op_at(core, next)->code] : hb_core_any_turn;
}

static void expect_next(struct hb_core *core) {
    if (at_line(core))
        core->turn = turn_of[op_at(core, core->hart->pc)->code];
    else
        leave_line(core, core->hart->pc);
}

/* An operation that is not frequent, not decoded yet, or that a slow L1 delays. */
static void other_turn(struct hb_core *core, const struct hb_op *op, uint64_t now) {
    core->fetch.slot->last_read = now << 4;
    if (op->code == HB_OP_UNDECODED)
        op = hb_fetch_decode(core, now);
    if (!op) {
        hb_core_turn_slowly(core, now);
        return;
    }
    hb_core_execute(core, op, now);
    expect_next(core);
}

void hb_core_any_turn(struct hb_core *core, uint64_t now) {
    if (unlikely(core->hart->attention) || (!at_line(core) && !hb_fetch_line(core))) {
        hb_core_turn_slowly(core, now);
        return;
    }
    const struct hb_op *op = op_at(core, core->hart->pc);
    hb_turn *turn = core->has_slow_l1 ? hb_core_any_turn : turn_of[op->code];
    if (turn == hb_core_any_turn)
        other_turn(core, op, now);
    else
        turn(core, now);
}

/* A load or store that no lookup serves. */
HB_NEVER_INLINE void access_turn(struct hb_core *core, const struct hb_op *op, uint64_t now) {
    hb_core_execute(core, op, now);
    expect_next(core);
}

/* ---- A frequent operation --------------------------------------------------------------------------------------- */

/* The operation at an offset in the line, which is even. Computed as a number: with no line, and a pc below the tag, it
 * lies outside every array. */
HB_ALWAYS_INLINE const struct hb_op *op_at_offset(const struct hb_core *core, uint64_t offset) {
    /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
    return (const struct hb_op *)((uintptr_t)core->fetch.op + offset * (sizeof(struct hb_op) / 2));
}

HB_ALWAYS_INLINE void retire(struct hb_core *core, const struct hb_op *op, uint64_t next, uint64_t cycles,
                             uint8_t load_rd, uint64_t now) {
    struct hb_hart *hart = core->hart;
    /* The bit may be that of an f register with this number; frequent operations read x registers only. */
    if (unlikely(op->sources >> (hart->load_rd & 31) & 1) && hart->load_rd < HB_OP_F) {
        cycles += core->config.load_use_cycles;
        hb_stall(hart, HB_STALL_LOAD_USE, core->config.load_use_cycles);
    }
    hart->pc = next;
    hart->instructions++;
    hart->load_rd = load_rd;
    hart->ready_at = now + cycles;
    uint64_t offset = next - core->fetch.tag;
    if (likely(offset < core->hot_bytes))
        core->turn = turn_of[op_at_offset(core, offset)->code];
    else
        leave_line(core, next);
}

#define X(field) x[op->field]
#define IMM      ((uint64_t)(int64_t)op->imm)

/* Inline throughout. */
#define TURN(name, ...)                                                                                                \
    static void turn_##name(struct hb_core *core, uint64_t now) {                                                      \
        struct hb_hart *const hart = core->hart;                                                                       \
        uint64_t *const x = hart->x;                                                                                   \
        const uint64_t pc = hart->pc, offset = pc - core->fetch.tag;                                                   \
        const struct hb_op *const op = op_at_offset(core, offset);                                                     \
        if (unlikely(hart->attention || offset >= core->hot_bytes ||                                                   \
                     core->fetch.slot->address != core->fetch.address || op->code != HB_OP_##name)) {                  \
            hb_core_any_turn(core, now);                                                                               \
            return;                                                                                                    \
        }                                                                                                              \
        core->fetch.slot->last_read = now << 4;                                                                        \
        const uint64_t after = pc + op->bytes;                                                                         \
        (void)x, (void)after;                                                                                          \
        __VA_ARGS__                                                                                                    \
    }

#define OPERANDS                                                                                                       \
    const uint64_t a = X(rs1), b = X(rs2), imm = IMM;                                                                  \
    (void)a, (void)b, (void)imm;
#define COMPUTE(name, result)                                                                                          \
    TURN(name, {                                                                                                       \
        OPERANDS                                                                                                       \
        X(rd) = (uint64_t)(result);                                                                                    \
        retire(core, op, after, 1, 0, now);                                                                            \
    })
#define COMPUTE_SLOWLY(name, result, extra_cycles)                                                                     \
    TURN(name, {                                                                                                       \
        OPERANDS                                                                                                       \
        X(rd) = (uint64_t)(result);                                                                                    \
        hb_stall(hart, HB_STALL_MUL_DIV, (extra_cycles));                                                              \
        retire(core, op, after, 1 + (uint64_t)(extra_cycles), 0, now);                                                 \
    })
#define MULTIPLY(name, result) COMPUTE_SLOWLY(name, result, core->config.mul_cycles)
#define DIVIDE(name, result)   COMPUTE_SLOWLY(name, result, core->config.div_cycles)
#define BRANCH(name, condition)                                                                                        \
    TURN(name, {                                                                                                       \
        OPERANDS                                                                                                       \
        const bool taken = (condition);                                                                                \
        uint64_t cycles = 1, next = after;                                                                             \
        if (taken) {                                                                                                   \
            next = pc + imm;                                                                                           \
            hb_note_branch(hart, next);                                                                                \
        }                                                                                                              \
        if (taken != (op->imm < 0)) {                                                                                  \
            cycles += core->config.mispredict_cycles;                                                                  \
            hb_stall(hart, HB_STALL_BRANCH, core->config.mispredict_cycles);                                           \
        }                                                                                                              \
        retire(core, op, next, cycles, 0, now);                                                                        \
    })
#define JUMP(name, target, extra_cycles)                                                                               \
    TURN(name, {                                                                                                       \
        const uint64_t next = (target);                                                                                \
        hb_note_branch(hart, next);                                                                                    \
        X(rd) = after;                                                                                                 \
        hb_stall(hart, HB_STALL_BRANCH, (extra_cycles));                                                               \
        retire(core, op, next, 1 + (uint64_t)(extra_cycles), 0, now);                                                  \
    })
#define LOAD(name, bytes, type)                                                                                        \
    TURN(name, {                                                                                                       \
        uint64_t value;                                                                                                \
        if (!hb_look_up_load(core, X(rs1) + IMM, bytes, now, &value)) {                                                \
            access_turn(core, op, now);                                                                                \
            return;                                                                                                    \
        }                                                                                                              \
        X(rd) = (uint64_t)(type)value;                                                                                 \
        retire(core, op, after, 1, op->load_rd, now);                                                                  \
    })
#define STORE(name, bytes)                                                                                             \
    TURN(name, {                                                                                                       \
        if (!hb_look_up_store(core, X(rs1) + IMM, bytes, X(rs2), now)) {                                               \
            access_turn(core, op, now);                                                                                \
            return;                                                                                                    \
        }                                                                                                              \
        retire(core, op, after, 1, 0, now);                                                                            \
    })

HB_ALU_OPS(COMPUTE)
HB_BITS_OPS(COMPUTE)
HB_MULTIPLY_OPS(MULTIPLY)
HB_DIVIDE_OPS(DIVIDE)
HB_BRANCH_OPS(BRANCH)
HB_LOAD_OPS(LOAD)
HB_STORE_OPS(STORE)
JUMP(JAL, pc + IMM, core->config.jump_cycles)
JUMP(JALR, (X(rs1) + IMM) & ~1ull, core->config.jalr_cycles)

/* ---- All of them ------------------------------------------------------------------------------------------------ */

#define FREQUENT(name, ...) [HB_OP_##name] = turn_##name,
#define OTHER(name, ...)    [HB_OP_##name] = hb_core_any_turn,

static hb_turn *const turn_of[HB_OP_CODES] = {
    [HB_OP_UNDECODED] = hb_core_any_turn,
    [HB_OP_ILLEGAL] = hb_core_any_turn,
    HB_FREQUENT_OPS(FREQUENT) HB_OTHER_OPS(OTHER)[HB_OP_TRACEPOINT] = hb_core_any_turn,
};
