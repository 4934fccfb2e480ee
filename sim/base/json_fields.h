/* Reading documents that are no experiments (lessons, answers) field by field: every mistake is one line FILE: PLACE:
 * what is wrong and what would be right.
 *
 *     struct hb_fields fields = {.file = "lesson.json", .error = &error};
 *     if (!hb_fields_only(&fields, "steps.0", node, names) || !hb_fields_text(&fields, "steps.0.say", get, &text)) ...
 *
 * A field that is not there (NULL) is fine and leaves the value as it is; the functions ending in _needed refuse it.
 */
#ifndef HB_SIM_JSON_FIELDS_H
#define HB_SIM_JSON_FIELDS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"

#define HB_FIELD_PLACE_BYTES 160

struct hb_fields {
    const char *file; /* its name in messages */
    struct hb_error *error;
};

/* Refuse what stands at `place`; returns false. */
bool hb_fields_refuse(const struct hb_fields *fields, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Is `node` an object with no other members than `names`, which ends with NULL? The nearest name is offered. */
bool hb_fields_only(const struct hb_fields *fields, const char *place, const cJSON *node, const char *const *names);

/* A text that is not empty; it stays the document's. */
bool hb_fields_text(const struct hb_fields *fields, const char *place, const cJSON *node, const char **text);
bool hb_fields_text_needed(const struct hb_fields *fields, const char *place, const cJSON *node, const char **text);

/* A whole number from `least` to `most`. */
bool hb_fields_whole(const struct hb_fields *fields, const char *place, const cJSON *node, uint64_t least,
                     uint64_t most, uint64_t *value);

/* The place of a word among `names`, which ends with NULL; the nearest is offered. */
bool hb_fields_name(const struct hb_fields *fields, const char *place, const cJSON *node, const char *const *names,
                    uint32_t *value);

#endif
