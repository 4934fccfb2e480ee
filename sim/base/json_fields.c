#include "sim/base/json_fields.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/nearest.h"

#define EXACT_MAX 9007199254740991.0 /* whole numbers up to here are exact in JSON */

bool hb_fields_refuse(const struct hb_fields *fields, const char *place, const char *format, ...) {
    char what[HB_ERROR_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    hb_error_set(fields->error, "%.260s: %.100s%s%.1200s", fields->file, place, place[0] ? ": " : "", what);
    return false;
}

bool hb_fields_only(const struct hb_fields *fields, const char *place, const cJSON *node, const char *const *names) {
    if (!node)
        return true;
    if (!cJSON_IsObject(node))
        return hb_fields_refuse(fields, place, "is %s, should be an object", hb_json_kind(node));
    for (const cJSON *member = node->child; member; member = member->next) {
        struct hb_nearest nearest = {.word = member->string};
        size_t i = 0;
        while (names[i] && strcmp(names[i], member->string) != 0)
            hb_nearest_try(&nearest, names[i++]);
        if (names[i])
            continue;
        const char *found = hb_nearest_found(&nearest);
        return hb_fields_refuse(fields, place, "unknown key \"%.60s\"%s%s%s", member->string,
                                found ? "; did you mean \"" : "", found ? found : "", found ? "\"?" : "");
    }
    return true;
}

bool hb_fields_text(const struct hb_fields *fields, const char *place, const cJSON *node, const char **text) {
    if (!node)
        return true;
    if (!cJSON_IsString(node) || !node->valuestring[0])
        return hb_fields_refuse(fields, place, "is %s, should be a text",
                                cJSON_IsString(node) ? "empty" : hb_json_kind(node));
    *text = node->valuestring;
    return true;
}

bool hb_fields_text_needed(const struct hb_fields *fields, const char *place, const cJSON *node, const char **text) {
    return node ? hb_fields_text(fields, place, node, text)
                : hb_fields_refuse(fields, place, "is missing, should be a text");
}

bool hb_fields_whole(const struct hb_fields *fields, const char *place, const cJSON *node, uint64_t least,
                     uint64_t most, uint64_t *value) {
    if (!node)
        return true;
    const double number = cJSON_IsNumber(node) ? node->valuedouble : -1;
    if (!(number >= 0 && number <= EXACT_MAX) || number != floor(number) || (uint64_t)number < least ||
        (uint64_t)number > most)
        return hb_fields_refuse(fields, place, "should be a whole number from %" PRIu64 " to %" PRIu64, least, most);
    *value = (uint64_t)number;
    return true;
}

bool hb_fields_name(const struct hb_fields *fields, const char *place, const cJSON *node, const char *const *names,
                    uint32_t *value) {
    if (!node)
        return true;
    const char *word = cJSON_IsString(node) ? node->valuestring : "";
    struct hb_nearest nearest = {.word = word};
    char all[1024] = "";
    for (uint32_t i = 0; names[i]; i++) {
        if (strcmp(word, names[i]) == 0) {
            *value = i;
            return true;
        }
        hb_nearest_try(&nearest, names[i]);
        size_t n = strlen(all);
        snprintf(all + n, sizeof all - n, "%s%s", i ? ", " : "", names[i]);
    }
    if (!cJSON_IsString(node))
        return hb_fields_refuse(fields, place, "is %s, should be one of: %s", hb_json_kind(node), all);
    const char *found = hb_nearest_found(&nearest);
    return hb_fields_refuse(fields, place, "\"%.60s\" is unknown%s%s%s (%s)", word, found ? "; did you mean \"" : "",
                            found ? found : "", found ? "\"?" : "", all);
}
