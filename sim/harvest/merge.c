#include "sim/harvest/merge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/json_write.h"
#include "sim/base/output.h"
#include "sim/campaign/folder.h"
#include "sim/campaign/plan.h"
#include "sim/campaign/record.h"
#include "sim/campaign/summary.h"

struct merge {
    const char *const *dirs;
    uint32_t n;
    struct hb_error *error;
    struct hb_campaign campaign;
    cJSON *golden;
    char *campaign_text, *golden_text;
    char **line; /* of each run, by index */
    uint64_t runs;
    struct hb_summary summary;
    struct hb_campaign_speed speed; /* sums over the shards */
};

static bool refuse(struct merge *merge, const char *dir, const char *what) {
    hb_error_set(merge->error, "%.500s: %s", dir, what);
    return false;
}

/* ---- The shards ------------------------------------------------------------------------------------------------ */

static bool is_the_same(struct merge *merge, const char *dir, const char *name, const char *text) {
    char *other = hb_folder_read(dir, name);
    bool same = other && strcmp(other, text) == 0;
    free(other);
    return same || refuse(merge, dir, "is a shard of another campaign, or of another image or version");
}

/* "I/N", from shard.json, as a number each. */
static bool read_shard(const char *dir, uint64_t *shard, uint64_t *shards) {
    char *text = hb_folder_read(dir, "shard.json");
    cJSON *root = text ? cJSON_Parse(text) : NULL;
    const cJSON *i = hb_json_find(root, "shard"), *n = hb_json_find(root, "shards");
    bool ok = cJSON_IsNumber(i) && cJSON_IsNumber(n) && n->valuedouble >= 1;
    if (ok) {
        *shard = (uint64_t)i->valuedouble;
        *shards = (uint64_t)n->valuedouble;
    }
    cJSON_Delete(root);
    free(text);
    return ok;
}

static bool check_shard(struct merge *merge, const char *dir, uint8_t *seen) {
    uint64_t shard, shards;
    char what[120] = "is no shard of a campaign (it has no shard.json)";
    if (!read_shard(dir, &shard, &shards))
        return refuse(merge, dir, what);
    if (shards != merge->n || shard >= shards)
        snprintf(what, sizeof what, "is one of %" PRIu64 " shards, and %" PRIu32 " are given", shards, merge->n);
    else if (seen[shard]++)
        snprintf(what, sizeof what, "is shard %" PRIu64 ", which is there twice", shard);
    else
        return true;
    return refuse(merge, dir, what);
}

static bool check_shards(struct merge *merge) {
    uint8_t *seen = calloc(merge->n, 1);
    bool ok = seen != NULL;
    for (uint32_t i = 0; ok && i < merge->n; i++)
        ok = check_shard(merge, merge->dirs[i], seen);
    free(seen);
    return ok;
}

/* ---- Runs ------------------------------------------------------------------------------------------------------ */

static uint64_t number_of(const cJSON *root, const char *path) {
    const cJSON *node = hb_json_find(root, path);
    return cJSON_IsNumber(node) ? (uint64_t)node->valuedouble : 0;
}

static bool take_lines(struct merge *merge, const char *dir) {
    char *text = hb_folder_read(dir, "runs.jsonl"), *rest = text;
    bool ok = text || refuse(merge, dir, "has no runs.jsonl: it has not ended");
    for (char *line; ok && (line = strsep(&rest, "\n")) && *line;) {
        struct hb_record record;
        if (!hb_record_read(line, strlen(line), &record) || record.index >= merge->runs || merge->line[record.index])
            ok = refuse(merge, dir, "runs.jsonl: a line is broken, or its run is in another shard, too");
        else
            merge->line[record.index] = strdup(line);
    }
    free(text);
    return ok;
}

static bool read_runs(struct merge *merge) {
    for (const cJSON *point = merge->golden->child; point; point = point->next)
        merge->runs += number_of(point, "runs");
    merge->line = calloc(merge->runs + 1, sizeof *merge->line);
    for (uint32_t i = 0; i < merge->n; i++)
        if (!take_lines(merge, merge->dirs[i]))
            return false;
    for (uint64_t run = 0; run < merge->runs; run++)
        if (!merge->line[run])
            return refuse(merge, merge->dirs[0], "and the others together do not have every run");
    return true;
}

static bool plan_again(struct merge *merge, uint32_t i, const cJSON *point, struct hb_plan *plan) {
    if (i < merge->campaign.points &&
        hb_plan_make(plan, &merge->campaign, (uint32_t)number_of(point, "harts"), number_of(point, "window.from"),
                     number_of(point, "window.to"), merge->error) &&
        plan->runs == number_of(point, "runs"))
        return true;
    return refuse(merge, merge->dirs[0], "golden.json does not fit campaign.json");
}

static void count_point(struct merge *merge, const struct hb_plan *plan, uint64_t base) {
    for (uint64_t run = 0; run < plan->runs; run++) {
        struct hb_record record;
        const char *line = merge->line[base + run];
        if (hb_record_read(line, strlen(line), &record))
            hb_summary_add_run(&merge->summary, plan, run, &record);
    }
}

/* Count the runs again, as hb_campaign_drive() does. */
static bool count(struct merge *merge) {
    uint64_t base = 0;
    uint32_t i = 0;
    hb_summary_begin(&merge->summary, &merge->campaign);
    merge->summary.golden = merge->golden;
    for (const cJSON *point = merge->golden->child; point; point = point->next, i++) {
        struct hb_plan plan;
        if (!plan_again(merge, i, point, &plan))
            return false;
        hb_summary_add_point(&merge->summary, &plan, i, merge->campaign.point[i].settings);
        count_point(merge, &plan, base);
        base += plan.runs;
    }
    return true;
}

static void add_speed(struct merge *merge) {
    merge->speed.runs = merge->runs;
    for (uint32_t i = 0; i < merge->n; i++) {
        char *text = hb_folder_read(merge->dirs[i], "speed.json");
        cJSON *root = text ? cJSON_Parse(text) : NULL;
        const cJSON *seconds = hb_json_find(root, "seconds"), *cpu = hb_json_find(root, "worker_cpu_seconds");
        const cJSON *experiment = hb_json_find(root, "experiment"), *file = hb_json_find(root, "campaign");
        merge->speed.seconds += cJSON_IsNumber(seconds) ? seconds->valuedouble : 0;
        merge->speed.cpu_seconds += cJSON_IsNumber(cpu) ? cpu->valuedouble : 0;
        merge->speed.jobs += number_of(root, "jobs");
        const uint64_t peak = number_of(root, "worker_peak_kib");
        merge->speed.peak_kib = peak > merge->speed.peak_kib ? peak : merge->speed.peak_kib;
        if (cJSON_IsString(file))
            snprintf(merge->speed.campaign, sizeof merge->speed.campaign, "%s", file->valuestring);
        if (cJSON_IsString(experiment))
            snprintf(merge->speed.experiment, sizeof merge->speed.experiment, "%s", experiment->valuestring);
        cJSON_Delete(root);
        free(text);
    }
}

/* ---- Writing --------------------------------------------------------------------------------------------------- */

static bool write_runs(const struct merge *merge, const char *dir) {
    struct hb_output out;
    char path[HB_PATH_BYTES];
    if (!hb_folder_path(dir, "runs.jsonl", path, merge->error) ||
        !hb_output_open(&out, path, HB_OUTPUT_WHOLE, merge->error))
        return false;
    for (uint64_t run = 0; run < merge->runs; run++)
        fprintf(out.file, "%s\n", merge->line[run]);
    return hb_output_close(&out, merge->error);
}

static char *take_text(char **text) {
    char *taken = *text;
    *text = NULL;
    return taken;
}

static bool write_results(struct merge *merge, const char *dir, bool *holds) {
    struct hb_error *error = merge->error;
    return hb_output_folder(dir, error) &&
           hb_folder_write(dir, "campaign.json", take_text(&merge->campaign_text), error) &&
           hb_folder_write(dir, "golden.json", take_text(&merge->golden_text), error) && write_runs(merge, dir) &&
           hb_summary_write(&merge->summary, dir, holds, error) &&
           hb_folder_write(dir, "speed.json", hb_campaign_speed_json(&merge->speed), error);
}

static enum hb_campaign_status write_all(struct merge *merge, const char *dir) {
    bool holds;
    if (!write_results(merge, dir, &holds))
        return hb_error_is_the_hosts(merge->error) ? HB_CAMPAIGN_BROKEN : HB_CAMPAIGN_REFUSED;
    return holds ? HB_CAMPAIGN_DONE : HB_CAMPAIGN_FAILED;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static bool read_all(struct merge *merge) {
    if (!hb_campaign_read_results(merge->dirs[0], &merge->campaign, merge->error))
        return false;
    merge->campaign_text = hb_folder_read(merge->dirs[0], "campaign.json");
    merge->golden_text = hb_folder_read(merge->dirs[0], "golden.json");
    merge->golden = merge->golden_text ? cJSON_Parse(merge->golden_text) : NULL;
    if (!merge->campaign_text || !merge->golden)
        return refuse(merge, merge->dirs[0], "has no golden.json: it has not ended");
    for (uint32_t i = 1; i < merge->n; i++)
        if (!is_the_same(merge, merge->dirs[i], "campaign.json", merge->campaign_text) ||
            !is_the_same(merge, merge->dirs[i], "golden.json", merge->golden_text))
            return false;
    if (!check_shards(merge) || !read_runs(merge) || !count(merge))
        return false;
    add_speed(merge);
    return true;
}

enum hb_campaign_status hb_campaign_merge(const char *const *dirs, uint32_t n, const char *out_dir,
                                          struct hb_error *error) {
    struct merge merge = {.dirs = dirs, .n = n, .error = error};
    enum hb_campaign_status status = read_all(&merge) ? write_all(&merge, out_dir) : HB_CAMPAIGN_REFUSED;
    for (uint64_t run = 0; merge.line && run < merge.runs; run++)
        free(merge.line[run]);
    free(merge.line);
    free(merge.campaign_text);
    free(merge.golden_text);
    cJSON_Delete(merge.golden);
    hb_summary_free(&merge.summary);
    hb_campaign_free(&merge.campaign);
    return status;
}
