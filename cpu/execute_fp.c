/* Executing floating point: the F and D extensions over cpu/fpu/fpu.h. Apart from cpu/execute.c, so that the switch
 * there, which most instructions go through, stays small. */
#include "cpu/decode.h"
#include "cpu/fpu/fpu_host.h"
#include "cpu/internal.h"
#include "cpu/load_store.h"

/* An operation without its format: S and D stand side by side in HB_FP_OPS. */
#define PAIR(code) (((code)-HB_OP_FLW) / 2)

_Static_assert((HB_OP_FMADD_S - HB_OP_FLW) % 2 == 0 && HB_OP_FMADD_D == HB_OP_FMADD_S + 1, "pairs");
_Static_assert((HB_OP_FLE_S - HB_OP_FLW) % 2 == 0 && HB_OP_FCLASS_D == HB_OP_FCLASS_S + 1, "pairs");

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
    switch (PAIR(fp->op->code)) {
    case PAIR(HB_OP_FMADD_S): return fused(fp, HB_FPU_MADD);
    case PAIR(HB_OP_FMSUB_S): return fused(fp, HB_FPU_MSUB);
    case PAIR(HB_OP_FNMSUB_S): return fused(fp, HB_FPU_NMSUB);
    case PAIR(HB_OP_FNMADD_S): return fused(fp, HB_FPU_NMADD);
    case PAIR(HB_OP_FADD_S): return hb_fpu_host_add(format, a, b, fp->mode, flags);
    case PAIR(HB_OP_FSUB_S): return hb_fpu_host_add(format, a, hb_fpu_negate(format, b), fp->mode, flags);
    case PAIR(HB_OP_FMUL_S): return hb_fpu_host_multiply(format, a, b, fp->mode, flags);
    case PAIR(HB_OP_FDIV_S): return hb_fpu_host_divide(format, a, b, fp->mode, flags);
    case PAIR(HB_OP_FSQRT_S): return hb_fpu_host_root(format, a, fp->mode, flags);
    case PAIR(HB_OP_FCVT_S_D): return convert(fp);
    case PAIR(HB_OP_FCVT_S_W): return from_integer(fp, HB_FPU_W);
    case PAIR(HB_OP_FCVT_S_WU): return from_integer(fp, HB_FPU_WU);
    case PAIR(HB_OP_FCVT_S_L): return from_integer(fp, HB_FPU_L);
    case PAIR(HB_OP_FCVT_S_LU): return from_integer(fp, HB_FPU_LU);
    case PAIR(HB_OP_FSGNJ_S): return hb_fpu_sign(format, HB_FPU_SGNJ, a, b);
    case PAIR(HB_OP_FSGNJN_S): return hb_fpu_sign(format, HB_FPU_SGNJN, a, b);
    case PAIR(HB_OP_FSGNJX_S): return hb_fpu_sign(format, HB_FPU_SGNJX, a, b);
    case PAIR(HB_OP_FMIN_S): return hb_fpu_minimum(format, a, b, flags);
    case PAIR(HB_OP_FMAX_S): return hb_fpu_maximum(format, a, b, flags);
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
    switch (PAIR(fp->op->code)) {
    case PAIR(HB_OP_FLE_S): return hb_fpu_less_equal(format, a, b, flags);
    case PAIR(HB_OP_FLT_S): return hb_fpu_less(format, a, b, flags);
    case PAIR(HB_OP_FEQ_S): return hb_fpu_equal(format, a, b, flags);
    case PAIR(HB_OP_FCVT_W_S): return to_integer(fp, HB_FPU_W);
    case PAIR(HB_OP_FCVT_WU_S): return to_integer(fp, HB_FPU_WU);
    case PAIR(HB_OP_FCVT_L_S): return to_integer(fp, HB_FPU_L);
    case PAIR(HB_OP_FCVT_LU_S): return to_integer(fp, HB_FPU_LU);
    case PAIR(HB_OP_FCLASS_S): return hb_fpu_classify(format, a);
    default: return format == HB_FPU_S ? (uint64_t)(int64_t)(int32_t)raw : raw; /* fmv */
    }
}

/* ---- Loads and stores ------------------------------------------------------------------------------------------ */

static bool load_or_store(struct hb_core *core, const struct hb_op *op, uint64_t now, bool slow) {
    struct hb_hart *hart = core->hart;
    uint64_t address = hart->x[op->rs1] + (uint64_t)(int64_t)op->imm, value;
    switch (op->code) {
    case HB_OP_FSW: return hb_store(core, address, 4, hart->f[op->rs2], now, slow);
    case HB_OP_FSD: return hb_store(core, address, 8, hart->f[op->rs2], now, slow);
    case HB_OP_FLW:
        if (!hb_load(core, address, 4, now, slow, &value))
            return false;
        break;
    default:
        if (!hb_load(core, address, 8, now, slow, &value))
            return false;
        break;
    }
    hart->f[op->rd] = hb_fpu_box(op->code == HB_OP_FLW ? HB_FPU_S : HB_FPU_D, value);
    hb_fp_changed(hart);
    return true;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

/* What moves, compares or classifies bits has no cost of its own. */
static uint32_t cost(const struct hb_core *core, const struct hb_op *op) {
    const struct hb_cpu_config *config = &core->config;
    switch (op->code) {
    case HB_OP_FDIV_S:
    case HB_OP_FDIV_D: return config->fp_div_cycles;
    case HB_OP_FSQRT_S:
    case HB_OP_FSQRT_D: return config->fp_sqrt_cycles;
    default: break;
    }
    bool rounds = (op->code >= HB_OP_FMADD_S && op->code <= HB_OP_FCVT_D_LU) ||
                  (op->code >= HB_OP_FCVT_W_S && op->code <= HB_OP_FCVT_LU_D);
    return rounds ? config->fp_cycles : 0;
}

static struct hb_fp_result compute(struct hb_core *core, const struct fp *fp) {
    struct hb_hart *hart = fp->hart;
    uint8_t flags = hart->fflags;
    bool leaves_f = fp->op->code < HB_OP_FLE_S;
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
    if (op->code < HB_OP_FLW || op->code > HB_OP_FCLASS_D || !(hart->mstatus & HB_MSTATUS_FS) || mode > HB_FPU_RMM)
        return (struct hb_fp_result){HB_PROGRESS_FAULT, 0};
    if (op->code <= HB_OP_FSD)
        return (struct hb_fp_result){load_or_store(core, op, now, slow) ? HB_PROGRESS_DONE : HB_PROGRESS_WAIT, 0};
    struct fp fp = {.hart = hart, .op = op, .mode = mode};
    fp.format = (op->code - HB_OP_FLW) % 2 ? HB_FPU_D : HB_FPU_S;
    return compute(core, &fp);
}
