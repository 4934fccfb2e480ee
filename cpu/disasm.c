#include "cpu/disasm.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "cpu/csr.h"
#include "cpu/decode.h"
#include "memory/symbols.h"

#define OPERANDS_BYTES 80

const char *hb_register_name(uint32_t number) {
    static const char *const names[32] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                          "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                          "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
    return names[number % 32];
}

const char *hb_f_register_name(uint32_t number) {
    static const char *const names[32] = {"ft0", "ft1", "ft2",  "ft3",  "ft4", "ft5", "ft6",  "ft7",
                                          "fs0", "fs1", "fa0",  "fa1",  "fa2", "fa3", "fa4",  "fa5",
                                          "fa6", "fa7", "fs2",  "fs3",  "fs4", "fs5", "fs6",  "fs7",
                                          "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
    return names[number % 32];
}

/* ---- CSRs ------------------------------------------------------------------------------------------------------ */

/* Numbered registers: pmpaddr0 to pmpaddr15. The others are named where they are read and written. */
static const struct {
    uint16_t first;
    uint16_t last;
    uint16_t number;
    const char *name;
} csr_ranges[] = {
    {0x3b0, 0x3bf, 0, "pmpaddr"},
    {0x323, 0x33f, 3, "mhpmevent"},
    {0xb03, 0xb1f, 3, "mhpmcounter"},
    {0xc03, 0xc1f, 3, "hpmcounter"},
};

static void print_csr(uint32_t number, char *text, size_t n) {
    uint32_t listed;
    const char *name;
    for (size_t i = 0; i < sizeof csr_ranges / sizeof *csr_ranges; i++) {
        if (number >= csr_ranges[i].first && number <= csr_ranges[i].last) {
            snprintf(text, n, "%s%u", csr_ranges[i].name, number - csr_ranges[i].first + csr_ranges[i].number);
            return;
        }
    }
    for (size_t i = 0; hb_csr_at(i, &listed, &name); i++) {
        if (listed == number) {
            snprintf(text, n, "%s", name);
            return;
        }
    }
    snprintf(text, n, "0x%x", number);
}

/* ---- Operands -------------------------------------------------------------------------------------------------- */

static void print_target(uint64_t address, const struct hb_symbols *symbols, char *text, size_t n) {
    if (symbols)
        hb_symbols_text(symbols, address, text, n);
    else
        snprintf(text, n, "0x%" PRIx64, address);
}

/* The set of a fence: i, o, r, w from bit 3 down; no assembler writes the empty one. */
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

/* Every value fits: there is nothing to round, whatever the mode. */
static bool is_exact(uint16_t code) {
    return code == HB_OP_FCVT_D_S || code == HB_OP_FCVT_D_W || code == HB_OP_FCVT_D_WU;
}

/* The rounding mode at the end is left out where it is that of fcsr, or has no effect. */
static void print_fp(const struct hb_op *op, uint8_t format, char *text, size_t n) {
    static const char *const modes[8] = {",rne", ",rtz", ",rdn", ",rup", ",rmm", "", "", ""};
    const char *rd = hb_register_name(op->rd), *rs1 = hb_register_name(op->rs1),
               *mode = is_exact(op->code) ? "" : modes[op->flags & 7];
    const char *frd = hb_f_register_name(op->rd), *frs1 = hb_f_register_name(op->rs1);
    const char *frs2 = hb_f_register_name(op->rs2), *frs3 = hb_f_register_name((uint32_t)op->imm);
    switch (format) {
    case HB_FORMAT_F_LOAD: snprintf(text, n, "%s,%d(%s)", frd, op->imm, rs1); break;
    case HB_FORMAT_F_STORE: snprintf(text, n, "%s,%d(%s)", frs2, op->imm, rs1); break;
    case HB_FORMAT_F_FUSED: snprintf(text, n, "%s,%s,%s,%s%s", frd, frs1, frs2, frs3, mode); break;
    case HB_FORMAT_F_R: snprintf(text, n, "%s,%s,%s%s", frd, frs1, frs2, mode); break;
    case HB_FORMAT_F_R1: snprintf(text, n, "%s,%s%s", frd, frs1, mode); break;
    case HB_FORMAT_F_R_EXACT: snprintf(text, n, "%s,%s,%s", frd, frs1, frs2); break;
    case HB_FORMAT_F_COMPARE: snprintf(text, n, "%s,%s,%s", rd, frs1, frs2); break;
    case HB_FORMAT_F_TO_X: snprintf(text, n, "%s,%s%s", rd, frs1, mode); break;
    case HB_FORMAT_F_FROM_X: snprintf(text, n, "%s,%s%s", frd, rs1, mode); break;
    case HB_FORMAT_F_TO_X_EXACT: snprintf(text, n, "%s,%s", rd, frs1); break;
    default: snprintf(text, n, "%s,%s", frd, rs1); break;
    }
}

static void print_operands(const struct hb_op *op, uint32_t bits, uint8_t format, char *text, size_t n) {
    const char *rd = hb_register_name(op->rd), *rs1 = hb_register_name(op->rs1), *rs2 = hb_register_name(op->rs2);
    switch (format) {
    case HB_FORMAT_R: snprintf(text, n, "%s,%s,%s", rd, rs1, rs2); break;
    case HB_FORMAT_UNARY: snprintf(text, n, "%s,%s", rd, rs1); break;
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

/* ---- Whole instructions ---------------------------------------------------------------------------------------- */

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
    else if (info->classes & HB_CLASS_FP)
        print_fp(&op, info->format, operands, sizeof operands);
    else
        print_operands(&op, bits, info->format, operands, sizeof operands);
    static const char *const orders[] = {"", ".aq", ".rl", ".aqrl"};
    bool atomic = info->classes & HB_CLASS_ATOMIC;
    snprintf(text, n, "%s%s%s%s%s", compressed ? "c." : "", info->mnemonic, atomic ? orders[op.flags & 3] : "",
             operands[0] ? " " : "", operands);
}
