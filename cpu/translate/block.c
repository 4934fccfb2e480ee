#include "cpu/decode.h"
#include "cpu/translate/code.h"

static void way_out(struct hb_block *block, uint8_t *jump, uint32_t i, enum hb_left left) {
    block->way[block->ways++] = (struct hb_way_out){jump, i, left};
}

static void emit_stall(struct hb_x86 *w, enum hb_stall cause, uint32_t cycles) {
    if (cycles) {
        x86_memory(w, true, 0x81, 0, HART, STALL_AT(cause)); /* add qword [...], imm32 */
        x86_u32(w, cycles);
    }
    x86_memory(w, false, 0xc6, 0, HART, HART_AT(last_stall)); /* mov byte [...], imm8 */
    x86_byte(w, cause);
}

static void emit_load_rd(struct hb_x86 *w, uint8_t load_rd) {
    x86_memory(w, false, 0xc6, 0, HART, HART_AT(load_rd));
    x86_byte(w, load_rd);
}

/* Is the other half of operation `i` where it was? */
static void emit_check_upper(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    x86_call(w, block->t->find_upper);
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_ONE);
    x86_byte(w, 0x66); /* cmp word [rsi + disp32], imm16 */
    x86_memory(w, false, 0x81, 7, RSI, sizeof(struct hb_line));
    x86_byte(w, block->upper & 0xff);
    x86_byte(w, block->upper >> 8);
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_ONE);
}

/* It has been executed: the other line was touched, too. */
static void emit_touch_upper(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    if (!block->place[i].crosses)
        return;
    x86_load(w, RSI, AHEAD, AHEAD_AT(upper));
    x86_load(w, RDX, RSI, LINE_AT(last_read));
    x86_memory(w, true, 0x3b, RDX, AHEAD, AHEAD_AT(since_stamp));
    uint8_t *logged = x86_jump_if(w, CC_AE);
    x86_call(w, block->t->log_read);
    x86_here(w, logged);
    x86_address(w, RDX, CLOCK, block->place[i].cycles << 4 | 1);
    x86_store(w, RDX, RSI, LINE_AT(last_read));
    x86_memory(w, true, 0x81, 0, HART, HART_AT(fetches)); /* add qword [...], 1 */
    x86_u32(w, 1);
}

/* The clock and the counts are those in front of operation `i`. */
static void emit_progress(struct hb_block *block, uint32_t i, uint32_t cycles) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_place *place = &block->place[i];
    if (i)
        x86_address(w, LAST, CLOCK, place[-1].cycles << 4);
    if (cycles)
        x86_immediate(w, true, 0, CLOCK, cycles << 4);
    if (i)
        x86_immediate(w, true, 0, COUNTS, i + place->loads * HIT);
    if (place->stores) {
        x86_memory(w, true, 0x81, 0, HART, HART_AT(lookup_hits[1])); /* add qword [...], imm32 */
        x86_u32(w, place->stores);
    }
}

static void emit_result(struct hb_x86 *w, const struct hb_op *op) {
    x86_store(w, RAX, HART, X_AT(op->rd));
}

static void emit_widen(struct hb_x86 *w, bool word) {
    if (word)
        x86_registers(w, true, 0x63, RAX, RAX); /* movsxd rax, eax */
}

/* rax: address, rcx: its place among the lookups, rdx: its line with the low bits that must be 0. */
static void emit_look_up(struct hb_block *block, uint32_t i, uint32_t bytes, uint32_t tag) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const struct hb_op *op = block->place[i].op;
    const uint32_t entry = sizeof(struct hb_data_lookup);
    x86_load(w, RAX, HART, X_AT(op->rs1));
    if (op->imm)
        x86_immediate(w, true, 0, RAX, (uint32_t)op->imm);
    x86_move(w, RCX, RAX);
    x86_move(w, RDX, RAX);
    if (t->line_bytes > entry)
        x86_shift(w, false, 5, RCX, (unsigned)__builtin_ctz(t->line_bytes / entry));
    else if (t->line_bytes < entry)
        x86_shift(w, false, 4, RCX, (unsigned)__builtin_ctz(entry / t->line_bytes));
    x86_immediate(w, false, 4, RCX, (HB_DATA_LOOKUPS - 1) * entry);
    x86_immediate(w, true, 4, RDX, (uint32_t) - (int32_t)t->line_bytes | (bytes - 1));
    x86_registers(w, true, 0x03, RCX, DATA); /* rcx: the lookup */
    x86_memory(w, true, 0x3b, RDX, RCX, tag);
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_DATA);
    x86_load(w, RSI, RCX, offsetof(struct hb_data_lookup, slot));
    x86_load(w, RDX, RCX, offsetof(struct hb_data_lookup, address));
    x86_memory(w, true, 0x3b, RDX, RSI, LINE_AT(address));
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_DATA);
}

/* The stamp at [rsi + disp] becomes that of operation `i`. */
static void emit_touch(struct hb_block *block, uint32_t i, uint32_t disp, const uint8_t *log) {
    struct hb_x86 *w = &block->t->w;
    x86_load(w, RDX, RSI, disp);
    x86_memory(w, true, 0x3b, RDX, AHEAD, AHEAD_AT(since_stamp));
    uint8_t *logged = x86_jump_if(w, CC_AE);
    x86_call(w, log);
    x86_here(w, logged);
    x86_address(w, RDX, CLOCK, block->place[i].cycles << 4);
    x86_store(w, RDX, RSI, disp);
}

/* rax: the address becomes the offset in the line. */
static void emit_offset(struct hb_translator *t) {
    x86_immediate(&t->w, false, 4, RAX, t->line_bytes - 1);
}

static void emit_load(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    emit_look_up(block, i, template->bytes, offsetof(struct hb_data_lookup, read_tag));
    emit_touch(block, i, LINE_AT(last_read), t->log_read);
    emit_offset(t);
    x86_rex(w, !template->word, RAX, RSI); /* OP rax, [rsi + rax + disp32] */
    if (template->code > 0xff)
        x86_byte(w, template->code >> 8);
    x86_byte(w, template->code & 0xff);
    X86(w, 0x84, 0x06);
    x86_u32(w, sizeof(struct hb_line));
    emit_result(w, block->place[i].op);
}

static void emit_store(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    emit_look_up(block, i, template->bytes, offsetof(struct hb_data_lookup, write_tag));
    x86_memory(w, false, 0x0fb6, RDX, RSI, LINE_AT(attributes)); /* movzx edx, byte [...] */
    x86_registers(w, false, 0xf7, 2, RDX);                       /* not edx */
    X86(w, 0xf6, 0xc2, HB_LINE_WRITABLE | HB_LINE_DIRTY);        /* test dl, imm8 */
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_DATA);
    emit_touch(block, i, LINE_AT(last_write), t->log_write);
    emit_offset(t);
    X86(w, 0x48, 0x8d, 0x8c, 0x06); /* lea rcx, [rsi + rax + disp32] */
    x86_u32(w, sizeof(struct hb_line));
    x86_move(w, RSI, RCX);
    if (template->bytes < 8)
        X86(w, 0x48, 0x83, 0xe1, 0xf8); /* and rcx, -8 */
    x86_load(w, RDI, AHEAD, AHEAD_AT(store_end));
    x86_load(w, RDX, RCX, 0);
    x86_store(w, RCX, RDI, 0);
    x86_store(w, RDX, RDI, 8);
    x86_immediate(w, true, 0, RDI, sizeof(struct hb_ahead_store));
    x86_store(w, RDI, AHEAD, AHEAD_AT(store_end));
    x86_load(w, RDX, HART, X_AT(block->place[i].op->rs2));
    if (template->bytes == 2)
        x86_byte(w, 0x66);
    x86_memory(w, template->bytes == 8, template->code, RDX, RSI, 0);
}

static void emit_call(struct hb_block *block, const struct hb_op *op, const struct hb_template *template) {
    struct hb_x86 *w = &block->t->w;
    void *function;
    memcpy(&function, &template->function, sizeof function);
    X86(w, 0x41, 0x50, 0x41, 0x51, 0x41, 0x52, 0x41, 0x53); /* push r8, r9, r10, r11 */
    x86_load(w, RDI, HART, X_AT(op->rs1));
    x86_load(w, RSI, HART, X_AT(op->rs2));
    x86_registers(w, true, 0xc7, 0, RDX); /* mov rdx, imm32 */
    x86_u32(w, (uint32_t)op->imm);
    x86_set64(w, RAX, (uint64_t)(uintptr_t)function);
    X86(w, 0xff, 0xd0);                                     /* call rax */
    X86(w, 0x41, 0x5b, 0x41, 0x5a, 0x41, 0x59, 0x41, 0x58); /* pop r11, r10, r9, r8 */
    emit_result(w, op);
}

/* Remember a control transfer; rax is where it goes. Changes rcx, rdx, rsi. */
static void emit_note_branch(struct hb_block *block, uint32_t at) {
    struct hb_x86 *w = &block->t->w;
    x86_memory(w, false, 0x8b, RDX, HART, HART_AT(branches));
    x86_address(w, RCX, RDX, 1);
    x86_memory(w, false, 0x89, RCX, HART, HART_AT(branches));
    x86_immediate(w, false, 4, RDX, HB_BRANCHES - 1);
    x86_shift(w, false, 4, RDX, 4);
    x86_registers(w, true, 0x03, RDX, HART);
    x86_address(w, RCX, LINE, at);
    x86_store(w, RCX, RDX, HART_AT(branch));
    x86_store(w, RAX, RDX, HART_AT(branch) + 8);
}

/* On to the place `to`, an offset from the line's beginning, in the line or not. */
static void emit_go(struct hb_block *block, int64_t to, bool after_load) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    if (to >= 0 && to < t->line_bytes) {
        X86(w, 0x41, 0xff, 0xa3); /* jmp [r11 + disp32] */
        x86_u32(w, (uint32_t)(to / 2 * 8) + (after_load ? 8 * HALFWORDS : 0));
        return;
    }
    x86_address(w, RAX, LINE, (uint32_t)to);
    x86_jump(w, t->go_line[after_load]);
}

/* One side of a branch, and the block's end. */
static void emit_side(struct hb_block *block, uint32_t i, bool taken) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const struct hb_place *place = &block->place[i];
    bool wrong = taken != (place->op->imm < 0);
    int64_t to = (int64_t)place->at + (taken ? place->op->imm : place->op->bytes);
    if (taken) {
        x86_address(w, RAX, LINE, (uint32_t)to);
        emit_note_branch(block, place->at);
    }
    if (wrong)
        emit_stall(w, HB_STALL_BRANCH, t->config.mispredict_cycles);
    if (place->load_use)
        emit_stall(w, HB_STALL_LOAD_USE, t->config.load_use_cycles);
    emit_touch_upper(block, i);
    emit_progress(block, i + 1, place[1].cycles + (wrong ? t->config.mispredict_cycles : 0));
    emit_go(block, to, false);
}

static void emit_branch(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_op *op = block->place[i].op;
    emit_load_rd(w, 0);
    x86_load(w, RAX, HART, X_AT(op->rs1));
    x86_memory(w, true, 0x3b, RAX, HART, X_AT(op->rs2));
    uint8_t *taken = x86_jump_if(w, (enum hb_x86_condition) template->code);
    emit_side(block, i, false);
    x86_here(w, taken);
    emit_side(block, i, true);
}

static void emit_jump(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const struct hb_place *place = &block->place[i];
    const struct hb_op *op = place->op;
    int64_t to = (int64_t)place->at + op->imm;
    bool direct = template->kind == HB_T_JAL;
    uint32_t cycles = direct ? t->config.jump_cycles : t->config.jalr_cycles;
    emit_load_rd(w, 0);
    if (direct) {
        x86_address(w, RAX, LINE, (uint32_t)to);
    } else {
        x86_load(w, RAX, HART, X_AT(op->rs1));
        if (op->imm)
            x86_immediate(w, true, 0, RAX, (uint32_t)op->imm);
        x86_immediate(w, true, 4, RAX, (uint32_t)-2);
    }
    x86_address(w, RCX, LINE, place->at + op->bytes);
    x86_store(w, RCX, HART, X_AT(op->rd));
    emit_note_branch(block, place->at);
    emit_stall(w, HB_STALL_BRANCH, cycles);
    if (place->load_use)
        emit_stall(w, HB_STALL_LOAD_USE, t->config.load_use_cycles);
    emit_touch_upper(block, i);
    emit_progress(block, i + 1, place[1].cycles + cycles);
    if (direct)
        emit_go(block, to, false);
    else
        x86_jump(w, t->go_line[0]);
}

static void emit_computation(struct hb_x86 *w, const struct hb_op *op, const struct hb_template *template) {
    bool wide = !template->word;
    switch (template->kind) {
    case HB_T_LUI:
        x86_memory(w, true, 0xc7, 0, HART, X_AT(op->rd));
        x86_u32(w, (uint32_t)op->imm);
        return;
    case HB_T_IMMEDIATE:
        x86_load(w, RAX, HART, X_AT(op->rs1));
        if (op->imm || template->code == 4)
            x86_immediate(w, wide, template->code, RAX, (uint32_t)op->imm);
        break;
    case HB_T_REGISTER:
        x86_load(w, RAX, HART, X_AT(op->rs1));
        x86_memory(w, wide, template->code, RAX, HART, X_AT(op->rs2));
        break;
    case HB_T_SET_I:
    case HB_T_SET:
        x86_load(w, RAX, HART, X_AT(op->rs1));
        if (template->kind == HB_T_SET_I)
            x86_immediate(w, true, 7, RAX, (uint32_t)op->imm);
        else
            x86_memory(w, true, 0x3b, RAX, HART, X_AT(op->rs2));
        X86(w, 0x0f);
        x86_byte(w, 0x90u | template->code);
        X86(w, 0xc0, 0x0f, 0xb6, 0xc0); /* setcc al; movzx eax, al */
        break;
    case HB_T_SHIFT_I:
        x86_load(w, RAX, HART, X_AT(op->rs1));
        x86_shift(w, wide, template->code, RAX, (unsigned)op->imm);
        break;
    case HB_T_SHIFT:
        x86_load(w, RCX, HART, X_AT(op->rs2));
        x86_load(w, RAX, HART, X_AT(op->rs1));
        x86_rex(w, wide, 0, RAX);
        x86_byte(w, 0xd3);
        x86_byte(w, 0xc0u | (unsigned)template->code << 3);
        break;
    default: /* HB_T_MULTIPLY */
        x86_load(w, RAX, HART, X_AT(op->rs1));
        x86_memory(w, wide, 0x0faf, RAX, HART, X_AT(op->rs2));
        break;
    }
    emit_widen(w, template->word);
    emit_result(w, op);
}

static void emit_operation(struct hb_block *block, uint32_t i) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const struct hb_place *place = &block->place[i];
    const struct hb_op *op = place->op;
    const struct hb_template *template = &hb_templates[op->code];
    if (place->crosses)
        emit_check_upper(block, i);
    switch (template->kind) {
    case HB_T_BRANCH: emit_branch(block, i, template); return;
    case HB_T_JAL:
    case HB_T_JALR: emit_jump(block, i, template); return;
    case HB_T_LOAD: emit_load(block, i, template); break;
    case HB_T_STORE: emit_store(block, i, template); break;
    case HB_T_CALL:
    case HB_T_CALL_MULTIPLY:
    case HB_T_CALL_DIVIDE: emit_call(block, op, template); break;
    case HB_T_FENCE: emit_stall(w, HB_STALL_CSR, t->config.csr_cycles); break;
    case HB_T_AUIPC:
        x86_address(w, RAX, LINE, place->at + (uint32_t)op->imm);
        emit_result(w, op);
        break;
    default: emit_computation(w, op, template); break;
    }
    if (template->kind == HB_T_MULTIPLY || template->kind == HB_T_CALL_MULTIPLY || template->kind == HB_T_CALL_DIVIDE)
        emit_stall(w, HB_STALL_MUL_DIV, hb_translate_cost(t, template) - 1);
    if (place->load_use)
        emit_stall(w, HB_STALL_LOAD_USE, t->config.load_use_cycles);
    emit_touch_upper(block, i);
}

/* May the block begin? Its last operation must have its turn before the limit. */
static void emit_in_time(struct hb_block *block, uint8_t **late) {
    struct hb_x86 *w = &block->t->w;
    x86_address(w, RAX, CLOCK, block->place[block->n - 1].cycles << 4);
    x86_registers(w, true, 0x3b, RAX, LIMIT);
    *late = x86_jump_if(w, CC_AE);
}

/* The other way in: its first operation must not wait for what was loaded before it. */
static void emit_entry_after_load(struct hb_block *block, const uint8_t *body) {
    struct hb_x86 *w = &block->t->w;
    uint32_t sources = block->place[0].op->sources;
    if (sources) {
        x86_memory(w, false, 0x0fb6, RCX, HART, HART_AT(load_rd));
        x86_set32(w, RDX, sources);
        x86_registers(w, false, 0x0fa3, RCX, RDX); /* bt edx, ecx */
        way_out(block, x86_jump_if(w, CC_B), 0, HB_LEFT_ONE);
    }
    x86_jump(w, body);
}

static void emit_ways_out(struct hb_block *block) {
    struct hb_x86 *w = &block->t->w;
    for (uint32_t k = 0; k < block->ways; k++) {
        uint32_t i = block->way[k].i;
        x86_here(w, block->way[k].jump);
        if (i)
            emit_load_rd(w, block->place[i - 1].op->load_rd);
        emit_progress(block, i, block->place[i].cycles);
        x86_address(w, RAX, LINE, block->place[i].at);
        x86_jump(w, block->t->leave[block->way[k].left]);
    }
}

/* What is left to do with the operation at `at` of the line, which no template is for. */
static enum hb_left left_at(const struct hb_block *block, uint32_t at) {
    const struct hb_op *op = &block->line->op[at / 2];
    bool seldom = hb_op_is(op, HB_CLASS_CSR | HB_CLASS_ATOMIC | HB_CLASS_FP) || op->code == HB_OP_TRACEPOINT ||
                  op->code == HB_OP_UNDECODED;
    return seldom ? HB_LEFT_ONE : HB_LEFT_STOP;
}

/* It ended before an operation that is not for translated code, or at the line's end. */
static void emit_end(struct hb_block *block) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const struct hb_place *end = &block->place[block->n];
    uint8_t load_rd = end[-1].op->load_rd;
    emit_load_rd(w, load_rd);
    emit_progress(block, block->n, end->cycles);
    if (end->at >= t->line_bytes || block->crosses_later) {
        emit_go(block, end->at, load_rd != 0);
    } else {
        x86_address(w, RAX, LINE, end->at);
        x86_jump(w, t->leave[left_at(block, end->at)]);
    }
}

/* Gives the entry for after a load. */
uint8_t *hb_translate_block(struct hb_block *block) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const uint8_t *body = w->at;
    uint8_t *late;
    emit_in_time(block, &late);
    for (uint32_t i = 0; i < block->n; i++)
        emit_operation(block, i);
    if (!hb_translate_ends_block(hb_templates[block->place[block->n - 1].op->code].kind))
        emit_end(block);
    x86_here(w, late);
    x86_address(w, RAX, LINE, block->place[0].at);
    x86_jump(w, t->leave[HB_LEFT_LATE]);
    uint8_t *after_load = w->at;
    emit_entry_after_load(block, body);
    emit_ways_out(block);
    return after_load;
}

void hb_translate_nothing(struct hb_block *block, uint32_t at) {
    x86_address(&block->t->w, RAX, LINE, at);
    x86_jump(&block->t->w, block->t->leave[left_at(block, at)]);
}
