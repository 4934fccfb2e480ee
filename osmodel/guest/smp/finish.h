/* The end of the run. That all tasks have ended is read from the task table, by any hart that finds nothing to do: a
 * counter of ended tasks could be left wrong by a death. */
#ifndef HB_SMP_FINISH_H
#define HB_SMP_FINISH_H

#include <stdint.h>

/* Have all tasks ended? Looks at a piece of the table at a time. */
enum hb_end {
    HB_END_FAR,     /* one has not */
    HB_END_UNKNOWN, /* those of this piece have: ask again */
    HB_END_REACHED,
};

enum hb_end hb_look_for_end(void);

/* Print the results, and end the run. The first hart to arrive does it; if that one dies, the next. */
_Noreturn void hb_finish_run(void);

void hb_finish_recover_lock(uint32_t dead);

#endif
