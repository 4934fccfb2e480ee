/* Lists that are filled again. A list of tasks is an index into the task table: one that a dead hart was changing is
 * emptied, and filled again from the table. That may be long, and takes place under the lock of the list. So it is done
 * in pieces, each by whoever next wants a task of the list; in between the list is in use.
 *
 *     hb_refill_begin(&refill);                            the list is empty, and no task that belongs to it is in it
 *     hb_refill_note(&refill, task);                       each task that joins it from now on is known to be in it
 *     while ((task = hb_refill_next(&refill, &piece, mask, pattern)) != HB_NO_TASK)
 *         ...                                              a task of the table that is not: it joins
 *
 * All of this under the list's lock. If a hart dies in the middle of it, it begins anew. */
#ifndef HB_SCHED_REFILL_H
#define HB_SCHED_REFILL_H

#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/guest/machine/clean.h"
#include "osmodel/guest/machine/inline.h"
#include "osmodel/guest/smp/hart.h"

/* All zero: the list is whole. */
struct hb_refill {
    uint32_t left;   /* so many tasks at the end of the table have not been looked at */
    uint16_t number; /* of this filling: the mark of tasks that have joined since it began */
};

/* By task: the filling during which it joined a list last. */
extern uint16_t hb_refill_marks[HB_TASKS_MAX];

/* What may still be done of a piece, in units of about 20 cycles when no line is in the cache. */
#define HB_REFILL_PIECE 100
#define HB_REFILL_LOOK  1
#define HB_REFILL_JOIN  8

void hb_refill_begin(struct hb_refill *refill);

HB_INLINE void hb_refill_note(const struct hb_refill *refill, uint32_t task) {
    if (HB_RARE(refill->left != 0))
        HB_PUT(hb_refill_marks[task], refill->number);
}

/* The next task whose word has `pattern` where `mask` has ones, and that has not joined yet; it shall, and is noted.
 * HB_NO_TASK when the `piece` is used up, or the list is whole. */
uint32_t hb_refill_next(struct hb_refill *refill, int32_t *piece, uint64_t mask, uint64_t pattern);

#endif
