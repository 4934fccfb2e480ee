#include "sim/campaign/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bounds.h"
#include "sim/base/csv_cell.h"
#include "sim/base/json_write.h"
#include "sim/campaign/folder.h"
#include "sim/campaign/means.h"
#include "sim/experiment/implied.h"

static void *need(void *memory) {
    if (!memory)
        abort();
    return memory;
}

/* ---- Adding ---------------------------------------------------------------------------------------------------- */

static void add_value(struct hb_sample *sample, uint64_t value) {
    if (value == HB_OS_NONE)
        return;
    if (sample->n == sample->room) {
        sample->room = 2 * sample->room + 64;
        sample->value = need(realloc(sample->value, sample->room * sizeof *sample->value));
    }
    sample->value[sample->n++] = value;
}

static void add_run(struct hb_summary_part *part, const struct hb_record *record) {
    part->runs++;
    part->count[record->class_]++;
    add_value(&part->suspected, record->suspected);
    add_value(&part->fenced, record->fenced);
    add_value(&part->recovered, record->recovered);
    add_value(&part->first_work, record->first_work);
    add_value(&part->cycles, record->cycles);
}

void hb_summary_begin(struct hb_summary *summary, const struct hb_campaign *campaign) {
    *summary =
        (struct hb_summary){.campaign = campaign, .point = need(calloc(campaign->points, sizeof *summary->point))};
}

static uint32_t looks_of(const struct hb_summary *summary) {
    return summary->campaign->stop.wanted ? summary->campaign->stop.looks : 1;
}

void hb_summary_add_point(struct hb_summary *summary, const struct hb_plan *plan, uint32_t point,
                          const cJSON *settings) {
    struct hb_summary_point *added = &summary->point[summary->points++];
    snprintf(added->name, sizeof added->name, "%s", summary->campaign->point[point].name);
    added->settings = cJSON_Duplicate(settings, true);
    added->whole.space = plan->space;
    added->whole.looks = looks_of(summary);
    added->whole.confidence = summary->campaign->confidence;
    added->strata = plan->strata > 1 ? plan->strata : 0;
    added->stratum = need(calloc(added->strata + 1, sizeof *added->stratum));
    for (uint64_t s = 0; s < added->strata; s++) {
        hb_plan_stratum_name(plan, s, added->stratum[s].name);
        added->stratum[s].looks = added->whole.looks;
        added->stratum[s].confidence = added->whole.confidence;
        added->stratum[s].space = hb_plan_stratum_space(plan);
    }
}

void hb_summary_add_run(struct hb_summary *summary, const struct hb_plan *plan, uint64_t run,
                        const struct hb_record *record) {
    struct hb_summary_point *point = &summary->point[summary->points - 1];
    add_run(&point->whole, record);
    if (point->strata)
        add_run(&point->stratum[hb_plan_stratum(plan, run)], record);
}

static void free_part(struct hb_summary_part *part) {
    free(part->suspected.value);
    free(part->fenced.value);
    free(part->recovered.value);
    free(part->first_work.value);
    free(part->cycles.value);
}

void hb_summary_free(struct hb_summary *summary) {
    for (uint32_t i = 0; i < summary->points; i++) {
        struct hb_summary_point *point = &summary->point[i];
        free_part(&point->whole);
        for (uint64_t s = 0; s < point->strata; s++)
            free_part(&point->stratum[s]);
        free(point->stratum);
        cJSON_Delete(point->settings);
    }
    free(summary->point);
    *summary = (struct hb_summary){0};
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

static int compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* The nearest rank: the least value that at least `percent` of the values do not exceed. */
static uint64_t percentile(const struct hb_sample *sample, uint64_t percent) {
    uint64_t rank = (sample->n * percent + 99) / 100;
    return sample->value[rank ? rank - 1 : 0];
}

static void write_sample(struct hb_json_writer *json, const char *key, struct hb_sample *sample) {
    uint64_t sum = 0;
    if (sample->n == 0) {
        hb_json_null(json, key);
        return;
    }
    qsort(sample->value, sample->n, sizeof *sample->value, compare);
    for (uint64_t i = 0; i < sample->n; i++)
        sum += sample->value[i];
    hb_json_open(json, key, '{');
    hb_json_number(json, "n", sample->n);
    hb_json_quotient(json, "mean", sum, sample->n);
    hb_json_number(json, "min", sample->value[0]);
    hb_json_number(json, "p50", percentile(sample, 50));
    hb_json_number(json, "p95", percentile(sample, 95));
    hb_json_number(json, "p99", percentile(sample, 99));
    hb_json_number(json, "max", sample->value[sample->n - 1]);
    hb_json_close(json, '}');
}

/* Of a campaign that may stop at each of its looks, every interval is as wide as those that it looked at. */
static struct hb_bounds bounds_of(const struct hb_summary_part *part, uint64_t hits) {
    return hb_bounds_of(hits, part->runs, hb_bounds_of_looks(part->confidence, part->looks));
}

static uint64_t failed(const struct hb_summary_part *part) {
    uint64_t hits = 0;
    for (uint32_t c = 0; c < HB_CLASSES_KNOWN; c++)
        hits += HB_CLASSES_FAILED >> c & 1 ? part->count[c] : 0;
    return hits;
}

static void write_share(struct hb_json_writer *json, const struct hb_summary_part *part, const char *name,
                        uint64_t hits) {
    struct hb_bounds in = bounds_of(part, hits);
    hb_json_open(json, name, '{');
    hb_json_number(json, "count", hits);
    hb_json_quotient(json, "rate", hits, part->runs);
    hb_json_ratio(json, "low", in.low);
    hb_json_ratio(json, "high", in.high);
    if (part->space && part->space < 1000000000000u) {
        hb_json_open(json, "faults", '{'); /* of the whole space that end so, by extrapolation */
        hb_json_ratio(json, "estimate", part->runs ? (double)part->space * (double)hits / (double)part->runs : 0);
        hb_json_ratio(json, "low", (double)part->space * in.low);
        hb_json_ratio(json, "high", (double)part->space * in.high);
        hb_json_close(json, '}');
    }
    hb_json_close(json, '}');
}

static void write_part(struct hb_json_writer *json, struct hb_summary_part *part) {
    hb_json_number(json, "runs", part->runs);
    if (part->space == UINT64_MAX)
        hb_json_null(json, "space");
    else if (part->space)
        hb_json_number(json, "space", part->space);
    for (uint32_t c = 0; c < HB_CLASSES_KNOWN; c++)
        write_share(json, part, hb_class[c].name, part->count[c]);
    write_share(json, part, "failed", failed(part));
    write_sample(json, "suspected_after_cycles", &part->suspected);
    write_sample(json, "fenced_after_cycles", &part->fenced);
    write_sample(json, "recovered_after_cycles", &part->recovered);
    write_sample(json, "first_work_after_cycles", &part->first_work);
    write_sample(json, "cycles", &part->cycles);
}

static void write_settings(struct hb_json_writer *json, const cJSON *settings) {
    hb_json_open(json, "set", '{');
    for (const cJSON *setting = settings->child; setting; setting = setting->next) {
        char *value = cJSON_PrintUnformatted(setting);
        hb_json_string(json, setting->string, need(value));
        cJSON_free(value);
    }
    hb_json_close(json, '}');
}

static void write_point(struct hb_json_writer *json, struct hb_summary_point *point) {
    hb_json_open(json, point->name, '{');
    write_settings(json, point->settings);
    hb_json_bool(json, "stopped_early", point->stopped);
    write_part(json, &point->whole);
    if (point->strata)
        hb_json_open(json, "strata", '{');
    for (uint64_t s = 0; s < point->strata; s++) {
        hb_json_open(json, point->stratum[s].name, '{');
        write_part(json, &point->stratum[s]);
        hb_json_close(json, '}');
    }
    if (point->strata)
        hb_json_close(json, '}');
    hb_json_close(json, '}');
}

static void add_sample(struct hb_sample *to, const struct hb_sample *from) {
    for (uint64_t i = 0; i < from->n; i++)
        add_value(to, from->value[i]);
}

/* All points together: they are different machines, so there is no common space. */
static void write_all(struct hb_json_writer *json, const struct hb_summary *summary) {
    struct hb_summary_part all = {.looks = looks_of(summary), .confidence = summary->campaign->confidence};
    for (uint32_t i = 0; i < summary->points; i++) {
        const struct hb_summary_part *part = &summary->point[i].whole;
        all.runs += part->runs;
        for (uint32_t c = 0; c < HB_CLASSES_KNOWN; c++)
            all.count[c] += part->count[c];
        add_sample(&all.suspected, &part->suspected);
        add_sample(&all.fenced, &part->fenced);
        add_sample(&all.recovered, &part->recovered);
        add_sample(&all.first_work, &part->first_work);
        add_sample(&all.cycles, &part->cycles);
    }
    hb_json_open(json, "all", '{');
    write_part(json, &all);
    hb_json_close(json, '}');
    free_part(&all);
}

static void write_points(struct hb_json_writer *json, struct hb_summary *summary) {
    for (uint32_t i = 0; i < summary->points; i++)
        write_point(json, &summary->point[i]);
    write_all(json, summary);
    if (hb_means_are_wanted(summary->campaign))
        hb_means_write(json, summary->campaign, summary->golden);
}

static char *points_json(struct hb_summary *summary) {
    struct hb_json_writer json = {.broken = 2};
    hb_json_open(&json, NULL, '{');
    write_points(&json, summary);
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}

/* Expectations see what is in the file: the text of the points is read back. */
static void write_expectations(struct hb_json_writer *json, struct hb_summary *summary, bool *holds) {
    const struct hb_campaign *campaign = summary->campaign;
    char *text = points_json(summary);
    cJSON *root = need(cJSON_Parse(text));
    struct hb_expect_result *result = need(calloc(campaign->expectations + 1, sizeof *result));
    for (uint32_t i = 0; i < campaign->expectations; i++) {
        hb_expectation_judge(campaign->expectation[i].that, campaign->expectation[i].because, root, &result[i]);
        *holds = *holds && result[i].holds;
    }
    if (campaign->expectations)
        hb_result_write_expect(json, result, campaign->expectations);
    free(result);
    cJSON_Delete(root);
    free(text);
}

static char *summary_json(struct hb_summary *summary, bool *holds) {
    struct hb_json_writer json = {.broken = 4};
    *holds = true;
    hb_json_open(&json, NULL, '{');
    hb_json_string(&json, "schema", "hartbeat-summary/1");
    hb_json_string(&json, "name", summary->campaign->name);
    hb_json_ratio(&json, "confidence", summary->campaign->confidence);
    write_points(&json, summary);
    if (!summary->of_a_shard)
        write_expectations(&json, summary, holds);
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}

/* ---- CSV ------------------------------------------------------------------------------------------------------- */

static void csv_share(FILE *out, const char *point, const struct hb_summary_part *part, const char *name,
                      uint64_t hits) {
    struct hb_bounds in = bounds_of(part, hits);
    hb_csv_cell(out, point);
    fputc(',', out);
    hb_csv_cell(out, part->name);
    fprintf(out, ",%s,%" PRIu64 ",%" PRIu64 ",%.6f,%.6f,%.6f\n", name, hits, part->runs,
            part->runs ? (double)hits / (double)part->runs : 0, in.low, in.high);
}

static void csv_part(FILE *out, const char *point, const struct hb_summary_part *part) {
    for (uint32_t c = 0; c < HB_CLASSES_KNOWN; c++)
        csv_share(out, point, part, hb_class[c].name, part->count[c]);
    csv_share(out, point, part, "failed", failed(part));
}

static char *summary_csv(const struct hb_summary *summary) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = need(open_memstream(&text, &bytes));
    fprintf(out, "point,stratum,class,count,runs,rate,low,high\n");
    for (uint32_t i = 0; i < summary->points; i++) {
        const struct hb_summary_point *point = &summary->point[i];
        csv_part(out, point->name, &point->whole);
        for (uint64_t s = 0; s < point->strata; s++)
            csv_part(out, point->name, &point->stratum[s]);
    }
    fclose(out);
    return need(text);
}

/* ---- Files ----------------------------------------------------------------------------------------------------- */

bool hb_summary_write(struct hb_summary *summary, const char *dir, bool *holds, struct hb_error *error) {
    bool ok = hb_folder_write(dir, "summary.json", summary_json(summary, holds), error) &&
              hb_folder_write(dir, "summary.csv", summary_csv(summary), error);
    if (ok && hb_means_are_wanted(summary->campaign))
        return hb_folder_write(dir, "means.csv", hb_means_csv(summary->campaign, summary->golden), error);
    hb_folder_remove(dir, "means.csv");
    return ok;
}
