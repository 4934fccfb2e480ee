/* Reading a campaign's file: every mistake is one line FILE: PLACE: what is wrong and what would be right. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/base/json.h"
#include "sim/base/json_fields.h"
#include "sim/campaign/campaign.h"
#include "sim/campaign/class.h"
#include "sim/config/images.h"
#include "sim/config/keys.h"
#include "sim/result/expect.h"

#define WHERE_BYTES HB_CHOICE_KEY_BYTES

struct reader {
    struct hb_campaign *campaign;
    struct hb_fields fields;
};

static const cJSON *get(const cJSON *node, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(node, name);
}

static bool is_whole(const cJSON *node) {
    return cJSON_IsNumber(node) && node->valuedouble >= 0 && node->valuedouble <= 9007199254740991.0 &&
           node->valuedouble == floor(node->valuedouble);
}

/* A number between `least` and `most`, without its ends; what is not there leaves `*value` as it is. */
static bool read_number(const struct reader *reader, const char *where, const cJSON *node, double least, double most,
                        double *value) {
    if (!node)
        return true;
    if (!cJSON_IsNumber(node) || !(node->valuedouble > least && node->valuedouble < most))
        return hb_fields_refuse(&reader->fields, where, "should be a number above %g and below %g", least, most);
    *value = node->valuedouble;
    return true;
}

/* ---- The window ------------------------------------------------------------------------------------------------ */

static bool read_tracepoint(const struct reader *reader, const char *where, const cJSON *node, uint16_t *id) {
    const struct hb_key_name *names = hb_key_find("faults.*.trigger.tracepoint")->names;
    const char *words[64];
    uint32_t n = 0, found = 0;
    while (names[n].name && n + 1 < sizeof words / sizeof words[0]) {
        words[n] = names[n].name;
        n++;
    }
    words[n] = NULL;
    if (!hb_fields_name(&reader->fields, where, node, words, &found))
        return false;
    *id = names[found].value;
    return true;
}

static bool read_mark(const struct reader *reader, const char *where, const cJSON *node, struct hb_window_mark *mark) {
    static const char *const names[] = {"cycle", "tracepoint", "count", NULL};
    const cJSON *cycle = get(node, "cycle"), *tracepoint = get(node, "tracepoint"), *count = get(node, "count");
    if (!node)
        return true;
    if (!hb_fields_only(&reader->fields, where, node, names))
        return false;
    if (!cycle == !tracepoint || (cycle && count))
        return hb_fields_refuse(&reader->fields, where,
                                "should be {\"cycle\": N} or {\"tracepoint\": NAME, \"count\": N or \"last\"}");
    *mark = (struct hb_window_mark){.kind = cycle ? HB_MARK_CYCLE : HB_MARK_TRACEPOINT, .count = 1};
    if (cycle)
        return hb_fields_whole(&reader->fields, where, cycle, 0, HB_KEY_INTEGER_MAX, &mark->cycle);
    mark->last = cJSON_IsString(count) && strcmp(count->valuestring, "last") == 0;
    return read_tracepoint(reader, where, tracepoint, &mark->tracepoint) &&
           (mark->last || hb_fields_whole(&reader->fields, where, count, 1, UINT32_MAX, &mark->count));
}

static bool read_window(const struct reader *reader) {
    static const char *const names[] = {"from", "to", NULL};
    struct hb_campaign *campaign = reader->campaign;
    const cJSON *window = get(campaign->document, "window");
    campaign->has_window = window != NULL;
    campaign->from = (struct hb_window_mark){.kind = HB_MARK_TRACEPOINT, .tracepoint = HB_TP_ALL_HARTS_UP, .count = 1};
    campaign->to = (struct hb_window_mark){.kind = HB_MARK_TRACEPOINT, .tracepoint = HB_TP_TASK_RUN, .last = true};
    return hb_fields_only(&reader->fields, "window", window, names) &&
           read_mark(reader, "window.from", get(window, "from"), &campaign->from) &&
           read_mark(reader, "window.to", get(window, "to"), &campaign->to);
}

/* ---- Faults and their choices ---------------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_word(const cJSON *node, const char *word) {
    return cJSON_IsString(node) && strcmp(node->valuestring, word) == 0;
}

static bool is_range(const cJSON *node) {
    return cJSON_IsObject(node) && get(node, "from") && get(node, "to");
}

static bool read_range(const struct reader *reader, const char *key, const cJSON *node, struct hb_choice *choice) {
    static const char *const names[] = {"from", "to", "step", NULL};
    choice->step = 1;
    if (!hb_fields_only(&reader->fields, key, node, names) ||
        !hb_fields_whole(&reader->fields, key, get(node, "from"), 0, HB_KEY_INTEGER_MAX, &choice->from) ||
        !hb_fields_whole(&reader->fields, key, get(node, "to"), 0, HB_KEY_INTEGER_MAX, &choice->to) ||
        !hb_fields_whole(&reader->fields, key, get(node, "step"), 1, HB_KEY_INTEGER_MAX, &choice->step))
        return false;
    return choice->from < choice->to ||
           hb_fields_refuse(&reader->fields, key, "the range is empty: it ends before \"to\"");
}

/* Scale and shape of a distribution, and several CPUs, are no list of values to choose from. */
static bool is_one_value(const char *key, const cJSON *node) {
    return (ends_with(key, ".rate.weibull") || ends_with(key, ".target.harts")) && cJSON_IsNumber(node->child);
}

/* Is the value at `key` a choice? If so it becomes one. */
static bool take_choice(const struct reader *reader, const char *key, const cJSON *node, bool *taken) {
    struct hb_campaign *campaign = reader->campaign;
    struct hb_choice choice = {.kind = HB_CHOICE_VALUES, .values = node};
    bool is_list = cJSON_IsArray(node) && !is_one_value(key, node);
    *taken = true;
    if (is_word(node, "any") && ends_with(key, ".target.hart"))
        choice.kind = HB_CHOICE_HART;
    else if (is_word(node, "uniform") && ends_with(key, ".trigger.cycle"))
        choice.kind = HB_CHOICE_WINDOW;
    else if (is_range(node))
        choice.kind = HB_CHOICE_RANGE;
    else if (!is_list)
        *taken = false;
    if (!*taken)
        return true;
    if (is_list && !node->child)
        return hb_fields_refuse(&reader->fields, key, "an empty list leaves nothing to choose");
    if (campaign->choices == HB_CAMPAIGN_CHOICES_MAX)
        return hb_fields_refuse(&reader->fields, key, "there are more than %d choices", HB_CAMPAIGN_CHOICES_MAX);
    if (choice.kind == HB_CHOICE_RANGE && !read_range(reader, key, node, &choice))
        return false;
    snprintf(choice.key, sizeof choice.key, "%s", key);
    campaign->uses_window = campaign->uses_window || choice.kind == HB_CHOICE_WINDOW;
    campaign->choice[campaign->choices++] = choice;
    return true;
}

static bool put_setting(const struct reader *reader, cJSON *settings, const char *key, const cJSON *value) {
    cJSON *copy = cJSON_Duplicate(value, true);
    return (copy && cJSON_AddItemToObject(settings, key, copy)) ||
           hb_fields_refuse(&reader->fields, key, "the host does not have enough memory");
}

/* The values of a fault, down to those that are no objects. */
static bool read_fault_values(const struct reader *reader, const char *path, const cJSON *node) {
    for (const cJSON *member = node->child; member; member = member->next) {
        char key[WHERE_BYTES];
        bool taken;
        if (snprintf(key, sizeof key, "%s.%s", path, member->string) >= WHERE_BYTES)
            return hb_fields_refuse(&reader->fields, path, "\"%.60s...\" is no key of a fault", member->string);
        if (!take_choice(reader, key, member, &taken))
            return false;
        if (taken)
            continue;
        bool ok = cJSON_IsObject(member) ? read_fault_values(reader, key, member)
                                         : put_setting(reader, reader->campaign->fault_settings, key, member);
        if (!ok)
            return false;
    }
    return true;
}

static bool read_faults(const struct reader *reader) {
    struct hb_campaign *campaign = reader->campaign;
    const cJSON *faults = get(campaign->document, "faults");
    campaign->fault_settings = cJSON_CreateObject();
    if (!campaign->fault_settings)
        return hb_fields_refuse(&reader->fields, "faults", "the host does not have enough memory");
    if (faults && (!cJSON_IsArray(faults) || cJSON_GetArraySize(faults) > HB_CONFIG_FAULTS_MAX))
        return hb_fields_refuse(&reader->fields, "faults", "should be a list of at most %d faults",
                                HB_CONFIG_FAULTS_MAX);
    for (const cJSON *fault = faults ? faults->child : NULL; fault; fault = fault->next) {
        char path[32];
        const cJSON *rate = get(fault, "rate");
        if (rate && !get(rate, "stream"))
            campaign->streams |= UINT32_C(1) << campaign->faults;
        snprintf(path, sizeof path, "faults.%" PRIu32, campaign->faults++);
        if (!cJSON_IsObject(fault))
            return hb_fields_refuse(&reader->fields, path, "is %s, should be an object", hb_json_kind(fault));
        if (!read_fault_values(reader, path, fault))
            return false;
    }
    return true;
}

/* ---- Points ---------------------------------------------------------------------------------------------------- */

/* An object of dotted keys, none of which belongs to the campaign itself. */
static bool check_settings(const struct reader *reader, const char *where, const cJSON *settings, bool lists) {
    static const char *const ours[] = {"faults", "variants", "expect", "name"};
    if (!settings)
        return true;
    if (!cJSON_IsObject(settings))
        return hb_fields_refuse(&reader->fields, where, "is %s, should be an object of dotted keys and values",
                                hb_json_kind(settings));
    for (const cJSON *setting = settings->child; setting; setting = setting->next) {
        size_t n = strcspn(setting->string, ".");
        for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
            if (strlen(ours[i]) == n && strncmp(ours[i], setting->string, n) == 0)
                return hb_fields_refuse(&reader->fields, where, "\"%.60s\" cannot be set here", setting->string);
        if (lists && (!cJSON_IsArray(setting) || !setting->child))
            return hb_fields_refuse(&reader->fields, where, "%.60s: should be a list of values to sweep over",
                                    setting->string);
    }
    return true;
}

/* How many points the members of `lists` give when they are crossed. */
static uint64_t crossed(const cJSON *lists) {
    uint64_t n = 1;
    for (const cJSON *list = lists ? lists->child : NULL; list && n <= HB_CAMPAIGN_POINTS_MAX; list = list->next)
        n *= (uint64_t)cJSON_GetArraySize(list);
    return n;
}

/* How many places the lists of `zip` have; they are equally long. */
static bool zipped(const struct reader *reader, const cJSON *zip, uint64_t *n) {
    *n = 1;
    for (const cJSON *list = zip ? zip->child : NULL; list; list = list->next) {
        if (list != zip->child && (uint64_t)cJSON_GetArraySize(list) != *n)
            return hb_fields_refuse(&reader->fields, "sweep.zip",
                                    "the lists should be equally long; %.60s has %d values, %.60s %" PRIu64,
                                    list->string, cJSON_GetArraySize(list), zip->child->string, *n);
        *n = (uint64_t)cJSON_GetArraySize(list);
    }
    return true;
}

static bool put_place(const struct reader *reader, cJSON *settings, const cJSON *list, uint64_t place) {
    const cJSON *value = cJSON_GetArrayItem(list, (int)place);
    cJSON_DeleteItemFromObjectCaseSensitive(settings, list->string);
    return put_setting(reader, settings, list->string, value);
}

/* The settings of point `i`: the seed changes fastest, then the place in `zip`, then the crossed lists from the last to
 * the first. */
static bool make_point(const struct reader *reader, uint64_t i, struct hb_campaign_point *point) {
    const cJSON *set = get(reader->campaign->document, "set"), *sweep = get(reader->campaign->document, "sweep");
    const cJSON *cross = get(sweep, "cross"), *zip = get(sweep, "zip"), *seeds = get(sweep, "seeds");
    uint64_t place = i, n = seeds ? (uint64_t)cJSON_GetArraySize(seeds) : 1;
    point->settings = set ? cJSON_Duplicate(set, true) : cJSON_CreateObject();
    if (!point->settings)
        return hb_fields_refuse(&reader->fields, "set", "the host does not have enough memory");
    if (seeds && !put_setting(reader, point->settings, "seed", cJSON_GetArrayItem(seeds, (int)(place % n))))
        return false;
    place /= n;
    n = zip && zip->child ? (uint64_t)cJSON_GetArraySize(zip->child) : 1;
    for (const cJSON *list = zip ? zip->child : NULL; list; list = list->next)
        if (!put_place(reader, point->settings, list, place % n))
            return false;
    place /= n;
    for (int k = cJSON_GetArraySize(cross) - 1; k >= 0; k--) {
        const cJSON *list = cJSON_GetArrayItem(cross, k);
        n = (uint64_t)cJSON_GetArraySize(list);
        if (!put_place(reader, point->settings, list, place % n))
            return false;
        place /= n;
    }
    snprintf(point->name, sizeof point->name, "p%" PRIu64, i);
    return true;
}

static bool check_seeds(const struct reader *reader, const cJSON *seeds) {
    if (!seeds)
        return true;
    if (!cJSON_IsArray(seeds) || !seeds->child)
        return hb_fields_refuse(&reader->fields, "sweep.seeds", "should be a list of whole numbers");
    for (const cJSON *seed = seeds->child; seed; seed = seed->next)
        if (!is_whole(seed))
            return hb_fields_refuse(&reader->fields, "sweep.seeds", "should be a list of whole numbers");
    return true;
}

static bool read_points(const struct reader *reader) {
    static const char *const names[] = {"cross", "zip", "seeds", NULL};
    struct hb_campaign *campaign = reader->campaign;
    const cJSON *sweep = get(campaign->document, "sweep"), *seeds = get(sweep, "seeds");
    uint64_t zips;
    if (!check_settings(reader, "set", get(campaign->document, "set"), false) ||
        !hb_fields_only(&reader->fields, "sweep", sweep, names) ||
        !check_settings(reader, "sweep.cross", get(sweep, "cross"), true) ||
        !check_settings(reader, "sweep.zip", get(sweep, "zip"), true) || !check_seeds(reader, seeds) ||
        !zipped(reader, get(sweep, "zip"), &zips))
        return false;
    uint64_t points = crossed(get(sweep, "cross"));
    campaign->seeds = seeds ? (uint32_t)cJSON_GetArraySize(seeds) : 1;
    if (points <= HB_CAMPAIGN_POINTS_MAX)
        points *= zips * campaign->seeds;
    if (points > HB_CAMPAIGN_POINTS_MAX)
        return hb_fields_refuse(&reader->fields, "sweep", "has more than %d points", HB_CAMPAIGN_POINTS_MAX);
    campaign->point = calloc(points, sizeof *campaign->point);
    if (!campaign->point)
        return hb_fields_refuse(&reader->fields, "sweep", "the host does not have enough memory");
    for (campaign->points = 0; campaign->points < points; campaign->points++)
        if (!make_point(reader, campaign->points, &campaign->point[campaign->points]))
            return false;
    return true;
}

/* ---- Sampling -------------------------------------------------------------------------------------------------- */

static bool read_class(const struct reader *reader, const cJSON *node, uint32_t *class_) {
    const char *names[HB_CLASSES_KNOWN + 1] = {NULL};
    for (uint32_t i = 0; i < HB_CLASSES_KNOWN; i++)
        names[i] = hb_class[i].name;
    if (!node)
        return hb_fields_refuse(&reader->fields, "sampling.stop.class", "is missing: which class is counted?");
    return hb_fields_name(&reader->fields, "sampling.stop.class", node, names, class_);
}

static bool read_stop(const struct reader *reader, const cJSON *node) {
    static const char *const names[] = {"class", "margin", "confidence", "looks", NULL};
    struct hb_campaign_stop *stop = &reader->campaign->stop;
    uint64_t looks = 5;
    *stop = (struct hb_campaign_stop){.wanted = node != NULL, .margin = 0.02, .confidence = 0.99};
    if (!node)
        return true;
    if (!hb_fields_only(&reader->fields, "sampling.stop", node, names) ||
        !read_class(reader, get(node, "class"), &stop->class_) ||
        !read_number(reader, "sampling.stop.margin", get(node, "margin"), 0, 0.5, &stop->margin) ||
        !read_number(reader, "sampling.stop.confidence", get(node, "confidence"), 0, 1, &stop->confidence) ||
        !hb_fields_whole(&reader->fields, "sampling.stop.looks", get(node, "looks"), 1, 100, &looks))
        return false;
    stop->looks = (uint32_t)looks;
    return true;
}

static bool read_strata(const struct reader *reader, const cJSON *list) {
    struct hb_campaign *campaign = reader->campaign;
    if (list && (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > HB_CAMPAIGN_STRATA_MAX))
        return hb_fields_refuse(&reader->fields, "sampling.strata", "should be a list of at most %d keys",
                                HB_CAMPAIGN_STRATA_MAX);
    for (const cJSON *key = list ? list->child : NULL; key; key = key->next) {
        const char *names[HB_CAMPAIGN_CHOICES_MAX + 1];
        uint32_t choice, n = 0;
        while (n < campaign->choices) {
            names[n] = campaign->choice[n].key;
            n++;
        }
        names[n] = NULL;
        if (!hb_fields_name(&reader->fields, "sampling.strata", key, names, &choice))
            return false;
        if (campaign->choice[choice].kind == HB_CHOICE_WINDOW)
            return hb_fields_refuse(&reader->fields, "sampling.strata",
                                    "%.100s: the cycles of the window are too many for strata",
                                    campaign->choice[choice].key);
        campaign->stratum[campaign->strata++] = choice;
    }
    return true;
}

static bool read_list(const struct reader *reader, const cJSON *list) {
    struct hb_campaign *campaign = reader->campaign;
    if (campaign->mode != HB_SAMPLING_LIST)
        return !list || hb_fields_refuse(&reader->fields, "sampling.list", "goes with the mode \"list\" alone");
    if (!cJSON_IsArray(list) || !list->child)
        return hb_fields_refuse(&reader->fields, "sampling.list",
                                "should be a list of objects of dotted keys, one for each run");
    for (const cJSON *run = list->child; run; run = run->next)
        for (const cJSON *setting = run->child; setting; setting = setting->next)
            if (!setting->string || strncmp(setting->string, "faults.", 7) != 0)
                return hb_fields_refuse(&reader->fields, "sampling.list", "\"%.60s\" is no key of a fault",
                                        setting->string ? setting->string : "");
    campaign->list = list;
    campaign->runs = (uint64_t)cJSON_GetArraySize(list);
    return true;
}

static bool read_sampling(const struct reader *reader) {
    static const char *const names[] = {"mode", "runs", "strata", "stop", "list", NULL};
    static const char *const modes[] = {"random", "grid", "exhaustive", "list", NULL};
    struct hb_campaign *campaign = reader->campaign;
    const cJSON *sampling = get(campaign->document, "sampling"), *mode = get(sampling, "mode");
    uint32_t which = HB_SAMPLING_RANDOM;
    if (!hb_fields_only(&reader->fields, "sampling", sampling, names) ||
        (mode && !hb_fields_name(&reader->fields, "sampling.mode", mode, modes, &which)) ||
        !hb_fields_whole(&reader->fields, "sampling.runs", get(sampling, "runs"), 1, HB_CAMPAIGN_RUNS_MAX,
                         &campaign->runs) ||
        !read_stop(reader, get(sampling, "stop")) || !read_strata(reader, get(sampling, "strata")))
        return false;
    campaign->mode = (uint8_t)which;
    if (campaign->runs && which != HB_SAMPLING_RANDOM)
        return hb_fields_refuse(&reader->fields, "sampling.runs",
                                "goes with the mode \"random\" alone; \"%s\" has as many as there are", modes[which]);
    if (campaign->stop.wanted && which != HB_SAMPLING_RANDOM)
        return hb_fields_refuse(&reader->fields, "sampling.stop", "goes with the mode \"random\" alone");
    return read_list(reader, get(sampling, "list"));
}

/* ---- The rest -------------------------------------------------------------------------------------------------- */

static bool read_limits(const struct reader *reader) {
    static const char *const names[] = {"quiet_factor", "cycles_factor", "delay_percent", NULL};
    struct hb_campaign_limits *limits = &reader->campaign->limits;
    const cJSON *node = get(reader->campaign->document, "limits");
    *limits = (struct hb_campaign_limits){3, 10, 10};
    return hb_fields_only(&reader->fields, "limits", node, names) &&
           read_number(reader, "limits.quiet_factor", get(node, "quiet_factor"), 0, 1e6, &limits->quiet_factor) &&
           read_number(reader, "limits.cycles_factor", get(node, "cycles_factor"), 0, 1e6, &limits->cycles_factor) &&
           read_number(reader, "limits.delay_percent", get(node, "delay_percent"), 0, 1e6, &limits->delay_percent);
}

/* Names can be written in an expectation, and in a table whose columns are divided by commas. */
static bool is_plain(const char *name) {
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return n && n < sizeof((struct hb_campaign_measure *)0)->name && !name[n];
}

static bool read_measure(const struct reader *reader, const cJSON *node) {
    struct hb_campaign *campaign = reader->campaign;
    struct hb_campaign_measure *measure = &campaign->measure[campaign->measures];
    if (campaign->measures == HB_CAMPAIGN_MEASURES_MAX)
        return hb_fields_refuse(&reader->fields, "measure", "there are more than %d", HB_CAMPAIGN_MEASURES_MAX);
    if (!is_plain(node->string))
        return hb_fields_refuse(&reader->fields, "measure", "\"%.60s\" is no name of letters, digits and \"_\"",
                                node->string);
    if (!cJSON_IsString(node) || strlen(node->valuestring) >= sizeof measure->place)
        return hb_fields_refuse(&reader->fields, "measure", "%.60s: should be a place in result.json, such as \"%s\"",
                                node->string, "bus.utilisation");
    snprintf(measure->name, sizeof measure->name, "%s", node->string);
    snprintf(measure->place, sizeof measure->place, "%s", node->valuestring);
    campaign->measures++;
    return true;
}

static bool read_measures(const struct reader *reader) {
    struct hb_campaign *campaign = reader->campaign;
    const cJSON *node = get(campaign->document, "measure");
    campaign->confidence = 0.95;
    if (!read_number(reader, "confidence", get(campaign->document, "confidence"), 0, 1, &campaign->confidence))
        return false;
    if (node && (!cJSON_IsObject(node) || campaign->faults || campaign->seeds < 2))
        return hb_fields_refuse(
            &reader->fields, "measure",
            "should be names with their places in result.json, in a sweep over seeds without faults");
    for (const cJSON *measure = node ? node->child : NULL; measure; measure = measure->next)
        if (!read_measure(reader, measure))
            return false;
    if (!campaign->measures)
        campaign->measure[campaign->measures++] = (struct hb_campaign_measure){"cycles", "cycles"};
    return true;
}

static bool read_variable(const struct reader *reader, const cJSON *node) {
    struct hb_signature *signature = &reader->campaign->signature;
    const char *name;
    if (signature->variables == HB_SIGNATURE_MAX)
        return hb_fields_refuse(&reader->fields, "signature.memory", "there are more than %d variables",
                                HB_SIGNATURE_MAX);
    if (!hb_fields_text_needed(&reader->fields, "signature.memory", node, &name))
        return false;
    if (strlen(name) >= HB_NAME_BYTES)
        return hb_fields_refuse(&reader->fields, "signature.memory", "\"%.60s...\" is too long for a name", name);
    snprintf(signature->variable[signature->variables++], HB_NAME_BYTES, "%s", name);
    return true;
}

static bool read_signature(const struct reader *reader) {
    static const char *const names[] = {"memory", "console", NULL};
    const cJSON *node = get(reader->campaign->document, "signature");
    const cJSON *memory = get(node, "memory"), *console = get(node, "console");
    if (!hb_fields_only(&reader->fields, "signature", node, names))
        return false;
    if (console && !cJSON_IsBool(console))
        return hb_fields_refuse(&reader->fields, "signature.console", "should be true or false");
    if (memory && (!cJSON_IsArray(memory) || !memory->child))
        return hb_fields_refuse(&reader->fields, "signature.memory", "should be a list of variables of the program");
    reader->campaign->signature.console = cJSON_IsTrue(console);
    for (const cJSON *name = memory ? memory->child : NULL; name; name = name->next)
        if (!read_variable(reader, name))
            return false;
    return true;
}

static bool read_expectation(const struct reader *reader, const cJSON *node, struct hb_expectation *expectation) {
    static const char *const names[] = {"that", "because", NULL};
    const cJSON *that = get(node, "that"), *because = get(node, "because");
    struct hb_error error;
    if (!hb_fields_only(&reader->fields, "expect", node, names))
        return false;
    if (!cJSON_IsString(that) || (because && !cJSON_IsString(because)))
        return hb_fields_refuse(&reader->fields, "expect",
                                "should be a list of {\"that\": EXPRESSION, \"because\": TEXT}");
    struct hb_expect *parsed = hb_expect_parse(that->valuestring, &error);
    hb_expect_free(parsed);
    if (!parsed)
        return hb_fields_refuse(&reader->fields, "expect", "\"%.100s\": %.300s", that->valuestring, error.text);
    expectation->that = strdup(that->valuestring);
    expectation->because = strdup(because ? because->valuestring : "");
    return (expectation->that && expectation->because) ||
           hb_fields_refuse(&reader->fields, "expect", "the host does not have enough memory");
}

static bool read_expectations(const struct reader *reader) {
    struct hb_campaign *campaign = reader->campaign;
    const cJSON *list = get(campaign->document, "expect");
    if (!list)
        return true;
    if (!cJSON_IsArray(list))
        return hb_fields_refuse(&reader->fields, "expect",
                                "should be a list of {\"that\": EXPRESSION, \"because\": TEXT}");
    campaign->expectation = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *campaign->expectation);
    if (!campaign->expectation)
        return hb_fields_refuse(&reader->fields, "expect", "the host does not have enough memory");
    for (const cJSON *node = list->child; node; node = node->next)
        if (!read_expectation(reader, node, &campaign->expectation[campaign->expectations++]))
            return false;
    return true;
}

/* A path in the file is relative to the file; a bundled experiment may be named without one. */
static bool find_experiment(const struct reader *reader) {
    struct hb_campaign *campaign = reader->campaign;
    const cJSON *node = get(campaign->document, "experiment");
    const char *slash = strrchr(campaign->path, '/');
    int folder = slash ? (int)(slash - campaign->path + 1) : 0;
    char path[HB_PATH_BYTES];
    if (!cJSON_IsString(node) || !node->valuestring[0])
        return hb_fields_refuse(&reader->fields, "experiment",
                                "is missing: the path of an experiment, or the name of a bundled one");
    if (node->valuestring[0] == '/')
        folder = 0;
    if (snprintf(path, sizeof path, "%.*s%s", folder, campaign->path, node->valuestring) >= HB_PATH_BYTES)
        return hb_fields_refuse(&reader->fields, "experiment", "the path is too long");
    if (hb_experiment_find(path, campaign->experiment) || hb_experiment_find(node->valuestring, campaign->experiment))
        return true;
    return hb_fields_refuse(&reader->fields, "experiment", "there is no %.300s", path);
}

static bool read_head(const struct reader *reader) {
    static const char *const names[] = {"$schema", "schema",    "name",       "about",   "seed",     "experiment",
                                        "set",     "sweep",     "window",     "faults",  "sampling", "limits",
                                        "expect",  "signature", "confidence", "measure", NULL};
    struct hb_campaign *campaign = reader->campaign;
    const cJSON *schema = get(campaign->document, "schema"), *name = get(campaign->document, "name");
    if (!schema && get(campaign->document, "image"))
        return hb_fields_refuse(&reader->fields, "",
                                "is an experiment, which `hartbeat run` runs; a campaign names one");
    if (!is_word(schema, HB_CAMPAIGN_SCHEMA))
        return hb_fields_refuse(&reader->fields, "schema", "should be \"" HB_CAMPAIGN_SCHEMA "\"");
    if (!hb_fields_only(&reader->fields, "", campaign->document, names))
        return false;
    if (name && (!cJSON_IsString(name) || strlen(name->valuestring) >= HB_NAME_BYTES))
        return hb_fields_refuse(&reader->fields, "name", "should be a string of at most %d bytes", HB_NAME_BYTES - 1);
    snprintf(campaign->name, sizeof campaign->name, "%s", name ? name->valuestring : "campaign");
    campaign->seed = 1;
    return hb_fields_whole(&reader->fields, "seed", get(campaign->document, "seed"), 0, HB_KEY_INTEGER_MAX,
                           &campaign->seed);
}

/* All but the experiment. */
static bool read_document(const struct reader *reader) {
    return read_head(reader) && read_window(reader) && read_faults(reader) && read_points(reader) &&
           read_sampling(reader) && read_limits(reader) && read_signature(reader) && read_measures(reader) &&
           read_expectations(reader);
}

bool hb_campaign_read(const char *path, struct hb_campaign *campaign, struct hb_error *error) {
    const struct reader reader = {campaign, {campaign->path, error}};
    memset(campaign, 0, sizeof *campaign);
    snprintf(campaign->path, sizeof campaign->path, "%s", path);
    campaign->document = hb_json_read(path, error);
    if (campaign->document && read_document(&reader) && find_experiment(&reader))
        return true;
    hb_campaign_free(campaign);
    return false;
}

/* ---- In a folder of results ------------------------------------------------------------------------------------ */

char *hb_campaign_understood(const struct hb_campaign *campaign, struct hb_error *error) {
    cJSON *experiment = hb_json_read(campaign->experiment, error);
    if (!experiment)
        return NULL;
    char commit[64];
    cJSON *whole = cJSON_CreateObject();
    hb_commit_name(commit, sizeof commit);
    cJSON_AddStringToObject(whole, "hartbeat", commit);
    cJSON_AddItemToObject(whole, "campaign", cJSON_Duplicate(campaign->document, true));
    cJSON_AddItemToObject(whole, "experiment", experiment);
    char *plain = cJSON_PrintUnformatted(whole), hash[20];
    snprintf(hash, sizeof hash, "%016" PRIx64, hb_hash_bytes(HB_HASH_SEED, (const uint8_t *)plain, strlen(plain)));
    cJSON_free(plain);
    cJSON_AddStringToObject(whole, "hash", hash);
    char *text = cJSON_Print(whole);
    cJSON_Delete(whole);
    return text;
}

bool hb_campaign_read_results(const char *dir, struct hb_campaign *campaign, struct hb_error *error) {
    const struct reader reader = {campaign, {campaign->path, error}};
    memset(campaign, 0, sizeof *campaign);
    snprintf(campaign->path, sizeof campaign->path, "%.4000s/campaign.json", dir);
    cJSON *whole = hb_json_read(campaign->path, error);
    campaign->document = cJSON_DetachItemFromObjectCaseSensitive(whole, "campaign");
    cJSON_Delete(whole);
    if (whole && !campaign->document)
        hb_fields_refuse(&reader.fields, "", "is not the campaign.json of a folder of results");
    if (campaign->document && read_document(&reader))
        return true;
    hb_campaign_free(campaign);
    return false;
}
