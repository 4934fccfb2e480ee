/* Executing floating point: the F and D extensions over cpu/fpu/fpu.h. Apart from cpu/execute.c, so that the switch
 * there, which most instructions go through, stays small. */
#include "cpu/execute_fp.h"

#include "cpu/decode.h"
#include "cpu/fpu/fpu_host.h"
#include "cpu/load_store.h"

_Static_assert(HB_FPU_RMM + 1 == HB_FP_ROUNDINGS, "rounding modes are numbered from 0");

/* An operation, whatever its format. */
#define BOTH(name)                                                                                                     \
    case HB_OP_##name##_S:                                                                                             \
    case HB_OP_##name##_D

/* An operation with its operands. */
struct fp {
    struct hb_hart *hart;
    const struct hb_op *op;
    enum hb_fpu_format format;
    enum hb_fpu_rounding mode;
};

static uint64_t operand(const struct fp *fp, uint32_t i) {
    return hb_fpu_unbox(fp->format, fp->hart->f[i]);
}

static uint64_t fused(const struct fp *fp, enum hb_fpu_fused kind) {
    uint64_t c = operand(fp, (uint32_t)fp->op->imm);
    return hb_fpu_host_fused(fp->format, kind, operand(fp, fp->op->rs1), operand(fp, fp->op->rs2), c, fp->mode,
                             &fp->hart->fflags);
}

/* From the other of the two formats. */
static uint64_t convert(const struct fp *fp) {
    enum hb_fpu_format from = fp->format == HB_FPU_S ? HB_FPU_D : HB_FPU_S;
    uint64_t a = hb_fpu_unbox(from, fp->hart->f[fp->op->rs1]);
    return hb_fpu_convert(fp->format, from, a, fp->mode, &fp->hart->fflags);
}

static uint64_t from_integer(const struct fp *fp, enum hb_fpu_integer type) {
    return hb_fpu_from_integer(fp->format, type, fp->hart->x[fp->op->rs1], fp->mode, &fp->hart->fflags);
}

static uint64_t to_f(const struct fp *fp) {
    const enum hb_fpu_format format = fp->format;
    uint8_t *flags = &fp->hart->fflags;
    uint64_t a = operand(fp, fp->op->rs1), b = operand(fp, fp->op->rs2);
    switch (fp->op->code) {
        BOTH(FMADD) : return fused(fp, HB_FPU_MADD);
        BOTH(FMSUB) : return fused(fp, HB_FPU_MSUB);
        BOTH(FNMSUB) : return fused(fp, HB_FPU_NMSUB);
        BOTH(FNMADD) : return fused(fp, HB_FPU_NMADD);
        BOTH(FADD) : return hb_fpu_host_add(format, a, b, fp->mode, flags);
        BOTH(FSUB) : return hb_fpu_host_add(format, a, hb_fpu_negate(format, b), fp->mode, flags);
        BOTH(FMUL) : return hb_fpu_host_multiply(format, a, b, fp->mode, flags);
        BOTH(FDIV) : return hb_fpu_host_divide(format, a, b, fp->mode, flags);
        BOTH(FSQRT) : return hb_fpu_host_root(format, a, fp->mode, flags);
    case HB_OP_FCVT_S_D:
    case HB_OP_FCVT_D_S: return convert(fp);
    case HB_OP_FCVT_S_W:
    case HB_OP_FCVT_D_W: return from_integer(fp, HB_FPU_W);
    case HB_OP_FCVT_S_WU:
    case HB_OP_FCVT_D_WU: return from_integer(fp, HB_FPU_WU);
    case HB_OP_FCVT_S_L:
    case HB_OP_FCVT_D_L: return from_integer(fp, HB_FPU_L);
    case HB_OP_FCVT_S_LU:
    case HB_OP_FCVT_D_LU:
        return from_integer(fp, HB_FPU_LU);
        BOTH(FSGNJ) : return hb_fpu_sign(format, HB_FPU_SGNJ, a, b);
        BOTH(FSGNJN) : return hb_fpu_sign(format, HB_FPU_SGNJN, a, b);
        BOTH(FSGNJX) : return hb_fpu_sign(format, HB_FPU_SGNJX, a, b);
        BOTH(FMIN) : return hb_fpu_minimum(format, a, b, flags);
        BOTH(FMAX) : return hb_fpu_maximum(format, a, b, flags);
    default: return format == HB_FPU_S ? (uint32_t)fp->hart->x[fp->op->rs1] : fp->hart->x[fp->op->rs1]; /* fmv */
    }
}

static uint64_t to_integer(const struct fp *fp, enum hb_fpu_integer type) {
    return hb_fpu_to_integer(fp->format, type, operand(fp, fp->op->rs1), fp->mode, &fp->hart->fflags);
}

static uint64_t to_x(const struct fp *fp) {
    const enum hb_fpu_format format = fp->format;
    uint8_t *flags = &fp->hart->fflags;
    uint64_t a = operand(fp, fp->op->rs1), b = operand(fp, fp->op->rs2), raw = fp->hart->f[fp->op->rs1];
    switch (fp->op->code) {
        BOTH(FLE) : return hb_fpu_less_equal(format, a, b, flags);
        BOTH(FLT) : return hb_fpu_less(format, a, b, flags);
        BOTH(FEQ) : return hb_fpu_equal(format, a, b, flags);
        BOTH(FCVT_W) : return to_integer(fp, HB_FPU_W);
        BOTH(FCVT_WU) : return to_integer(fp, HB_FPU_WU);
        BOTH(FCVT_L) : return to_integer(fp, HB_FPU_L);
        BOTH(FCVT_LU) : return to_integer(fp, HB_FPU_LU);
        BOTH(FCLASS) : return hb_fpu_classify(format, a);
    default: return format == HB_FPU_S ? (uint64_t)(int64_t)(int32_t)raw : raw; /* fmv */
    }
}

/* ---- Loads and stores ------------------------------------------------------------------------------------------ */

void hb_fp_loaded(struct hb_hart *hart, const struct hb_op *op, uint64_t value) {
    hart->f[op->rd] = hb_fpu_box(op->code == HB_OP_FLD ? HB_FPU_D : HB_FPU_S, value);
    hb_fp_changed(hart);
}

static bool load(struct hb_core *core, const struct hb_op *op, uint64_t address, uint64_t now, bool slow) {
    uint64_t value;
    if (op->code == HB_OP_FLD ? !hb_load(core, address, 8, now, slow, &value)
                              : !hb_load(core, address, 4, now, slow, &value))
        return false;
    hb_fp_loaded(core->hart, op, value);
    return true;
}

static bool load_or_store(struct hb_core *core, const struct hb_op *op, uint64_t now, bool slow) {
    const struct hb_hart *hart = core->hart;
    uint64_t address = hart->x[op->rs1] + (uint64_t)(int64_t)op->imm;
    switch (op->code) {
    case HB_OP_FSW: return hb_store(core, address, 4, hart->f[op->rs2], now, slow);
    case HB_OP_FSD: return hb_store(core, address, 8, hart->f[op->rs2], now, slow);
    default: return load(core, op, address, now, slow);
    }
}

/* ---- Whole instructions ---------------------------------------------------------------------------------------- */

/* What moves, compares or classifies bits has no cost of its own. */
uint32_t hb_fp_cycles(const struct hb_cpu_config *config, const struct hb_op *op) {
    switch (op->code) {
        BOTH(FDIV) : return config->fp_div_cycles;
        BOTH(FSQRT) : return config->fp_sqrt_cycles;
    default: break;
    }
    return hb_op_is(op, HB_CLASS_ROUNDS) ? config->fp_cycles : 0;
}

static uint8_t rounding_of(const struct hb_hart *hart, const struct hb_op *op) {
    return op->flags == HB_RM_DYNAMIC ? hart->frm : op->flags;
}

bool hb_fp_is_legal(const struct hb_hart *hart, const struct hb_op *op) {
    return hb_op_is(op, HB_CLASS_FP) && hart->mstatus & HB_MSTATUS_FS && rounding_of(hart, op) < HB_FP_ROUNDINGS;
}

void hb_fp_compute(struct hb_hart *hart, const struct hb_op *op) {
    const struct fp fp = {.hart = hart,
                          .op = op,
                          .format = hb_op_is(op, HB_CLASS_DOUBLE) ? HB_FPU_D : HB_FPU_S,
                          .mode = rounding_of(hart, op)};
    uint8_t flags = hart->fflags;
    bool leaves_f = hb_op_writes_f(op);
    if (leaves_f)
        hart->f[op->rd] = hb_fpu_box(fp.format, to_f(&fp));
    else
        hart->x[op->rd] = to_x(&fp);
    if (leaves_f || hart->fflags != flags)
        hb_fp_changed(hart);
}

/* ---- The most frequent ones, each by itself --------------------------------------------------------------------- */

#define OWN(name, format, value)                                                                                       \
    static void of_##name##_##format(struct hb_hart *hart, const struct hb_op *op) {                                   \
        const uint64_t a = hb_fpu_unbox(HB_FPU_##format, hart->f[op->rs1]);                                            \
        const uint64_t b = hb_fpu_unbox(HB_FPU_##format, hart->f[op->rs2]);                                            \
        const enum hb_fpu_rounding mode = (enum hb_fpu_rounding)rounding_of(hart, op);                                 \
        hart->f[op->rd] = hb_fpu_box(HB_FPU_##format, value(HB_FPU_##format, a, b, mode, &hart->fflags));              \
        hb_fp_changed(hart);                                                                                           \
    }
#define SUBTRACT(format, a, b, mode, flags) hb_fpu_host_add(format, a, hb_fpu_negate(format, b), mode, flags)
#define OWN_OPS(X)                                                                                                     \
    X(FADD, S, hb_fpu_host_add)                                                                                        \
    X(FADD, D, hb_fpu_host_add)                                                                                        \
    X(FSUB, S, SUBTRACT)                                                                                               \
    X(FSUB, D, SUBTRACT)                                                                                               \
    X(FMUL, S, hb_fpu_host_multiply)                                                                                   \
    X(FMUL, D, hb_fpu_host_multiply)

OWN_OPS(OWN)

#define CASE(name, format, value)                                                                                      \
    case HB_OP_##name##_##format: return of_##name##_##format;

hb_fp_function *hb_fp_function_of(const struct hb_op *op) {
    switch (op->code) {
        OWN_OPS(CASE)
    default: return hb_fp_compute;
    }
}

struct hb_fp_result hb_execute_fp(struct hb_core *core, const struct hb_op *op, uint64_t now, bool slow) {
    if (!hb_fp_is_legal(core->hart, op))
        return (struct hb_fp_result){HB_PROGRESS_FAULT, 0};
    if (hb_op_is(op, HB_CLASS_MEMORY))
        return (struct hb_fp_result){load_or_store(core, op, now, slow) ? HB_PROGRESS_DONE : HB_PROGRESS_WAIT, 0};
    hb_fp_compute(core->hart, op);
    const uint32_t cycles = hb_fp_cycles(&core->config, op);
    if (cycles)
        hb_stall(core->hart, HB_STALL_FP, cycles);
    return (struct hb_fp_result){HB_PROGRESS_DONE, cycles};
}
