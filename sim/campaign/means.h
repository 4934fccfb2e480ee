/* What healthy machines measure, over seeds: of a campaign without faults that sweeps several seeds, the mean of each
 * measure for each combination of its other keys, with the interval of Student's t.
 *
 * A measure is the dotted place of a number in result.json ("bus.utilisation"), under a name of its own. A point has a
 * value, that of its golden run; one in which it did not happen (null) has none.
 */
#ifndef HB_SIM_MEANS_H
#define HB_SIM_MEANS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "sim/base/json_write.h"
#include "sim/campaign/campaign.h"

/* Has the campaign means to tell: no faults, and at least two seeds? */
bool hb_means_are_wanted(const struct hb_campaign *campaign);

/* Does this result (of result.json) have every measure, as a number or null? False: `error`. */
bool hb_means_check(const struct hb_campaign *campaign, const cJSON *result, struct hb_error *error);

/* The list "means", an object a combination; `golden` is the root of golden.json with all points. */
void hb_means_write(struct hb_json_writer *json, const struct hb_campaign *campaign, const cJSON *golden);

/* The same as a table, a row a combination and measure; to be freed. */
char *hb_means_csv(const struct hb_campaign *campaign, const cJSON *golden);

#endif
