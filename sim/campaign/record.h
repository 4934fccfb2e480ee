/* The line that a run leaves in runs.jsonl, and what is read from it again: one JSON object without a line break.
 *
 *     {"index": 17, "point": "p0", "stratum": "faults.0.target.hart=1", "set": {"faults.0.trigger.cycle": 31416},
 *      "class": "DETECTED_RECOVERED", "flags": ["suspected"], "outcome": "passed", "cycles": 640123,
 *      "tasks": {...}, "faults": [{"hart": 1, "cycle": 31416, ...}], "goodput": [...],
 *      "state_hash": "0123456789abcdef"}
 *
 * `set` is what this run sets besides its point: with the point's settings (golden.json) the keys for `hartbeat run`.
 */
#ifndef HB_SIM_RECORD_H
#define HB_SIM_RECORD_H

#include "sim/campaign/class.h"
#include "sim/campaign/plan.h"
#include "sim/result/result.h"

/* What says where a run stands in its campaign. */
struct hb_record_place {
    uint64_t index;    /* in the campaign */
    const char *point; /* "p0" */
    const char *stratum;
};

/* What a summary needs of a run. Cycles since its first fault struck; HB_OS_NONE: it did not happen. */
struct hb_record {
    uint64_t index;
    uint8_t class_; /* enum hb_class */
    uint64_t cycles;
    uint64_t suspected, fenced, recovered, first_work;
};

/* The line of a run that has ended; to be freed. `chosen`: its choices; `curve`: its goodput around the fault, given
 * away (NULL: there is none). */
char *hb_record_line(const struct hb_record_place *place, const cJSON *chosen, const struct hb_run_result *result,
                     cJSON *curve, enum hb_class class_, uint32_t flags);

/* The line of a run that killed its worker twice. */
char *hb_record_error_line(const struct hb_record_place *place, const cJSON *chosen);

/* Read a line. False: it is none. */
bool hb_record_read(const char *line, size_t n, struct hb_record *record);

#endif
