/* What a hart has in its hands: the task that it runs, and one that is on its way into a run queue. Of each kind a hart
 * has at most one, so a dead hart's are found without a look at the table.
 *
 * The word is written before the task's own word says the same, and never cleared: it may be ahead of the table, or out
 * of date, but no task is RUNNING or WAKING on a hart that has not published it. So the table decides whether what is
 * read here is true. */
#ifndef HB_SMP_HAND_H
#define HB_SMP_HAND_H

#include <stdint.h>

#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/task.h"

/* Bits 0..15: the task that it runs, + 1; 16..31: the one that is WAKING, + 1. Alone in its line. */
struct hb_hand {
    uint64_t word;
} __attribute__((aligned(HB_LINE_ALIGN)));

extern struct hb_hand hb_hands[HB_HARTS_MAX];

#define HB_HAND_SHIFT(state) ((state) == HB_TASK_RUNNING ? 0 : 16)

/* The executing hart is about to make `task` RUNNING or WAKING, by a compare-and-swap: that is performed after this
 * store. */
static inline void hb_hand_take(enum hb_task_state state, uint32_t task) {
    uint64_t *word = &hb_hands[hb_hart_id()].word;
    uint64_t others = *word & ~(0xffffull << HB_HAND_SHIFT(state));
    HB_PUT(*(volatile uint64_t *)word, others | (uint64_t)(task + 1) << HB_HAND_SHIFT(state));
}

/* The task that `hart` may have in this state; HB_NO_TASK: none. */
static inline uint32_t hb_hand_look(uint32_t hart, enum hb_task_state state) {
    return (uint32_t)(hb_load(&hb_hands[hart].word) >> HB_HAND_SHIFT(state) & 0xffff) - 1;
}

#endif
