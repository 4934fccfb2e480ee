#include "sim/result/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/config/keys.h"
#include "sim/result/result.h"

#define PART_BYTES 80
#define ANY_NAME   "*" /* in the specimen: a key that may have any name */
#define NAMES_MAX  64

/* ---- The specimen ---------------------------------------------------------------------------------------------- */

/* One of everything that a result may list. */
struct specimen {
    struct hb_run_result result;
    struct hb_measured measured;
    struct hb_line_result line;
    struct hb_line_hart line_hart;
    struct hb_lock_result lock;
    struct hb_interval interval;
    uint64_t instructions[1];
    struct hb_fault_result fault;
    struct hb_lost_line lost;
    struct hb_watched watched;
};

static void measure_everything(struct specimen *s) {
    s->line.harts = 1;
    s->line.hart = &s->line_hart;
    s->measured = (struct hb_measured){
        .has_region = true,
        .has_misses = true,
        .has_lines = true,
        .lines = 1,
        .line = &s->line,
        .has_locks = true,
        .locks = 1,
        .lock = &s->lock,
        .has_series = true,
        .intervals = 1,
        .interval = &s->interval,
        .instructions = s->instructions,
    };
    s->result.measured = &s->measured;
}

static void fill(struct specimen *s) {
    struct hb_run_result *result = &s->result;
    result->engine_notes = 1;
    result->harts = 1;
    result->role[0] = "";
    result->has_l2 = true;
    result->script_length = 1;
    result->has_crash = true;
    result->crash.steps = 1;
    result->checked = true;
    result->violation.found = true;
    result->has_os = result->has_verdicts = result->has_increments = result->has_user_locks = true;
    result->os.windows_count = 1;
    result->os.groups = 1;
    result->os.has_requests = result->has_accounts = result->has_failover = true;
    result->os.requests.windows_count = 1;
    snprintf(result->group_name[0], sizeof result->group_name[0], "%s", ANY_NAME);
    result->faults = 1;
    result->fault = &s->fault;
    s->fault.repeats = true;
    s->fault.lost_listed = 1;
    s->fault.lost = &s->lost;
    s->watched = (struct hb_watched){.harts = 1, .variables = 1, .has_transactions = true};
    s->watched.variable[0] = (struct hb_watched_variable){.name = ANY_NAME, .found = true, .copy[0].state = 'M'};
    result->watched = &s->watched;
    measure_everything(s);
}

cJSON *hb_result_specimen(void) {
    struct specimen *s = calloc(1, sizeof *s);
    const struct hb_expect_result expect = {.that = "", .because = "-"};
    if (!s)
        abort();
    fill(s);
    char *json = hb_result_json(&s->result, &expect, 1);
    cJSON *tree = cJSON_Parse(json);
    free(json);
    free(s);
    if (!tree)
        abort();
    return tree;
}

/* ---- Paths ----------------------------------------------------------------------------------------------------- */

static bool is_number(const char *part) {
    size_t n = strspn(part, "0123456789");
    return n > 0 && part[n] == 0;
}

static const char *nearest_of(const cJSON *object, const char *part) {
    struct hb_key_name names[NAMES_MAX + 1] = {{0}};
    uint32_t n = 0;
    for (const cJSON *child = object->child; child && n < NAMES_MAX; child = child->next)
        names[n++].name = child->string;
    return hb_key_nearest_name(names, part);
}

/* The first `n` bytes of the path lead to `node`, which has no `part`. */
static bool refuse(const cJSON *node, const char *path, size_t n, const char *part, struct hb_error *error) {
    const char *dot = n ? "." : "";
    if (cJSON_IsArray(node))
        hb_error_set(error, "\"%.200s\": %.*s is a list: \"%s\" should be a place in it, from 0", path, (int)n, path,
                     part);
    else if (cJSON_IsObject(node))
        hb_error_set(error, "\"%.200s\": \"%s\" is not a key of %.*s (did you mean \"%.*s%s%s\"?)", path, part,
                     n ? (int)n : 8, n ? path : "a result", (int)n, path, dot, nearest_of(node, part));
    else
        hb_error_set(error, "\"%.200s\": %.*s is a value: there is no \"%s\" in it", path, (int)n, path, part);
    return false;
}

static bool follow(const cJSON *node, const char *path, size_t n, struct hb_error *error);

/* Elements of a list may differ (an L2 is not an L1): one of them must continue the path. Empty lists prove nothing. */
static bool follow_list(const cJSON *list, const char *path, size_t n, struct hb_error *error) {
    for (const cJSON *element = list->child; element; element = element->next)
        if (follow(element, path, n, error))
            return true;
    return list->child == NULL;
}

static const cJSON *child_of(const cJSON *object, const char *name) {
    const cJSON *any = cJSON_GetObjectItemCaseSensitive(object, ANY_NAME);
    return any ? any : cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool follow(const cJSON *node, const char *path, size_t n, struct hb_error *error) {
    const char *rest = path + n + (n && path[n] == '.');
    char part[PART_BYTES];
    if (*rest == 0)
        return true;
    snprintf(part, sizeof part, "%.*s", (int)strcspn(rest, "."), rest);
    const size_t next = (size_t)(rest - path) + strcspn(rest, ".");
    if (cJSON_IsArray(node) && is_number(part))
        return follow_list(node, path, next, error);
    const cJSON *child = cJSON_IsObject(node) ? child_of(node, part) : NULL;
    return child ? follow(child, path, next, error) : refuse(node, path, n, part, error);
}

bool hb_result_can_have(const cJSON *specimen, const char *path, struct hb_error *error) {
    return follow(specimen, path, 0, error);
}
