/* What the kernel keeps for each hart, and the two sets that all harts share. */
#ifndef HB_SMP_HART_H
#define HB_SMP_HART_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/guest/machine/riscv.h"

#define HB_LINE_ALIGN 128 /* the longest cache line there is */
#define HB_NO_TASK    UINT32_MAX

struct hb_group_facts;

/* A length of time in ticks, and the parameter in cycles from which it was worked out. It is worked out again when the
 * parameter has changed, and not each time, for a division takes long. */
struct hb_period {
    uint64_t cycles;
    uint64_t ticks;
};

/* Only its own hart reads and writes this: when the hart dies, nobody needs it. Times are in ticks of mtime. */
struct hb_smp_hart {
    uint32_t current;   /* task in U mode, or whose system call is being served */
    uint32_t ended;     /* all tasks below this one are known to have ended */
    uint64_t slice_end; /* when the kernel looks at its turn again: at its end, or sooner */
    uint64_t turn_end;  /* of the current task; HB_FOREVER: it has no end */
    uint64_t charged;   /* up to when the current task's time has been told to the scheduler */
    uint64_t timer;     /* the timer's setting */
    uint64_t entered;   /* when it entered the kernel, or woke */
    uint64_t next_beat;
    uint64_t next_check; /* of the neighbour's heartbeat */
    struct hb_period beat_period;
    struct hb_period check_period;
    struct hb_period quantum;
    struct hb_period break_most;         /* a quarter of the timeout */
    const struct hb_group_facts *shares; /* of the group whose shared memory is within reach (machine/protection.h) */
    uint64_t next_wake;                  /* no sleeper of this hart is due before this */
    uint64_t length_due;                 /* before this, an interrupt of the timer is about a beat or a look */
    uint64_t live_seen;                  /* hb_live when it looked last; 0: it does not watch */
    uint32_t neighbour;                  /* whom it watches then */
    uint64_t watch_since;                /* when it began to watch: older silence does not count */
    uint32_t owed_to_orphans;            /* recovery/orphans.c */
    bool watching;
    bool has_asked;         /* another hart about the neighbour, and has not decided alone since (recovery/agree.c) */
    uint32_t adopted;       /* a dead hart's task, RUNNING here and to be dispatched; HB_NO_TASK: none */
    uint64_t claims;        /* bit h: it has begun to recover hart h, and is perhaps not done (recovery/recovery.c) */
    uint64_t saved_at;      /* of the current task: when its last copy was made, had it run ever since ... */
    uint64_t checkpoint_at; /* ... and when it is to be copied next (recovery/checkpoint.h) */
    uint64_t idle_ticks, idle_instructions; /* when it went idle last, and what it had retired (sched/pace.h) */
    uint64_t next_look_around;
    uint64_t gave_until;
    uint32_t gave_to_plus_1;
    uint32_t looked_at;
} __attribute__((aligned(HB_LINE_ALIGN)));

extern struct hb_smp_hart hb_harts[HB_HARTS_MAX];

/* Bit h: hart h takes part. A hart found dead leaves in one step; it may come back (recovery/replug.h). */
extern uint64_t hb_live;

/* Bit h: hart h has been found dead once, be it back or not. */
extern uint64_t hb_fallen;

/* Bit h: hart h sleeps, or is about to, and wants an interrupt when there is work. A hint. */
extern uint64_t hb_idle;

static inline struct hb_smp_hart *hb_self(void) {
    uint64_t id;
    __asm__("mv %0, tp" : "=r"(id)); /* not hb_hart_id(), whose 32 bits would be extended each time */
    return &hb_harts[id];
}

static inline uint64_t hb_bit(uint32_t hart) {
    return 1ull << hart;
}

/* How many harts are in `set`. */
uint32_t hb_count(uint64_t set);

/* The first hart of `set` after `hart`, going round; `hart` itself comes last. HB_HARTS_MAX if the set is empty. */
uint32_t hb_next_in(uint64_t set, uint32_t hart);

/* Make an idle hart, if there is one, look for work. Returns whether there is one. */
bool hb_wake_idle_hart(void);

#endif
