/* A hart's cell: all of the kernel's data that a worker may touch, its stack included.
 *
 * It is a block of hb_stacks: the cell is at its bottom, and the stack comes down from its top. In its cell a hart and
 * the master meet, through the two rings and the heartbeat; the rest is the hart's own. Besides code and constants, two
 * ranges of addresses are a worker's world, this one and its tasks' memory (opening.h), and locked PMP entries hold
 * even its kernel in them (walls.h). */
#ifndef HB_AMP_CELL_H
#define HB_AMP_CELL_H

#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/guest/amp/ring.h"
#include "osmodel/guest/amp/succession.h"
#include "osmodel/guest/amp/worker.h"
#include "osmodel/guest/machine/context.h"
#include "osmodel/guest/machine/riscv.h"

struct hb_cell {
    struct hb_ring to_hart;                                 /* written by the master */
    struct hb_ring to_master;                               /* written by the hart, as is the rest */
    uint64_t beat __attribute__((aligned(HB_LINE_ALIGN)));  /* in ticks; 0: it has not reported yet */
    uint64_t timer __attribute__((aligned(HB_LINE_ALIGN))); /* its setting, in ticks */
    struct hb_worker worker __attribute__((aligned(HB_LINE_ALIGN)));
    struct hb_heir heir;
};

_Static_assert(sizeof(struct hb_cell) <= HB_STACK_BYTES / 2, "a cell leaves no room for the stack above it");

extern uint8_t hb_stacks[HB_HARTS_MAX][HB_STACK_BYTES]; /* entry.S */

static inline struct hb_cell *hb_cell(uint32_t hart) {
    return (struct hb_cell *)(void *)hb_stacks[hart];
}

static inline struct hb_cell *hb_own_cell(void) {
    return hb_cell(hb_hart_id());
}

#endif
