#include "cpu/ahead/interpret.h"

#include "cpu/alu.h"
#include "cpu/decode.h"
#include "cpu/fetch.h"
#include "cpu/private/access.h"
#include "cpu/private/seldom.h"

/* The line of the present pc, with its decoded operations. */
struct code {
    uint64_t tag;         /* its virtual address */
    struct hb_line *slot; /* NULL: there is none */
    struct hb_op *op;
};

/* Its stamp is that of the last instruction that was executed out of it. */
static void leave(struct hb_ahead *ahead, struct code *code, uint64_t last) {
    if (code->slot)
        hb_ahead_read(ahead, code->slot, last << 4);
    code->slot = NULL;
}

/* An instruction that reaches into `*upper` has been executed. */
static void touch_upper(struct hb_core *core, struct hb_line **upper, uint64_t t) {
    hb_ahead_read(core->ahead, *upper, t << 4 | 1);
    core->hart->fetches++;
    *upper = NULL;
}

static bool enter(struct hb_core *core, struct code *code, uint64_t pc) {
    core->hart->pc = pc;
    uint64_t offset = pc - core->fetch.tag;
    bool here = offset < core->bus->line_bytes && core->fetch.slot->address == core->fetch.address;
    if (!here && !hb_fetch_line(core))
        return false;
    *code = (struct code){core->fetch.tag, core->fetch.slot, core->fetch.op};
    return true;
}

const struct hb_op *hb_ahead_decode(struct hb_core *core, uint64_t pc, uint64_t t, struct hb_line **upper) {
    core->hart->pc = pc;
    if (!hb_fetch_reaches_on(core))
        return hb_fetch_decode(core, t);
    *upper = hb_fetch_upper(core);
    return *upper ? hb_decode_for_execution(core->shared, hb_fetch_bits(core)) : NULL;
}

#define STALL(cause, n)                                                                                                \
    {                                                                                                                  \
        hart->stalled_cycles[cause] += (n);                                                                            \
        hart->last_stall = (cause);                                                                                    \
    }
#define WAIT(cause, n)                                                                                                 \
    {                                                                                                                  \
        cost += (n);                                                                                                   \
        STALL(cause, (n))                                                                                              \
    }
#define A   x[op->rs1]
#define B   x[op->rs2]
#define IMM ((uint64_t)(int64_t)op->imm)
#define RESULT(value)                                                                                                  \
    {                                                                                                                  \
        const uint64_t a = A, b = B, imm = IMM;                                                                        \
        (void)a, (void)b, (void)imm;                                                                                   \
        x[op->rd] = (value);                                                                                           \
    }
#define COMPUTE(name, value)                                                                                           \
    case HB_OP_##name: {                                                                                               \
        RESULT(value)                                                                                                  \
        break;                                                                                                         \
    }
#define COMPUTE_SLOWLY(name, value, extra_cycles)                                                                      \
    case HB_OP_##name: {                                                                                               \
        RESULT(value)                                                                                                  \
        WAIT(HB_STALL_MUL_DIV, (extra_cycles))                                                                         \
        break;                                                                                                         \
    }
#define MULTIPLY(name, value) COMPUTE_SLOWLY(name, value, core->config.mul_cycles)
#define DIVIDE(name, value)   COMPUTE_SLOWLY(name, value, core->config.div_cycles)
#define GO_TO(target)                                                                                                  \
    {                                                                                                                  \
        next = (target);                                                                                               \
        hart->branch[hart->branches++ % HB_BRANCHES] = (struct hb_branch){pc, next};                                   \
    }
#define BRANCH(name, condition)                                                                                        \
    case HB_OP_##name: {                                                                                               \
        const uint64_t a = A, b = B;                                                                                   \
        bool taken = (condition);                                                                                      \
        if (taken)                                                                                                     \
            GO_TO(pc + IMM)                                                                                            \
        if (taken != (op->imm < 0))                                                                                    \
            WAIT(HB_STALL_BRANCH, core->config.mispredict_cycles)                                                      \
        break;                                                                                                         \
    }
/* The target is worked out before rd is written: they may be one register. */
#define JUMP(name, target, extra_cycles)                                                                               \
    case HB_OP_##name: {                                                                                               \
        const uint64_t to = (target);                                                                                  \
        x[op->rd] = next;                                                                                              \
        GO_TO(to)                                                                                                      \
        WAIT(HB_STALL_BRANCH, (extra_cycles))                                                                          \
        break;                                                                                                         \
    }
#define LOAD(name, bytes, type)                                                                                        \
    case HB_OP_##name: {                                                                                               \
        uint64_t value;                                                                                                \
        if (!hb_ahead_load(core, A + IMM, bytes, t, &value))                                                           \
            goto stop;                                                                                                 \
        x[op->rd] = (uint64_t)(type)value;                                                                             \
        break;                                                                                                         \
    }
#define STORE(name, bytes)                                                                                             \
    case HB_OP_##name:                                                                                                 \
        if (!hb_ahead_store(core, A + IMM, bytes, B, t))                                                               \
            goto stop;                                                                                                 \
        break;

static void put_back(struct hb_core *core, uint64_t pc, uint64_t ready_at, uint8_t load_rd) {
    core->hart->pc = pc;
    core->hart->ready_at = ready_at;
    core->hart->load_rd = load_rd;
}

uint64_t hb_ahead_interpret(struct hb_core *core, uint64_t limit, uint64_t most) {
    struct hb_hart *const hart = core->hart;
    struct hb_ahead *const ahead = core->ahead;
    uint64_t *const x = hart->x;
    uint64_t pc = hart->pc, t = hart->ready_at, last = ahead->last_stamp >> 4, n = 0, entered = 0;
    uint8_t load_rd = hart->load_rd;
    struct code code = {.tag = pc - HB_LINE_BYTES_MAX}; /* pc is not in it, wherever it is */
    struct hb_line *upper = NULL;

    while (t < limit && n < most) {
        uint64_t offset = pc - code.tag;
        if (unlikely(offset > ~core->line_mask)) {
            leave(ahead, &code, last);
            entered = n;
            if (!enter(core, &code, pc))
                break;
            offset = pc - code.tag;
        }
        const struct hb_op *op = &code.op[offset / 2];
        uint64_t next, cost = 1;
    again:
        next = pc + op->bytes;
        switch (op->code) {
            HB_ALU_OPS(COMPUTE)
            HB_BITS_OPS(COMPUTE)
            HB_MULTIPLY_OPS(MULTIPLY)
            HB_DIVIDE_OPS(DIVIDE)
            HB_BRANCH_OPS(BRANCH)
            JUMP(JAL, pc + IMM, core->config.jump_cycles)
            JUMP(JALR, (A + IMM) & ~1ull, core->config.jalr_cycles)
            HB_LOAD_OPS(LOAD)
            HB_STORE_OPS(STORE)
        case HB_OP_FENCE: /* there is no store buffer */ WAIT(HB_STALL_CSR, core->config.csr_cycles) break;
        case HB_OP_UNDECODED:
            if (!(op = hb_ahead_decode(core, pc, t, &upper)))
                goto stop;
            goto again;
        default:
            if (!hb_ahead_seldom(core, op, t, n, &cost))
                goto stop;
        }
        if (unlikely(op->sources >> (load_rd & 31) & 1) && hb_op_reads(op, load_rd))
            WAIT(HB_STALL_LOAD_USE, core->config.load_use_cycles)
        if (unlikely(upper != NULL))
            touch_upper(core, &upper, t);
        load_rd = op->load_rd;
        pc = next;
        last = t;
        t += cost;
        n++;
    }
stop:
    if (n > entered)
        leave(ahead, &code, last);
    put_back(core, pc, t, load_rd);
    hart->instructions += n;
    ahead->last_stamp = last << 4;
    return n;
}
