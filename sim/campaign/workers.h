/* The runs of one point, spread over workers that are forked once, after its golden run.
 *
 *     struct hb_workers workers = {.campaign = &campaign, .options = &options, ..., .error = &error};
 *     if (hb_workers_begin(&workers) && hb_workers_run(&workers)) ... hb_workers_runs(&workers) of them have ended ...
 *     hb_workers_end(&workers);
 *
 * Each run that ends is in the journal at once, whoever did it. A run whose worker dies is tried once more; a second
 * death makes it a SIM_ERROR. Runs that the journal of a campaign that is resumed has already are not done again.
 */
#ifndef HB_SIM_WORKERS_H
#define HB_SIM_WORKERS_H

#include "sim/campaign/drive.h"
#include "sim/campaign/golden.h"
#include "sim/campaign/plan.h"

#define HB_WORKERS_MAX 256u

struct hb_workers_shared;

struct hb_workers {
    int lock; /* of the folder: the caller's alone */
    const struct hb_campaign *campaign;
    const struct hb_campaign_options *options;
    struct hb_golden *golden; /* of the point */
    struct hb_plan plan;
    uint32_t point;
    uint64_t base; /* index of the point's first run */
    uint32_t jobs; /* at most HB_WORKERS_MAX */
    struct hb_error *error;

    struct hb_workers_shared *shared; /* with the workers */
    size_t shared_bytes;
    double cpu_seconds; /* what they needed */
    uint64_t peak_kib;  /* of the largest worker so far */
    bool interrupted;   /* the user asked for an end before all runs had ended */
};

/* Take what the journal has. False: `error`. */
bool hb_workers_begin(struct hb_workers *workers);

/* Do all runs that are left. False: `error`. */
bool hb_workers_run(struct hb_workers *workers);

/* How many runs of the plan count: all, or those up to the look at which the campaign stopped. */
uint64_t hb_workers_runs(const struct hb_workers *workers);

/* Does the run belong to this shard? */
bool hb_workers_is_ours(const struct hb_workers *workers, uint64_t run);

/* The experiment of the point with what a run chooses (`chosen`, dotted keys). False: `error`. */
bool hb_workers_load_run(const struct hb_workers *workers, const cJSON *chosen, struct hb_experiment *experiment,
                         struct hb_error *error);

void hb_workers_end(struct hb_workers *workers);

#endif
