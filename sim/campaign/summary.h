/* What the runs of a campaign say together: for each point, each stratum of it and all of them, how often each class
 * came, with the share in all faults that could have been injected and how sure it is; how long detection and repair
 * took. */
#ifndef HB_SIM_SUMMARY_H
#define HB_SIM_SUMMARY_H

#include "sim/campaign/golden.h"
#include "sim/campaign/plan.h"
#include "sim/campaign/record.h"

/* Numbers of which a summary shows mean and quantiles. */
struct hb_sample {
    uint64_t *value;
    uint64_t n, room;
};

struct hb_summary_part {
    char name[HB_STRATUM_BYTES]; /* of a stratum; empty: a whole point */
    uint64_t runs;
    double confidence; /* of its intervals */
    uint32_t looks;    /* at which the campaign may stop */
    uint64_t space;    /* how many faults there are to choose from; UINT64_MAX: too many to count */
    uint64_t count[HB_CLASSES_KNOWN];
    struct hb_sample suspected, fenced, recovered, first_work; /* cycles since the fault struck */
    struct hb_sample cycles;                                   /* of the run */
};

struct hb_summary_point {
    char name[16];
    cJSON *settings; /* a copy */
    bool stopped;    /* early */
    struct hb_summary_part whole;
    uint64_t strata;
    struct hb_summary_part *stratum; /* none when there is only one */
};

struct hb_summary {
    const struct hb_campaign *campaign;
    const cJSON *golden; /* golden.json, for the means; not the summary's */
    bool of_a_shard;     /* what is expected is expected of the whole: it is not judged */
    uint32_t points;
    struct hb_summary_point *point;
};

/* Begin a summary of the campaign. */
void hb_summary_begin(struct hb_summary *summary, const struct hb_campaign *campaign);

/* One more point, whose runs follow. */
void hb_summary_add_point(struct hb_summary *summary, const struct hb_plan *plan, uint32_t point,
                          const cJSON *settings);

/* Run number `run` of the point added last. */
void hb_summary_add_run(struct hb_summary *summary, const struct hb_plan *plan, uint64_t run,
                        const struct hb_record *record);

/* Write summary.json, summary.csv and, where there are means, means.csv. `*holds`: what is expected does. False:
 * `error`. */
bool hb_summary_write(struct hb_summary *summary, const char *dir, bool *holds, struct hb_error *error);

void hb_summary_free(struct hb_summary *summary);

#endif
