/* The reign: who is the master, in which term, and who its workers are.
 *
 * A term is the time of one master. The first, CPU 0, has term 0; with os.recovery.failover `static` or `election` a
 * worker that takes its place has the next (succession.h). Master and term are one word, which changes by LR/SC, so no
 * term has two masters. Everybody may read what stands here; behind their walls workers cannot write it (walls.h).
 *
 * Whatever a successor needs of a master that died with its cache is cleaned to memory before the master acts on it:
 * this, the task table (tasks.h) and the results. The rings are not: a new term begins with empty ones. */
#ifndef HB_AMP_REIGN_H
#define HB_AMP_REIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/amp/opening.h"
#include "osmodel/guest/amp/ring.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/clean.h"
#include "osmodel/guest/machine/riscv.h"

#define HB_FIRST_MASTER 0u

struct hb_reign {
    uint64_t word;                                         /* bits 0..7: the master; from bit 8 on: its term */
    uint64_t open;                                         /* the latest term whose master takes messages */
    uint64_t crew;                                         /* bit h: worker h takes part (crew.h) */
    uint64_t beat __attribute__((aligned(HB_LINE_ALIGN))); /* the master's, in ticks, if it has successors */
};

extern struct hb_reign hb_reign;

static inline uint32_t hb_reign_master(uint64_t word) {
    return word & 0xff;
}

static inline uint64_t hb_reign_term(uint64_t word) {
    return word >> 8;
}

static inline uint32_t hb_master(void) {
    return hb_reign_master(hb_load(&hb_reign.word));
}

static inline bool hb_is_master(void) {
    return hb_hart_id() == hb_master();
}

/* The executing hart becomes the master after the one of `word`. False: another hart was faster. */
bool hb_reign_claim(uint64_t word);

/* Clean to memory what the executing hart has written to [data, data + bytes), if anybody may have to read it there. */
static inline void hb_keep_safe(const void *data, uint64_t bytes) {
    if (hb_has_failover())
        hb_clean(data, bytes);
}

#endif
