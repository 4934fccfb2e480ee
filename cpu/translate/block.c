#include "cpu/decode.h"
#include "cpu/execute_fp.h"
#include "cpu/translate/code.h"
#include "cpu/translate/held.h"

/* ---- Ways out -------------------------------------------------------------------------------------------------- */

static void way_out(struct hb_block *block, uint8_t *jump, uint32_t i, enum hb_left left) {
    block->way[block->ways++] = (struct hb_way_out){.jump = jump, .i = i, .left = left};
}

static void emit_last_stall(struct hb_x86 *w, uint8_t cause) {
    if (cause != HB_STALLS)
        x86_set_byte(w, HART, HART_AT(last_stall), cause);
}

/* The clock, the counts and the stalls are those in front of operation `i`, or after the one before it. */
static void emit_progress(struct hb_block *block, uint32_t i, const struct hb_sums *by, bool taken) {
    struct hb_x86 *w = &block->t->w;
    if (i == 0)
        return;
    x86_immediate(w, true, 0, CLOCK, by->cycles << 4);
    x86_add_memory(w, AHEAD, AHEAD_AT(counts), i + by->loads * COUNT_LOAD + taken * COUNT_TAKEN);
    if (by->stores)
        x86_add_memory(w, HART, HART_AT(lookup_hits[1]), by->stores);
    for (uint32_t cause = 0; cause < HB_STALLS; cause++)
        if (by->stalled_cycles[cause])
            x86_add_memory(w, HART, STALL_AT(cause), by->stalled_cycles[cause]);
    emit_last_stall(w, by->last_stall);
}

/* The line's stamp, when operation `i` is the last one that is executed. */
static void emit_stamp(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    x86_address(w, RDX, CLOCK, block->place[i].by.cycles << 4);
    x86_store(w, RDX, SLOT, LINE_AT(last_read));
}

static void emit_load_rd(struct hb_x86 *w, uint8_t load_rd) {
    x86_set_byte(w, HART, HART_AT(load_rd), load_rd);
}

/* rax := the pc at offset `at` from the beginning of the line */
static void emit_pc(struct hb_x86 *w, uint32_t at) {
    x86_load(w, RAX, AHEAD, AHEAD_AT(line));
    if (at)
        x86_immediate(w, true, 0, RAX, at);
}

/* ---- Instructions that reach into the next line ---------------------------------------------------------------- */

/* Is the other half of operation `i` where it was? */
static void emit_check_upper(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    x86_call(w, block->t->find_upper);
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_ONE);
    x86_byte(w, 0x66); /* cmp word [rsi + disp], imm16 */
    x86_memory(w, false, 0x81, 7, RSI, DATA_OF_LINE);
    x86_byte(w, block->upper & 0xff);
    x86_byte(w, block->upper >> 8);
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_ONE);
}

/* The stamp at [rsi + disp] becomes that of operation `i`; `log` is what to call before it changes for the first time.
 */
static void emit_touch(struct hb_block *block, uint32_t i, uint32_t disp, const uint8_t *log, uint32_t order) {
    struct hb_x86 *w = &block->t->w;
    x86_memory(w, true, 0x39, SINCE, RSI, disp); /* cmp [...], SINCE */
    uint8_t *logged = x86_jump_if(w, CC_AE);
    x86_call(w, log);
    x86_here(w, logged);
    x86_address(w, RDX, CLOCK, block->place[i].by.cycles << 4 | order);
    x86_store(w, RDX, RSI, disp);
}

/* It has been executed: the other line was touched, too. */
static void emit_touch_upper(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    if (!block->place[i].crosses)
        return;
    x86_load(w, RSI, AHEAD, AHEAD_AT(upper));
    emit_touch(block, i, LINE_AT(last_read), block->t->log_read, 1);
    x86_add_memory(w, HART, HART_AT(fetches), 1);
}

/* ---- Loads and stores ------------------------------------------------------------------------------------------ */

/* rax: the address */
static void emit_address(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_op *op = block->place[i].op;
    unsigned base = hb_held_value(block, i, op->rs1, RAX);
    if (base != RAX && op->imm)
        x86_address(w, RAX, base, (uint32_t)op->imm);
    else if (base != RAX)
        x86_move(w, RAX, base);
    else if (op->imm)
        x86_immediate(w, true, 0, RAX, (uint32_t)op->imm);
}

/* rax: the address; rsi: the line that holds it. `tag` is that of loads or of stores. */
static void emit_look_up(struct hb_block *block, uint32_t i, uint32_t bytes, uint32_t tag) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const uint32_t entry = sizeof(struct hb_data_lookup);
    emit_address(block, i);
    x86_registers(w, false, 0x8b, RCX, RAX);
    x86_move(w, RDX, RAX);
    if (t->line_bytes > entry)
        x86_shift(w, false, 5, RCX, (unsigned)__builtin_ctz(t->line_bytes / entry));
    else if (t->line_bytes < entry)
        x86_shift(w, false, 4, RCX, (unsigned)__builtin_ctz(entry / t->line_bytes));
    x86_immediate(w, false, 4, RCX, (HB_DATA_LOOKUPS - 1) * entry);
    x86_immediate(w, true, 4, RDX, (uint32_t) - (int32_t)t->line_bytes | (bytes - 1));
    x86_indexed(w, true, 0x3b, RDX, DATA, RCX, tag);
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_DATA);
    x86_indexed(w, true, 0x8b, RSI, DATA, RCX, offsetof(struct hb_data_lookup, slot));
    x86_indexed(w, true, 0x8b, RDX, DATA, RCX, offsetof(struct hb_data_lookup, address));
    x86_memory(w, true, 0x3b, RDX, RSI, LINE_AT(address));
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_DATA);
}

/* rax: the address becomes the offset in the line. */
static void emit_offset(struct hb_translator *t) {
    x86_immediate(&t->w, false, 4, RAX, t->line_bytes - 1);
}

static void emit_load(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_translator *t = block->t;
    emit_look_up(block, i, template->bytes, offsetof(struct hb_data_lookup, read_tag));
    emit_touch(block, i, LINE_AT(last_read), t->log_read, 0);
    emit_offset(t);
    unsigned to = hb_held_target(block, i);
    x86_indexed(&t->w, !template->word, template->code, to, RSI, RAX, DATA_OF_LINE);
    hb_held_result(block, i, to);
}

/* A register that holds what is stored: x or f. */
static unsigned stored(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    const uint32_t rs2 = block->place[i].op->rs2;
    if (template->kind == HB_T_STORE)
        return hb_held_value(block, i, rs2, RDX);
    x86_load(&block->t->w, RDX, HART, F_AT(rs2));
    return RDX;
}

/* Of a line that may be written without asking, no attribute is missing. */
static void emit_store(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    emit_look_up(block, i, template->bytes, offsetof(struct hb_data_lookup, write_tag));
    x86_memory(w, false, 0x80, 7, RSI, LINE_AT(attributes)); /* cmp byte [...], imm8 */
    x86_byte(w, HB_LINE_READABLE | HB_LINE_WRITABLE | HB_LINE_DIRTY);
    way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_DATA);
    emit_touch(block, i, LINE_AT(last_write), t->log_write, 0);
    emit_offset(t);
    unsigned value = stored(block, i, template);
    if (template->bytes == 2)
        x86_byte(w, 0x66);
    x86_indexed(w, template->bytes == 8, template->code, value, RSI, RAX, DATA_OF_LINE);
}

/* ---- Floating point, and what else is seldom ------------------------------------------------------------------- */

#define FS_AT    (HART_AT(mstatus) + 1) /* the byte of mstatus.FS */
#define FS_OF_IT (HB_MSTATUS_FS >> 8)

/* Is floating point on? */
static void emit_check_fp(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    x86_memory(w, false, 0xf6, 0, HART, FS_AT); /* test byte [...], imm8 */
    x86_byte(w, FS_OF_IT);
    way_out(block, x86_jump_if(w, CC_E), i, HB_LEFT_ONE);
}

static void emit_save_seldom(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    x86_memory(w, false, 0x80, 7, AHEAD, AHEAD_AT(seldom_saved)); /* cmp byte [...], imm8 */
    x86_byte(w, 0);
    uint8_t *saved = x86_jump_if(w, CC_NE);
    x86_call(w, t->save_seldom);
    x86_here(w, saved);
}

/* The upper half of an S is ones: cpu/fpu/fpu.h, hb_fpu_box(). */
static void emit_load_f(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const uint32_t at = F_AT(block->place[i].op->rd);
    emit_check_fp(block, i);
    emit_save_seldom(t);
    emit_look_up(block, i, template->bytes, offsetof(struct hb_data_lookup, read_tag));
    emit_touch(block, i, LINE_AT(last_read), t->log_read, 0);
    emit_offset(t);
    x86_indexed(w, template->bytes == 8, template->code, RAX, RSI, RAX, DATA_OF_LINE);
    x86_memory(w, template->bytes == 8, 0x89, RAX, HART, at);
    if (template->bytes == 4) {
        x86_memory(w, false, 0xc7, 0, HART, at + 4); /* mov dword [...], imm32 */
        x86_u32(w, UINT32_MAX);
    }
    x86_memory(w, false, 0x80, 1, HART, FS_AT); /* or byte [...], imm8 */
    x86_byte(w, FS_OF_IT);
}

static void emit_store_f(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    emit_check_fp(block, i);
    emit_store(block, i, template);
}

/* Is its rounding mode one? */
static void emit_check_rounding(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    if (block->place[i].op->flags != HB_RM_DYNAMIC)
        return;
    x86_memory(w, false, 0x80, 7, HART, HART_AT(frm)); /* cmp byte [...], imm8 */
    x86_byte(w, HB_FP_ROUNDINGS);
    way_out(block, x86_jump_if(w, CC_AE), i, HB_LEFT_ONE);
}

/* C does it. It may change rd, and nothing else that is held. */
static void emit_fp(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_op *op = block->place[i].op;
    hb_fp_function *function = hb_fp_function_of(op);
    uint64_t at;
    memcpy(&at, &function, sizeof at);
    emit_check_fp(block, i);
    emit_check_rounding(block, i);
    emit_save_seldom(block->t);
    x86_set64(w, RSI, (uint64_t)(uintptr_t)op);
    x86_set64(w, RAX, at);
    x86_call(w, block->t->fp);
    hb_held_drop(block, op->rd);
}

/* The same; it may turn out that it must be left to others. */
static void emit_seldom(struct hb_block *block, uint32_t i) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_op *op = block->place[i].op;
    x86_set64(w, RSI, (uint64_t)(uintptr_t)op);
    x86_address(w, RDX, CLOCK, block->place[i].by.cycles << 4);
    x86_set32(w, RCX, i);
    x86_call(w, block->t->seldom);
    way_out(block, x86_jump_if(w, CC_E), i, HB_LEFT_ONE);
    hb_held_drop(block, op->rd);
}

/* ---- Computation ----------------------------------------------------------------------------------------------- */

static void emit_call(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_op *op = block->place[i].op;
    void *function;
    memcpy(&function, &template->function, sizeof function);
    hb_held_fetch(block, i, RSI, op->rs2);
    hb_held_fetch(block, i, RDI, op->rs1);
    hb_held_forget(block);
    x86_registers(w, true, 0xc7, 0, RDX); /* mov rdx, imm32 */
    x86_u32(w, (uint32_t)op->imm);
    x86_set64(w, RAX, (uint64_t)(uintptr_t)function);
    X86(w, 0xff, 0xd0); /* call rax */
    hb_held_result(block, i, RAX);
}

static void emit_widen(struct hb_x86 *w, bool word, unsigned reg) {
    if (word)
        x86_registers(w, true, 0x63, reg, reg); /* movsxd */
}

/* rd := value, sign-extended */
static void emit_constant(struct hb_block *block, uint32_t i, uint32_t value) {
    struct hb_x86 *w = &block->t->w;
    unsigned to = hb_held_target(block, i);
    x86_registers(w, true, 0xc7, 0, to); /* mov reg, imm32 */
    x86_u32(w, value);
    hb_held_result(block, i, to);
}

static void emit_immediate(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_op *op = block->place[i].op;
    const bool adds = template->code == 0;
    if (op->rs1 == 0 && adds) {
        emit_constant(block, i, (uint32_t)op->imm);
        return;
    }
    unsigned to = hb_held_target(block, i);
    hb_held_fetch(block, i, to, op->rs1);
    if (op->imm || !adds)
        x86_immediate(w, !template->word, template->code, to, (uint32_t)op->imm);
    emit_widen(w, template->word, to);
    hb_held_result(block, i, to);
}

static void emit_register(struct hb_block *block, uint32_t i, const struct hb_template *template, uint16_t code) {
    const struct hb_op *op = block->place[i].op;
    unsigned to = hb_held_target(block, i);
    hb_held_fetch(block, i, to, op->rs1);
    hb_held_apply(block, i, !template->word, code, to, op->rs2);
    emit_widen(&block->t->w, template->word, to);
    hb_held_result(block, i, to);
}

/* Compare the sources. */
static void emit_compare(struct hb_block *block, uint32_t i) {
    const struct hb_op *op = block->place[i].op;
    unsigned a = hb_held_value(block, i, op->rs1, RAX);
    if (op->rs2 == 0)
        x86_registers(&block->t->w, true, 0x85, a, a); /* test: as a comparison with 0 */
    else
        hb_held_apply(block, i, true, 0x3b, a, op->rs2);
}

static void emit_set(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_op *op = block->place[i].op;
    if (template->kind == HB_T_SET_I)
        x86_immediate(w, true, 7, hb_held_value(block, i, op->rs1, RAX), (uint32_t)op->imm);
    else
        emit_compare(block, i);
    X86(w, 0x0f);
    x86_byte(w, 0x90u | template->code);
    X86(w, 0xc0, 0x0f, 0xb6, 0xc0); /* setcc al; movzx eax, al */
    hb_held_result(block, i, RAX);
}

static void emit_shift_i(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_op *op = block->place[i].op;
    unsigned to = hb_held_target(block, i);
    hb_held_fetch(block, i, to, op->rs1);
    x86_shift(w, !template->word, template->code, to, (unsigned)op->imm);
    emit_widen(w, template->word, to);
    hb_held_result(block, i, to);
}

static void emit_shift(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_x86 *w = &block->t->w;
    const struct hb_op *op = block->place[i].op;
    hb_held_fetch(block, i, RCX, op->rs2);
    unsigned to = hb_held_target(block, i);
    hb_held_fetch(block, i, to, op->rs1);
    x86_registers(w, !template->word, 0xd3, template->code, to);
    emit_widen(w, template->word, to);
    hb_held_result(block, i, to);
}

static void emit_auipc(struct hb_block *block, uint32_t i) {
    const struct hb_place *place = &block->place[i];
    emit_pc(&block->t->w, place->at + (uint32_t)place->op->imm);
    hb_held_result(block, i, RAX);
}

/* ---- Control transfers ----------------------------------------------------------------------------------------- */

/* Remember a control transfer; rcx is the line's virtual address, rax where it goes. Changes rcx, rdx. Before it is
 * counted, for the count gives the place. */
static void emit_note_branch(struct hb_block *block, uint32_t at) {
    struct hb_x86 *w = &block->t->w;
    x86_memory(w, false, 0x0fb6, RDX, AHEAD, AHEAD_AT(counts) + 3); /* movzx edx, byte [...] */
    x86_immediate(w, false, 4, RDX, (HB_BRANCHES - 1) * sizeof(struct hb_branch));
    if (at)
        x86_immediate(w, true, 0, RCX, at);
    x86_indexed(w, true, 0x89, RCX, HART, RDX, HART_AT(branch));
    x86_indexed(w, true, 0x89, RAX, HART, RDX, HART_AT(branch) + 8);
}

/* Where the code of an entry of this line will be executed. */
static const uint8_t *entry(const struct hb_block *block, uint32_t k) {
    return block->code[k] == block->t->code.none[k] ? NULL : block->code[k];
}

/* Where the lookup of the line `distance` bytes from the block's stands among those of fetches, as an offset, if
 * virtual addresses are as physical ones there, as they mostly are. */
static uint32_t lookup_at(const struct hb_block *block, uint32_t distance) {
    const uint64_t line = block->line->address + (uint64_t)(int64_t)(int32_t)distance;
    return (uint32_t)(line >> block->t->line_shift) % HB_FETCH_LOOKUPS * (uint32_t)sizeof(struct hb_fetch_lookup);
}

/* On to offset `to` from the line's beginning, which is in another line. As go_line does it, but where its lookup
 * should stand is known. */
static void emit_go_to_line(struct hb_block *block, uint32_t to, bool after_load) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const uint32_t offset = to & (t->line_bytes - 1), lookup = lookup_at(block, to - offset);
    x86_load(w, RCX, AHEAD, AHEAD_AT(line));
    x86_immediate(w, true, 0, RCX, to - offset);
    x86_load(w, RDX, AHEAD, AHEAD_AT(fetch));
    x86_memory(w, true, 0x3b, RCX, RDX, lookup + (uint32_t)offsetof(struct hb_fetch_lookup, tag));
    uint8_t *other = x86_jump_if(w, CC_NE);
    x86_load(w, RSI, RDX, lookup + (uint32_t)offsetof(struct hb_fetch_lookup, slot));
    x86_load(w, RDI, RDX, lookup + (uint32_t)offsetof(struct hb_fetch_lookup, address));
    x86_memory(w, true, 0x3b, RDI, RSI, LINE_AT(address));
    uint8_t *gone = x86_jump_if(w, CC_NE);
    x86_load(w, RDI, RDX, lookup + (uint32_t)offsetof(struct hb_fetch_lookup, code));
    x86_move(w, SLOT, RSI);
    x86_store(w, RCX, AHEAD, AHEAD_AT(line));
    x86_memory(w, true, 0x39, SINCE, RSI, LINE_AT(last_read)); /* cmp [...], SINCE */
    uint8_t *logged = x86_jump_if(w, CC_AE);
    x86_call(w, t->log_read);
    x86_here(w, logged);
    x86_memory(w, false, 0xff, 4, RDI, 8 * (offset / 2 + (after_load ? HALFWORDS : 0))); /* jmp [rdi + disp] */
    x86_here(w, other);
    x86_here(w, gone);
    x86_address(w, RAX, RCX, offset);
    x86_jump(w, t->go_line[after_load]);
}

/* On to the place `to`, an offset from the line's beginning, in the line or not. */
static void emit_go(struct hb_block *block, uint32_t to, bool after_load) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    if (to >= t->line_bytes) {
        emit_go_to_line(block, to, after_load);
        return;
    }
    const uint32_t k = to / 2 + (after_load ? HALFWORDS : 0);
    if (entry(block, k)) {
        x86_jump(w, t->write + (entry(block, k) - t->run));
        return;
    }
    x86_set64(w, RCX, (uint64_t)(uintptr_t)&block->code[k]);
    X86(w, 0xff, 0x21); /* jmp [rcx] */
}

/* What is counted after the branch or jump `i`, which stalls for `cycles` if it does. */
static struct hb_sums sums_after(const struct hb_block *block, uint32_t i, bool stalls, uint32_t cycles) {
    struct hb_sums by = block->place[i + 1].by;
    if (!stalls)
        return by;
    by.cycles += cycles;
    by.stalled_cycles[HB_STALL_BRANCH] += cycles;
    if (!block->place[i].load_use)
        by.last_stall = HB_STALL_BRANCH;
    return by;
}

/* The branch `i` is taken, or not taken and ends its block. */
static void emit_side(struct hb_block *block, uint32_t i, bool taken) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const struct hb_place *place = &block->place[i];
    const uint32_t to = place->at + (taken ? (uint32_t)place->op->imm : place->op->bytes);
    const struct hb_sums by = sums_after(block, i, taken != (place->op->imm < 0), t->config.mispredict_cycles);
    if (taken) {
        x86_load(w, RCX, AHEAD, AHEAD_AT(line));
        x86_address(w, RAX, RCX, to);
        emit_note_branch(block, place->at);
    }
    emit_touch_upper(block, i);
    emit_progress(block, i + 1, &by, taken);
    emit_go(block, to, false);
}

/* A branch backwards ends its block; one forwards leaves it, if it is taken. */
static void emit_branch(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_x86 *w = &block->t->w;
    emit_compare(block, i);
    uint8_t *taken = x86_jump_if(w, (enum hb_x86_condition) template->code);
    if (!hb_translate_ends_block(block->place[i].op)) {
        block->way[block->ways++] = (struct hb_way_out){.jump = taken, .i = i, .taken = true};
        emit_touch_upper(block, i);
        return;
    }
    emit_side(block, i, false);
    x86_here(w, taken);
    emit_side(block, i, true);
}

static void emit_jump(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const struct hb_place *place = &block->place[i];
    const struct hb_op *op = place->op;
    const uint32_t to = place->at + (uint32_t)op->imm;
    const bool direct = template->kind == HB_T_JAL;
    const struct hb_sums by = sums_after(block, i, true, direct ? t->config.jump_cycles : t->config.jalr_cycles);
    if (!direct) {
        hb_held_fetch(block, i, RAX, op->rs1);
        if (op->imm)
            x86_immediate(w, true, 0, RAX, (uint32_t)op->imm);
        x86_immediate(w, true, 4, RAX, (uint32_t)-2);
    }
    x86_load(w, RCX, AHEAD, AHEAD_AT(line));
    if (direct)
        x86_address(w, RAX, RCX, to);
    if (op->rd != HB_X_SINK) {
        x86_address(w, RDX, RCX, place->at + op->bytes);
        x86_store(w, RDX, HART, X_AT(op->rd));
    }
    emit_note_branch(block, place->at);
    emit_touch_upper(block, i);
    emit_progress(block, i + 1, &by, true);
    if (direct)
        emit_go(block, to, false);
    else
        x86_jump(w, t->go_line[0]);
}

/* ---- Blocks ---------------------------------------------------------------------------------------------------- */

static void emit_computation(struct hb_block *block, uint32_t i, const struct hb_template *template) {
    const struct hb_op *op = block->place[i].op;
    switch (template->kind) {
    case HB_T_LUI: emit_constant(block, i, (uint32_t)op->imm); return;
    case HB_T_AUIPC: emit_auipc(block, i); return;
    case HB_T_IMMEDIATE: emit_immediate(block, i, template); return;
    case HB_T_REGISTER: emit_register(block, i, template, template->code); return;
    case HB_T_MULTIPLY: emit_register(block, i, template, 0x0faf); return;
    case HB_T_SET_I:
    case HB_T_SET: emit_set(block, i, template); return;
    case HB_T_SHIFT_I: emit_shift_i(block, i, template); return;
    case HB_T_SHIFT: emit_shift(block, i, template); return;
    case HB_T_FENCE: return; /* it only takes its time */
    default: emit_call(block, i, template); return;
    }
}

/* What the last operation of a block loads: the register that the next one may wait for. */
static uint8_t loads_last(const struct hb_block *block) {
    return block->place[block->n - 1].op->load_rd;
}

/* From here on it is certain that operation 0 is executed, and all others are unless the block is left. */
static void begin(struct hb_block *block) {
    if (block->begun)
        return;
    block->begun = true;
    emit_stamp(block, block->n - 1);
    emit_load_rd(&block->t->w, loads_last(block));
}

/* Can the block be left in front of it? */
static bool may_leave(uint8_t kind) {
    return kind == HB_T_LOAD || kind == HB_T_STORE || kind == HB_T_LOAD_F || kind == HB_T_STORE_F || kind == HB_T_FP ||
           kind == HB_T_SELDOM;
}

static void emit_operation(struct hb_block *block, uint32_t i) {
    const struct hb_place *place = &block->place[i];
    const struct hb_template *template = place->template;
    if (place->crosses)
        emit_check_upper(block, i);
    if (!may_leave(template->kind))
        begin(block);
    switch (template->kind) {
    case HB_T_BRANCH: emit_branch(block, i, template); return;
    case HB_T_JAL:
    case HB_T_JALR: emit_jump(block, i, template); return;
    case HB_T_LOAD: emit_load(block, i, template); break;
    case HB_T_STORE: emit_store(block, i, template); break;
    case HB_T_LOAD_F: emit_load_f(block, i, template); break;
    case HB_T_STORE_F: emit_store_f(block, i, template); break;
    case HB_T_FP: emit_fp(block, i); break;
    case HB_T_SELDOM: emit_seldom(block, i); break;
    default: emit_computation(block, i, template); break;
    }
    begin(block);
    emit_touch_upper(block, i);
}

/* May the block begin? Its last operation must have its turn before the limit. */
static void emit_in_time(struct hb_block *block) {
    struct hb_x86 *w = &block->t->w;
    x86_address(w, RAX, CLOCK, block->place[block->n - 1].by.cycles << 4);
    x86_memory(w, true, 0x3b, RAX, AHEAD, AHEAD_AT(limit_stamp));
    way_out(block, x86_jump_if(w, CC_AE), 0, HB_LEFT_LATE);
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

static void emit_way_out(struct hb_block *block, const struct hb_way_out *way) {
    struct hb_x86 *w = &block->t->w;
    const uint32_t i = way->i;
    x86_here(w, way->jump);
    if (way->taken) {
        emit_stamp(block, i);
        emit_load_rd(w, 0);
        emit_side(block, i, true);
        return;
    }
    if (i) {
        emit_stamp(block, i - 1);
        emit_load_rd(w, block->place[i - 1].op->load_rd);
    }
    emit_progress(block, i, &block->place[i].by, false);
    emit_pc(w, block->place[i].at);
    x86_jump(w, block->t->leave[way->left]);
}

/* May the interpreter execute it ahead? CSRs that are written, and tracepoints that are recorded, are not for it. */
static bool may_be_known(const struct hb_translator *t, const struct hb_op *op) {
    switch (op->code) {
    case HB_OP_CSRRW:
    case HB_OP_CSRRWI: return false;
    case HB_OP_TRACEPOINT: return !t->cores->trace_points;
    case HB_OP_UNDECODED: return true;
    default: return hb_op_is(op, HB_CLASS_CSR | HB_CLASS_ATOMIC | HB_CLASS_FP);
    }
}

/* What is left to do with the operation at `at` of the line, which no template is for. */
static enum hb_left left_at(const struct hb_block *block, uint32_t at) {
    return may_be_known(block->t, &block->line->op[at / 2]) ? HB_LEFT_ONE : HB_LEFT_STOP;
}

/* It ended before an operation that is not for translated code, or at the line's end. */
static void emit_end(struct hb_block *block) {
    struct hb_translator *t = block->t;
    struct hb_x86 *w = &t->w;
    const struct hb_place *end = &block->place[block->n];
    emit_progress(block, block->n, &end->by, false);
    bool goes_on = end->at >= t->line_bytes || block->crosses_later;
    if (goes_on) {
        emit_go(block, end->at, loads_last(block) != 0);
        return;
    }
    emit_pc(w, end->at);
    x86_jump(w, t->leave[left_at(block, end->at)]);
}

/* Gives the entry for after a load. */
uint8_t *hb_translate_block(struct hb_block *block) {
    struct hb_x86 *w = &block->t->w;
    const uint8_t *body = w->at;
    hb_held_forget(block);
    emit_in_time(block);
    for (uint32_t i = 0; i < block->n; i++)
        emit_operation(block, i);
    if (!hb_translate_ends_block(block->place[block->n - 1].op))
        emit_end(block);
    uint8_t *after_load = w->at;
    emit_entry_after_load(block, body);
    for (uint32_t k = 0; k < block->ways; k++)
        emit_way_out(block, &block->way[k]);
    return after_load;
}

void hb_translate_nothing(struct hb_block *block, uint32_t at) {
    emit_pc(&block->t->w, at);
    x86_jump(&block->t->w, block->t->leave[left_at(block, at)]);
}
