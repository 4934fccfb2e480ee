#include "sim/campaign/campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS_MAX 512

/* Settings as the texts KEY=VALUE that experiments take. */
struct texts {
    char *text[SETTINGS_MAX];
    size_t n;
};

static bool add_texts(struct texts *texts, const cJSON *settings) {
    for (const cJSON *setting = settings ? settings->child : NULL; setting; setting = setting->next) {
        char *value = cJSON_PrintUnformatted(setting);
        size_t n = value ? strlen(setting->string) + strlen(value) + 2 : 0;
        char *text = value && texts->n < SETTINGS_MAX ? malloc(n) : NULL;
        if (text) {
            snprintf(text, n, "%s=%s", setting->string, value);
            texts->text[texts->n++] = text;
        }
        cJSON_free(value);
        if (!text)
            return false;
    }
    return true;
}

static void free_texts(struct texts *texts) {
    for (size_t i = 0; i < texts->n; i++)
        free(texts->text[i]);
    free(texts);
}

bool hb_campaign_load(const struct hb_campaign *campaign, uint32_t point, const cJSON *more,
                      struct hb_experiment *experiment, struct hb_error *error) {
    struct texts *texts = calloc(1, sizeof *texts);
    bool ok = texts && add_texts(texts, campaign->point[point].settings) && add_texts(texts, more);
    if (!ok)
        hb_error_set(error, "%.300s: more than %d keys are set", campaign->path, SETTINGS_MAX);
    ok = ok && hb_experiment_load(campaign->experiment, (const char *const *)texts->text, texts->n, experiment, error);
    if (texts)
        free_texts(texts);
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
