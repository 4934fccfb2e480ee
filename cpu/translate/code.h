/* Inside translation: a translator, the registers of its code, and how an operation is written. */
#ifndef HB_CPU_TRANSLATE_CODE_H
#define HB_CPU_TRANSLATE_CODE_H

#include <stddef.h>
#include <sys/types.h>

#include "cpu/hart/checkpoint.h"
#include "cpu/translate/left.h"
#include "cpu/translate/template.h"
#include "cpu/translate/x86.h"

#define HALFWORDS    (HB_LINE_BYTES_MAX / 2)
#define BUFFER_BYTES (32u << 20)

typedef uint64_t enter_code(struct hb_hart *hart, struct hb_ahead *ahead, void *code);

struct hb_translator {
    struct hb_cores *cores;
    struct hb_cpu_config config;
    uint32_t line_bytes, line_shift;
    uint8_t *write, *run; /* one memory, twice */
    pid_t owner;          /* the process whose memory it is */
    struct hb_x86 w;
    uint8_t *blocks; /* where they begin, after what is made once */
    uint8_t *leave[HB_LEFT_NEW + 1], *log_read, *log_write, *find_upper, *seldom, *save_seldom, *fp;
    uint8_t *go_line[2]; /* to code that need not, and that must check for a register just loaded */
    enter_code *enter;
    /* Two entries a half-word, all of the first kind before all of the second: where the instruction before did not
     * load, and where it did, so that the first one may have to wait for its register. */
    struct hb_code code;
};

/* Registers while translated code runs. rax, rcx, rdx and rsi are for what one operation needs; the others hold guest
 * registers (held.h). */
#define HART  RBP /* struct hb_hart */
#define DATA  RBX /* lookups of loads and stores */
#define CLOCK R12 /* cycle << 4, as in stamps */
#define SINCE R13 /* stamps below it are logged before they change */
#define SLOT  R14 /* struct hb_line of the line of the pc */
#define AHEAD R15 /* struct hb_ahead */

/* What is added to ahead->counts: instructions, loads that hit, and how often the pc was set. The last one's lowest
 * bits are the place in hart->branch as an offset, in the fourth byte. */
#define COUNT_LOAD  (1u << 12)
#define COUNT_TAKEN (1u << 28)

_Static_assert(HB_AHEAD_CYCLES_MAX < COUNT_LOAD, "as many instructions and loads as a run can have must fit");
_Static_assert(sizeof(struct hb_branch) == 16 && HB_BRANCHES == 8, "three bits of the fourth byte are an offset");

#define X_AT(i)        ((uint32_t)(offsetof(struct hb_hart, x) + 8u * (i)))
#define F_AT(i)        ((uint32_t)(offsetof(struct hb_hart, f) + 8u * (i)))
#define HART_AT(field) ((uint32_t)offsetof(struct hb_hart, field))
#define STALL_AT(kind) ((uint32_t)(offsetof(struct hb_hart, stalled_cycles) + 8u * (kind)))
#define AHEAD_AT(name) ((uint32_t)offsetof(struct hb_ahead, name))
#define LINE_AT(field) ((uint32_t)offsetof(struct hb_line, field))
#define DATA_OF_LINE   ((uint32_t)sizeof(struct hb_line))

/* Where what was written at `at` is executed. */
static inline void *hb_translate_runs(const struct hb_translator *t, const uint8_t *at) {
    return t->run + (at - t->write);
}

/* Write what is made once: ways in and out, from line to line, logs. */
void hb_translate_fixed(struct hb_translator *t);

/* A way out of a block, written after it: in front of operation `i`, or after it if that is a branch that is taken. */
struct hb_way_out {
    uint8_t *jump;
    uint32_t i;
    bool taken;
    enum hb_left left; /* if not taken */
};

/* What a block has done in front of one of its operations. */
struct hb_sums {
    uint32_t cycles, loads, stores;
    uint32_t stalled_cycles[HB_STALLS];
    uint8_t last_stall; /* HB_STALLS: none yet */
};

/* The operation `i` of a block. */
struct hb_place {
    const struct hb_op *op;
    const struct hb_template *template;
    uint32_t at;       /* offset in the line */
    struct hb_sums by; /* what has gone by since the block began */
    bool load_use;     /* it waits for the register that the operation before it loads */
    bool crosses;      /* it reaches into the next line */
};

/* Guest registers that are in registers of the host, too. */
#define HELD 5

struct hb_held {
    uint8_t guest[HELD]; /* HB_X_SINK: none */
    uint8_t next;        /* the one to be given away next */
};

struct hb_block {
    struct hb_translator *t;
    const struct hb_decoded_line *line;
    void **code;           /* the line's entries */
    uint32_t n;            /* operations */
    struct hb_op crossing; /* the one that reaches into the next line ... */
    uint16_t upper;        /* ... where its second half is this */
    bool crosses_later;    /* it ends before such a one, whose other line is not at hand now */
    bool begun;            /* what is done once it is certain that its first operation is executed has been written */
    struct hb_held held;
    struct hb_place place[HALFWORDS + 1];
    uint32_t ways;
    struct hb_way_out way[5 * HALFWORDS + 4];
};

/* Does a block end after `op`? It goes on after a branch forwards, as if that were not taken. */
bool hb_translate_ends_block(const struct hb_op *op);

/* Is it a call that is told where the operation is? */
static inline bool hb_translate_calls(const struct hb_template *template) {
    return template->kind == HB_T_FP || template->kind == HB_T_SELDOM;
}

/* A block of which nothing is known yet. */
static inline void hb_translate_begin(struct hb_block *block, struct hb_translator *t) {
    block->t = t;
    block->crosses_later = block->begun = false;
    block->ways = 0;
    block->held.next = 0;
}

/* Which operations belong to the block at offset `at` of `line`, the line of core->fetch, and what has gone by before
 * each. */
void hb_translate_plan(struct hb_block *block, struct hb_core *core, struct hb_decoded_line *line, uint32_t at);

/* Write the block that was planned. Gives the entry for after a load. */
uint8_t *hb_translate_block(struct hb_block *block);

/* The same for one without operations: it leaves at once. */
void hb_translate_nothing(struct hb_block *block, uint32_t at);

#endif
