/* The JSON Schema of experiments, made from the table of keys. */
#include <stdio.h>
#include <string.h>

#include "sim/base/json_write.h"
#include "sim/config/keys.h"
#include "sim/experiment/experiment.h"

#define BROKEN    64 /* down to this depth containers span several lines; a key by itself is on one */
#define ENUM_MAX  8  /* up to this many powers of two are listed one by one */
#define NAME_RULE "^[A-Za-z_][A-Za-z0-9_-]*$"
#define SIZE_RULE "^[0-9]+ ?(B|KiB|MiB|GiB)?$"

/* ---- Types ----------------------------------------------------------------------------------------------------- */

static unsigned powers_of_two(const struct hb_key *key) {
    unsigned n = 0;
    for (uint64_t i = key->minimum; key->power_of_two && i > 0 && i <= key->maximum; i *= 2)
        n++;
    return n;
}

static void write_integer(struct hb_json_writer *json, const struct hb_key *key) {
    unsigned powers = powers_of_two(key);
    hb_json_string(json, "type", "integer");
    if (powers > 0 && powers <= ENUM_MAX) {
        hb_json_open(json, "enum", '[');
        for (uint64_t i = key->minimum; i <= key->maximum; i *= 2)
            hb_json_number(json, NULL, i);
        hb_json_close(json, ']');
        return;
    }
    hb_json_number(json, "minimum", key->minimum);
    hb_json_number(json, "maximum", key->maximum);
}

static void write_names(struct hb_json_writer *json, const struct hb_key *key) {
    bool any = false;
    for (const struct hb_key_name *name = key->names; name->name; name++)
        any |= name->built;
    if (!any) { /* nothing fits: it is not built yet */
        hb_json_open(json, "not", '{');
        hb_json_close(json, '}');
        return;
    }
    hb_json_open(json, "enum", '[');
    for (const struct hb_key_name *name = key->names; name->name; name++)
        if (name->built)
            hb_json_string(json, NULL, name->name);
    hb_json_close(json, ']');
}

/* A number, or an alternative that the caller writes before closing twice. */
static void open_number_or(struct hb_json_writer *json, const struct hb_key *key) {
    hb_json_open(json, "anyOf", '[');
    hb_json_open(json, NULL, '{');
    write_integer(json, key);
    hb_json_close(json, '}');
    hb_json_open(json, NULL, '{');
}

static void close_or(struct hb_json_writer *json) {
    hb_json_close(json, '}');
    hb_json_close(json, ']');
}

static void write_size(struct hb_json_writer *json, const struct hb_key *key) {
    open_number_or(json, key);
    hb_json_string(json, "type", "string");
    hb_json_string(json, "pattern", SIZE_RULE);
    close_or(json);
}

static void write_numbered(struct hb_json_writer *json, const struct hb_key *key) {
    open_number_or(json, key);
    write_names(json, key);
    close_or(json);
}

static void write_harts(struct hb_json_writer *json, const struct hb_key *key) {
    static const char *const parts[] = {"cpu", "l1i", "l1d"};
    open_number_or(json, key);
    hb_json_string(json, "type", "array");
    hb_json_number(json, "minItems", key->minimum);
    hb_json_number(json, "maxItems", key->maximum);
    hb_json_open(json, "items", '{');
    hb_json_string(json, "type", "object");
    hb_json_bool(json, "additionalProperties", false);
    hb_json_open(json, "properties", '{');
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char reference[64];
        snprintf(reference, sizeof reference, "#/properties/machine/properties/%s", parts[i]);
        hb_json_open(json, parts[i], '{');
        hb_json_string(json, "$ref", reference);
        hb_json_close(json, '}');
    }
    hb_json_close(json, '}');
    hb_json_close(json, '}');
    close_or(json);
}

static void write_variants(struct hb_json_writer *json) {
    hb_json_string(json, "type", "object");
    hb_json_number(json, "minProperties", 1);
    hb_json_open(json, "propertyNames", '{');
    hb_json_string(json, "pattern", NAME_RULE);
    hb_json_close(json, '}');
    hb_json_open(json, "additionalProperties", '{');
    hb_json_string(json, "type", "object");
    hb_json_close(json, '}');
}

static void write_text_property(struct hb_json_writer *json, const char *name, const char *description) {
    hb_json_open(json, name, '{');
    hb_json_string(json, "type", "string");
    hb_json_string(json, "description", description);
    hb_json_close(json, '}');
}

static void write_expect(struct hb_json_writer *json) {
    hb_json_string(json, "type", "array");
    hb_json_open(json, "items", '{');
    hb_json_string(json, "type", "object");
    hb_json_bool(json, "additionalProperties", false);
    hb_json_open(json, "properties", '{');
    write_text_property(json, "that", "An expression over the results, such as os.tasks_lost == 0.");
    write_text_property(json, "because", "Why it should hold.");
    hb_json_close(json, '}');
    hb_json_open(json, "required", '[');
    hb_json_string(json, NULL, "that");
    hb_json_close(json, ']');
    hb_json_close(json, '}');
}

static void write_protocol(struct hb_json_writer *json, const struct hb_key *key) {
    hb_json_open(json, "anyOf", '[');
    hb_json_open(json, NULL, '{');
    write_names(json, key);
    hb_json_close(json, '}');
    hb_json_open(json, NULL, '{');
    hb_json_string(json, "type", "string");
    hb_json_string(json, "pattern", "\\.json$");
    hb_json_close(json, '}');
    hb_json_close(json, ']');
}

static void write_numbers(struct hb_json_writer *json, const struct hb_key *key) {
    hb_json_string(json, "type", "array");
    hb_json_number(json, "maxItems", key->bytes / key->item_bytes);
    hb_json_open(json, "items", '{');
    hb_json_string(json, "type", "integer");
    hb_json_number(json, "minimum", key->minimum);
    hb_json_number(json, "maximum", key->maximum);
    hb_json_close(json, '}');
}

static void write_weibull(struct hb_json_writer *json) {
    hb_json_string(json, "type", "array");
    hb_json_number(json, "minItems", 2);
    hb_json_number(json, "maxItems", 2);
    hb_json_open(json, "items", '{');
    hb_json_string(json, "type", "number");
    hb_json_number(json, "exclusiveMinimum", 0);
    hb_json_close(json, '}');
}

static void write_grants(struct hb_json_writer *json, const struct hb_key *key) {
    hb_json_open(json, "anyOf", '[');
    hb_json_open(json, NULL, '{');
    hb_json_string(json, "type", "string");
    hb_json_close(json, '}');
    hb_json_open(json, NULL, '{');
    hb_json_string(json, "type", "array");
    hb_json_open(json, "items", '{');
    hb_json_string(json, "type", "integer");
    hb_json_number(json, "minimum", 0);
    hb_json_number(json, "maximum", key->maximum);
    hb_json_close(json, '}');
    hb_json_close(json, '}');
    hb_json_close(json, ']');
}

static void write_strings(struct hb_json_writer *json, const struct hb_key *key) {
    hb_json_string(json, "type", "array");
    hb_json_number(json, "maxItems", key->bytes / key->item_bytes);
    hb_json_open(json, "items", '{');
    hb_json_string(json, "type", "string");
    hb_json_number(json, "minLength", 1);
    hb_json_number(json, "maxLength", key->item_bytes - 1);
    hb_json_close(json, '}');
}

static void write_value(struct hb_json_writer *json) {
    static const char *const types[] = {"integer", "boolean", "string"};
    hb_json_open(json, "type", '[');
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        hb_json_string(json, NULL, types[i]);
    hb_json_close(json, ']');
}

static void write_type(struct hb_json_writer *json, const struct hb_key *key) {
    switch (key->type) {
    case HB_KEY_INTEGER: write_integer(json, key); break;
    case HB_KEY_SIZE: write_size(json, key); break;
    case HB_KEY_BOOL: hb_json_string(json, "type", "boolean"); break;
    case HB_KEY_STRING: hb_json_string(json, "type", "string"); break;
    case HB_KEY_NUMBERS: write_numbers(json, key); break;
    case HB_KEY_STRINGS: write_strings(json, key); break;
    case HB_KEY_WEIBULL: write_weibull(json); break;
    case HB_KEY_ENUM: write_names(json, key); break;
    case HB_KEY_GRANTS: write_grants(json, key); break;
    case HB_KEY_PROTOCOL: write_protocol(json, key); break;
    case HB_KEY_NUMBERED: write_numbered(json, key); break;
    case HB_KEY_HARTS: write_harts(json, key); break;
    case HB_KEY_VARIANTS: write_variants(json); break;
    case HB_KEY_EXPECT: write_expect(json); break;
    case HB_KEY_VALUE: write_value(json); break;
    case HB_KEY_GROUP:
    case HB_KEY_LIST:
    case HB_KEY_GROUPS: break; /* write_children(), write_list() and write_groups() below */
    }
}

static void write_default(struct hb_json_writer *json, const struct hb_key *key) {
    uint64_t value;
    bool is_number = key->type == HB_KEY_INTEGER || key->type == HB_KEY_HARTS;
    if (!key->fallback)
        return;
    if (is_number && hb_key_default(key, &value))
        hb_json_number(json, "default", value);
    else if (key->type == HB_KEY_BOOL)
        hb_json_bool(json, "default", strcmp(key->fallback, "true") == 0);
    else
        hb_json_string(json, "default", key->fallback);
}

/* ---- Structure ------------------------------------------------------------------------------------------------- */

static void write_children(struct hb_json_writer *json, const char *path);

static void write_list(struct hb_json_writer *json, const struct hb_key *key) {
    char items[HB_KEY_PATH_BYTES];
    snprintf(items, sizeof items, "%s.*", key->path);
    hb_json_string(json, "type", "array");
    hb_json_number(json, "maxItems", key->maximum);
    hb_json_open(json, "items", '{');
    write_children(json, items);
    hb_json_close(json, '}');
}

/* One, or a list of them. */
static void write_groups(struct hb_json_writer *json, const struct hb_key *key) {
    hb_json_open(json, "anyOf", '[');
    hb_json_open(json, NULL, '{');
    write_children(json, key->path);
    hb_json_close(json, '}');
    hb_json_open(json, NULL, '{');
    hb_json_string(json, "type", "array");
    hb_json_number(json, "minItems", 1);
    hb_json_number(json, "maxItems", key->maximum);
    hb_json_open(json, "items", '{');
    write_children(json, key->path);
    hb_json_close(json, '}');
    hb_json_close(json, '}');
    hb_json_close(json, ']');
}

static void write_key(struct hb_json_writer *json, const struct hb_key *key) {
    bool is_leaf = key->type != HB_KEY_GROUP && key->type != HB_KEY_LIST && key->type != HB_KEY_GROUPS;
    hb_json_open(json, hb_key_last(key), '{');
    json->broken = is_leaf ? 0 : BROKEN;
    hb_json_string(json, "description", key->help);
    if (key->type == HB_KEY_GROUP)
        write_children(json, key->path);
    else if (key->type == HB_KEY_LIST)
        write_list(json, key);
    else if (key->type == HB_KEY_GROUPS)
        write_groups(json, key);
    else
        write_type(json, key);
    write_default(json, key);
    hb_json_close(json, '}');
    json->broken = BROKEN;
}

static void write_required(struct hb_json_writer *json, const char *path) {
    bool any = false;
    for (size_t i = 0; i < hb_keys_n; i++) {
        if (!hb_keys[i].required || !hb_key_is_in(&hb_keys[i], path))
            continue;
        if (!any)
            hb_json_open(json, "required", '[');
        json->broken = 0;
        hb_json_string(json, NULL, hb_key_last(&hb_keys[i]));
        any = true;
    }
    if (any)
        hb_json_close(json, ']');
    json->broken = BROKEN;
}

/* The object whose keys are in the group `path`. */
static void write_children(struct hb_json_writer *json, const char *path) {
    hb_json_string(json, "type", "object");
    hb_json_bool(json, "additionalProperties", false);
    write_required(json, path);
    hb_json_open(json, "properties", '{');
    for (size_t i = 0; i < hb_keys_n; i++)
        if (hb_key_is_in(&hb_keys[i], path))
            write_key(json, &hb_keys[i]);
    hb_json_close(json, '}');
}

char *hb_experiment_schema(void) {
    struct hb_json_writer json = {.broken = BROKEN};
    hb_json_open(&json, NULL, '{');
    hb_json_string(&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
    hb_json_string(&json, "title", "A hartbeat experiment");
    write_children(&json, "");
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}
