#include "sim/state/kind.h"

#include <inttypes.h>
#include <string.h>

#include "sim/config/heartbeat.h"
#include "sim/config/key_text.h"
#include "sim/config/keys.h"

/* ---- Values of keys -------------------------------------------------------------------------------------------- */

/* Where the key's field is; `n`: of the hart, fault or group. */
static const uint8_t *field_of(const struct hb_key *key, const struct hb_config *config, uint32_t n) {
    switch (key->place) {
    case HB_PLACE_CONFIG: return (const uint8_t *)config + key->offset;
    case HB_PLACE_HART: return (const uint8_t *)&config->hart[n] + key->offset;
    case HB_PLACE_FAULT: return (const uint8_t *)&config->faults[n] + key->offset;
    case HB_PLACE_TASKS: return (const uint8_t *)&config->os.group[n] + key->offset;
    default: return NULL;
    }
}

static uint64_t number_in(const struct hb_key *key, const uint8_t *field) {
    uint64_t value = 0;
    memcpy(&value, field, key->bytes < sizeof value ? key->bytes : sizeof value);
    return value;
}

static void write_value(FILE *out, const struct hb_key *key, const struct hb_config *config, uint32_t n) {
    const uint8_t *field = field_of(key, config, n);
    const uint64_t value = number_in(key, field);
    const char *name = key->names ? hb_key_name_of(key->names, value) : NULL;
    if (key->type == HB_KEY_PROTOCOL && value == HB_PROTOCOL_GIVEN)
        fputs(config->protocol_file, out);
    else if (name)
        fputs(name, out);
    else if (key->type == HB_KEY_STRING)
        fprintf(out, "\"%s\"", (const char *)field);
    else if (key->type == HB_KEY_BOOL)
        fputs(value ? "true" : "false", out);
    else if (key->type == HB_KEY_INTEGER || key->type == HB_KEY_SIZE || key->type == HB_KEY_HARTS)
        hb_key_write_number(out, key, value);
    else
        fputs("another list", out);
}

/* ---- Which keys count ------------------------------------------------------------------------------------------ */

static bool counts(const struct hb_key *key) {
    static const char *const without[] = {"stop.", "stats.", "trace.", "name", "about", "engine"};
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        if (strncmp(key->path, without[i], strlen(without[i])) == 0)
            return false;
    return key->place == HB_PLACE_CONFIG || key->place == HB_PLACE_HART || key->place == HB_PLACE_FAULT ||
           key->place == HB_PLACE_TASKS;
}

static uint32_t groups_of(const struct hb_config *config) {
    return (uint32_t)config->os.workload_groups;
}

/* How many fields of the key there are to compare. */
static uint32_t fields_of(const struct hb_key *key, const struct hb_config *left, const struct hb_config *right) {
    if (key->place == HB_PLACE_HART)
        return left->harts < right->harts ? left->harts : right->harts;
    if (key->place == HB_PLACE_FAULT)
        return left->n_faults < right->n_faults ? left->n_faults : right->n_faults;
    if (key->place == HB_PLACE_TASKS)
        return groups_of(left) < groups_of(right) ? groups_of(left) : groups_of(right);
    return 1;
}

static bool is_same(const struct hb_key *key, const struct hb_config *left, const struct hb_config *right, uint32_t n) {
    const uint8_t *a = field_of(key, left, n), *b = field_of(key, right, n);
    if (key->type == HB_KEY_STRING)
        return strcmp((const char *)a, (const char *)b) == 0;
    if (key->type == HB_KEY_PROTOCOL && strcmp(left->protocol_file, right->protocol_file) != 0)
        return false;
    return memcmp(a, b, key->bytes) == 0;
}

/* Do all harts have of it what the first has? */
static bool is_of_all(const struct hb_key *key, const struct hb_config *config) {
    for (uint32_t h = 1; h < config->harts; h++)
        if (memcmp(field_of(key, config, 0), field_of(key, config, h), key->bytes) != 0)
            return false;
    return true;
}

/* "faults.1.target.hart" and, where harts differ among themselves or groups are several, "machine.l1d.size, hart 2" */
static void write_path(FILE *out, const struct hb_key *key, uint32_t n, bool of_all, bool one_group) {
    const char *star = strchr(key->path, '*');
    if (key->place == HB_PLACE_FAULT && star)
        fprintf(out, "%.*s%" PRIu32 "%s", (int)(star - key->path), key->path, n, star + 1);
    else if (key->place == HB_PLACE_HART && !of_all)
        fprintf(out, "%s, hart %" PRIu32, key->path, n);
    else if (key->place == HB_PLACE_TASKS && !one_group)
        fprintf(out, "%s, group %" PRIu32, key->path, n);
    else
        fputs(key->path, out);
}

static void compare_key(FILE *out, const struct hb_key *key, const struct hb_config *left,
                        const struct hb_config *right) {
    const bool of_all = key->place == HB_PLACE_HART && is_of_all(key, left) && is_of_all(key, right);
    const uint32_t fields = of_all ? 1 : fields_of(key, left, right);
    for (uint32_t n = 0; n < fields; n++) {
        if (is_same(key, left, right, n))
            continue;
        write_path(out, key, n, of_all, groups_of(left) == 1 && groups_of(right) == 1);
        fputs(": ", out);
        write_value(out, key, left, n);
        fputs(" and ", out);
        write_value(out, key, right, n);
        fputc('\n', out);
    }
}

void hb_kind_write(FILE *out, const struct hb_machine *left, const struct hb_machine *right) {
    struct hb_config open[2] = {left->config, right->config}; /* times that follow are no difference of their own */
    const struct hb_config *a = &open[0], *b = &open[1];
    hb_heartbeat_unsettle(&open[0]);
    hb_heartbeat_unsettle(&open[1]);
    for (size_t i = 0; i < hb_keys_n; i++)
        if (counts(&hb_keys[i]))
            compare_key(out, &hb_keys[i], a, b);
    if (a->n_faults != b->n_faults)
        fprintf(out, "faults: %" PRIu32 " and %" PRIu32 " of them\n", a->n_faults, b->n_faults);
    if (groups_of(a) != groups_of(b))
        fprintf(out, "os.workload: %" PRIu32 " and %" PRIu32 " groups\n", groups_of(a), groups_of(b));
}

/* ---- Shapes ---------------------------------------------------------------------------------------------------- */

static bool is_alike(const struct hb_cache *left, const struct hb_cache *right) {
    return left->sets == right->sets && left->ways == right->ways && left->line_bytes == right->line_bytes;
}

static bool have_one_bus(const struct hb_bus *left, const struct hb_bus *right) {
    if (left->harts != right->harts || left->limit != right->limit || !left->disk != !right->disk)
        return false;
    for (uint32_t h = 0; h < left->harts; h++)
        if (!is_alike(&left->l1d[h], &right->l1d[h]) || !is_alike(&left->l1i[h], &right->l1i[h]))
            return false;
    return true;
}

static bool have_one_l2(const struct hb_machine *left, const struct hb_machine *right) {
    const bool has = left->config.l2.size_bytes != 0;
    return has == (right->config.l2.size_bytes != 0) && (!has || is_alike(&left->bus.l2, &right->bus.l2));
}

/* Byte by byte; files that cannot be read any more are another matter, and are none. */
static bool is_one_file(const char *left, const char *right) {
    FILE *a = fopen(left, "rb"), *b = fopen(right, "rb");
    bool same = a && b;
    for (int byte = 0; same && byte != EOF;) {
        byte = fgetc(a);
        same = byte == fgetc(b);
    }
    if (a)
        (void)fclose(a); /* only read */
    if (b)
        (void)fclose(b);
    return same;
}

static bool have_one_image(const struct hb_config *left, const struct hb_config *right) {
    return strcmp(left->image, right->image) == 0 || is_one_file(left->image, right->image);
}

bool hb_kind_is_one(const struct hb_machine *left, const struct hb_machine *right) {
    return have_one_bus(&left->bus, &right->bus) && have_one_l2(left, right) &&
           left->ram.size_bytes == right->ram.size_bytes && have_one_image(&left->config, &right->config);
}
