/* A hart's handle, and what the harts of a machine share: what is derived from the saved state and can be dropped at
 * any time (decoded lines, host lookups), and what harts record until a cycle is closed. cpu/cpu.h works on it. */
#ifndef HB_CPU_CORE_H
#define HB_CPU_CORE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "bus/shared/bus.h"
#include "cpu/hart/config.h"
#include "cpu/hart/hart.h"
#include "cpu/hart/op.h"
#include "cpu/hart/retired.h"

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* A tag that equals no address: lines have at least 16 bytes and accesses at most 8, so that bit 3 is always masked. */
#define HB_NO_TAG 8u

#define HB_DATA_LOOKUPS  256
#define HB_FETCH_LOOKUPS 512
#define HB_LOOKUP_MODES  4 /* U, S, S with SUM (of data only), M */
#define HB_TRACE_RECORDS 64

/* ---- Records that the machine reads when a cycle is closed ---- */

enum hb_trace_kind {
    HB_TRACE_POINT,  /* a tracepoint: `id`, `value` */
    HB_TRACE_SC,     /* a successful SC: `id` bytes at physical `address`, `value` stored */
    HB_TRACE_RETIRE, /* in watch mode: the instruction at `address` retired; `value`: its bits */
};

struct hb_trace_record {
    uint64_t cycle;
    uint64_t address;
    uint64_t value;
    uint64_t user_instructions;
    uint16_t id;
    uint8_t hart;
    uint8_t kind; /* enum hb_trace_kind */
    uint8_t privilege;
};

/* ---- What the harts of a machine share ---- */

/* A line's instructions, decoded; keyed by its address and its contents. */
struct hb_decoded_line {
    uint64_t address; /* 0, where no RAM is: unused */
    uint8_t bytes[HB_LINE_BYTES_MAX];
    struct hb_op op[HB_LINE_BYTES_MAX / 2]; /* code HB_OP_UNDECODED until first executed */
};

#define HB_DECODED_LINES 8192 /* 512 KiB of code in lines of 64 bytes; what is not used takes no memory */

#define HB_CODE_ENTRIES HB_LINE_BYTES_MAX /* two a half-word (cpu/translate/translate.h) */

struct hb_translator;

/* Where the translated code of each decoded line begins, for harts of one kind. */
struct hb_code {
    struct hb_translator *translator;
    void *none[HB_CODE_ENTRIES];                   /* what stands where nothing is translated yet */
    uint8_t visits[HB_DECODED_LINES];              /* how often a line was come to in vain, up to HB_VISITS_HOT */
    void *line[HB_DECODED_LINES][HB_CODE_ENTRIES]; /* of lines that are hot; others have `none` */
};

/* Translating a line takes as long as interpreting some 600 instructions, and most lines of a system that boots are
 * come to a few times only. From 2 to 16 it makes little difference. */
#define HB_VISITS_HOT 6

/* The entries of decoded line `i`. */
static inline void **hb_code_of(struct hb_code *code, size_t i) {
    return code->visits[i] < HB_VISITS_HOT ? code->none : code->line[i];
}

/* An encoding, decoded. */
struct hb_decoded_bits {
    uint32_t bits;
    struct hb_op op; /* code HB_OP_UNDECODED: unused */
};

#define HB_DECODED_BITS 1024

struct hb_core;

/* What harts report to the engine in their turns, until it has looked. */
struct hb_told {
    bool traced;         /* some hart has recorded something */
    bool tohost_written; /* or fromhost */
    bool crashed;        /* some hart has: hart->crashed */
    bool slept;          /* some hart has gone to sleep: it need not be asked again until it is woken */
    bool timer_written;  /* some hart has written stimecmp or menvcfg: its timer line and the schedule follow */
    bool unused[3];
};

_Static_assert(sizeof(struct hb_told) == sizeof(uint64_t), "hb_cores_told() looks at all of it at once");

struct hb_cores {
    struct hb_core *core; /* one a hart */
    uint32_t harts;
    struct hb_decoded_line *decoded;      /* HB_DECODED_LINES */
    struct hb_decoded_bits *decoded_bits; /* HB_DECODED_BITS */
    struct hb_code **code;                /* one for each kind of hart; cores refer to them */
    uint32_t codes;
    bool host_lookups; /* false: every access takes the slow path, which is the definition */
    bool trace_points; /* the image has the ELF note: tracepoints are recorded */
    bool trace_sc;
    bool trace_retire;
    bool log_commits; /* with trace_retire: core->commit is kept */
    uint64_t tohost;  /* physical addresses of two 8-byte words, HB_NO_LINE: none */
    uint64_t fromhost;
    struct hb_told told;
};

/* Has any hart reported anything? One comparison, since this is asked every cycle. */
static inline bool hb_cores_told(const struct hb_cores *cores) {
    uint64_t any;
    memcpy(&any, &cores->told, sizeof any);
    return any != 0;
}

/* ---- Host lookups: derived ---- */

struct hb_data_lookup {
    uint64_t read_tag;  /* virtual line address if loads may go ahead, else HB_NO_TAG */
    uint64_t write_tag; /* the same for stores; the line must also be writable and dirty */
    uint64_t address;   /* physical line address that the slot must still hold */
    struct hb_line *slot;
};

struct hb_fetch_lookup {
    uint64_t tag;     /* virtual line address, or HB_NO_TAG */
    uint64_t address; /* physical line address that the slot must still hold */
    struct hb_line *slot;
    struct hb_op *op;
    void **code;        /* translated, an entry a half-word; NULL: nothing is translated */
    uint64_t unused[3]; /* of 64 bytes: translated code finds one by a shift */
};

/* Where the bytes of a data access are. */
struct hb_data_place {
    uint64_t physical[2]; /* of its first byte, and of the next page if it reaches into it */
    uint32_t in_page;     /* bytes of it before that page */
    bool device;          /* it goes to a device, else to memory */
};

/* What need not be worked out again when an instruction that waits goes on: derived, for without it that is done. */
struct hb_resume {
    bool placed;    /* where its data are is known, and that they may be accessed: `place` */
    bool asked;     /* it waits for `request` */
    bool asks;      /* the bus has not performed that: it is asked once more */
    bool plain;     /* it was asked by hb_ahead_miss(), which may go on from it, too: */
    uint8_t rights; /* what physical memory protection allows on all of its line */
    struct hb_data_place place;
    struct hb_request request;
};

/* Addresses, the last one included, over which physical memory protection says the same: derived. None: last is less
 * than first. */
struct hb_pmp_span {
    uint64_t first, last;
    uint8_t rights; /* HB_PMP_* */
};

struct hb_ahead;

/* A turn in cycle `now`, as hb_core_turn() has it. */
typedef void hb_turn(struct hb_core *core, uint64_t now);

struct hb_core {
    struct hb_hart *hart;
    hb_turn *turn;                /* expected next: derived, and any is right for any hart (cpu/turn.c) */
    struct hb_ahead *ahead;       /* cpu/hart/checkpoint.h; NULL: its hart never runs ahead */
    struct hb_code *code;         /* its translated code; NULL: nothing is translated */
    struct hb_fetch_lookup fetch; /* the line that is being executed; its address is HB_NO_TAG if there is none */
    struct hb_data_lookup *data;  /* lookups of the effective mode of loads and stores */
    uint64_t line_mask;           /* clears the offset within a line */
    uint32_t line_shift;
    struct hb_cpu_config config;
    uint32_t l1d_hit_extra_cycles;
    uint32_t l1i_hit_extra_cycles;
    bool has_slow_l1;   /* one of them is not 0 */
    uint64_t hot_bytes; /* of a line, what turns may execute at once: all of it, or nothing with a slow L1 */
    struct hb_cores *shared;
    struct hb_bus *bus;
    uint8_t access_index; /* of the instruction that is being executed (again) */
    struct hb_resume resume;
    struct hb_pmp_span stale[HB_LOOKUP_MODES];  /* lookups of a mode that are to be dropped: of lines there */
    struct hb_pmp_span coded[HB_LOOKUP_MODES];  /* no lookup of a mode for fetches is of a line outside */
    struct hb_pmp_span pmp_span[HB_PRIV_M + 1]; /* of the last address that each mode asked about */
    struct hb_commit commit;
    uint32_t traces;
    struct hb_trace_record trace[HB_TRACE_RECORDS];
    struct hb_data_lookup data_lookup[HB_LOOKUP_MODES][HB_DATA_LOOKUPS];
    struct hb_fetch_lookup fetch_lookup[HB_LOOKUP_MODES][HB_FETCH_LOOKUPS];
};

/* Called in the hart's own turn; it has no other until something wakes it. */
static inline void hb_has_no_turn(struct hb_core *core) {
    core->hart->ready_at = HB_NEVER;
    core->shared->told.slept = true;
}

#endif
