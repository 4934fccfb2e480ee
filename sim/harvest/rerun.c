#include "sim/harvest/rerun.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/json.h"
#include "sim/campaign/campaign.h"
#include "sim/campaign/folder.h"
#include "sim/campaign/journal.h"
#include "sim/campaign/settings.h"

static cJSON *read_json(const char *dir, const char *name, struct hb_error *error) {
    char path[HB_PATH_BYTES];
    return hb_folder_path(dir, name, path, error) ? hb_json_read(path, error) : NULL;
}

/* ---- The run's line -------------------------------------------------------------------------------------------- */

/* In runs.jsonl; NULL: it is not there. `*n` becomes how many lines were looked at. */
static char *find_line(const char *dir, uint64_t run, uint64_t *n) {
    char path[HB_PATH_BYTES], start[48], *text = NULL;
    size_t room = 0;
    FILE *file = hb_folder_path(dir, "runs.jsonl", path, NULL) ? fopen(path, "r") : NULL;
    bool found = false;
    snprintf(start, sizeof start, "{\"index\":%" PRIu64 ",", run);
    for (*n = 0; file && !found && getline(&text, &room, file) > 0; ++*n)
        found = strncmp(text, start, strlen(start)) == 0;
    if (file)
        fclose(file);
    if (found)
        return text;
    free(text);
    return NULL;
}

/* In the journal, while the campaign is under way. */
static char *find_in_journal(const char *dir, uint64_t run) {
    struct hb_journal_lines lines;
    char *line = NULL;
    if (hb_journal_read(dir, run, run + 1, &lines, NULL) && lines.line[0])
        line = strdup(lines.line[0]);
    hb_journal_forget(&lines);
    return line;
}

static cJSON *read_line(const struct hb_rerun_wanted *wanted, struct hb_error *error) {
    uint64_t runs;
    char *text = find_line(wanted->dir, wanted->run, &runs);
    if (!text)
        text = find_in_journal(wanted->dir, wanted->run);
    cJSON *line = text ? cJSON_Parse(text) : NULL;
    free(text);
    if (!line && runs)
        hb_error_set(error, "%.600s: has no run %" PRIu64 " among its %" PRIu64, wanted->dir, wanted->run, runs);
    else if (!line)
        hb_error_set(error, "%.600s: run %" PRIu64 " has not ended", wanted->dir, wanted->run);
    return line;
}

static uint64_t first_strike(const cJSON *line) {
    const cJSON *fault, *faults = hb_json_find(line, "faults");
    uint64_t first = HB_NO_STRIKE;
    cJSON_ArrayForEach(fault, faults) {
        const cJSON *cycle = hb_json_find(fault, "cycle");
        if (cJSON_IsNumber(cycle) && (uint64_t)cycle->valuedouble < first)
            first = (uint64_t)cycle->valuedouble;
    }
    return first;
}

static void note_line(struct hb_rerun *rerun, const cJSON *line) {
    const cJSON *hash = hb_json_find(line, "state_hash"), *class_ = hb_json_find(line, "class");
    rerun->strike_cycle = first_strike(line);
    rerun->state_hash = cJSON_IsString(hash) ? strtoull(hash->valuestring, NULL, 16) : 0;
    snprintf(rerun->class_, sizeof rerun->class_, "%s", cJSON_IsString(class_) ? class_->valuestring : "");
}

/* ---- Its experiment -------------------------------------------------------------------------------------------- */

/* What all runs of the line's point set, with the limits; NULL: `error`. Belongs to `golden`. */
static const cJSON *point_settings(const cJSON *golden, const cJSON *line, const char *dir, struct hb_error *error) {
    const cJSON *name = hb_json_find(line, "point");
    const cJSON *point = cJSON_IsString(name) ? hb_json_find(golden, name->valuestring) : NULL;
    const cJSON *settings = hb_json_find(point, "set");
    if (!settings)
        hb_error_set(error, "%.600s: golden.json does not have the point of that run", dir);
    return settings;
}

/* The file that the experiment was read from, where this is known. */
static void find_file(const char *dir, char path[HB_PATH_BYTES]) {
    char *text = hb_folder_read(dir, "speed.json");
    cJSON *speed = text ? cJSON_Parse(text) : NULL;
    const cJSON *file = hb_json_find(speed, "experiment");
    snprintf(path, HB_PATH_BYTES, "%s", cJSON_IsString(file) ? file->valuestring : "");
    if (!path[0])
        snprintf(path, HB_PATH_BYTES, "%.4000s/campaign.json", dir);
    cJSON_Delete(speed);
    free(text);
}

static char *experiment_text(const char *dir, struct hb_error *error) {
    cJSON *whole = read_json(dir, "campaign.json", error);
    cJSON *experiment = cJSON_GetObjectItemCaseSensitive(whole, "experiment");
    cJSON_DeleteItemFromObjectCaseSensitive(experiment, "expect");
    char *text = experiment ? cJSON_PrintUnformatted(experiment) : NULL;
    if (whole && !text)
        hb_error_set(error, "%.600s: campaign.json has no experiment", dir);
    cJSON_Delete(whole);
    return text;
}

static bool load(struct hb_rerun *rerun, const struct hb_rerun_wanted *wanted, const struct hb_settings *settings,
                 struct hb_error *error) {
    char file[HB_PATH_BYTES], *text = experiment_text(wanted->dir, error);
    if (!text)
        return false;
    find_file(wanted->dir, file);
    bool ok = hb_experiment_load_text(text, file, hb_settings_texts(settings), settings->n, &rerun->experiment, error);
    free(text);
    return ok;
}

static bool collect(struct hb_settings *settings, const cJSON *const *objects, size_t n,
                    const struct hb_rerun_wanted *wanted, struct hb_error *error) {
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = hb_settings_add(settings, objects[i]);
    for (size_t i = 0; ok && i < wanted->sets; i++)
        ok = hb_settings_add_text(settings, wanted->set[i]);
    if (!ok)
        hb_error_set(error, "more than %d keys are set", HB_CAMPAIGN_SETTINGS_MAX);
    return ok;
}

/* The line has the last strike of a fault with a rate; the first is the first draw, or later if its CPU was away. */
static void note_draws(struct hb_rerun *rerun) {
    const struct hb_config *config = &rerun->experiment.variant->config;
    for (uint32_t f = 0; f < config->n_faults; f++) {
        const struct hb_fault_config *fault = &config->faults[f];
        if (!fault->rate.scale_cycles || fault->waits || (fault->common && fault->lead != f))
            continue;
        const uint64_t first = fault->cycle + hb_rate_draw(&fault->rate, config->seed, f, 0);
        rerun->strike_cycle = first < rerun->strike_cycle ? first : rerun->strike_cycle;
    }
}

static bool open_line(struct hb_rerun *rerun, const struct hb_rerun_wanted *wanted, const struct hb_campaign *campaign,
                      const cJSON *line, struct hb_error *error) {
    struct hb_settings settings = {.n = 0};
    cJSON *golden = read_json(wanted->dir, "golden.json", error);
    const cJSON *point = golden ? point_settings(golden, line, wanted->dir, error) : NULL;
    const cJSON *objects[] = {point, campaign->fault_settings, hb_json_find(line, "set")};
    note_line(rerun, line);
    bool ok = point && collect(&settings, objects, 3, wanted, error) && load(rerun, wanted, &settings, error);
    if (ok && rerun->strike_cycle != HB_NO_STRIKE)
        note_draws(rerun);
    hb_settings_free(&settings);
    cJSON_Delete(golden);
    return ok;
}

bool hb_rerun_open(struct hb_rerun *rerun, const struct hb_rerun_wanted *wanted, struct hb_error *error) {
    struct hb_campaign campaign;
    *rerun = (struct hb_rerun){.strike_cycle = HB_NO_STRIKE};
    if (!hb_campaign_read_results(wanted->dir, &campaign, error))
        return false;
    cJSON *line = read_line(wanted, error);
    bool ok = line && open_line(rerun, wanted, &campaign, line, error);
    cJSON_Delete(line);
    hb_campaign_free(&campaign);
    return ok;
}

void hb_rerun_close(struct hb_rerun *rerun) {
    hb_experiment_free(&rerun->experiment);
}

bool hb_rerun_is_campaign(const char *dir) {
    char path[HB_PATH_BYTES];
    return hb_folder_path(dir, "campaign.json", path, NULL) && access(path, R_OK) == 0;
}
