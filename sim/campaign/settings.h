/* Settings as the texts KEY=VALUE that experiments take, collected from objects of dotted keys. A later one wins.
 *
 *     struct hb_settings settings = {.n = 0};
 *     bool ok = hb_settings_add(&settings, point) && hb_settings_add(&settings, chosen);
 *     ... hb_experiment_load(path, hb_settings_texts(&settings), settings.n, ...) ...
 *     hb_settings_free(&settings);
 */
#ifndef HB_SIM_SETTINGS_H
#define HB_SIM_SETTINGS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#define HB_CAMPAIGN_SETTINGS_MAX 512

struct hb_settings {
    char *text[HB_CAMPAIGN_SETTINGS_MAX];
    size_t n;
};

/* Add what an object sets (NULL: nothing), or one text. False: there are too many. */
bool hb_settings_add(struct hb_settings *settings, const cJSON *object);
bool hb_settings_add_text(struct hb_settings *settings, const char *text);

/* For functions that only read them. */
const char *const *hb_settings_texts(const struct hb_settings *settings);

void hb_settings_free(struct hb_settings *settings);

#endif
