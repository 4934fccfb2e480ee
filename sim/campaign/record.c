#include "sim/campaign/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"

static const char *const flag_names[] = {"wrong", "lost", "late", "suspected"};

static void put_number(cJSON *to, const char *key, uint64_t value) {
    cJSON_AddNumberToObject(to, key, (double)value);
}

static void put_cycle(cJSON *to, const char *key, uint64_t cycle) {
    if (cycle == HB_OS_NONE)
        cJSON_AddNullToObject(to, key);
    else
        put_number(to, key, cycle);
}

static void put_flags(cJSON *to, uint32_t flags) {
    cJSON *list = cJSON_AddArrayToObject(to, "flags");
    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++)
        if (flags >> i & 1)
            cJSON_AddItemToArray(list, cJSON_CreateString(flag_names[i]));
}

static void put_tasks(cJSON *to, const struct hb_os_result *os) {
    cJSON *tasks = cJSON_AddObjectToObject(to, "tasks");
    put_number(tasks, "completed", os->tasks_completed);
    put_number(tasks, "wrong", os->tasks_wrong);
    put_number(tasks, "lost", os->tasks_lost);
    put_number(tasks, "unfinished", os->tasks_unfinished);
    put_number(tasks, "restarted", os->tasks_restarted);
}

static void put_repeats(cJSON *to, const struct hb_fault_repeats *all) {
    put_number(to, "strikes", all->strikes);
    put_number(to, "down_cycles", all->down_cycles);
    put_number(to, "resumed", all->resumed);
    put_number(to, "resumed_cycles", all->resumed_cycles);
}

static void put_faults(cJSON *to, const struct hb_run_result *result) {
    cJSON *list = cJSON_AddArrayToObject(to, "faults");
    for (uint32_t i = 0; i < result->faults; i++) {
        const struct hb_fault_result *fault = &result->fault[i];
        cJSON *item = cJSON_CreateObject();
        put_number(item, "hart", fault->hart);
        put_cycle(item, "cycle", fault->struck ? fault->cycle : HB_OS_NONE);
        cJSON_AddBoolToObject(item, "activated", fault->activated);
        put_cycle(item, "suspected_cycle", fault->recovery.suspected_cycle);
        put_cycle(item, "fenced_cycle", fault->recovery.fenced_cycle);
        put_cycle(item, "recovered_cycle", fault->recovery.recovered_cycle);
        put_cycle(item, "first_work_cycle", fault->recovery.first_work_cycle);
        put_number(item, "lines_lost", fault->lines_lost);
        put_number(item, "lines_differing", fault->lines_differing);
        if (fault->repeats)
            put_repeats(item, &fault->all);
        cJSON_AddItemToArray(list, item);
    }
}

static cJSON *begin(const struct hb_record_place *place, const cJSON *chosen, enum hb_class class_) {
    cJSON *line = cJSON_CreateObject();
    put_number(line, "index", place->index);
    cJSON_AddStringToObject(line, "point", place->point);
    if (place->stratum[0])
        cJSON_AddStringToObject(line, "stratum", place->stratum);
    cJSON_AddItemToObject(line, "set", cJSON_Duplicate(chosen, true));
    cJSON_AddStringToObject(line, "class", hb_class[class_].name);
    return line;
}

static char *finish(cJSON *line) {
    char *text = cJSON_PrintUnformatted(line);
    if (!text)
        abort();
    cJSON_Delete(line);
    return text;
}

char *hb_record_line(const struct hb_record_place *place, const cJSON *chosen, const struct hb_run_result *result,
                     cJSON *curve, enum hb_class class_, uint32_t flags) {
    char hash[20];
    cJSON *line = begin(place, chosen, class_);
    put_flags(line, flags);
    cJSON_AddStringToObject(line, "outcome", hb_outcome_name(result->outcome));
    put_number(line, "cycles", result->cycles);
    if (result->has_verdicts)
        put_tasks(line, &result->os);
    put_faults(line, result);
    if (curve)
        cJSON_AddItemToObject(line, "goodput", curve);
    snprintf(hash, sizeof hash, "%016" PRIx64, result->state_hash);
    cJSON_AddStringToObject(line, "state_hash", hash);
    return finish(line);
}

char *hb_record_error_line(const struct hb_record_place *place, const cJSON *chosen) {
    cJSON *line = begin(place, chosen, HB_CLASS_SIM_ERROR);
    put_flags(line, 0);
    return finish(line);
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

static uint64_t number_at(const cJSON *root, const char *path) {
    const cJSON *node = hb_json_find(root, path);
    return cJSON_IsNumber(node) ? (uint64_t)node->valuedouble : HB_OS_NONE;
}

/* Since the first fault struck. */
static uint64_t since(const cJSON *root, const char *path) {
    uint64_t from = number_at(root, "faults.0.cycle"), to = number_at(root, path);
    return from == HB_OS_NONE || to == HB_OS_NONE || to < from ? HB_OS_NONE : to - from;
}

bool hb_record_read(const char *line, size_t n, struct hb_record *record) {
    cJSON *root = cJSON_ParseWithLength(line, n);
    const cJSON *class_ = hb_json_find(root, "class");
    uint64_t index = number_at(root, "index");
    bool ok = index != HB_OS_NONE && cJSON_IsString(class_) && hb_class_find(class_->valuestring) != HB_CLASSES_KNOWN;
    if (ok)
        *record = (struct hb_record){
            .index = index,
            .class_ = (uint8_t)hb_class_find(class_->valuestring),
            .cycles = number_at(root, "cycles"),
            .suspected = since(root, "faults.0.suspected_cycle"),
            .fenced = since(root, "faults.0.fenced_cycle"),
            .recovered = since(root, "faults.0.recovered_cycle"),
            .first_work = since(root, "faults.0.first_work_cycle"),
        };
    cJSON_Delete(root);
    return ok;
}
