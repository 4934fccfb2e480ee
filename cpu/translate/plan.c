#include "cpu/decode.h"
#include "cpu/fetch.h"
#include "cpu/private/seldom.h"
#include "cpu/translate/code.h"

/* How an operation stalls, HB_STALLS: not at all, and for how long. */
static enum hb_stall stall_of(const struct hb_translator *t, const struct hb_place *place, uint32_t *cycles) {
    switch (place->template->kind) {
    case HB_T_MULTIPLY:
    case HB_T_CALL_MULTIPLY: *cycles = t->config.mul_cycles; return HB_STALL_MUL_DIV;
    case HB_T_CALL_DIVIDE: *cycles = t->config.div_cycles; return HB_STALL_MUL_DIV;
    case HB_T_FENCE: *cycles = t->config.csr_cycles; return HB_STALL_CSR;
    case HB_T_FP:
    case HB_T_SELDOM: return hb_ahead_seldom_stall(&t->config, place->op, cycles);
    default: *cycles = 0; return HB_STALLS;
    }
}

bool hb_translate_ends_block(const struct hb_op *op) {
    const uint8_t kind = hb_template_of(op)->kind;
    return kind == HB_T_JAL || kind == HB_T_JALR || (kind == HB_T_BRANCH && op->imm < 0);
}

static void add_stall(struct hb_sums *by, enum hb_stall cause, uint32_t cycles) {
    if (cause == HB_STALLS)
        return;
    by->cycles += cycles;
    by->stalled_cycles[cause] += cycles;
    by->last_stall = (uint8_t)cause;
}

/* A branch that is not taken stalls if it goes backwards: that is added where it ends its block. */
static void add(const struct hb_translator *t, struct hb_sums *by, const struct hb_place *place) {
    const uint8_t kind = place->template->kind;
    uint32_t cycles;
    enum hb_stall cause = stall_of(t, place, &cycles);
    by->cycles += 1;
    by->loads += kind == HB_T_LOAD || kind == HB_T_LOAD_F;
    by->stores += kind == HB_T_STORE || kind == HB_T_STORE_F;
    add_stall(by, cause, cycles);
    if (place->load_use)
        add_stall(by, HB_STALL_LOAD_USE, t->config.load_use_cycles);
}

/* The operation at `at` that reaches into the next line; NULL: that is not at hand. */
static const struct hb_op *crossing_op(struct hb_block *block, struct hb_core *core, uint32_t at) {
    struct hb_hart *hart = core->hart;
    const uint64_t pc = hart->pc;
    hart->pc = core->fetch.tag + at;
    const struct hb_line *upper = hb_fetch_upper(core);
    if (upper) {
        uint32_t bits = hb_fetch_bits(core);
        block->upper = (uint16_t)(bits >> 16);
        block->crossing = *hb_decode_for_execution(block->t->cores, bits);
    }
    hart->pc = pc;
    block->crosses_later = !upper;
    return upper ? &block->crossing : NULL;
}

/* The operation at `at`, decoded; NULL: it is not at hand. */
static const struct hb_op *op_at(struct hb_block *block, struct hb_core *core, struct hb_decoded_line *line,
                                 uint32_t at) {
    struct hb_op *op = &line->op[at / 2];
    if (op->code != HB_OP_UNDECODED)
        return op;
    uint16_t low, high = 0;
    memcpy(&low, line->bytes + at, sizeof low);
    if ((low & 3) == 3) {
        if (at + 4 > block->t->line_bytes)
            return crossing_op(block, core, at);
        memcpy(&high, line->bytes + at + 2, sizeof high);
    }
    *op = *hb_decode_for_execution(block->t->cores, low | (uint32_t)high << 16);
    return op;
}

/* Which operations belong to the block at `at`, and what has gone by before each. */
void hb_translate_plan(struct hb_block *block, struct hb_core *core, struct hb_decoded_line *line, uint32_t at) {
    struct hb_translator *t = block->t;
    struct hb_sums by = {.last_stall = HB_STALLS};
    uint8_t load_rd = 0;
    bool ends = false;
    for (block->n = 0; at < t->line_bytes && !ends; block->n++) {
        const struct hb_op *op = op_at(block, core, line, at);
        const struct hb_template *template = op ? hb_template_of(op) : NULL;
        const bool crosses = op == &block->crossing;
        if (!template || template->kind == HB_T_NONE || (crosses && hb_translate_calls(template)))
            break; /* what is called is told where the operation is, and that of one that crosses is soon gone */
        bool load_use = block->n && load_rd && hb_op_reads(op, load_rd);
        block->place[block->n] = (struct hb_place){op, template, at, by, load_use, crosses};
        add(t, &by, &block->place[block->n]);
        load_rd = op->load_rd;
        at += op->bytes;
        ends = hb_translate_ends_block(op);
    }
    block->place[block->n] = (struct hb_place){.at = at, .by = by};
}
