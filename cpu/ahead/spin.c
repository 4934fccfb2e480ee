#include "cpu/ahead/spin.h"

#include "bus/access/perform.h"
#include "cpu/ahead/interpret.h"
#include "cpu/alu.h"
#include "cpu/decode.h"
#include "cpu/fetch.h"
#include "cpu/load_store.h"
#include "cpu/private/access.h"
#include "cpu/private/seldom.h"

/* ---- The loop -------------------------------------------------------------------------------------------------- */

#define ROUND_MAX 10 /* instructions in a round */

/* From pc to a branch back, and from where that leads to pc again. */
struct loop {
    uint32_t n;
    bool computes; /* it has operations of registers */
    const struct hb_op *op[ROUND_MAX];
    uint64_t pc[ROUND_MAX];
    const struct hb_fetch_lookup *here; /* of the last one */
    struct hb_line *code[2];            /* the lines that hold it; NULL: no other */
    struct hb_op across;                /* the one that is in both */
};

/* What an operation is to a loop. */
enum part { PART_OTHER, PART_FENCE, PART_COMPUTES, PART_BRANCH };

#define COMPUTES(name, value)     [HB_OP_##name] = PART_COMPUTES,
#define BRANCHES(name, condition) [HB_OP_##name] = PART_BRANCH,

static const uint8_t parts[HB_OP_CODES] = {[HB_OP_FENCE] = PART_FENCE, HB_ALU_OPS(COMPUTES) HB_BRANCH_OPS(BRANCHES)};

static enum part part_of(const struct hb_op *op) {
    return (enum part)parts[op->code];
}

/* A step of a counter or a pointer: with it no round is as the one before. This is for speed alone. */
static bool is_step(const struct hb_op *op) {
    return (op->code == HB_OP_ADDI || op->code == HB_OP_ADDIW) && op->rd == op->rs1 && op->imm;
}

/* It is a part of this line, and of one other at most. */
static bool note_line(struct loop *loop, struct hb_line *line) {
    for (uint32_t i = 0; i < 2; i++) {
        if (loop->code[i] && loop->code[i] != line)
            continue;
        loop->code[i] = line;
        return true;
    }
    return false;
}

/* The line of `pc` is the one that is read now. False: it is not at hand. */
static bool turn_to(struct hb_core *core, struct loop *loop, uint64_t pc) {
    if (loop->here && pc - loop->here->tag < core->bus->line_bytes)
        return true;
    loop->here = hb_fetch_known(core, pc);
    return loop->here && note_line(loop, loop->here->slot);
}

static uint16_t half_at(const struct loop *loop, uint64_t pc) {
    uint16_t half;
    memcpy(&half, hb_line_data(loop->here->slot) + (pc - loop->here->tag), sizeof half);
    return half;
}

/* The operation at `pc`, the last half-word of its line. NULL: it is none of two lines, or the other is not at hand. */
static const struct hb_op *read_across(struct hb_core *core, struct loop *loop, uint64_t pc) {
    const uint16_t low = half_at(loop, pc);
    if ((low & 3) != 3 || !turn_to(core, loop, pc + 2))
        return NULL;
    loop->across = *hb_decode_for_execution(core->shared, low | (uint32_t)half_at(loop, pc + 2) << 16);
    return &loop->across;
}

/* The next operation of the loop, at `pc`. NULL: it is not at hand, or there have been too many. */
static const struct hb_op *take(struct hb_core *core, struct loop *loop, uint64_t pc) {
    if (loop->n == ROUND_MAX || !turn_to(core, loop, pc))
        return NULL;
    const uint64_t offset = pc - loop->here->tag;
    const struct hb_op *op = &loop->here->op[offset / 2];
    if (op->code == HB_OP_UNDECODED)
        op = offset + 2 == core->bus->line_bytes ? read_across(core, loop, pc) : NULL;
    loop->pc[loop->n] = pc;
    loop->op[loop->n++] = op;
    return op;
}

/* Whatever stands from `pc` on before the first one that is not of registers alone: that, and where it is. NULL: too
 * far. */
static const struct hb_op *go_on(struct hb_core *core, struct loop *loop, uint64_t *pc) {
    for (;;) {
        const struct hb_op *op = take(core, loop, *pc);
        if (!op || part_of(op) == PART_OTHER || part_of(op) == PART_BRANCH)
            return op;
        if (is_step(op))
            return NULL;
        loop->computes |= part_of(op) == PART_COMPUTES;
        *pc += op->bytes;
    }
}

/* The loop around pc, before which stands its load or its atomic, the last one in it. */
static bool find_loop(struct hb_core *core, struct loop *loop) {
    const struct hb_hart *hart = core->hart;
    uint64_t pc = hart->pc;
    const struct hb_op *branch = go_on(core, loop, &pc);
    if (!branch || part_of(branch) != PART_BRANCH || branch->imm >= 0)
        return false;
    pc += (uint64_t)(int64_t)branch->imm;
    const struct hb_op *access = hart->pc - pc < 4 * ROUND_MAX ? go_on(core, loop, &pc) : NULL;
    return access && hb_op_is(access, HB_CLASS_LOAD | HB_CLASS_AMO) && !hb_op_is(access, HB_CLASS_FP) &&
           pc + access->bytes == hart->pc && access->load_rd == hart->load_rd;
}

/* ---- A round, tried on a copy of the registers ------------------------------------------------------------------ */

#define TAKEN(name, condition)                                                                                         \
    case HB_OP_##name: return condition;

static bool is_taken(const uint64_t *x, const struct hb_op *op) {
    const uint64_t a = x[op->rs1], b = x[op->rs2];
    switch (op->code) {
        HB_BRANCH_OPS(TAKEN)
    default: return false;
    }
}

#define COMPUTE(name, value)                                                                                           \
    case HB_OP_##name: x[op->rd] = (value); return;

static void compute(uint64_t *x, const struct hb_op *op, uint64_t pc) {
    const uint64_t a = x[op->rs1], b = x[op->rs2], imm = (uint64_t)(int64_t)op->imm;
    switch (op->code) {
        HB_ALU_OPS(COMPUTE)
    default: return;
    }
}

static void perform(const uint64_t *x, const struct hb_op *op, uint64_t *word) {
    const struct hb_request request = {
        .kind = HB_ACCESS_AMO, .operand = x[op->rs2], .bytes = hb_op_access_bytes(op), .amo = hb_op_amo(op)};
    hb_perform(&request, (uint8_t *)word);
}

/* The access reads its word, which is at hand, and leaves it as it is. `*value`: what rd gets. */
static bool only_reads(struct hb_core *core, const uint64_t *x, const struct hb_op *op, uint64_t *value) {
    const bool writes = hb_op_is(op, HB_CLASS_AMO);
    const uint8_t bytes = hb_op_access_bytes(op);
    const uint64_t address = x[op->rs1] + (writes ? 0 : (uint64_t)(int64_t)op->imm);
    const struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    if ((address & (core->line_mask | (bytes - 1u))) != (writes ? lookup->write_tag : lookup->read_tag) ||
        lookup->slot->address != lookup->address || (writes && !hb_private_may_perform_atomic(core, lookup->slot)))
        return false;
    uint64_t word = 0, after;
    memcpy(&word, hb_line_data(lookup->slot) + (address & ~core->line_mask), bytes);
    *value = hb_narrowed(op, word);
    after = word;
    core->ahead->spin_data = lookup->slot;
    core->ahead->spin_writes = writes;
    if (writes)
        perform(x, op, &after);
    return after == word;
}

/* A loop that only loads and branches: is its branch taken, and does it load what rd holds? */
static bool only_waits(struct hb_core *core, const struct loop *loop) {
    const uint64_t *x = core->hart->x;
    const struct hb_op *last = loop->op[loop->n - 1];
    uint64_t value;
    for (uint32_t i = 0; i + 1 < loop->n; i++)
        if (part_of(loop->op[i]) == PART_BRANCH && !is_taken(x, loop->op[i]))
            return false;
    return only_reads(core, x, last, &value) && value == x[last->rd];
}

/* After a round registers and word are what they were. */
static bool changes_nothing(struct hb_core *core, const struct loop *loop) {
    uint64_t x[HB_X_SINK + 1];
    if (!loop->computes)
        return only_waits(core, loop);
    memcpy(x, core->hart->x, sizeof x);
    for (uint32_t i = 0; i + 1 < loop->n; i++) {
        if (part_of(loop->op[i]) == PART_BRANCH && !is_taken(x, loop->op[i]))
            return false;
        compute(x, loop->op[i], loop->pc[i]);
    }
    const struct hb_op *last = loop->op[loop->n - 1];
    return only_reads(core, x, last, &x[last->rd]) && memcmp(x, core->hart->x, HB_X_SINK * sizeof x[0]) == 0;
}

bool hb_ahead_spins(struct hb_core *core) {
    const struct hb_hart *hart = core->hart;
    struct loop loop;
    loop.n = 0;
    loop.computes = false;
    loop.here = NULL;
    loop.code[0] = loop.code[1] = NULL;
    if ((!hart->load_rd && hart->last_stall != HB_STALL_ATOMIC) || hart->pc == core->ahead->no_loop)
        return false;
    if (!find_loop(core, &loop)) {
        core->ahead->no_loop = hart->pc;
        return false;
    }
    if (!changes_nothing(core, &loop))
        return false;
    core->ahead->spin_instructions = loop.n;
    core->ahead->spin_code[0] = loop.code[0];
    core->ahead->spin_code[1] = loop.code[1];
    return true;
}

void hb_ahead_begin_spinning(struct hb_core *core, uint64_t until) {
    struct hb_ahead *ahead = core->ahead;
    ahead->active = ahead->spins = true;
    ahead->spins_from = core->hart->ready_at;
    ahead->since_stamp = 0; /* nothing is logged, for nothing will be undone */
    core->hart->ready_at = until;
}

/* ---- Catching up ----------------------------------------------------------------------------------------------- */

/* What it has counted. */
struct counts {
    uint64_t instructions, fetches, hits[2], stalled[HB_STALLS];
};

static struct counts counts_of(const struct hb_hart *hart) {
    struct counts counts = {hart->instructions, hart->fetches, {hart->lookup_hits[0], hart->lookup_hits[1]}, {0}};
    memcpy(counts.stalled, hart->stalled_cycles, sizeof counts.stalled);
    return counts;
}

/* What has been counted since `before` in one round is counted `rounds` times more. */
static void count(struct hb_hart *hart, const struct counts *before, uint64_t rounds) {
    hart->instructions += (hart->instructions - before->instructions) * rounds;
    hart->fetches += (hart->fetches - before->fetches) * rounds;
    for (uint32_t i = 0; i < 2; i++)
        hart->lookup_hits[i] += (hart->lookup_hits[i] - before->hits[i]) * rounds;
    for (uint32_t cause = 0; cause < HB_STALLS; cause++)
        hart->stalled_cycles[cause] += (hart->stalled_cycles[cause] - before->stalled[cause]) * rounds;
}

/* The last branch was taken so many times more. */
static void repeat_branch(struct hb_hart *hart, uint64_t rounds) {
    const struct hb_branch last = hart->branch[(hart->branches - 1) % HB_BRANCHES];
    hart->branches += (uint32_t)rounds;
    for (uint32_t i = 1; i <= HB_BRANCHES && i <= rounds; i++)
        hart->branch[(hart->branches - i) % HB_BRANCHES] = last;
}

/* Its lines were touched so many cycles later. */
static void move_stamps(struct hb_ahead *ahead, uint64_t cycles) {
    *(ahead->spin_writes ? &ahead->spin_data->last_write : &ahead->spin_data->last_read) += cycles << 4;
    for (uint32_t i = 0; i < 2; i++)
        if (ahead->spin_code[i])
            ahead->spin_code[i]->last_read += cycles << 4;
}

/* After one round, which began as `before` says: those that end before or in cycle `to`. */
static void go_round(struct hb_core *core, const struct counts *before, uint64_t to) {
    struct hb_hart *hart = core->hart;
    const uint64_t cycles = hart->ready_at - core->ahead->spins_from, rounds = (to - hart->ready_at) / cycles;
    count(hart, before, rounds);
    repeat_branch(hart, rounds);
    move_stamps(core->ahead, rounds * cycles);
    hart->ready_at += rounds * cycles;
}

void hb_ahead_catch_up(struct hb_core *core, uint64_t to) {
    struct hb_hart *hart = core->hart;
    struct hb_ahead *ahead = core->ahead;
    const struct counts before = counts_of(hart);
    ahead->spins = ahead->active = false;
    hart->ready_at = ahead->spins_from;
    if (hb_ahead_interpret(core, to, ahead->spin_instructions) < ahead->spin_instructions || hart->ready_at >= to)
        return;
    go_round(core, &before, to);
}
