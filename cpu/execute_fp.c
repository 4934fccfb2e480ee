/* Executing floating point: the F and D extensions over cpu/fpu/fpu.h. Apart from cpu/execute.c, so that the switch
 * there, which most instructions go through, stays small. */
#include "cpu/execute_fp.h"

#include "cpu/decode.h"
#include "cpu/fpu/fpu_host.h"
#include "cpu/load_store.h"

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

static bool load(struct hb_core *core, const struct hb_op *op, uint64_t address, uint64_t now, bool slow) {
    bool wide = op->code == HB_OP_FLD;
    uint64_t value;
    if (wide ? !hb_load(core, address, 8, now, slow, &value) : !hb_load(core, address, 4, now, slow, &value))
        return false;
    core->hart->f[op->rd] = hb_fpu_box(wide ? HB_FPU_D : HB_FPU_S, value);
    hb_fp_changed(core->hart);
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
static uint32_t cost(const struct hb_core *core, const struct hb_op *op) {
    const struct hb_cpu_config *config = &core->config;
    switch (op->code) {
        BOTH(FDIV) : return config->fp_div_cycles;
        BOTH(FSQRT) : return config->fp_sqrt_cycles;
    default: break;
    }
    return hb_op_is(op, HB_CLASS_ROUNDS) ? config->fp_cycles : 0;
}

static struct hb_fp_result compute(struct hb_core *core, const struct fp *fp) {
    struct hb_hart *hart = fp->hart;
    uint8_t flags = hart->fflags;
    bool leaves_f = hb_op_writes_f(fp->op);
    if (leaves_f)
        hart->f[fp->op->rd] = hb_fpu_box(fp->format, to_f(fp));
    else
        hart->x[fp->op->rd] = to_x(fp);
    if (leaves_f || hart->fflags != flags)
        hb_fp_changed(hart);
    uint32_t cycles = cost(core, fp->op);
    if (cycles)
        hb_stall(hart, HB_STALL_FP, cycles);
    return (struct hb_fp_result){HB_PROGRESS_DONE, cycles};
}

struct hb_fp_result hb_execute_fp(struct hb_core *core, const struct hb_op *op, uint64_t now, bool slow) {
    struct hb_hart *hart = core->hart;
    uint8_t mode = op->flags == HB_RM_DYNAMIC ? hart->frm : op->flags;
    if (!hb_op_is(op, HB_CLASS_FP) || !(hart->mstatus & HB_MSTATUS_FS) || mode > HB_FPU_RMM)
        return (struct hb_fp_result){HB_PROGRESS_FAULT, 0};
    if (hb_op_is(op, HB_CLASS_MEMORY))
        return (struct hb_fp_result){load_or_store(core, op, now, slow) ? HB_PROGRESS_DONE : HB_PROGRESS_WAIT, 0};
    struct fp fp = {.hart = hart, .op = op, .mode = mode};
    fp.format = hb_op_is(op, HB_CLASS_DOUBLE) ? HB_FPU_D : HB_FPU_S;
    return compute(core, &fp);
}
