#include "cpu/decode.h"
#include "cpu/fetch.h"
#include "cpu/translate/code.h"

uint32_t hb_translate_cost(const struct hb_translator *t, const struct hb_template *template) {
    switch (template->kind) {
    case HB_T_MULTIPLY: return 1 + t->config.mul_cycles;
    case HB_T_CALL_MULTIPLY: return 1 + t->config.mul_cycles;
    case HB_T_FENCE: return 1 + t->config.csr_cycles;
    case HB_T_CALL_DIVIDE: return 1 + t->config.div_cycles;
    default: return 1;
    }
}

bool hb_translate_ends_block(uint8_t kind) {
    return kind == HB_T_BRANCH || kind == HB_T_JAL || kind == HB_T_JALR;
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
    uint32_t cycles = 0, loads = 0, stores = 0;
    uint8_t load_rd = 0;
    for (block->n = 0; at < t->line_bytes; block->n++) {
        const struct hb_op *op = op_at(block, core, line, at);
        const struct hb_template *template = op ? &hb_templates[op->code] : NULL;
        if (!template || template->kind == HB_T_NONE)
            break;
        bool load_use = block->n && load_rd && hb_op_reads(op, load_rd);
        block->place[block->n] = (struct hb_place){op, at, cycles, loads, stores, load_use, op == &block->crossing};
        cycles += hb_translate_cost(t, template) + (load_use ? t->config.load_use_cycles : 0);
        loads += template->kind == HB_T_LOAD;
        stores += template->kind == HB_T_STORE;
        load_rd = op->load_rd;
        at += op->bytes;
        if (hb_translate_ends_block(template->kind)) {
            block->n++;
            break;
        }
    }
    block->place[block->n] = (struct hb_place){NULL, at, cycles, loads, stores, false, false};
}
