#include "cpu/ahead/spin.h"

#include "bus/access/perform.h"
#include "cpu/ahead/interpret.h"
#include "cpu/alu.h"
#include "cpu/decode.h"
#include "cpu/load_store.h"

/* ---- Beginning ------------------------------------------------------------------------------------------------- */

#define TAKEN(name, condition)                                                                                         \
    case HB_OP_##name: return condition;

static bool is_taken(const uint64_t *x, const struct hb_op *op) {
    const uint64_t a = x[op->rs1], b = x[op->rs2];
    switch (op->code) {
        HB_BRANCH_OPS(TAKEN)
    default: return false;
    }
}

#define LOADS(name, bytes, type)                                                                                       \
    case HB_OP_##name: *size = bytes; return (uint64_t)(type)word;

static uint64_t loaded(uint16_t code, uint64_t word, uint8_t *size) {
    switch (code) {
        HB_LOAD_OPS(LOADS)
    default: *size = 0; return 0;
    }
}

/* The word is at hand, and is what rd holds. */
static bool reads_the_same(struct hb_core *core, const struct hb_op *load) {
    const struct hb_hart *hart = core->hart;
    const uint64_t address = hart->x[load->rs1] + (uint64_t)(int64_t)load->imm;
    const struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    uint64_t word = 0;
    uint8_t bytes;
    loaded(load->code, word, &bytes);
    if (!bytes || (address & (core->line_mask | (bytes - 1u))) != lookup->read_tag ||
        lookup->slot->address != lookup->address)
        return false;
    memcpy(&word, hb_line_data(lookup->slot) + (address & ~core->line_mask), bytes);
    core->ahead->spin_data = lookup->slot;
    return loaded(load->code, word, &bytes) == hart->x[load->rd];
}

/* The line of pc is at hand. */
static bool is_here(const struct hb_core *core, uint64_t at) {
    return at < core->hot_bytes && core->fetch.slot->address == core->fetch.address;
}

/* The first operation from `*offset` in the line of the pc that is no fence. NULL: it is in another line. */
static const struct hb_op *after_fences(struct hb_core *core, uint64_t *offset) {
    core->ahead->spin_instructions = 2;
    for (; *offset < core->bus->line_bytes; core->ahead->spin_instructions++) {
        const struct hb_op *op = &core->fetch.op[*offset / 2];
        if (op->code != HB_OP_FENCE)
            return op;
        *offset += op->bytes;
    }
    return NULL;
}

/* A load, fences, a branch back. */
static bool waits_by_loads(struct hb_core *core) {
    const struct hb_hart *hart = core->hart;
    const uint64_t at = hart->pc - core->fetch.tag;
    uint64_t offset = at;
    const struct hb_op *branch = after_fences(core, &offset);
    const uint64_t start = branch ? offset + (uint64_t)(int64_t)branch->imm : at;
    if (start >= at)
        return false;
    const struct hb_op *load = &core->fetch.op[start / 2];
    core->ahead->spin_writes = false;
    return start + load->bytes == at && load->load_rd == hart->load_rd && reads_the_same(core, load) &&
           is_taken(hart->x, branch);
}

/* ---- Atomics, tried on a copy of the registers ------------------------------------------------------------------ */

#define ROUND_MAX 8 /* instructions in a round */

/* A round that is tried: no further than an operation in the line that is not known here. */
struct trial {
    uint64_t x[HB_X_SINK + 1];
    uint64_t offset; /* in the line */
    uint32_t instructions;
};

/* What stands between an atomic and the branch that comes back to it: moves, and results made longer or tested. */
static bool compute(const struct hb_op *op, uint64_t *x) {
    const uint64_t a = x[op->rs1], b = x[op->rs2], imm = (uint64_t)(int64_t)op->imm;
    switch (op->code) {
    case HB_OP_FENCE: return true;
    case HB_OP_ADD: x[op->rd] = a + b; return true;
    case HB_OP_ADDI: x[op->rd] = a + imm; return true;
    case HB_OP_ADDIW: x[op->rd] = (uint64_t)(int32_t)(a + imm); return true;
    case HB_OP_ANDI: x[op->rd] = a & imm; return true;
    default: return false;
    }
}

/* The first operation from there on that is not one of those. NULL: it is too far. */
static const struct hb_op *go_on(const struct hb_core *core, struct trial *trial) {
    while (trial->offset < core->bus->line_bytes && ++trial->instructions <= ROUND_MAX) {
        const struct hb_op *op = &core->fetch.op[trial->offset / 2];
        if (!compute(op, trial->x))
            return op;
        trial->offset += op->bytes;
    }
    return NULL;
}

/* The line is owned, the atomic leaves its word as it is, and what it gives goes to rd. */
static bool changes_nothing(struct hb_core *core, const struct hb_op *op, uint64_t *x) {
    const uint8_t owned = HB_LINE_WRITABLE | HB_LINE_DIRTY;
    const struct hb_request request = {
        .kind = HB_ACCESS_AMO, .operand = x[op->rs2], .bytes = hb_op_access_bytes(op), .amo = hb_op_amo(op)};
    const uint64_t address = x[op->rs1];
    const struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    if ((address & (core->line_mask | (request.bytes - 1u))) != lookup->write_tag ||
        lookup->slot->address != lookup->address || (lookup->slot->attributes & owned) != owned)
        return false;
    uint8_t word[8], before[8];
    memcpy(before, hb_line_data(lookup->slot) + (address & ~core->line_mask), request.bytes);
    memcpy(word, before, request.bytes);
    const uint64_t value = hb_perform(&request, word);
    x[op->rd] = request.bytes == 4 ? (uint64_t)(int32_t)value : value;
    core->ahead->spin_data = lookup->slot;
    return memcmp(word, before, request.bytes) == 0;
}

/* An AMO that stores what is there, moves, a branch back: after a round the registers are what they were. */
static bool waits_by_atomics(struct hb_core *core) {
    const struct hb_hart *hart = core->hart;
    const uint64_t at = hart->pc - core->fetch.tag;
    struct trial trial = {.offset = at};
    memcpy(trial.x, hart->x, sizeof trial.x);
    const struct hb_op *op = go_on(core, &trial);
    if (!op || op->imm >= 0 || !is_taken(trial.x, op))
        return false;
    trial.offset += (uint64_t)(int64_t)op->imm;
    op = trial.offset < at ? go_on(core, &trial) : NULL;
    if (!op || !hb_op_is(op, HB_CLASS_AMO) || trial.offset + op->bytes != at || op->load_rd != hart->load_rd ||
        core->bus->watch || core->bus->checker || !changes_nothing(core, op, trial.x))
        return false;
    core->ahead->spin_writes = true;
    core->ahead->spin_instructions = trial.instructions;
    return memcmp(trial.x, hart->x, HB_X_SINK * sizeof trial.x[0]) == 0;
}

/* ---- From outside ---------------------------------------------------------------------------------------------- */

bool hb_ahead_spins(struct hb_core *core) {
    const struct hb_hart *hart = core->hart;
    const bool loaded_last = hart->load_rd, atomic_last = hart->last_stall == HB_STALL_ATOMIC;
    if ((!loaded_last && !atomic_last) || !is_here(core, hart->pc - core->fetch.tag))
        return false;
    return (loaded_last && waits_by_loads(core)) || (atomic_last && waits_by_atomics(core));
}

void hb_ahead_begin_spinning(struct hb_core *core, uint64_t until) {
    struct hb_ahead *ahead = core->ahead;
    ahead->active = ahead->spins = true;
    ahead->spin_code = core->fetch.slot;
    ahead->spins_from = core->hart->ready_at;
    ahead->since_stamp = 0; /* nothing is logged, for nothing will be undone */
    core->hart->ready_at = until;
}

/* ---- Catching up ----------------------------------------------------------------------------------------------- */

/* What it has counted. */
struct counts {
    uint64_t instructions, hits[2], stalled[HB_STALLS];
};

static struct counts counts_of(const struct hb_hart *hart) {
    struct counts counts = {hart->instructions, {hart->lookup_hits[0], hart->lookup_hits[1]}, {0}};
    memcpy(counts.stalled, hart->stalled_cycles, sizeof counts.stalled);
    return counts;
}

/* What has been counted since `before` in one round is counted `rounds` times more. */
static void count(struct hb_hart *hart, const struct counts *before, uint64_t rounds) {
    hart->instructions += (hart->instructions - before->instructions) * rounds;
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

/* After one round, which began as `before` says: those that end before or in cycle `to`. */
static void go_round(struct hb_core *core, const struct counts *before, uint64_t to) {
    struct hb_hart *hart = core->hart;
    struct hb_ahead *ahead = core->ahead;
    const uint64_t cycles = hart->ready_at - ahead->spins_from, rounds = (to - hart->ready_at) / cycles;
    count(hart, before, rounds);
    repeat_branch(hart, rounds);
    *(ahead->spin_writes ? &ahead->spin_data->last_write : &ahead->spin_data->last_read) += rounds * cycles << 4;
    ahead->spin_code->last_read += rounds * cycles << 4;
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
