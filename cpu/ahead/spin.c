#include "cpu/ahead/spin.h"

#include "cpu/ahead/interpret.h"
#include "cpu/alu.h"
#include "cpu/decode.h"
#include "cpu/load_store.h"

/* ---- Beginning ------------------------------------------------------------------------------------------------- */

#define TAKEN(name, condition)                                                                                         \
    case HB_OP_##name: return condition;

static bool is_taken(const struct hb_hart *hart, const struct hb_op *op) {
    const uint64_t a = hart->x[op->rs1], b = hart->x[op->rs2];
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

bool hb_ahead_spins(struct hb_core *core) {
    const struct hb_hart *hart = core->hart;
    const uint64_t at = hart->pc - core->fetch.tag;
    uint64_t offset = at;
    if (!hart->load_rd || at >= core->hot_bytes || core->fetch.slot->address != core->fetch.address)
        return false;
    const struct hb_op *branch = after_fences(core, &offset);
    const uint64_t start = branch ? offset + (uint64_t)(int64_t)branch->imm : at;
    if (start >= at)
        return false;
    const struct hb_op *load = &core->fetch.op[start / 2];
    return start + load->bytes == at && load->load_rd == hart->load_rd && reads_the_same(core, load) &&
           is_taken(hart, branch);
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
    uint64_t instructions, hits, stalled[HB_STALLS];
};

static struct counts counts_of(const struct hb_hart *hart) {
    struct counts counts = {hart->instructions, hart->lookup_hits[0], {0}};
    memcpy(counts.stalled, hart->stalled_cycles, sizeof counts.stalled);
    return counts;
}

/* What has been counted since `before` in one round is counted `rounds` times more. */
static void count(struct hb_hart *hart, const struct counts *before, uint64_t rounds) {
    hart->instructions += (hart->instructions - before->instructions) * rounds;
    hart->lookup_hits[0] += (hart->lookup_hits[0] - before->hits) * rounds;
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
    ahead->spin_data->last_read += rounds * cycles << 4;
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
