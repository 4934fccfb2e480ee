#include "cpu/private/log.h"
#include "cpu/private/seldom.h"
#include "cpu/translate/code.h"

#define FETCH_LOOKUP_SHIFT 6

_Static_assert(sizeof(struct hb_fetch_lookup) == 1u << FETCH_LOOKUP_SHIFT, "one is found by a shift");

/* Before a line is read for the first time since the checkpoint: rsi points to it. Changes rcx, rdx. */
static void make_log_read(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    t->log_read = w->at;
    x86_load(w, RCX, AHEAD, AHEAD_AT(stamp_end));
    x86_address(w, RDX, RSI, LINE_AT(last_read));
    x86_store(w, RDX, RCX, offsetof(struct hb_ahead_stamp, at));
    x86_load(w, RDX, RSI, LINE_AT(last_read));
    x86_store(w, RDX, RCX, offsetof(struct hb_ahead_stamp, before));
    x86_immediate(w, true, 0, RCX, sizeof(struct hb_ahead_stamp));
    x86_store(w, RCX, AHEAD, AHEAD_AT(stamp_end));
    x86_byte(w, 0xc3); /* ret */
}

/* The same before it is written for the first time. Changes xmm0, too. */
static void make_log_write(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    t->log_write = w->at;
    x86_load(w, RCX, AHEAD, AHEAD_AT(written_end));
    x86_store(w, RSI, RCX, offsetof(struct hb_ahead_written, line));
    x86_load(w, RDX, RSI, LINE_AT(last_write));
    x86_store(w, RDX, RCX, offsetof(struct hb_ahead_written, last_write));
    for (uint32_t at = 0; at < t->line_bytes; at += 16) {
        x86_memory(w, false, 0x0f10, 0, RSI, DATA_OF_LINE + at); /* movups xmm0, [...] */
        x86_memory(w, false, 0x0f11, 0, RCX, (uint32_t)offsetof(struct hb_ahead_written, bytes) + at);
    }
    x86_immediate(w, true, 0, RCX, sizeof(struct hb_ahead_written));
    x86_store(w, RCX, AHEAD, AHEAD_AT(written_end));
    x86_byte(w, 0xc3); /* ret */
}

/* Before and after a call of C: what is held of guest registers. Five, so that the stack is as calls expect it. */
static void push_held(struct hb_x86 *w) {
    X86(w, 0x57, 0x41, 0x50, 0x41, 0x51, 0x41, 0x52, 0x41, 0x53); /* push rdi, r8, ... r11 */
}

static void pop_held(struct hb_x86 *w) {
    X86(w, 0x41, 0x5b, 0x41, 0x5a, 0x41, 0x59, 0x41, 0x58, 0x5f);
}

static void emit_call_of(struct hb_x86 *w, uint64_t function) {
    x86_set64(w, RAX, function);
    X86(w, 0xff, 0xd0); /* call rax */
}

/* An operation that C does: rsi points to it, rdx is the stamp of its cycle, ecx how many are in front of it in the
 * block. "Equal": it has not been done. */
static void make_seldom(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    t->seldom = w->at;
    push_held(w);
    x86_shift(w, true, 5, RDX, 4);
    x86_memory(w, false, 0x8b, RAX, AHEAD, AHEAD_AT(counts));
    x86_immediate(w, false, 4, RAX, COUNT_LOAD - 1);
    x86_registers(w, true, 0x03, RCX, RAX);
    x86_load(w, RDI, AHEAD, AHEAD_AT(core));
    emit_call_of(w, (uint64_t)(uintptr_t)hb_ahead_do_seldom);
    pop_held(w);
    X86(w, 0x84, 0xc0, 0xc3); /* test al, al; ret */
}

/* A floating-point operation that C does: rsi points to it, rax is the function. */
static void make_fp(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    t->fp = w->at;
    push_held(w);
    x86_move(w, RDI, HART);
    X86(w, 0xff, 0xd0); /* call rax */
    pop_held(w);
    x86_byte(w, 0xc3); /* ret */
}

/* Before an f register changes for the first time since the checkpoint. Changes all but held registers. */
static void make_save_seldom(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    t->save_seldom = w->at;
    push_held(w);
    x86_move(w, RDI, AHEAD);
    x86_move(w, RSI, HART);
    emit_call_of(w, (uint64_t)(uintptr_t)hb_ahead_save_seldom);
    pop_held(w);
    x86_byte(w, 0xc3); /* ret */
}

/* Back to C: rax is the pc. */
static void make_leave(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    for (uint32_t i = 0; i <= HB_LEFT_NEW; i++) {
        t->leave[i] = w->at;
        x86_store(w, RAX, HART, HART_AT(pc));
        x86_set32(w, RAX, i);
        x86_shift(w, true, 5, CLOCK, 4);
        x86_store(w, CLOCK, HART, HART_AT(ready_at));
        X86(w, 0x48, 0x83, 0xc4, 8,                                            /* add rsp, 8 */
            0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b, 0xc3); /* pop r15 ... r12, rbp, rbx; ret */
    }
}

/* rdi: hart, rsi: ahead, rdx: code. */
static void make_enter(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    void *at = hb_translate_runs(t, w->at);
    memcpy(&t->enter, &at, sizeof at);
    X86(w, 0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57, 0x48, 0x83, 0xec, 8);
    x86_move(w, HART, RDI);
    x86_move(w, AHEAD, RSI);
    x86_load(w, DATA, AHEAD, AHEAD_AT(data));
    x86_load(w, CLOCK, HART, HART_AT(ready_at));
    x86_shift(w, true, 4, CLOCK, 4);
    x86_load(w, SINCE, AHEAD, AHEAD_AT(since_stamp));
    x86_load(w, SLOT, AHEAD, AHEAD_AT(slot));
    X86(w, 0xff, 0xe2); /* jmp rdx */
}

/* The lookup of the line at rcx: rdx points to it, rsi is the struct hb_line. Gives the jumps that are taken when it is
 * not there. Changes `scratch`. */
static void emit_find_line(struct hb_translator *t, unsigned scratch, uint8_t *missing[2]) {
    struct hb_x86 *w = &t->w;
    x86_registers(w, false, 0x8b, RDX, RCX);
    if (t->line_shift > FETCH_LOOKUP_SHIFT)
        x86_shift(w, false, 5, RDX, t->line_shift - FETCH_LOOKUP_SHIFT);
    else if (t->line_shift < FETCH_LOOKUP_SHIFT)
        x86_shift(w, false, 4, RDX, FETCH_LOOKUP_SHIFT - t->line_shift);
    x86_immediate(w, false, 4, RDX, (HB_FETCH_LOOKUPS - 1) << FETCH_LOOKUP_SHIFT);
    x86_memory(w, true, 0x03, RDX, AHEAD, AHEAD_AT(fetch));
    x86_memory(w, true, 0x3b, RCX, RDX, offsetof(struct hb_fetch_lookup, tag));
    missing[0] = x86_jump_if(w, CC_NE);
    x86_load(w, RSI, RDX, offsetof(struct hb_fetch_lookup, slot));
    x86_load(w, scratch, RDX, offsetof(struct hb_fetch_lookup, address));
    x86_memory(w, true, 0x3b, scratch, RSI, LINE_AT(address));
    missing[1] = x86_jump_if(w, CC_NE);
}

/* The line after the present one: rsi is its struct hb_line, unless "not equal". Changes rcx, rdx. */
static void make_find_upper(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    uint8_t *missing[2];
    t->find_upper = w->at;
    x86_load(w, RCX, AHEAD, AHEAD_AT(line));
    x86_immediate(w, true, 0, RCX, t->line_bytes);
    emit_find_line(t, RCX, missing);
    x86_store(w, RSI, AHEAD, AHEAD_AT(upper));
    x86_here(w, missing[0]);
    x86_here(w, missing[1]);
    x86_byte(w, 0xc3); /* ret */
}

/* To the pc in rax, of another line perhaps. The new
 * line's address goes from rax to memory by two short steps: from line to line each waits for the one before. */
static void make_go_line(struct hb_translator *t, bool after_load) {
    struct hb_x86 *w = &t->w;
    uint8_t *missing[2];
    t->go_line[after_load] = w->at;
    x86_move(w, RCX, RAX);
    x86_immediate(w, true, 4, RCX, (uint32_t) - (int32_t)t->line_bytes);
    emit_find_line(t, RDI, missing);
    x86_move(w, SLOT, RSI);
    x86_store(w, RCX, AHEAD, AHEAD_AT(line));
    x86_load(w, RDI, RDX, offsetof(struct hb_fetch_lookup, code));
    x86_memory(w, true, 0x39, SINCE, RSI, LINE_AT(last_read)); /* cmp [...], SINCE */
    uint8_t *logged = x86_jump_if(w, CC_AE);
    x86_call(w, t->log_read);
    x86_here(w, logged);
    x86_immediate(w, false, 4, RAX, t->line_bytes - 1);
    X86(w, 0xff, 0xa4, 0x87); /* jmp [rdi + rax * 4 + disp32] */
    x86_u32(w, after_load ? 8 * HALFWORDS : 0);
    x86_here(w, missing[0]);
    x86_here(w, missing[1]);
    x86_jump(w, t->leave[HB_LEFT_LINE]);
}

static void make_untranslated(struct hb_translator *t) {
    struct hb_x86 *w = &t->w;
    for (uint32_t i = 0; i < HALFWORDS; i++) {
        t->code.none[i] = t->code.none[HALFWORDS + i] = hb_translate_runs(t, w->at);
        x86_load(w, RAX, AHEAD, AHEAD_AT(line));
        x86_immediate(w, true, 0, RAX, 2 * i);
        x86_jump(w, t->leave[HB_LEFT_NEW]);
    }
}

void hb_translate_fixed(struct hb_translator *t) {
    make_log_read(t);
    make_log_write(t);
    make_leave(t);
    make_enter(t);
    make_go_line(t, false);
    make_go_line(t, true);
    make_find_upper(t);
    make_seldom(t);
    make_save_seldom(t);
    make_fp(t);
    make_untranslated(t);
    t->blocks = t->w.at;
}
