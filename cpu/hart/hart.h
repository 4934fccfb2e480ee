/* One hart: the architectural state, what it is in the middle of, and what it has counted.
 *
 * struct hb_hart is plain data without pointers and is part of the machine's saved state. A hart whose instruction
 * waits for the bus keeps an in-flight record: the instruction's bits and the values of the accesses that have been
 * performed. When the bus has answered, the instruction is executed again from its start with those values in place of
 * the accesses, so that nothing is performed twice and an instruction takes effect at once, when its last access is
 * done.
 */
#ifndef HB_CPU_HART_H
#define HB_CPU_HART_H

#include <stdbool.h>
#include <stdint.h>

#define HB_PMP_ENTRIES 16
#define HB_LATCHES     16
#define HB_TLB_ENTRIES 128 /* of each TLB; power of two */
#define HB_BRANCHES    8   /* control transfers remembered for crash reports */
#define HB_X_SINK      32  /* where decoded instructions write results for x0 */

enum hb_privilege { HB_PRIV_U = 0, HB_PRIV_S = 1, HB_PRIV_M = 3 };

enum hb_run_state { HB_HART_RUNNING, HB_HART_IDLE, HB_HART_STOPPED, HB_HART_FENCED, HB_HART_DEAD };

/* Why a hart did not retire an instruction in a cycle. */
enum hb_stall {
    HB_STALL_LOAD_USE,
    HB_STALL_BRANCH, /* mispredicted branches and jumps */
    HB_STALL_MUL_DIV,
    HB_STALL_ATOMIC, /* LR, SC, AMO: pipeline and bus */
    HB_STALL_CSR,    /* CSR accesses and fences */
    HB_STALL_TRAP,   /* entering and leaving handlers */
    HB_STALL_HIT,    /* an L1 slower than one cycle */
    HB_STALL_FETCH,  /* waiting for the bus: L1I miss */
    HB_STALL_LOAD,   /* L1D miss of a load */
    HB_STALL_STORE,  /* L1D miss or upgrade of a store, a write-through */
    HB_STALL_DEVICE, /* an uncached access */
    HB_STALL_CACHE_BLOCK,
    HB_STALL_WALK,  /* a page walk that misses the L1D */
    HB_STALL_FP,    /* floating point */
    HB_STALL_FAULT, /* an injected fault: it is frozen, or slow */
    HB_STALLS
};

/* Why the slow path is taken at the next turn. */
#define HB_ATTEND_IN_FLIGHT 1u
#define HB_ATTEND_INTERRUPT 2u
#define HB_ATTEND_WATCH     4u /* every instruction is looked at: triggers by pc or count, commit logs, check */
#define HB_ATTEND_SLOW      8u /* slow_factor is above 1 */
#define HB_ATTEND_ALL       15u

#define HB_MIP_SSIP (1u << 1)
#define HB_MIP_MSIP (1u << 3)
#define HB_MIP_STIP (1u << 5)
#define HB_MIP_MTIP (1u << 7)
#define HB_MIP_SEIP (1u << 9)
#define HB_MIP_MEIP (1u << 11)

#define HB_MSTATUS_SIE       (1ull << 1)
#define HB_MSTATUS_MIE       (1ull << 3)
#define HB_MSTATUS_SPIE      (1ull << 5)
#define HB_MSTATUS_MPIE      (1ull << 7)
#define HB_MSTATUS_SPP       (1ull << 8)
#define HB_MSTATUS_SPP_SHIFT 8
#define HB_MSTATUS_MPP       (3ull << 11)
#define HB_MSTATUS_MPP_SHIFT 11
#define HB_MSTATUS_FS        (3ull << 13) /* 0: there is no floating point; 3: f registers or fcsr have changed */
#define HB_MSTATUS_MPRV      (1ull << 17)
#define HB_MSTATUS_SUM       (1ull << 18)
#define HB_MSTATUS_MXR       (1ull << 19)
#define HB_MSTATUS_TVM       (1ull << 20)
#define HB_MSTATUS_TW        (1ull << 21)
#define HB_MSTATUS_TSR       (1ull << 22)

#define HB_MENVCFG_STCE (1ull << 63) /* stimecmp is there, and STIP follows it (Sstc) */

/* An instruction goes through stages: translate pc, fetch, translate the data's address, access. Latches belong to the
 * present stage. */
struct hb_in_flight {
    bool active;
    bool fetched;       /* `bits` is the whole instruction; what follows is about its data */
    bool half_fetched;  /* `half` is its first half; the second is in the next line */
    uint8_t translated; /* number of physical addresses that are known, of the fetch or of the data */
    bool faulted;       /* the access after the latched ones was refused by its device */
    uint8_t latched;    /* number of valid latches */
    uint8_t order;      /* accesses made so far, for the stamps of one cycle */
    uint8_t cause;      /* enum hb_stall of the present wait */
    uint16_t half;
    uint32_t bits;
    uint64_t since;       /* cycle in which the present wait began */
    uint64_t physical[2]; /* of the first byte, and of the page that follows if the access reaches into it */
    uint64_t latch[HB_LATCHES];
};

/* The translation of one page, 4 KiB of a larger one included. */
struct hb_tlb_entry {
    uint64_t page;     /* virtual address of the page, HB_TLB_NONE: unused */
    uint64_t physical; /* of the page */
    uint64_t flags;    /* the PTE's low 8 bits */
};

#define HB_TLB_NONE 1u

/* Two, so that fetches do not evict what data need: once an LR/SC loop is in both, none of its accesses walks. */
enum hb_tlb { HB_TLB_DATA, HB_TLB_CODE, HB_TLBS };

struct hb_branch {
    uint64_t from;
    uint64_t to;
};

struct hb_hart {
    uint64_t x[33]; /* x[0] stays 0; x[HB_X_SINK] takes what is written to x0 */
    uint64_t pc;
    uint64_t ready_at;     /* cycle of the next turn; HB_NEVER while waiting */
    uint64_t instructions; /* retired */
    uint8_t load_rd;       /* register that the instruction before loads, as in struct hb_op, or 0 */
    uint8_t attention;     /* HB_ATTEND_* */
    uint8_t privilege;     /* enum hb_privilege */
    uint8_t run_state;     /* enum hb_run_state */
    uint8_t id;
    uint64_t lookup_hits[2]; /* loads, stores that host lookups served: L1D hits that the bus does not count */

    uint64_t f[32];
    uint8_t fflags; /* HB_FPU_*, sticky */
    uint8_t frm;    /* rounding mode, 0 to 7; 5 and above are invalid */

    uint64_t mstatus, mtvec, mscratch, mepc, mcause, mtval, mie, menvcfg, medeleg, mideleg;
    uint64_t stvec, sscratch, sepc, scause, stval, satp, stimecmp;
    uint32_t mip_lines;    /* what devices and timers say */
    uint32_t mip_software; /* SSIP, STIP, SEIP as written to mip or sip */
    uint32_t mcounteren, scounteren;
    uint32_t senvcfg;
    uint64_t cycle_offset;       /* mcycle = cycle + this */
    uint64_t instruction_offset; /* minstret = instructions + this */
    uint8_t pmp_config[HB_PMP_ENTRIES];
    uint64_t pmp_address[HB_PMP_ENTRIES];

    uint64_t frozen_until; /* a fault: it has no turn before this cycle */
    uint32_t slow_factor;  /* a fault: its instructions take this many times as long; 0, 1: as usual */

    struct hb_in_flight in_flight;
    struct hb_tlb_entry tlb[HB_TLBS][HB_TLB_ENTRIES];

    /* Counters, never part of a state hash. */
    uint64_t stalled_cycles[HB_STALLS];
    uint64_t idle_cycles;
    uint64_t idle_since; /* while run_state is HB_HART_IDLE */
    uint64_t halted_at;  /* while it is stopped, fenced or dead */
    uint8_t last_stall; /* enum hb_stall counted last: what an instruction that reaches beyond the end was charged to */
    uint64_t fetches;   /* L1I accesses of the fast path beyond one per retired instruction */
    uint64_t slow_fetches;      /* instructions fetched on the slow path: the bus counts their accesses */
    uint64_t user_instructions; /* retired in U mode, until the last change of mode */
    uint64_t user_since;        /* `instructions` when U mode was entered */
    uint64_t irq_off_since;     /* cycle in which M mode with MIE = 0 began; HB_NEVER: interrupts are on */
    uint64_t irq_off_max_cycles;
    uint64_t traps;
    uint64_t last_trap_instructions; /* `instructions` at the last trap */
    struct hb_branch branch[HB_BRANCHES];
    uint32_t branches;
    bool crashed; /* a trap whose handler cannot be fetched */
    uint64_t crash_pc, crash_cause, crash_value;
};

static inline uint32_t hb_hart_mip(const struct hb_hart *hart) {
    return hart->mip_lines | hart->mip_software;
}

/* Its own time in cycle `now`: for a frozen hart it is the cycle of its thaw. */
static inline uint64_t hb_hart_clock(const struct hb_hart *hart, uint64_t now) {
    return hart->frozen_until > now ? hart->frozen_until : now;
}

/* U-mode instructions retired so far. */
static inline uint64_t hb_hart_user_instructions(const struct hb_hart *hart) {
    return hart->user_instructions + (hart->privilege == HB_PRIV_U ? hart->instructions - hart->user_since : 0);
}

/* Mode in which loads and stores are checked. */
static inline uint8_t hb_data_mode(const struct hb_hart *hart) {
    if (hart->mstatus & HB_MSTATUS_MPRV && hart->privilege == HB_PRIV_M)
        return (uint8_t)((hart->mstatus & HB_MSTATUS_MPP) >> HB_MSTATUS_MPP_SHIFT);
    return hart->privilege;
}

/* Remember a control transfer for crash reports. */
static inline void hb_note_branch(struct hb_hart *hart, uint64_t to) {
    hart->branch[hart->branches++ % HB_BRANCHES] = (struct hb_branch){hart->pc, to};
}

/* Count `cycles` of `cause`. */
static inline void hb_stall(struct hb_hart *hart, enum hb_stall cause, uint64_t cycles) {
    hart->stalled_cycles[cause] += cycles;
    hart->last_stall = (uint8_t)cause;
}

/* f registers or fcsr change: mstatus.FS becomes dirty. */
static inline void hb_fp_changed(struct hb_hart *hart) {
    hart->mstatus |= HB_MSTATUS_FS;
}

/* Put a hart into its reset state, about to execute at `pc` in M mode at cycle `now`. */
void hb_hart_reset(struct hb_hart *hart, uint8_t id, uint64_t pc, uint64_t now);

/* Keep account of the longest stretch with interrupts off: called when they go off or on, and when the hart goes idle
 * or wakes. What software does in a loop in place of its interrupt handlers does not end a stretch. */
void hb_hart_note_interrupts(struct hb_hart *hart, uint64_t now);

/* Restart that account: stretches count from `now` on, and the present one from here. */
void hb_hart_measure_interrupts_from(struct hb_hart *hart, uint64_t now);

/* Charge the present wait or idle time up to `now`, so that busy + stalled + idle equals `now`. Only for a hart that
 * stops here, or for a copy that is read: cycles that its instruction was charged ahead are taken back. */
void hb_hart_close_accounts(struct hb_hart *hart, uint64_t now);

/* A hart that could have gone on was kept from its turn until cycle `now`: it is charged for that. */
void hb_hart_held_until(struct hb_hart *hart, uint64_t now);

/* A fault: the hart's own time stands still from the beginning of cycle `now` to that of cycle `until`. The rest of its
 * instruction follows afterwards, an answer of the bus is taken then, and what would wake it waits: the caller calls
 * hb_core_set_pending() in cycle `until`. */
void hb_hart_freeze(struct hb_hart *hart, uint64_t until, uint64_t now);

/* A fault: every instruction or trap that begins from now on occupies the hart `factor` times as long. The bus takes as
 * long as before. 1: the hart is well again. */
void hb_hart_slow(struct hb_hart *hart, uint32_t factor);

/* After a turn of a slow hart in cycle `now`: lengthen what the turn has begun. */
void hb_hart_take_longer(struct hb_hart *hart, uint64_t now);

#endif
