#include "sim/campaign/campaign.h"

#include <stdlib.h>
#include <string.h>

#include "sim/campaign/settings.h"

bool hb_campaign_load(const struct hb_campaign *campaign, uint32_t point, const cJSON *more,
                      struct hb_experiment *experiment, struct hb_error *error) {
    struct hb_settings settings = {.n = 0};
    bool ok = hb_settings_add(&settings, campaign->point[point].settings) && hb_settings_add(&settings, more);
    if (!ok)
        hb_error_set(error, "%.300s: more than %d keys are set", campaign->path, HB_CAMPAIGN_SETTINGS_MAX);
    ok = ok && hb_experiment_load(campaign->experiment, hb_settings_texts(&settings), settings.n, experiment, error);
    hb_settings_free(&settings);
    return ok;
}

void hb_campaign_free(struct hb_campaign *campaign) {
    for (uint32_t i = 0; campaign->point && i < campaign->points; i++)
        cJSON_Delete(campaign->point[i].settings);
    for (uint32_t i = 0; i < campaign->expectations; i++) {
        free(campaign->expectation[i].that);
        free(campaign->expectation[i].because);
    }
    cJSON_Delete(campaign->fault_settings);
    cJSON_Delete(campaign->document);
    free(campaign->point);
    free(campaign->expectation);
    memset(campaign, 0, sizeof *campaign);
}
