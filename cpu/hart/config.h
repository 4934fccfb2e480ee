/* What a hart's instructions cost: plain data, filled by sim/config and valid when it arrives here.
 *
 * Every instruction occupies the hart for one base cycle; the figures here are added to it (a five-stage in-order
 * pipeline). Misses and uncached accesses cost what the bus takes. */
#ifndef HB_CPU_CONFIG_H
#define HB_CPU_CONFIG_H

#include <stdint.h>

struct hb_cpu_config {
    uint32_t load_use_cycles;   /* the next instruction reads a register that this load writes (default 1) */
    uint32_t mispredict_cycles; /* a branch against the static prediction: backward taken, forward not (default 2) */
    uint32_t jump_cycles;       /* jal: its target is known in decode (default 1) */
    uint32_t jalr_cycles;       /* jalr: its target is known in execute (default 2) */
    uint32_t mul_cycles;        /* any multiplication (default 2) */
    uint32_t div_cycles;        /* any division or remainder (default 20) */
    uint32_t fp_cycles;         /* floating point that rounds: add, multiply, fused, conversions (default 3) */
    uint32_t fp_div_cycles;     /* floating-point division (default 20) */
    uint32_t fp_sqrt_cycles;    /* square root (default 25) */
    uint32_t amo_cycles;        /* AMO and SC, besides the access itself (default 1) */
    uint32_t csr_cycles;        /* CSR access and fence: the pipeline drains (default 2) */
    uint32_t trap_cycles;       /* entering a handler, and mret (default 4) */
};

#endif
