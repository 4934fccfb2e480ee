#include "sim/campaign/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/base/bounds.h"

#define DEFAULT_MARGIN     0.02 /* of a random sample that is not said how large: half the width of an interval ... */
#define DEFAULT_CONFIDENCE 0.99 /* ... for a share that may be anything */
#define EXHAUSTIVE_MAX     100000000u
#define STREAM_MASK        UINT32_MAX /* so that a command that repeats a run stays short */

/* ---- Sizes ----------------------------------------------------------------------------------------------------- */

static uint64_t size_of(const struct hb_plan *plan, const struct hb_choice *choice) {
    uint64_t step = plan->campaign->mode == HB_SAMPLING_EXHAUSTIVE ? 1 : choice->step;
    switch (choice->kind) {
    case HB_CHOICE_VALUES: return (uint64_t)cJSON_GetArraySize(choice->values);
    case HB_CHOICE_RANGE: return (choice->to - choice->from + step - 1) / step;
    case HB_CHOICE_HART: return plan->harts;
    default: return plan->window_to - plan->window_from;
    }
}

static uint64_t product(uint64_t a, uint64_t b) {
    uint64_t n;
    return __builtin_mul_overflow(a, b, &n) ? UINT64_MAX : n;
}

static void measure_space(struct hb_plan *plan) {
    const struct hb_campaign *campaign = plan->campaign;
    plan->space = 1;
    plan->strata = 1;
    for (uint32_t i = 0; i < campaign->choices; i++) {
        plan->size[i] = size_of(plan, &campaign->choice[i]);
        plan->space = product(plan->space, plan->size[i]);
    }
    for (uint32_t i = 0; i < campaign->strata; i++)
        plan->strata = product(plan->strata, plan->size[campaign->stratum[i]]);
}

static bool refuse(const struct hb_plan *plan, struct hb_error *error, const char *what) {
    hb_error_set(error, "%.300s: %s", plan->campaign->path, what);
    return false;
}

static bool count_random(struct hb_plan *plan, struct hb_error *error) {
    const struct hb_campaign *campaign = plan->campaign;
    if (campaign->streams)
        plan->space = UINT64_MAX; /* times to failure are as good as any number */
    uint64_t space = plan->space == UINT64_MAX ? 0 : plan->space;
    plan->runs = campaign->runs ? campaign->runs : hb_sample_size(space, DEFAULT_MARGIN, DEFAULT_CONFIDENCE);
    if (campaign->choices || campaign->streams)
        return plan->strata <= plan->runs ||
               refuse(plan, error, "sampling.strata: there are more strata than runs, so that some would stay empty");
    if (campaign->runs > 1)
        return refuse(plan, error, "sampling.runs: nothing is left to choose, so that all runs would be the same");
    plan->runs = 1;
    return true;
}

static bool count_all(struct hb_plan *plan, struct hb_error *error) {
    char text[200];
    plan->runs = plan->space;
    if (plan->campaign->mode == HB_SAMPLING_GRID)
        for (uint32_t i = 0; i < plan->campaign->choices; i++)
            if (plan->campaign->choice[i].kind == HB_CHOICE_WINDOW)
                return refuse(plan, error,
                              "sampling.mode: a grid has no \"uniform\" cycles: give {\"from\", \"to\", \"step\"}");
    if (plan->runs <= EXHAUSTIVE_MAX)
        return true;
    snprintf(text, sizeof text, "sampling.mode: there are %" PRIu64 " combinations, and at most %u can be run",
             plan->runs, EXHAUSTIVE_MAX);
    return refuse(plan, error, text);
}

bool hb_plan_make(struct hb_plan *plan, const struct hb_campaign *campaign, uint32_t harts, uint64_t window_from,
                  uint64_t window_to, struct hb_error *error) {
    *plan = (struct hb_plan){.campaign = campaign, .harts = harts, .window_from = window_from, .window_to = window_to};
    if (campaign->uses_window && window_from >= window_to)
        return refuse(plan, error, "window: it is empty: it ends before it begins");
    measure_space(plan);
    switch (campaign->mode) {
    case HB_SAMPLING_RANDOM: return count_random(plan, error);
    case HB_SAMPLING_LIST: plan->runs = campaign->runs; return true;
    default: return count_all(plan, error);
    }
}

/* ---- Choices --------------------------------------------------------------------------------------------------- */

static uint64_t hash_of(const char *key) {
    return hb_hash_bytes(HB_HASH_SEED, (const uint8_t *)key, strlen(key));
}

/* The place of choice `which` among those of its stratum; UINT64_MAX: it is none of the strata's. */
static uint64_t place_in_stratum(const struct hb_plan *plan, uint64_t stratum, uint32_t which) {
    const struct hb_campaign *campaign = plan->campaign;
    for (uint32_t i = campaign->strata; i-- > 0;) {
        uint64_t size = plan->size[campaign->stratum[i]];
        if (campaign->stratum[i] == which)
            return stratum % size;
        stratum /= size;
    }
    return UINT64_MAX;
}

static uint64_t place_by_hash(const struct hb_plan *plan, uint64_t i, uint32_t which) {
    uint64_t place = place_in_stratum(plan, hb_plan_stratum(plan, i), which);
    if (place != UINT64_MAX)
        return place;
    return hb_choice(plan->campaign->seed, hash_of(plan->campaign->choice[which].key), i) % plan->size[which];
}

/* The combinations are counted with the last key changing fastest. */
static uint64_t place_by_order(const struct hb_plan *plan, uint64_t i, uint32_t which) {
    for (uint32_t k = plan->campaign->choices - 1; k > which; k--)
        i /= plan->size[k];
    return i % plan->size[which];
}

static cJSON *value_at(const struct hb_plan *plan, const struct hb_choice *choice, uint64_t place) {
    uint64_t step = plan->campaign->mode == HB_SAMPLING_EXHAUSTIVE ? 1 : choice->step;
    switch (choice->kind) {
    case HB_CHOICE_VALUES: return cJSON_Duplicate(cJSON_GetArrayItem(choice->values, (int)place), true);
    case HB_CHOICE_RANGE: return cJSON_CreateNumber((double)(choice->from + place * step));
    case HB_CHOICE_HART: return cJSON_CreateNumber((double)place);
    default: return cJSON_CreateNumber((double)(plan->window_from + place));
    }
}

/* Faults with a rate strike otherwise in each run, and with each seed. */
static uint64_t stream_of(const struct hb_plan *plan, uint64_t i, const char *key) {
    return hb_choice(plan->campaign->seed, hash_of(key), i) & STREAM_MASK;
}

static cJSON *add_streams(const struct hb_plan *plan, uint64_t i, cJSON *settings) {
    char key[48];
    for (uint32_t f = 0; f < plan->campaign->faults; f++) {
        snprintf(key, sizeof key, "faults.%" PRIu32 ".rate.stream", f);
        if (plan->campaign->streams >> f & 1 && !cJSON_HasObjectItem(settings, key))
            cJSON_AddNumberToObject(settings, key, (double)stream_of(plan, i, key));
    }
    return settings;
}

cJSON *hb_plan_choices(const struct hb_plan *plan, uint64_t i) {
    const struct hb_campaign *campaign = plan->campaign;
    if (campaign->mode == HB_SAMPLING_LIST)
        return add_streams(plan, i, cJSON_Duplicate(cJSON_GetArrayItem(campaign->list, (int)i), true));
    cJSON *settings = cJSON_CreateObject();
    for (uint32_t which = 0; which < campaign->choices; which++) {
        bool random = campaign->mode == HB_SAMPLING_RANDOM;
        uint64_t place = random ? place_by_hash(plan, i, which) : place_by_order(plan, i, which);
        const struct hb_choice *choice = &campaign->choice[which];
        cJSON_AddItemToObject(settings, choice->key, value_at(plan, choice, place));
    }
    return add_streams(plan, i, settings);
}

/* ---- Probes ---------------------------------------------------------------------------------------------------- */

/* How many values of a choice are looked at, and which is the i-th. */
static uint64_t probed_values(const struct hb_plan *plan, uint32_t which) {
    switch (plan->campaign->choice[which].kind) {
    case HB_CHOICE_VALUES: return plan->size[which];
    case HB_CHOICE_RANGE: return 2;
    default: return 0; /* of the machine's own: they are right */
    }
}

static uint64_t probed_place(const struct hb_plan *plan, uint32_t which, uint64_t i) {
    return plan->campaign->choice[which].kind == HB_CHOICE_VALUES || i == 0 ? i : plan->size[which] - 1;
}

cJSON *hb_plan_probe(const struct hb_plan *plan, uint64_t probe) {
    const struct hb_campaign *campaign = plan->campaign;
    if (campaign->mode == HB_SAMPLING_LIST)
        return probe < plan->runs ? hb_plan_choices(plan, probe) : NULL;
    cJSON *settings = hb_plan_choices(plan, 0);
    if (probe == 0)
        return settings;
    probe--;
    for (uint32_t which = 0; which < campaign->choices; which++) {
        const struct hb_choice *choice = &campaign->choice[which];
        uint64_t values = probed_values(plan, which);
        if (probe < values) {
            cJSON_DeleteItemFromObjectCaseSensitive(settings, choice->key);
            cJSON_AddItemToObject(settings, choice->key, value_at(plan, choice, probed_place(plan, which, probe)));
            return settings;
        }
        probe -= values;
    }
    cJSON_Delete(settings);
    return NULL;
}

/* ---- Strata ---------------------------------------------------------------------------------------------------- */

/* In the other modes a run's stratum is where its choices put it. */
uint64_t hb_plan_stratum(const struct hb_plan *plan, uint64_t i) {
    const struct hb_campaign *campaign = plan->campaign;
    uint64_t stratum = 0;
    if (campaign->mode == HB_SAMPLING_RANDOM || campaign->mode == HB_SAMPLING_LIST)
        return campaign->mode == HB_SAMPLING_LIST ? 0 : i % plan->strata;
    for (uint32_t k = 0; k < campaign->strata; k++)
        stratum = stratum * plan->size[campaign->stratum[k]] + place_by_order(plan, i, campaign->stratum[k]);
    return stratum;
}

void hb_plan_stratum_name(const struct hb_plan *plan, uint64_t stratum, char name[HB_STRATUM_BYTES]) {
    const struct hb_campaign *campaign = plan->campaign;
    size_t n = 0;
    name[0] = 0;
    for (uint32_t k = 0; k < campaign->strata && n < HB_STRATUM_BYTES; k++) {
        const struct hb_choice *choice = &campaign->choice[campaign->stratum[k]];
        cJSON *value = value_at(plan, choice, place_in_stratum(plan, stratum, campaign->stratum[k]));
        char *text = cJSON_PrintUnformatted(value);
        n += (size_t)snprintf(name + n, HB_STRATUM_BYTES - n, "%s%s=%s", k ? " " : "", choice->key, text ? text : "");
        cJSON_free(text);
        cJSON_Delete(value);
    }
}

uint64_t hb_plan_stratum_space(const struct hb_plan *plan) {
    return plan->space == UINT64_MAX ? UINT64_MAX : plan->space / plan->strata;
}
