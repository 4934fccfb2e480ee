#include "cpu/disasm.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "cpu/decode.h"
#include "memory/symbols.h"

#define OPERANDS_BYTES 80

const char *hb_register_name(uint32_t number) {
    static const char *const names[32] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                          "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                          "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
    return names[number % 32];
}

/* ---- CSRs ------------------------------------------------------------------------------------------------------- */

struct csr_name {
    uint16_t first;
    uint16_t last; /* numbered names: pmpaddr0 to pmpaddr15 */
    uint16_t number;
    const char *name;
};

static const struct csr_name csr_names[] = {
    {0xc00, 0, 0, "cycle"},          {0xc01, 0, 0, "time"},          {0xc02, 0, 0, "instret"},
    {0xf11, 0, 0, "mvendorid"},      {0xf12, 0, 0, "marchid"},       {0xf13, 0, 0, "mimpid"},
    {0xf14, 0, 0, "mhartid"},        {0xf15, 0, 0, "mconfigptr"},    {0x300, 0, 0, "mstatus"},
    {0x301, 0, 0, "misa"},           {0x304, 0, 0, "mie"},           {0x305, 0, 0, "mtvec"},
    {0x306, 0, 0, "mcounteren"},     {0x30a, 0, 0, "menvcfg"},       {0x320, 0, 0, "mcountinhibit"},
    {0x340, 0, 0, "mscratch"},       {0x341, 0, 0, "mepc"},          {0x342, 0, 0, "mcause"},
    {0x343, 0, 0, "mtval"},          {0x344, 0, 0, "mip"},           {0xb00, 0, 0, "mcycle"},
    {0xb02, 0, 0, "minstret"},       {0x3a0, 0, 0, "pmpcfg0"},       {0x3a2, 0, 0, "pmpcfg2"},
    {0x3b0, 0x3bf, 0, "pmpaddr"},    {0x323, 0x33f, 3, "mhpmevent"}, {0xb03, 0xb1f, 3, "mhpmcounter"},
    {0xc03, 0xc1f, 3, "hpmcounter"},
};

static void print_csr(uint32_t number, char *text, size_t n) {
    for (size_t i = 0; i < sizeof csr_names / sizeof *csr_names; i++) {
        const struct csr_name *entry = &csr_names[i];
        if (number == entry->first && !entry->last) {
            snprintf(text, n, "%s", entry->name);
            return;
        }
        if (number >= entry->first && number <= entry->last) {
            snprintf(text, n, "%s%u", entry->name, number - entry->first + entry->number);
            return;
        }
    }
    snprintf(text, n, "0x%x", number);
}

/* ---- Operands --------------------------------------------------------------------------------------------------- */

static void print_target(uint64_t address, const struct hb_symbols *symbols, char *text, size_t n) {
    if (symbols)
        hb_symbols_text(symbols, address, text, n);
    else
        snprintf(text, n, "0x%" PRIx64, address);
}

/* The set of a fence: i, o, r, w from bit 3 down; the empty one is not written by any assembler. */
static const char *fence_set(uint32_t bits) {
    static const char *const sets[16] = {"unknown", "w",  "r",  "rw",  "o",  "ow",  "or",  "orw",
                                         "i",       "iw", "ir", "irw", "io", "iow", "ior", "iorw"};
    return sets[bits & 15];
}

static void print_with_target(const struct hb_op *op, uint64_t pc, const struct hb_symbols *symbols, uint8_t format,
                              char *text, size_t n) {
    char target[OPERANDS_BYTES];
    print_target(pc + (uint64_t)(int64_t)op->imm, symbols, target, sizeof target);
    if (format == HB_FORMAT_BRANCH)
        snprintf(text, n, "%s,%s,%s", hb_register_name(op->rs1), hb_register_name(op->rs2), target);
    else
        snprintf(text, n, "%s,%s", hb_register_name(op->rd), target);
}

static void print_with_csr(const struct hb_op *op, uint8_t format, char *text, size_t n) {
    char csr[24];
    print_csr((uint32_t)op->imm & 0xfff, csr, sizeof csr);
    if (format == HB_FORMAT_CSR)
        snprintf(text, n, "%s,%s,%s", hb_register_name(op->rd), csr, hb_register_name(op->rs1));
    else
        snprintf(text, n, "%s,%s,%u", hb_register_name(op->rd), csr, op->rs1);
}

static void print_operands(const struct hb_op *op, uint32_t bits, uint8_t format, char *text, size_t n) {
    const char *rd = hb_register_name(op->rd), *rs1 = hb_register_name(op->rs1), *rs2 = hb_register_name(op->rs2);
    switch (format) {
    case HB_FORMAT_R: snprintf(text, n, "%s,%s,%s", rd, rs1, rs2); break;
    case HB_FORMAT_I: snprintf(text, n, "%s,%s,%d", rd, rs1, op->imm); break;
    case HB_FORMAT_SHIFT:
    case HB_FORMAT_SHIFT_W: snprintf(text, n, "%s,%s,0x%x", rd, rs1, (uint32_t)op->imm); break;
    case HB_FORMAT_LOAD:
    case HB_FORMAT_JALR: snprintf(text, n, "%s,%d(%s)", rd, op->imm, rs1); break;
    case HB_FORMAT_STORE: snprintf(text, n, "%s,%d(%s)", rs2, op->imm, rs1); break;
    case HB_FORMAT_U: snprintf(text, n, "%s,0x%x", rd, (uint32_t)op->imm >> 12); break;
    case HB_FORMAT_ATOMIC: snprintf(text, n, "%s,%s,(%s)", rd, rs2, rs1); break;
    case HB_FORMAT_LR: snprintf(text, n, "%s,(%s)", rd, rs1); break;
    case HB_FORMAT_BLOCK: snprintf(text, n, "(%s)", rs1); break;
    case HB_FORMAT_SFENCE: snprintf(text, n, "%s,%s", rs1, rs2); break;
    case HB_FORMAT_FENCE: snprintf(text, n, "%s,%s", fence_set(bits >> 24), fence_set(bits >> 20)); break;
    default: break;
    }
}

/* ---- The whole -------------------------------------------------------------------------------------------------- */

void hb_disassemble(uint64_t pc, uint32_t bits, const struct hb_symbols *symbols, char *text, size_t n) {
    struct hb_op op = hb_decode(bits);
    bool compressed = op.bytes == 2;
    const struct hb_op_info *info = hb_op_info(op.code == HB_OP_TRACEPOINT ? HB_OP_SLTI : op.code);
    if (!info) {
        snprintf(text, n, compressed ? ".2byte 0x%04x" : ".4byte 0x%08x", compressed ? bits & 0xffff : bits);
        return;
    }
    char operands[OPERANDS_BYTES + 16] = "";
    if (info->format == HB_FORMAT_BRANCH || info->format == HB_FORMAT_JUMP)
        print_with_target(&op, pc, symbols, info->format, operands, sizeof operands);
    else if (info->format == HB_FORMAT_CSR || info->format == HB_FORMAT_CSR_I)
        print_with_csr(&op, info->format, operands, sizeof operands);
    else
        print_operands(&op, bits, info->format, operands, sizeof operands);
    static const char *const order[] = {"", ".aq", ".rl", ".aqrl"};
    snprintf(text, n, "%s%s%s%s%s", compressed ? "c." : "", info->mnemonic, order[op.flags & 3], operands[0] ? " " : "",
             operands);
}
