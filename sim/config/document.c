#include "sim/config/document.h"
#include "sim/config/heartbeat.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/nearest.h"
#include "sim/config/keys.h"
#include "sim/config/protocol_file.h"

#define EVERY_HART   UINT32_MAX
#define LISTED_MAX   8 /* up to this many powers of two are listed one by one in a message */
#define CHOICE_BYTES 256
#define NAMES_BYTES  1024
#define SHOWN_BYTES  64

struct reader {
    const char *where;
    struct hb_config *config;
    struct hb_config_lists *lists;
    const cJSON *blocks; /* machine.harts as a list; read last, since it overrides the common keys */
    uint32_t hart;       /* whose block is read, or EVERY_HART */
    uint32_t place;      /* in the list that is read */
    struct hb_error *error;
};

/* Where we are: as the file has it ("faults.0.model"), and as the table has it ("faults.*.model"). */
struct path {
    char shown[HB_KEY_PATH_BYTES];
    char key[HB_KEY_PATH_BYTES];
};

static void append(char path[HB_KEY_PATH_BYTES], const char *name) {
    size_t n = strlen(path);
    snprintf(path + n, HB_KEY_PATH_BYTES - n, "%s%.60s", n ? "." : "", name);
}

static struct path below(const struct path *path, const char *shown, const char *key) {
    struct path longer = *path;
    append(longer.shown, shown);
    append(longer.key, key);
    return longer;
}

/* ---- Messages -------------------------------------------------------------------------------------------------- */

static bool refuse(const struct reader *reader, const struct path *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A message about the value at `path`; the value is shown first unless it is NULL. */
static bool refuse_list(const struct reader *reader, const struct path *path, const cJSON *value, const char *format,
                        va_list arguments) {
    char text[HB_ERROR_BYTES], shown[SHOWN_BYTES] = "";
    vsnprintf(text, sizeof text, format, arguments);
    if (value)
        hb_json_show(value, shown, sizeof shown);
    hb_error_set(reader->error, "%s: %s%s%s%s%s", reader->where, path->shown, path->shown[0] ? ": " : "", shown,
                 value ? " " : "", text);
    return false;
}

static bool refuse(const struct reader *reader, const struct path *path, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    refuse_list(reader, path, NULL, format, arguments);
    va_end(arguments);
    return false;
}

static bool refuse_value(const struct reader *reader, const struct path *path, const cJSON *value, const char *format,
                         ...) __attribute__((format(printf, 4, 5)));

static bool refuse_value(const struct reader *reader, const struct path *path, const cJSON *value, const char *format,
                         ...) {
    va_list arguments;
    va_start(arguments, format);
    refuse_list(reader, path, value, format, arguments);
    va_end(arguments);
    return false;
}

static bool refuse_type(const struct reader *reader, const struct path *path, const cJSON *value, const char *wanted) {
    return refuse_value(reader, path, value, "is %s, should be %s", hb_json_kind(value), wanted);
}

static bool refuse_unknown(const struct reader *reader, const struct path *path, const char *nearest) {
    return refuse(reader, path, "unknown key (did you mean \"%s\"?)", nearest);
}

/* "(1, 2, 4, 8, 16)" or "(1 to 64)". */
static void range_text(const struct hb_key *key, char *text, size_t size) {
    unsigned powers = 0;
    for (uint64_t i = key->minimum; key->power_of_two && i > 0 && i <= key->maximum; i *= 2)
        powers++;
    if (powers == 0 || powers > LISTED_MAX) {
        snprintf(text, size, "(%" PRIu64 " to %" PRIu64 "%s%s)", key->minimum, key->maximum, key->unit ? " " : "",
                 key->unit ? key->unit : "");
        return;
    }
    size_t n = (size_t)snprintf(text, size, "(");
    for (uint64_t i = key->minimum; i <= key->maximum && n < size; i *= 2)
        n += (size_t)snprintf(text + n, size - n, "%s%" PRIu64, i == key->minimum ? "" : ", ", i);
    if (n < size)
        snprintf(text + n, size - n, ")");
}

/* "vi, mesi": the names that are built. */
static void names_text(const struct hb_key_name *names, char *text, size_t size) {
    size_t n = 0;
    text[0] = 0;
    for (const struct hb_key_name *name = names; name->name; name++)
        if (name->built && n < size)
            n += (size_t)snprintf(text + n, size - n, "%s%s", n ? ", " : "", name->name);
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

static void store(const struct reader *reader, const struct hb_key *key, uint64_t value) {
    struct hb_config *config = reader->config;
    switch (key->place) {
    case HB_PLACE_NONE: break;
    case HB_PLACE_CONFIG: hb_key_store(key, config, value); break;
    case HB_PLACE_FAULT: hb_key_store(key, &config->faults[reader->place], value); break;
    case HB_PLACE_CHANGE: hb_key_store(key, &config->changes[reader->place], value); break;
    case HB_PLACE_INPUT: hb_key_store(key, &reader->lists->input[reader->place], value); break;
    case HB_PLACE_TASKS: hb_key_store(key, &config->os.group[reader->place], value); break;
    case HB_PLACE_NAME: break; /* a string */
    case HB_PLACE_HART:
        for (uint32_t h = 0; h < HB_HARTS_LIMIT; h++)
            if (reader->hart == EVERY_HART || reader->hart == h)
                hb_key_store(key, &config->hart[h], value);
        break;
    }
}

static bool accept_number(const struct reader *reader, const struct hb_key *key, const struct path *path,
                          const cJSON *node, uint64_t value) {
    char range[CHOICE_BYTES];
    range_text(key, range, sizeof range);
    if (key->power_of_two && (value == 0 || (value & (value - 1)) != 0))
        return refuse_value(reader, path, node, "is not a power of two %s", range);
    if (value < key->minimum || value > key->maximum)
        return refuse_value(reader, path, node, "is out of range %s", range);
    store(reader, key, value);
    return true;
}

static bool is_whole(const cJSON *node) {
    return cJSON_IsNumber(node) && floor(node->valuedouble) == node->valuedouble &&
           fabs(node->valuedouble) <= (double)HB_KEY_INTEGER_MAX;
}

static bool read_integer(const struct reader *reader, const struct hb_key *key, const struct path *path,
                         const cJSON *node) {
    char range[CHOICE_BYTES];
    range_text(key, range, sizeof range);
    if (!cJSON_IsNumber(node))
        return refuse_value(reader, path, node, "is %s, should be a whole number %s", hb_json_kind(node), range);
    if (!is_whole(node) || node->valuedouble < 0)
        return refuse_value(reader, path, node, "is out of range: it should be a whole number %s", range);
    return accept_number(reader, key, path, node, (uint64_t)node->valuedouble);
}

static bool read_size(const struct reader *reader, const struct hb_key *key, const struct path *path,
                      const cJSON *node) {
    uint64_t bytes;
    if (!cJSON_IsString(node))
        return read_integer(reader, key, path, node);
    if (!hb_key_parse_size(node->valuestring, &bytes))
        return refuse_value(reader, path, node, "is not a size, such as 4096, \"32KiB\" or \"1MiB\"");
    return accept_number(reader, key, path, node, bytes);
}

/* [scale, shape]. */
static bool read_weibull(const struct reader *reader, const struct hb_key *key, const struct path *path,
                         const cJSON *node) {
    const cJSON *scale = cJSON_GetArrayItem(node, 0), *shape = cJSON_GetArrayItem(node, 1);
    struct hb_rate *rate = &reader->config->faults[reader->place].rate;
    const struct path first = below(path, "0", "*"), second = below(path, "1", "*");
    if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) != 2 || !cJSON_IsNumber(scale) || !cJSON_IsNumber(shape))
        return refuse_value(reader, path, node, "should be [SCALE, SHAPE], two numbers, such as [2000000, 1.5]");
    if (!is_whole(scale) || scale->valuedouble < (double)key->minimum)
        return refuse_value(reader, &first, scale, "should be a whole number of cycles, at least 1");
    const double thousandths = floor(shape->valuedouble * HB_RATE_EXPONENTIAL + 0.5);
    if (!(thousandths >= HB_RATE_SHAPE_MIN && thousandths <= HB_RATE_SHAPE_MAX))
        return refuse_value(reader, &second, shape, "should be a number from 0.1 to 100");
    rate->scale_cycles = (uint64_t)scale->valuedouble;
    rate->shape_thousandths = (uint32_t)thousandths;
    return true;
}

static bool read_bool(const struct reader *reader, const struct hb_key *key, const struct path *path,
                      const cJSON *node) {
    if (!cJSON_IsBool(node))
        return refuse_type(reader, path, node, "true or false");
    store(reader, key, cJSON_IsTrue(node));
    return true;
}

/* A name that the key does not accept; `names` are those that it does. */
static bool refuse_name(const struct reader *reader, const struct hb_key *key, const struct path *path,
                        const cJSON *node, const char *names) {
    struct hb_nearest nearest = {.word = node->valuestring};
    for (const struct hb_key_name *name = key->names; name->name; name++)
        hb_nearest_try(&nearest, name->name);
    const char *found = hb_nearest_found(&nearest);
    if (!found)
        return refuse_value(reader, path, node, "is unknown (%s)", names);
    return refuse_value(reader, path, node, "is unknown; did you mean \"%s\"? (%s)", found, names);
}

static bool read_enum(const struct reader *reader, const struct hb_key *key, const struct path *path,
                      const cJSON *node) {
    char names[NAMES_BYTES];
    names_text(key->names, names, sizeof names);
    if (!cJSON_IsString(node))
        return refuse_value(reader, path, node, "is %s, should be one of: %s", hb_json_kind(node), names);
    for (const struct hb_key_name *name = key->names; name->name; name++) {
        if (strcmp(name->name, node->valuestring) != 0)
            continue;
        if (!name->built)
            return refuse_value(reader, path, node, "is not built yet%s%s%s", names[0] ? " (built: " : "", names,
                                names[0] ? ")" : "");
        store(reader, key, name->value);
        return true;
    }
    return refuse_name(reader, key, path, node, names);
}

/* The file is read once everything else is known (sim/experiment/experiment.c). */
static bool read_protocol(const struct reader *reader, const struct hb_key *key, const struct path *path,
                          const cJSON *node) {
    if (!cJSON_IsString(node) || !hb_protocol_is_file(node->valuestring))
        return read_enum(reader, key, path, node);
    if (strlen(node->valuestring) >= sizeof reader->config->protocol_file)
        return refuse_value(reader, path, node, "is too long");
    memcpy(reader->config->protocol_file, node->valuestring, strlen(node->valuestring) + 1);
    store(reader, key, HB_PROTOCOL_GIVEN);
    return true;
}

/* The file is read once everything else is known, like that of a protocol. */
static bool read_grants(const struct reader *reader, const struct hb_key *key, const struct path *path,
                        const cJSON *node) {
    char place[16];
    struct hb_config *config = reader->config;
    if (cJSON_IsString(node) && node->valuestring[0] && strlen(node->valuestring) < sizeof config->script_file) {
        memcpy(config->script_file, node->valuestring, strlen(node->valuestring) + 1);
        return true;
    }
    if (!cJSON_IsArray(node))
        return refuse_type(reader, path, node, "a list of whole numbers, or the path of a file of grants");
    uint32_t i = 0;
    uint8_t *script = malloc((size_t)cJSON_GetArraySize(node) + 1);
    if (!script)
        return refuse(reader, path, "the host does not have enough memory");
    reader->lists->script = script;
    for (const cJSON *child = node->child; child; child = child->next, i++) {
        snprintf(place, sizeof place, "%" PRIu32, i);
        struct path longer = below(path, place, "*");
        if (!is_whole(child) || child->valuedouble < 0 || child->valuedouble > (double)key->maximum)
            return refuse_value(reader, &longer, child, "should be a whole number from 0 to %" PRIu64, key->maximum);
        script[i] = (uint8_t)child->valuedouble;
    }
    config->bus.script = script;
    config->bus.script_length = i;
    return true;
}

/* Where the string of a key is kept. */
static char *string_of(const struct reader *reader, const struct hb_key *key) {
    struct hb_config *config = reader->config;
    if (key->place == HB_PLACE_NAME)
        return config->group_name[reader->place];
    char *object = key->place == HB_PLACE_FAULT ? (char *)&config->faults[reader->place] : (char *)config;
    return object + key->offset;
}

static bool read_string(const struct reader *reader, const struct hb_key *key, const struct path *path,
                        const cJSON *node) {
    if (!cJSON_IsString(node))
        return refuse_type(reader, path, node, "a string");
    if (key->place == HB_PLACE_NONE)
        return true;
    if (key->place == HB_PLACE_INPUT) {
        char *text = strdup(node->valuestring);
        reader->lists->input[reader->place].text = text;
        return text || refuse(reader, path, "the host does not have enough memory");
    }
    if (node->valuestring[0] == 0)
        return refuse(reader, path, "is empty");
    if (strlen(node->valuestring) >= key->bytes)
        return refuse_value(reader, path, node, "is too long (at most %" PRIu32 " bytes)", key->bytes - 1);
    memcpy(string_of(reader, key), node->valuestring, strlen(node->valuestring) + 1);
    return true;
}

/* What the key's list is a part of. */
static uint8_t *object_of(const struct reader *reader, const struct hb_key *key) {
    if (key->place == HB_PLACE_FAULT)
        return (uint8_t *)&reader->config->faults[reader->place];
    return (uint8_t *)reader->config;
}

static void store_number(const struct reader *reader, const struct hb_key *key, uint32_t place, uint64_t value) {
    uint8_t *field = object_of(reader, key) + key->offset + (size_t)place * key->item_bytes;
    if (key->item_bytes == 1)
        *field = (uint8_t)value;
    else
        memcpy(field, &(uint32_t){(uint32_t)value}, 4);
}

static bool read_numbers(const struct reader *reader, const struct hb_key *key, const struct path *path,
                         const cJSON *node) {
    char place[16], range[CHOICE_BYTES];
    range_text(key, range, sizeof range);
    if (!cJSON_IsArray(node))
        return refuse_type(reader, path, node, "a list of whole numbers");
    uint32_t n = (uint32_t)cJSON_GetArraySize(node), most = key->bytes / key->item_bytes, i = 0;
    if (n > most)
        return refuse(reader, path, "has %" PRIu32 " entries (at most %" PRIu32 ")", n, most);
    for (const cJSON *child = node->child; child; child = child->next, i++) {
        snprintf(place, sizeof place, "%" PRIu32, i);
        struct path longer = below(path, place, "*");
        if (!is_whole(child) || child->valuedouble < (double)key->minimum || child->valuedouble > (double)key->maximum)
            return refuse_value(reader, &longer, child, "should be a whole number %s", range);
        store_number(reader, key, i, (uint64_t)child->valuedouble);
    }
    if (key->length_offset)
        memcpy(object_of(reader, key) + key->length_offset, &n, sizeof n);
    return true;
}

static bool read_strings(const struct reader *reader, const struct hb_key *key, const struct path *path,
                         const cJSON *node) {
    char place[16];
    if (!cJSON_IsArray(node))
        return refuse_type(reader, path, node, "a list of strings");
    uint32_t n = (uint32_t)cJSON_GetArraySize(node), most = key->bytes / key->item_bytes, i = 0;
    if (n > most)
        return refuse(reader, path, "has %" PRIu32 " entries (at most %" PRIu32 ")", n, most);
    for (const cJSON *child = node->child; child; child = child->next, i++) {
        snprintf(place, sizeof place, "%" PRIu32, i);
        struct path longer = below(path, place, "*");
        if (!cJSON_IsString(child))
            return refuse_type(reader, &longer, child, "a string");
        size_t length = strlen(child->valuestring);
        if (length == 0 || length >= key->item_bytes)
            return refuse_value(reader, &longer, child, "is empty or too long (at most %" PRIu32 " bytes)",
                                key->item_bytes - 1);
        memcpy((uint8_t *)reader->config + key->offset + (size_t)i * key->item_bytes, child->valuestring, length + 1);
    }
    memcpy((uint8_t *)reader->config + key->length_offset, &n, sizeof n);
    return true;
}

/* ---- Objects and lists ----------------------------------------------------------------------------------------- */

static bool read_key(struct reader *reader, const struct hb_key *key, const struct path *path, const cJSON *node);

static bool check_required(const struct reader *reader, const struct path *path, const cJSON *node) {
    for (size_t i = 0; i < hb_keys_n; i++) {
        const char *name = hb_key_last(&hb_keys[i]);
        if (hb_keys[i].required && hb_key_is_in(&hb_keys[i], path->key) &&
            !cJSON_GetObjectItemCaseSensitive(node, name))
            return refuse(reader, path, "has no \"%s\"", name);
    }
    return true;
}

static bool read_group(struct reader *reader, const struct path *path, const cJSON *node) {
    if (!cJSON_IsObject(node))
        return refuse_type(reader, path, node, "an object");
    for (const cJSON *child = node->child; child; child = child->next) {
        struct path longer = below(path, child->string, child->string);
        const struct hb_key *key = hb_key_find(longer.key);
        if (!key || !hb_key_is_in(key, path->key))
            return refuse_unknown(reader, &longer, hb_key_nearest(path->key, child->string));
        if (!read_key(reader, key, &longer, child))
            return false;
    }
    /* A key required at the top may still come from a variant or a --set. */
    return path->key[0] == 0 || check_required(reader, path, node);
}

static bool make_room(struct reader *reader, const struct hb_key *key, uint32_t n) {
    if (strcmp(key->path, "faults") == 0)
        reader->config->n_faults = n;
    if (strcmp(key->path, "changes") == 0)
        reader->config->n_changes = n;
    if (strcmp(key->path, "input") != 0 || n == 0)
        return true;
    reader->lists->input = calloc(n, sizeof *reader->lists->input);
    reader->lists->inputs = reader->lists->input ? n : 0;
    return reader->lists->input != NULL;
}

/* The value of a change: what its key, which is known by now, takes. */
static bool read_change(struct reader *reader, const struct path *path, const cJSON *node) {
    struct hb_change_config *change = &reader->config->changes[reader->place];
    const struct hb_key *key = hb_key_find(cJSON_GetObjectItemCaseSensitive(node, "key")->valuestring);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(node, "value");
    const struct hb_params kept = reader->config->os;
    const struct path longer = below(path, "value", "value");
    bool ok = read_key(reader, key, &longer, value);
    change->value = ((const uint64_t *)(const void *)&reader->config->os)[change->parameter];
    reader->config->os = kept;
    const char *wrong = ok ? hb_key_change_wrong(key, change->value) : NULL;
    return wrong ? refuse_value(reader, &longer, value, "%s", wrong) : ok;
}

static bool read_list(struct reader *reader, const struct hb_key *key, const struct path *path, const cJSON *node) {
    char place[16];
    if (!cJSON_IsArray(node))
        return refuse_type(reader, path, node, "a list");
    int n = cJSON_GetArraySize(node);
    if ((uint64_t)n > key->maximum)
        return refuse(reader, path, "has %d entries (at most %" PRIu64 ")", n, key->maximum);
    if (!make_room(reader, key, (uint32_t)n))
        return refuse(reader, path, "the host does not have enough memory");
    reader->place = 0;
    for (const cJSON *child = node->child; child; child = child->next, reader->place++) {
        snprintf(place, sizeof place, "%" PRIu32, reader->place);
        struct path longer = below(path, place, "*");
        if (!read_group(reader, &longer, child) ||
            (strcmp(key->path, "changes") == 0 && !read_change(reader, &longer, child)))
            return false;
    }
    return true;
}

/* The tasks: one group, or a list of groups. */
static bool read_groups(struct reader *reader, const struct hb_key *key, const struct path *path, const cJSON *node) {
    char place[16];
    reader->place = 0;
    if (cJSON_IsObject(node))
        return read_group(reader, path, node);
    if (!cJSON_IsArray(node))
        return refuse_type(reader, path, node, "an object, or a list of objects");
    int n = cJSON_GetArraySize(node);
    if (n < 1 || (uint64_t)n > key->maximum)
        return refuse(reader, path, "has %d entries (1 to %" PRIu64 ")", n, key->maximum);
    reader->config->os.workload_groups = (uint64_t)n;
    for (const cJSON *child = node->child; child; child = child->next, reader->place++) {
        snprintf(place, sizeof place, "%" PRIu32, reader->place);
        struct path longer = *path;
        append(longer.shown, place);
        if (!read_group(reader, &longer, child))
            return false;
    }
    return true;
}

static bool read_harts(struct reader *reader, const struct hb_key *key, const struct path *path, const cJSON *node) {
    if (!cJSON_IsArray(node))
        return read_integer(reader, key, path, node);
    int n = cJSON_GetArraySize(node);
    if (n < 1 || n > HB_HARTS_LIMIT)
        return refuse(reader, path, "has %d blocks (1 to %d)", n, HB_HARTS_LIMIT);
    reader->blocks = node;
    reader->config->harts = (uint32_t)n;
    return true;
}

static bool read_key(struct reader *reader, const struct hb_key *key, const struct path *path, const cJSON *node) {
    switch (key->type) {
    case HB_KEY_GROUP: return read_group(reader, path, node);
    case HB_KEY_LIST: return read_list(reader, key, path, node);
    case HB_KEY_GROUPS: return read_groups(reader, key, path, node);
    case HB_KEY_HARTS: return read_harts(reader, key, path, node);
    case HB_KEY_SIZE: return read_size(reader, key, path, node);
    case HB_KEY_INTEGER: return read_integer(reader, key, path, node);
    case HB_KEY_BOOL: return read_bool(reader, key, path, node);
    case HB_KEY_ENUM: return read_enum(reader, key, path, node);
    case HB_KEY_PROTOCOL: return read_protocol(reader, key, path, node);
    case HB_KEY_GRANTS: return read_grants(reader, key, path, node);
    case HB_KEY_NUMBERED:
        return cJSON_IsNumber(node) ? read_integer(reader, key, path, node) : read_enum(reader, key, path, node);
    case HB_KEY_NUMBERS: return read_numbers(reader, key, path, node);
    case HB_KEY_STRINGS: return read_strings(reader, key, path, node);
    case HB_KEY_WEIBULL: return read_weibull(reader, key, path, node);
    case HB_KEY_STRING: return read_string(reader, key, path, node);
    case HB_KEY_VALUE: break; /* read_change() above, once its key is known */
    case HB_KEY_VARIANTS:
    case HB_KEY_EXPECT: break; /* sim/experiment/experiment.c reads these */
    }
    return true;
}

/* ---- Blocks of single harts ------------------------------------------------------------------------------------ */

static bool read_block(struct reader *reader, const struct path *path, const cJSON *node) {
    static const struct hb_key_name parts[] = {{"cpu", 0, true}, {"l1i", 0, true}, {"l1d", 0, true}, {NULL, 0, false}};
    if (!cJSON_IsObject(node))
        return refuse_type(reader, path, node, "an object with cpu, l1i, l1d");
    for (const cJSON *child = node->child; child; child = child->next) {
        struct path longer = below(path, child->string, child->string);
        const char *nearest = hb_key_nearest_name(parts, child->string);
        if (strcmp(nearest, child->string) != 0)
            return refuse_unknown(reader, &longer, nearest);
        if (!read_group(reader, &longer, child))
            return false;
    }
    return true;
}

static bool read_blocks(struct reader *reader) {
    reader->hart = 0;
    for (const cJSON *block = reader->blocks ? reader->blocks->child : NULL; block; block = block->next) {
        struct path path = {"machine.harts", "machine"};
        char place[16];
        snprintf(place, sizeof place, "%" PRIu32, reader->hart);
        append(path.shown, place);
        if (!read_block(reader, &path, block))
            return false;
        reader->hart++;
    }
    return true;
}

/* ---- Whole documents ------------------------------------------------------------------------------------------- */

/* Insertion sort: stable, and inputs are mostly written in order. */
static void sort_inputs(struct hb_config_lists *lists) {
    for (uint32_t i = 1; i < lists->inputs; i++) {
        struct hb_input_config input = lists->input[i];
        uint32_t at = i;
        for (; at > 0 && lists->input[at - 1].cycle > input.cycle; at--)
            lists->input[at] = lists->input[at - 1];
        lists->input[at] = input;
    }
}

static void finish(const cJSON *document, struct reader *reader) {
    struct hb_config *config = reader->config;
    const cJSON *check = hb_json_find(document, "machine.check");
    if (check) {
        config->check_coherence = strcmp(check->valuestring, "off") != 0;
        config->host_lookups = strcmp(check->valuestring, "values") != 0; /* a hit that a lookup serves is not seen */
    }
    if (config->stop_cycles == 0)
        config->stop_cycles = UINT64_MAX;
    config->os.seed = config->seed;
    config->os.cycles_per_tick = config->cycles_per_tick;
    hb_heartbeat_settle(config);
    hb_config_settle_groups(config);
    for (uint64_t g = config->os.workload_groups; g < HB_GROUPS_MAX; g++)
        config->os.group[g] = (struct hb_group){0};
    sort_inputs(reader->lists);
    config->inputs = reader->lists->input;
    config->n_inputs = reader->lists->inputs;
}

bool hb_document_read(const cJSON *document, const char *where, struct hb_config *config, struct hb_config_lists *lists,
                      struct hb_error *error) {
    struct reader reader = {.where = where, .config = config, .lists = lists, .hart = EVERY_HART, .error = error};
    struct path top = {"", ""};
    hb_config_defaults(config);
    config->group_name[0][0] = 0; /* it depends on what is read */
    *lists = (struct hb_config_lists){0};
    if (read_group(&reader, &top, document) && read_blocks(&reader)) {
        finish(document, &reader);
        return true;
    }
    hb_config_free_lists(lists);
    return false;
}

/* ---- Setting one key ------------------------------------------------------------------------------------------- */

/* The index that `name` is in a list of n; -1: it is not one. */
static int place_in(const char *name, int n) {
    uint64_t place;
    return hb_key_parse_size(name, &place) && place <= (uint64_t)n ? (int)place : -1;
}

/* Add `value`, which is given away, to `parent` as `name`. False: it cannot be there, and is freed. */
static bool put(cJSON *parent, const char *name, cJSON *value) {
    bool done = false;
    if (cJSON_IsObject(parent)) {
        done = cJSON_HasObjectItem(parent, name) && cJSON_GetObjectItemCaseSensitive(parent, name)
                   ? cJSON_ReplaceItemInObjectCaseSensitive(parent, name, value)
                   : cJSON_AddItemToObject(parent, name, value);
    } else if (cJSON_IsArray(parent)) {
        int n = cJSON_GetArraySize(parent), place = place_in(name, n);
        if (place >= 0)
            done = place < n ? cJSON_ReplaceItemInArray(parent, place, value) : cJSON_AddItemToArray(parent, value);
    }
    if (!done)
        cJSON_Delete(value);
    return done;
}

static cJSON *child_of(const cJSON *parent, const char *name) {
    if (!cJSON_IsArray(parent))
        return cJSON_GetObjectItemCaseSensitive(parent, name);
    int place = place_in(name, cJSON_GetArraySize(parent));
    return place < 0 ? NULL : cJSON_GetArrayItem(parent, place);
}

/* What is missing is created: faults, input and expect are lists, os.workload as what is below it (`rest`) asks for,
 * everything else an object. */
static cJSON *make_child(cJSON *parent, const char *name, const char *path_so_far, const char *rest) {
    const struct hb_key *key = hb_key_find(path_so_far);
    bool is_group_in_list = key && key->type == HB_KEY_GROUPS && isdigit((unsigned char)rest[0]);
    bool is_list = is_group_in_list ||
                   (key && (key->type == HB_KEY_LIST || key->type == HB_KEY_EXPECT || key->type == HB_KEY_NUMBERS ||
                            key->type == HB_KEY_STRINGS || key->type == HB_KEY_GRANTS || key->type == HB_KEY_WEIBULL));
    cJSON *child = is_list ? cJSON_CreateArray() : cJSON_CreateObject();
    return child && put(parent, name, child) ? child_of(parent, name) : NULL;
}

bool hb_document_set(cJSON *document, const char *path, cJSON *value, const char *where, struct hb_error *error) {
    char so_far[HB_KEY_PATH_BYTES], *name = so_far;
    cJSON *parent = document;
    if (strlen(path) >= sizeof so_far || path[0] == 0) {
        hb_error_set(error, "%s: \"%.60s\" is not a key", where, path);
        cJSON_Delete(value);
        return false;
    }
    memcpy(so_far, path, strlen(path) + 1);
    for (char *dot; parent && (dot = strchr(name, '.')); name = dot + 1) {
        *dot = 0;
        cJSON *child = child_of(parent, name);
        parent = child ? child : make_child(parent, name, so_far, dot + 1);
        *dot = '.';
    }
    if (parent && put(parent, name, value))
        return true;
    if (!parent)
        cJSON_Delete(value);
    hb_error_set(error, "%s: %s: there is no such place (lists have the places 0, 1, ...)", where, path);
    return false;
}

bool hb_document_set_text(cJSON *document, const char *text, struct hb_error *error) {
    char key[HB_KEY_PATH_BYTES];
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || (size_t)(equals - text) >= sizeof key) {
        hb_error_set(error, "--set: \"%.60s\" should be KEY=VALUE, such as machine.harts=2", text);
        return false;
    }
    snprintf(key, sizeof key, "%.*s", (int)(equals - text), text);
    cJSON *value = hb_json_parse("--set", equals + 1, strlen(equals + 1), NULL);
    if (!value)
        value = cJSON_CreateString(equals + 1);
    if (value)
        return hb_document_set(document, key, value, "--set", error);
    hb_error_set(error, "the host does not have enough memory");
    return false;
}
