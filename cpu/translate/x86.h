/* Writing x86-64 instructions into memory: no more of them than translation needs.
 *
 * A writer holds where the next byte goes. Callers make sure that there is room (HB_X86_BLOCK_BYTES a block). Guest
 * registers are addressed as [rbp + disp32]; rbp points to struct hb_hart. */
#ifndef HB_CPU_TRANSLATE_X86_H
#define HB_CPU_TRANSLATE_X86_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum hb_x86_register { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

/* Conditions of jumps and of setcc. */
enum hb_x86_condition { CC_B = 2, CC_AE = 3, CC_E = 4, CC_NE = 5, CC_L = 12, CC_GE = 13 };

struct hb_x86 {
    uint8_t *at;  /* where the next byte is written ... */
    int64_t runs; /* ... and how far from there it will stand when it is executed */
};

static inline void x86_byte(struct hb_x86 *w, unsigned byte) {
    *w->at++ = (uint8_t)byte;
}

static inline void x86_u32(struct hb_x86 *w, uint32_t value) {
    memcpy(w->at, &value, sizeof value);
    w->at += sizeof value;
}

static inline void x86_u64(struct hb_x86 *w, uint64_t value) {
    memcpy(w->at, &value, sizeof value);
    w->at += sizeof value;
}

static inline void x86_bytes(struct hb_x86 *w, const uint8_t *bytes, size_t n) {
    memcpy(w->at, bytes, n);
    w->at += n;
}

/* REX prefix: wide, extensions of reg, index, base. */
static inline void x86_rex(struct hb_x86 *w, bool wide, unsigned reg, unsigned base) {
    unsigned rex = 0x40u | (unsigned)wide << 3 | (reg >> 3) << 2 | base >> 3;
    if (rex != 0x40)
        x86_byte(w, rex);
}

static inline bool x86_is_short(uint32_t value) {
    return value + 0x80 < 0x100;
}

/* What follows the opcode: mod, reg, base, displacement. */
static inline void x86_place(struct hb_x86 *w, unsigned reg, unsigned base, uint32_t disp) {
    const bool is_short = x86_is_short(disp);
    x86_byte(w, (is_short ? 0x40u : 0x80u) | (reg & 7) << 3 | (base & 7));
    if ((base & 7) == RSP)
        x86_byte(w, 0x24);
    if (is_short)
        x86_byte(w, disp & 0xff);
    else
        x86_u32(w, disp);
}

static inline void x86_opcode(struct hb_x86 *w, unsigned opcode) {
    if (opcode > 0xff)
        x86_byte(w, opcode >> 8);
    x86_byte(w, opcode & 0xff);
}

/* OP reg, [base + disp]. */
static inline void x86_memory(struct hb_x86 *w, bool wide, unsigned opcode, unsigned reg, unsigned base,
                              uint32_t disp) {
    x86_rex(w, wide, reg, base);
    x86_opcode(w, opcode);
    x86_place(w, reg, base, disp);
}

/* OP reg, [base + index + disp]; the prefix is there in any case, so that reg may be the low byte of any register. */
static inline void x86_indexed(struct hb_x86 *w, bool wide, unsigned opcode, unsigned reg, unsigned base,
                               unsigned index, uint32_t disp) {
    x86_byte(w, 0x40u | (unsigned)wide << 3 | (reg >> 3) << 2 | (index >> 3) << 1 | base >> 3);
    x86_opcode(w, opcode);
    x86_byte(w, 0x84 | (reg & 7) << 3);
    x86_byte(w, (index & 7) << 3 | (base & 7));
    x86_u32(w, disp);
}

/* OP reg, rm between registers. */
static inline void x86_registers(struct hb_x86 *w, bool wide, unsigned opcode, unsigned reg, unsigned rm) {
    x86_rex(w, wide, reg, rm);
    x86_opcode(w, opcode);
    x86_byte(w, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

static inline void x86_load(struct hb_x86 *w, unsigned reg, unsigned base, uint32_t disp) {
    x86_memory(w, true, 0x8b, reg, base, disp);
}

static inline void x86_store(struct hb_x86 *w, unsigned reg, unsigned base, uint32_t disp) {
    x86_memory(w, true, 0x89, reg, base, disp);
}

static inline void x86_move(struct hb_x86 *w, unsigned to, unsigned from) {
    x86_registers(w, true, 0x8b, to, from);
}

/* mov reg32, imm32: the upper half becomes 0. */
static inline void x86_set32(struct hb_x86 *w, unsigned reg, uint32_t value) {
    x86_rex(w, false, 0, reg);
    x86_byte(w, 0xb8 | (reg & 7));
    x86_u32(w, value);
}

static inline void x86_set64(struct hb_x86 *w, unsigned reg, uint64_t value) {
    x86_rex(w, true, 0, reg);
    x86_byte(w, 0xb8 | (reg & 7));
    x86_u64(w, value);
}

/* ADD, OR, AND, SUB, XOR, CMP of a register and a sign-extended immediate: `extension` 0, 1, 4, 5, 6, 7. */
static inline void x86_immediate(struct hb_x86 *w, bool wide, unsigned extension, unsigned reg, uint32_t value) {
    const bool is_short = x86_is_short(value);
    x86_rex(w, wide, 0, reg);
    x86_byte(w, is_short ? 0x83 : 0x81);
    x86_byte(w, 0xc0 | extension << 3 | (reg & 7));
    if (is_short)
        x86_byte(w, value & 0xff);
    else
        x86_u32(w, value);
}

/* add qword [base + disp], value */
static inline void x86_add_memory(struct hb_x86 *w, unsigned base, uint32_t disp, uint32_t value) {
    const bool is_short = x86_is_short(value);
    x86_memory(w, true, is_short ? 0x83 : 0x81, 0, base, disp);
    if (is_short)
        x86_byte(w, value & 0xff);
    else
        x86_u32(w, value);
}

/* mov byte [base + disp], value */
static inline void x86_set_byte(struct hb_x86 *w, unsigned base, uint32_t disp, uint8_t value) {
    x86_memory(w, false, 0xc6, 0, base, disp);
    x86_byte(w, value);
}

/* SHL, SHR, SAR by an immediate: `extension` 4, 5, 7. */
static inline void x86_shift(struct hb_x86 *w, bool wide, unsigned extension, unsigned reg, unsigned amount) {
    x86_rex(w, wide, 0, reg);
    x86_byte(w, 0xc1);
    x86_byte(w, 0xc0 | extension << 3 | (reg & 7));
    x86_byte(w, amount);
}

/* lea reg, [base + disp]. */
static inline void x86_address(struct hb_x86 *w, unsigned reg, unsigned base, uint32_t disp) {
    x86_memory(w, true, 0x8d, reg, base, disp);
}

/* A forward jump, to be given its aim by x86_here(). */
static inline uint8_t *x86_jump_if(struct hb_x86 *w, enum hb_x86_condition condition) {
    x86_byte(w, 0x0f);
    x86_byte(w, 0x80u | (unsigned)condition);
    x86_u32(w, 0);
    return w->at - 4;
}

static inline void x86_here(struct hb_x86 *w, uint8_t *jump) {
    uint32_t distance = (uint32_t)(w->at - (jump + 4));
    memcpy(jump, &distance, sizeof distance);
}

/* jmp and call to code of the same buffer, at the place where it was written. */
static inline void x86_jump(struct hb_x86 *w, const uint8_t *to) {
    x86_byte(w, 0xe9);
    x86_u32(w, (uint32_t)(to - (w->at + 4)));
}

static inline void x86_call(struct hb_x86 *w, const uint8_t *to) {
    x86_byte(w, 0xe8);
    x86_u32(w, (uint32_t)(to - (w->at + 4)));
}

#define X86(w, ...)                                                                                                    \
    do {                                                                                                               \
        static const uint8_t bytes_[] = {__VA_ARGS__};                                                                 \
        x86_bytes(w, bytes_, sizeof bytes_);                                                                           \
    } while (0)

#endif
