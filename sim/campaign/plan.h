/* Which faults a run has: its number becomes a choice for each key that the campaign leaves open.
 *
 * Run i of a point depends on the campaign's seed, on i and on the key alone: not on the number of workers, the order
 * in which runs end, or the other points, whose run i makes the same choices (a paired comparison).
 *
 *     random      each key's choice is a hash of (seed, key, i); strata are dealt in turn: run i is in stratum i mod S
 *     grid        every combination of lists and ranges, a range by its step; the last key changes fastest
 *     exhaustive  every combination of all values
 *     list        run i sets what entry i of the list says
 *
 * In all of them the stream of a fault's rate is i, unless it is given.
 */
#ifndef HB_SIM_PLAN_H
#define HB_SIM_PLAN_H

#include "sim/campaign/campaign.h"

#define HB_STRATUM_BYTES 256

struct hb_plan {
    const struct hb_campaign *campaign;
    uint32_t harts;
    uint64_t window_from, window_to;        /* cycles, [from, to) */
    uint64_t size[HB_CAMPAIGN_CHOICES_MAX]; /* how many values a choice has */
    uint64_t space;                         /* combinations; UINT64_MAX: more than can be counted */
    uint64_t strata;                        /* at least 1 */
    uint64_t runs;
};

/* The plan of a point whose machine has `harts` harts and whose golden run has this window. False: `error`, such as an
 * empty window or a space too large to exhaust. */
bool hb_plan_make(struct hb_plan *plan, const struct hb_campaign *campaign, uint32_t harts, uint64_t window_from,
                  uint64_t window_to, struct hb_error *error);

/* What run `i` of the plan chooses: an object of dotted keys, to be freed with cJSON_Delete(). */
cJSON *hb_plan_choices(const struct hb_plan *plan, uint64_t i);

/* Runs that show between them whatever is wrong with any value that may be chosen: run 0, and for each further value of
 * a list, and the last of a range, the same run with that value; all entries of a list of runs. `probe` counts from 0.
 * To be freed; NULL: there are no more. */
cJSON *hb_plan_probe(const struct hb_plan *plan, uint64_t probe);

/* The stratum, 0 .. strata - 1, of run `i`, and its name: "faults.0.target.hart=2"; empty without strata. */
uint64_t hb_plan_stratum(const struct hb_plan *plan, uint64_t i);
void hb_plan_stratum_name(const struct hb_plan *plan, uint64_t stratum, char name[HB_STRATUM_BYTES]);

/* The part of the space that lies in a stratum. */
uint64_t hb_plan_stratum_space(const struct hb_plan *plan);

#endif
