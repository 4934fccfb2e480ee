/* What a hart that runs ahead of the machine's time can be taken back by: a checkpoint of what its instructions change
 * in struct hb_hart, and logs of what they change in its lines. Derived, and never saved: cpu/ahead/ahead.h works on
 * it. */
#ifndef HB_CPU_CHECKPOINT_H
#define HB_CPU_CHECKPOINT_H

#include <stddef.h>

#include "cpu/hart/core.h"

#define HB_AHEAD_CYCLES_MIN 32 /* quanta: how far ahead, adapted to how often a hart is taken back */
#define HB_AHEAD_CYCLES_MAX 4000
#define HB_AHEAD_SNOOPS     64

/* An instruction reads up to three lines, and translated code logs the stamp of the line that it comes to before it
 * knows whether there is time for one more instruction. */
#define HB_AHEAD_STAMPS (6 * HB_AHEAD_CYCLES_MAX + 8)

/* What private instructions change in struct hb_hart lies in three pieces. The second is that of floating point and of
 * system instructions. */
#define HB_AHEAD_REGISTERS_BYTES offsetof(struct hb_hart, f)
#define HB_AHEAD_SELDOM_BYTES    (offsetof(struct hb_hart, frozen_until) - offsetof(struct hb_hart, f))
#define HB_AHEAD_COUNTERS_BYTES  (offsetof(struct hb_hart, crashed) - offsetof(struct hb_hart, stalled_cycles))

/* A line before it was written for the first time since the checkpoint. */
struct hb_ahead_written {
    struct hb_line *line;
    uint64_t last_write;
    uint8_t bytes[HB_LINE_BYTES_MAX];
};

struct hb_ahead_stamp {
    uint64_t *at; /* last_read of a line */
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
    uint64_t last_stamp;  /* the same of a cycle after which it has executed no turn */
    uint32_t quantum_cycles;
    bool spins;                 /* cpu/ahead/spin.h; then, while active: */
    bool spin_writes;           /* by an atomic */
    uint32_t spin_instructions; /* in a round */
    uint64_t spins_from;        /* the cycle that it is in, while hart->ready_at is when it is asked at last */
    uint32_t brief_turns;       /* after its next turns, so many, it does not run ahead */
    uint64_t no_loop;           /* for speed alone: a pc around which no such loop was found */
    struct hb_line *spin_data, *spin_code[2]; /* a loop may reach into a second line; NULL: it does not */
    uint8_t registers[HB_AHEAD_REGISTERS_BYTES], counters[HB_AHEAD_COUNTERS_BYTES];
    uint64_t reservation; /* of LR */
    bool seldom_saved;    /* this is in the checkpoint, too: from its first use on */
    bool rights_changed;  /* protection or translation has, and with it what lookups were made for */
    uint8_t seldom[HB_AHEAD_SELDOM_BYTES];
    uint32_t line_bytes;
    struct hb_ahead_written *written_end; /* after the last one logged */
    struct hb_ahead_stamp *stamp_end;
    uint32_t owned, snoops;
    /* For translated code: */
    struct hb_core *core; /* whose it is */
    struct hb_data_lookup *data;
    struct hb_fetch_lookup *fetch;
    uint64_t limit_stamp, counts;
    uint64_t line; /* virtual address of the line of the pc */
    struct hb_line *slot;
    struct hb_line *upper; /* that an instruction reaches into */
    struct hb_ahead_written written[HB_AHEAD_CYCLES_MAX + 8];
    struct hb_ahead_stamp stamp[HB_AHEAD_STAMPS];
    struct hb_ahead_line own[HB_AHEAD_CYCLES_MAX + 8];
    struct hb_ahead_snoop snoop[HB_AHEAD_SNOOPS];
    uint64_t taken_back; /* counted: how often, */
    uint64_t redone;     /* how many instructions were undone by it, most of them to be executed again; */
    uint64_t translated; /* how many were executed by translated code, those undone included */
};

/* A line is about to be read or written: what comes back is logged, once after each checkpoint. */
static inline void hb_ahead_log_read(struct hb_ahead *ahead, struct hb_line *line) {
    if (line->last_read < ahead->since_stamp)
        *ahead->stamp_end++ = (struct hb_ahead_stamp){&line->last_read, line->last_read};
}

static inline void hb_ahead_log_write(struct hb_ahead *ahead, struct hb_line *line) {
    if (line->last_write >= ahead->since_stamp)
        return;
    struct hb_ahead_written *written = ahead->written_end++;
    written->line = line;
    written->last_write = line->last_write;
    memcpy(written->bytes, hb_line_data(line), ahead->line_bytes);
}

#endif
