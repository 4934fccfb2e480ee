/* Executing floating-point operations. */
#ifndef HB_CPU_EXECUTE_FP_H
#define HB_CPU_EXECUTE_FP_H

#include "cpu/hart/core.h"
#include "cpu/latch.h"

struct hb_fp_result {
    enum hb_progress progress; /* HB_PROGRESS_FAULT: it is illegal */
    uint32_t cycles;           /* what it costs on top of the base cycle */
};

/* fcsr and instructions may hold rounding modes below it; the others are illegal. */
#define HB_FP_ROUNDINGS 5

/* Is a floating-point operation legal now: is floating point on, and its rounding mode one? */
bool hb_fp_is_legal(const struct hb_hart *hart, const struct hb_op *op);

/* What a legal one that is no load or store does to the hart's registers. */
typedef void hb_fp_function(struct hb_hart *hart, const struct hb_op *op);
hb_fp_function hb_fp_compute;

/* The same for operations of the code of `op` alone, and faster for some. */
hb_fp_function *hb_fp_function_of(const struct hb_op *op);

/* And what that costs on top of the base cycle, in cycles: a stall of HB_STALL_FP. */
uint32_t hb_fp_cycles(const struct hb_cpu_config *config, const struct hb_op *op);

/* f[rd] := the `value` that a legal load has brought. */
void hb_fp_loaded(struct hb_hart *hart, const struct hb_op *op, uint64_t value);

/* Execute a floating-point operation; any other is illegal. */
struct hb_fp_result hb_execute_fp(struct hb_core *core, const struct hb_op *op, uint64_t now, bool slow);

#endif
