/* Every tracepoint of the kernel that a run passed, with its cycle: what happened when can then be looked up without
 * running again.
 *
 *     struct hb_marks marks = {0};
 *     struct hb_watcher watcher = hb_marks_watcher(&marks);
 *     hb_machine_watch_add(machine, &watcher);
 *     ... run ...
 *     cycle = hb_marks_find(&marks, HB_TP_SUSPECT, HB_MARKS_ANY_HART, 0, 1);
 *     hb_marks_free(&marks);
 *
 * Belongs to the host, 16 bytes a mark. Running out of memory aborts.
 */
#ifndef HB_SIM_MARKS_H
#define HB_SIM_MARKS_H

#include <stdint.h>

#include "sim/observe/watcher.h"

#define HB_MARKS_ANY_HART UINT32_MAX

struct hb_passed {
    uint64_t cycle;
    uint32_t subject; /* the low half of the tracepoint's value */
    uint16_t id;      /* HB_TP_* */
    uint8_t hart;     /* that passed it */
};

struct hb_marks {
    struct hb_passed *mark; /* in the order of cycle and hart */
    uint32_t n, capacity;
};

/* A watcher that adds to `marks`, which outlives it. */
struct hb_watcher hb_marks_watcher(struct hb_marks *marks);

/* The cycle of the count-th mark from cycle `from` on with this id, passed by this hart. UINT64_MAX: there are not so
 * many. */
uint64_t hb_marks_find(const struct hb_marks *marks, uint16_t id, uint32_t hart, uint64_t from, uint64_t count);

void hb_marks_free(struct hb_marks *marks);

#endif
