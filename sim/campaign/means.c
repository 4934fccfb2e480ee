#include "sim/campaign/means.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bounds.h"
#include "sim/base/csv_cell.h"
#include "sim/base/json.h"

bool hb_means_are_wanted(const struct hb_campaign *campaign) {
    return campaign->faults == 0 && campaign->seeds > 1;
}

bool hb_means_check(const struct hb_campaign *campaign, const cJSON *result, struct hb_error *error) {
    for (uint32_t i = 0; i < campaign->measures; i++) {
        const cJSON *value = hb_json_find(result, campaign->measure[i].place);
        if (cJSON_IsNumber(value) || cJSON_IsNull(value))
            continue;
        hb_error_set(error, "%.300s: measure.%s: \"%.100s\" is no number in result.json", campaign->path,
                     campaign->measure[i].name, campaign->measure[i].place);
        return false;
    }
    return true;
}

/* The seed changes fastest: the points of a combination follow each other. */
static struct hb_sample_mean mean_of(const struct hb_campaign *campaign, const cJSON *golden, uint32_t first,
                                     const char *place) {
    double *value = calloc(campaign->seeds, sizeof *value);
    uint64_t n = 0;
    if (!value)
        abort();
    for (uint32_t p = first; p < first + campaign->seeds; p++) {
        const cJSON *point = cJSON_GetObjectItemCaseSensitive(golden, campaign->point[p].name);
        const cJSON *number = hb_json_find(cJSON_GetObjectItemCaseSensitive(point, "result"), place);
        if (cJSON_IsNumber(number))
            value[n++] = number->valuedouble;
    }
    struct hb_sample_mean mean = hb_mean_of(value, n, campaign->confidence);
    free(value);
    return mean;
}

static void write_mean(struct hb_json_writer *json, const char *measure, const struct hb_sample_mean *mean) {
    hb_json_open(json, measure, '{');
    hb_json_number(json, "n", mean->n);
    if (mean->n)
        hb_json_ratio(json, "mean", mean->mean);
    else
        hb_json_null(json, "mean");
    if (mean->n > 1) {
        hb_json_ratio(json, "low", mean->in.low);
        hb_json_ratio(json, "high", mean->in.high);
    } else {
        hb_json_null(json, "low");
        hb_json_null(json, "high");
    }
    hb_json_close(json, '}');
}

static bool is_seed(const cJSON *setting) {
    return strcmp(setting->string, "seed") == 0;
}

static char *text_of(const cJSON *setting) {
    char *text = cJSON_PrintUnformatted(setting);
    if (!text)
        abort();
    return text;
}

static void write_settings(struct hb_json_writer *json, const cJSON *settings) {
    hb_json_open(json, "set", '{');
    for (const cJSON *setting = settings->child; setting; setting = setting->next) {
        char *value = is_seed(setting) ? NULL : text_of(setting);
        if (value)
            hb_json_string(json, setting->string, value);
        cJSON_free(value);
    }
    hb_json_close(json, '}');
}

void hb_means_write(struct hb_json_writer *json, const struct hb_campaign *campaign, const cJSON *golden) {
    hb_json_open(json, "means", '[');
    for (uint32_t p = 0; p < campaign->points; p += campaign->seeds) {
        hb_json_open(json, NULL, '{');
        write_settings(json, campaign->point[p].settings);
        for (uint32_t i = 0; i < campaign->measures; i++) {
            const struct hb_sample_mean mean = mean_of(campaign, golden, p, campaign->measure[i].place);
            write_mean(json, campaign->measure[i].name, &mean);
        }
        hb_json_close(json, '}');
    }
    hb_json_close(json, ']');
}

/* ---- CSV ------------------------------------------------------------------------------------------------------- */

/* Every point sets the same keys. Texts keep the quotes of JSON out. */
static void csv_settings(FILE *out, const cJSON *settings, bool names) {
    for (const cJSON *setting = settings->child; setting; setting = setting->next) {
        char *value = is_seed(setting) || cJSON_IsString(setting) ? NULL : text_of(setting);
        if (!is_seed(setting)) {
            hb_csv_cell(out, names ? setting->string : value ? value : setting->valuestring);
            fputc(',', out);
        }
        cJSON_free(value);
    }
}

static void csv_mean(FILE *out, const char *measure, const struct hb_sample_mean *mean) {
    fprintf(out, "%s,%" PRIu64, measure, mean->n);
    if (mean->n > 1)
        fprintf(out, ",%.6f,%.6f,%.6f\n", mean->mean, mean->in.low, mean->in.high);
    else if (mean->n)
        fprintf(out, ",%.6f,,\n", mean->mean);
    else
        fputs(",,,\n", out);
}

char *hb_means_csv(const struct hb_campaign *campaign, const cJSON *golden) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        abort();
    csv_settings(out, campaign->point[0].settings, true);
    fputs("measure,seeds,mean,low,high\n", out);
    for (uint32_t p = 0; p < campaign->points; p += campaign->seeds)
        for (uint32_t i = 0; i < campaign->measures; i++) {
            const struct hb_sample_mean mean = mean_of(campaign, golden, p, campaign->measure[i].place);
            csv_settings(out, campaign->point[p].settings, false);
            csv_mean(out, campaign->measure[i].name, &mean);
        }
    fclose(out);
    return text;
}
