/* The golden run of a point: the same experiment without faults. Every run of the point is compared with it, begins at
 * one of its snapshots, and is limited by multiples of its length.
 *
 *     struct hb_golden *golden = hb_golden_run(&campaign, point, &error);
 *     hb_golden_inject(golden, faults, n, &error);      // as often as wanted: golden->machine has run to its end
 *     hb_golden_free(golden);
 *
 * It is run twice: once for its length, from which the limits follow, and once under these limits, for its snapshots:
 * what a run continues is then exactly what `hartbeat run` would have run with the same settings.
 */
#ifndef HB_SIM_GOLDEN_H
#define HB_SIM_GOLDEN_H

#include "sim/campaign/campaign.h"
#include "sim/campaign/class.h"
#include "sim/machine/machine.h"
#include "sim/machine/snapshot.h"
#include "sim/observe/marks.h"

#define HB_GOLDEN_SNAPSHOTS 100u

struct hb_golden_stop {
    struct hb_snapshot *snapshot;
    uint64_t hash;          /* of the machine's state */
    bool compared;          /* a run that began here had that state */
    uint32_t marks;         /* passed before it */
    uint64_t *instructions; /* of each hart */
};

struct hb_golden {
    struct hb_experiment experiment; /* the point's, without faults */
    cJSON *settings;                 /* what all runs of the point set: the point's settings and the limits */
    struct hb_machine *machine;
    cJSON *curve;       /* its goodput (curve.h); NULL: there is none to tell */
    uint64_t *checksum; /* of each task, as the host computes it; NULL: the image has no tasks */
    struct hb_run_result *result;
    uint64_t console_hash, memory_hash;   /* at its end; of memory without the kernel's time stamps */
    const struct hb_signature *signature; /* the campaign's */
    bool has_answer;                      /* the program has a signature ... */
    uint64_t answer;                      /* ... with this hash at the end */
    double delay_percent;
    uint64_t window_from, window_to; /* cycles, [from, to) */
    struct hb_marks marks;           /* that it passed */
    uint32_t stops;
    struct hb_golden_stop stop[HB_GOLDEN_SNAPSHOTS];
};

/* Run it. NULL: `error`; it is the guest's (`*failed` is true) when the run does not pass. */
struct hb_golden *hb_golden_run(const struct hb_campaign *campaign, uint32_t point, bool *failed,
                                struct hb_error *error);

/* Bring the machine back to the last snapshot before anything of `faults` can happen, and run it with them to its end.
 * False: `error`: a symbol that the image does not have; or, as hartbeat's own fault, a run that left the golden run
 * without any fault: it does not begin in the state of the snapshot, or none struck and it ended in another state. */
bool hb_golden_inject(struct hb_golden *golden, const struct hb_fault_config *faults, uint32_t n,
                      struct hb_error *error);

/* How the run that has just ended is compared with the golden one. */
struct hb_class_case hb_golden_compare(struct hb_golden *golden);

void hb_golden_free(struct hb_golden *golden);

#endif
