/* What a hart that runs ahead of the machine's time can be taken back by: a checkpoint of what its instructions change
 * in struct hb_hart, and logs of what they change in its lines. Derived, and never saved: cpu/ahead/ahead.h works on
 * it. */
#ifndef HB_CPU_CHECKPOINT_H
#define HB_CPU_CHECKPOINT_H

#include "cpu/hart/core.h"

#define HB_AHEAD_CYCLES_MIN 32 /* quanta: how far ahead, adapted to how often a hart is taken back */
#define HB_AHEAD_CYCLES_MAX 4000
#define HB_AHEAD_SNOOPS     64

/* The fields of struct hb_hart that private instructions change. */
struct hb_ahead_registers {
    uint64_t x[33];
    uint64_t pc, ready_at, instructions, lookup_hits[2], fetches;
    uint64_t stalled_cycles[HB_STALLS];
    struct hb_branch branch[HB_BRANCHES];
    uint32_t branches;
    uint8_t load_rd, last_stall;
};

struct hb_ahead_store {
    uint64_t *at; /* 8 bytes of a line, aligned */
    uint64_t before;
};

struct hb_ahead_stamp {
    uint64_t *at; /* last_read or last_write of a line */
    uint64_t before;
};

struct hb_ahead_line {
    struct hb_line *line;
    struct hb_line before;
};

struct hb_ahead_snoop {
    uint64_t cycle;
    struct hb_line *line;
    struct hb_line before, after;
};

struct hb_ahead {
    bool active;          /* there is a checkpoint, and the hart may have run on from it */
    uint64_t since_stamp; /* cycle of the checkpoint << 4, as in stamps: turns from here on can be taken back */
    uint64_t last_stamp;  /* the same of the last turn that it has executed */
    uint32_t quantum_cycles;
    struct hb_ahead_registers saved;
    uint64_t reservation; /* of LR */
    bool fp_saved;        /* f, fflags and mstatus are in the checkpoint, too: at the first use of floating point */
    uint64_t f[32], mstatus;
    uint8_t fflags;
    struct hb_ahead_store *store_end; /* after the last one logged */
    struct hb_ahead_stamp *stamp_end;
    uint32_t owned, snoops;
    /* For translated code: */
    struct hb_data_lookup *data;
    struct hb_fetch_lookup *fetch;
    uint64_t limit_stamp;
    const struct hb_fetch_lookup *lookup; /* of the line of the pc; */
    uint64_t line;                        /* its virtual address, */
    struct hb_line *slot;
    void **code;
    struct hb_line *upper; /* that an instruction reaches into */
    struct hb_ahead_store store[HB_AHEAD_CYCLES_MAX + 8];
    struct hb_ahead_stamp stamp[3 * HB_AHEAD_CYCLES_MAX + 8];
    struct hb_ahead_line own[HB_AHEAD_CYCLES_MAX + 8];
    struct hb_ahead_snoop snoop[HB_AHEAD_SNOOPS];
    uint64_t taken_back; /* counted: how often, */
    uint64_t redone;     /* how many instructions were undone by it, most of them to be executed again; */
    uint64_t translated; /* how many were executed by translated code, those undone included */
};

#endif
