/* Executing floating-point operations. */
#ifndef HB_CPU_EXECUTE_FP_H
#define HB_CPU_EXECUTE_FP_H

#include "cpu/hart/core.h"
#include "cpu/latch.h"

struct hb_fp_result {
    enum hb_progress progress; /* HB_PROGRESS_FAULT: it is illegal */
    uint32_t cycles;           /* what it costs on top of the base cycle */
};

/* Execute a floating-point operation; any other is illegal. */
struct hb_fp_result hb_execute_fp(struct hb_core *core, const struct hb_op *op, uint64_t now, bool slow);

#endif
