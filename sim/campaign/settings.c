#include "sim/campaign/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `text` is given away. */
static bool take(struct hb_settings *settings, char *text) {
    if (!text)
        abort();
    if (settings->n < HB_CAMPAIGN_SETTINGS_MAX) {
        settings->text[settings->n++] = text;
        return true;
    }
    free(text);
    return false;
}

static char *text_of(const cJSON *setting) {
    char *value = cJSON_PrintUnformatted(setting);
    size_t n = value ? strlen(setting->string) + strlen(value) + 2 : 0;
    char *text = value ? malloc(n) : NULL;
    if (text)
        snprintf(text, n, "%s=%s", setting->string, value);
    cJSON_free(value);
    return text;
}

bool hb_settings_add(struct hb_settings *settings, const cJSON *object) {
    for (const cJSON *setting = object ? object->child : NULL; setting; setting = setting->next)
        if (!take(settings, text_of(setting)))
            return false;
    return true;
}

bool hb_settings_add_text(struct hb_settings *settings, const char *text) {
    return take(settings, strdup(text));
}

const char *const *hb_settings_texts(const struct hb_settings *settings) {
    return (const char *const *)settings->text;
}

void hb_settings_free(struct hb_settings *settings) {
    while (settings->n)
        free(settings->text[--settings->n]);
}
