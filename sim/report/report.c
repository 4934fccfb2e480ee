#include "sim/report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/json.h"
#include "sim/base/output.h"
#include "sim/campaign/class.h"
#include "sim/report/around.h"
#include "sim/report/figures.h"
#include "sim/report/lifetimes.h"
#include "sim/report/means.h"

/* ---- What a folder holds --------------------------------------------------------------------------------------- */

static bool join(const char *dir, const char *name, char path[HB_PATH_BYTES]) {
    return snprintf(path, HB_PATH_BYTES, "%s/%s", dir, name) < HB_PATH_BYTES;
}

static bool exists(const char *dir, const char *name) {
    char path[HB_PATH_BYTES];
    return join(dir, name, path) && access(path, R_OK) == 0;
}

static cJSON *read_json(const char *dir, const char *name, struct hb_error *error) {
    char path[HB_PATH_BYTES];
    if (join(dir, name, path))
        return hb_json_read(path, error);
    hb_error_set(error, "%.60s...: the path is too long", dir);
    return NULL;
}

static const char *string_at(const cJSON *root, const char *path) {
    const cJSON *node = hb_json_find(root, path);
    return cJSON_IsString(node) ? node->valuestring : "";
}

static double number_at(const cJSON *root, const char *path) {
    const cJSON *node = hb_json_find(root, path);
    return cJSON_IsNumber(node) ? node->valuedouble : 0;
}

static void take_points(struct hb_report_data *data) {
    const cJSON *item;
    cJSON_ArrayForEach(item, data->summary) if (cJSON_IsObject(item) && item->string[0] == 'p' &&
                                                data->points < sizeof data->point / sizeof data->point[0])
        data->point[data->points++] = item;
}

static void find_rates(struct hb_report_data *data) {
    const cJSON *fault;
    cJSON_ArrayForEach(fault, hb_json_find(data->campaign, "campaign.faults")) if (hb_json_find(fault, "rate"))
        data->has_rates = true;
}

static uint32_t find_point(const struct hb_report_data *data, const cJSON *name) {
    for (uint32_t p = 0; cJSON_IsString(name) && p < data->points; p++)
        if (strcmp(data->point[p]->string, name->valuestring) == 0)
            return p;
    return UINT32_MAX;
}

static uint64_t cycle_at(const cJSON *fault, const char *key) {
    const cJSON *cycle = cJSON_GetObjectItemCaseSensitive(fault, key);
    return cJSON_IsNumber(cycle) ? (uint64_t)cycle->valuedouble : UINT64_MAX;
}

static struct hb_report_run run_in(const struct hb_report_data *data, const cJSON *line) {
    static const char *const keys[HB_REPORT_LATENCIES] = {"suspected_cycle", "fenced_cycle", "recovered_cycle",
                                                          "first_work_cycle"};
    const cJSON *fault = hb_json_find(line, "faults.0"), *index = hb_json_find(line, "index");
    struct hb_report_run run = {.point = find_point(data, hb_json_find(line, "point")),
                                .index = cJSON_IsNumber(index) ? (uint64_t)index->valuedouble : 0};
    uint64_t from = cycle_at(fault, "cycle");
    run.fault_cycle = from == UINT64_MAX ? 0 : (double)from;
    run.cycles = number_at(line, "cycles");
    for (uint32_t k = 0; k < HB_REPORT_LATENCIES; k++) {
        uint64_t at = cycle_at(fault, keys[k]);
        run.after[k] = from == UINT64_MAX || at == UINT64_MAX || at < from ? UINT64_MAX : at - from;
    }
    return run;
}

static void add_run(struct hb_report_data *data, uint64_t *room, cJSON *line) {
    if (data->runs == *room) {
        *room = 2 * *room + 1024;
        data->run = realloc(data->run, *room * sizeof *data->run);
        if (!data->run)
            abort();
    }
    struct hb_report_run *run = &data->run[data->runs++];
    *run = run_in(data, line);
    run->goodput = cJSON_DetachItemFromObjectCaseSensitive(line, "goodput");
    if (data->has_rates)
        run->faults = cJSON_DetachItemFromObjectCaseSensitive(line, "faults");
}

static bool read_runs(struct hb_report_data *data, struct hb_error *error) {
    char path[HB_PATH_BYTES], *text = NULL;
    FILE *file = join(data->dir, "runs.jsonl", path) ? fopen(path, "r") : NULL;
    size_t room = 0;
    uint64_t capacity = 0;
    if (!file) {
        hb_error_set(error, "%.600s: has no runs.jsonl: the campaign has not ended", data->dir);
        return false;
    }
    for (ssize_t n; (n = getline(&text, &room, file)) > 0;) {
        cJSON *line = cJSON_ParseWithLength(text, (size_t)n);
        add_run(data, &capacity, line);
        cJSON_Delete(line);
    }
    free(text);
    fclose(file);
    return true;
}

static bool read_campaign(struct hb_report_data *data, struct hb_error *error) {
    data->campaign = read_json(data->dir, "campaign.json", error);
    data->golden = data->campaign ? read_json(data->dir, "golden.json", error) : NULL;
    data->summary = data->golden ? read_json(data->dir, "summary.json", error) : NULL;
    if (!data->summary)
        return false;
    data->speed = exists(data->dir, "speed.json") ? read_json(data->dir, "speed.json", NULL) : NULL;
    take_points(data);
    find_rates(data);
    if (data->points)
        return read_runs(data, error);
    hb_error_set(error, "%.600s: summary.json has no points", data->dir);
    return false;
}

static bool read_variants(struct hb_report_data *data, struct hb_error *error) {
    const cJSON *variant, *list = cJSON_GetObjectItemCaseSensitive(data->result, "variants");
    if (!list)
        return true;
    data->variants = cJSON_CreateObject();
    cJSON_ArrayForEach(variant, list) {
        char name[HB_PATH_BYTES];
        snprintf(name, sizeof name, "%.1000s/result.json", variant->string);
        cJSON *result = read_json(data->dir, name, error);
        if (!result)
            return false;
        cJSON_AddItemToObject(data->variants, variant->string, result);
    }
    return true;
}

static bool read_folder(struct hb_report_data *data, struct hb_error *error) {
    if (exists(data->dir, "summary.json"))
        return read_campaign(data, error);
    if (exists(data->dir, "result.json")) {
        data->result = read_json(data->dir, "result.json", error);
        return data->result && read_variants(data, error);
    }
    if (exists(data->dir, "campaign.json"))
        hb_error_set(error, "%.600s: the campaign has not ended: hartbeat campaign --resume goes on with it",
                     data->dir);
    else
        hb_error_set(error,
                     "%.600s: no results of a campaign (summary.json) or of an experiment (result.json) are there",
                     data->dir);
    return false;
}

static void forget(struct hb_report_data *data) {
    cJSON_Delete(data->campaign);
    cJSON_Delete(data->golden);
    cJSON_Delete(data->summary);
    cJSON_Delete(data->speed);
    cJSON_Delete(data->result);
    cJSON_Delete(data->variants);
    for (uint64_t i = 0; i < data->runs; i++) {
        cJSON_Delete(data->run[i].faults);
        cJSON_Delete(data->run[i].goodput);
    }
    free(data->run);
    free(data);
}

/* ---- The page -------------------------------------------------------------------------------------------------- */

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
    "body { font: 16px/1.5 'DejaVu Sans', sans-serif; max-width: 900px; margin: 2em auto; padding: 0 1em; color: #222 "
    "}\n"
    "h1 { font-size: 1.6em } h2 { font-size: 1.2em; margin-top: 2em }\n"
    "table { border-collapse: collapse; font-size: 0.9em } th, td { padding: 0.2em 0.8em; text-align: right }\n"
    "th { border-bottom: 2px solid #444 } td { border-bottom: 1px solid #ddd }\n"
    "th:first-child, td:first-child { text-align: left }\n"
    "pre { background: #f3f3f3; padding: 0.5em 0.8em; overflow-x: auto; white-space: pre-wrap }\n"
    "svg { width: 100%; height: auto } .no { color: #b00020; font-weight: bold }\n"
    "</style>\n";

static void put_text(FILE *out, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '&': fputs("&amp;", out); break;
        default: putc(*text, out);
        }
    }
}

static void put_tagged(FILE *out, const char *tag, const char *text) {
    fprintf(out, "<%s>", tag);
    put_text(out, text);
    fprintf(out, "</%s>\n", tag);
}

static void put_row(FILE *out, const cJSON *point, const char *class_, bool always) {
    const cJSON *part = cJSON_GetObjectItemCaseSensitive(point, class_), *faults = hb_json_find(part, "faults");
    if (!always && number_at(part, "count") == 0)
        return;
    fprintf(out, "<tr><td>%s</td><td>%.0f</td><td>%.2f %%</td><td>%.2f to %.2f %%</td><td>", class_,
            number_at(part, "count"), 100 * number_at(part, "rate"), 100 * number_at(part, "low"),
            100 * number_at(part, "high"));
    if (faults)
        fprintf(out, "%.0f to %.0f", number_at(faults, "low"), number_at(faults, "high"));
    fputs("</td></tr>\n", out);
}

static void put_point(FILE *out, const struct hb_report_data *data, uint32_t p) {
    const cJSON *point = data->point[p];
    char name[200], title[240];
    hb_report_point_name(data, p, name);
    snprintf(title, sizeof title, "%s%s%s", point->string, name[0] ? ": " : "", name);
    put_tagged(out, "h3", title);
    fprintf(out, "<p>%.0f runs", number_at(point, "runs"));
    if (number_at(point, "space") > 0)
        fprintf(out, " of %.0f faults that could be chosen", number_at(point, "space"));
    fprintf(out,
            ".</p>\n<table>\n<tr><th>class</th><th>runs</th><th>share</th><th>%g %% interval</th>"
            "<th>faults of all that end so</th></tr>\n",
            100 * number_at(data->summary, "confidence"));
    for (uint32_t c = 0; c < HB_CLASSES_KNOWN; c++)
        put_row(out, point, hb_class[c].name, false);
    put_row(out, point, "failed", true);
    fputs("</table>\n", out);
}

static void put_expectations(FILE *out, const cJSON *list) {
    const cJSON *item;
    if (!list || !list->child)
        return;
    fputs("<h2>What was expected</h2>\n<ul>\n", out);
    cJSON_ArrayForEach(item, list) {
        bool holds = cJSON_IsTrue(hb_json_find(item, "holds"));
        fprintf(out, "<li>%s: <code>", holds ? "holds" : "<span class=\"no\">does not hold</span>");
        put_text(out, string_at(item, "that"));
        fputs("</code> ", out);
        put_text(out, string_at(item, "because"));
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

/* The page under way. */
struct page {
    FILE *out;
    const struct hb_report_data *data;
    uint32_t figures; /* that have files of their own */
    struct hb_error *error;
};

static bool figure_path(const struct page *page, uint32_t number, char path[HB_PATH_BYTES]) {
    char name[32];
    snprintf(name, sizeof name, "figure%" PRIu32 ".svg", number);
    return join(page->data->dir, name, path);
}

/* For a paper each figure is a file, too. */
static bool keep_figure(struct page *page, const struct hb_figure *figure) {
    char path[HB_PATH_BYTES];
    if (!figure->svg)
        return true;
    page->figures++;
    fprintf(page->out, "<p><a href=\"figure%" PRIu32 ".svg\">figure%" PRIu32 ".svg</a></p>\n", page->figures,
            page->figures);
    return figure_path(page, page->figures, path) &&
           hb_output_write(path, figure->svg, strlen(figure->svg), page->error);
}

/* Those of a page that was there before and had more. */
static void drop_old_figures(const struct page *page) {
    char path[HB_PATH_BYTES];
    for (uint32_t i = page->figures + 1; figure_path(page, i, path) && unlink(path) == 0; i++)
        ;
}

static bool put_drawn(struct page *page, const struct hb_figure *figure) {
    FILE *out = page->out;
    put_tagged(out, "h2", figure->title);
    fputs(figure->svg ? figure->svg : "", out);
    put_tagged(out, "p", figure->text);
    fputs(figure->table ? figure->table : "", out);
    put_tagged(out, "pre", figure->command);
    return keep_figure(page, figure);
}

static bool put_figure(struct page *page, bool (*draw)(const struct hb_report_data *data, struct hb_figure *figure,
                                                       struct hb_error *error)) {
    struct hb_figure *figure = calloc(1, sizeof *figure);
    if (!figure)
        abort();
    bool ok = draw(page->data, figure, page->error);
    if (ok && (figure->svg || figure->table))
        ok = put_drawn(page, figure);
    free(figure->svg);
    free(figure->table);
    free(figure);
    return ok;
}

static bool put_means(struct page *page) {
    bool ok = true, more = true;
    for (uint32_t i = 0; ok && more; i++) {
        struct hb_figure *figure = calloc(1, sizeof *figure);
        if (!figure)
            abort();
        ok = hb_figure_means(page->data, i, figure, &more, page->error);
        if (ok && more)
            ok = put_drawn(page, figure);
        free(figure->svg);
        free(figure);
    }
    return ok;
}

static void put_head(FILE *out, const char *name, const char *about) {
    fputs(head, out);
    put_tagged(out, "title", name[0] ? name : "hartbeat");
    fputs("</head>\n<body>\n", out);
    put_tagged(out, "h1", name[0] ? name : "hartbeat");
    if (about[0])
        put_tagged(out, "p", about);
}

static bool (*const figures[])(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) = {
    hb_figure_outcomes,  hb_figure_lifetimes, hb_figure_availability, hb_figure_around,
    hb_figure_latencies, hb_figure_outage,    hb_figure_shares,       hb_figure_sweep};

static bool put_hash(FILE *out, const struct hb_report_data *data) {
    return fprintf(out, "<p>The campaign's hash is %s.</p>\n", string_at(data->campaign, "hash")) > 0;
}

static bool put_campaign(struct page *page) {
    const struct hb_report_data *data = page->data;
    put_head(page->out, string_at(data->summary, "name"), string_at(data->campaign, "campaign.about"));
    put_expectations(page->out, cJSON_GetObjectItemCaseSensitive(data->summary, "expect"));
    if (hb_json_find(data->summary, "means"))
        return put_means(page) && put_hash(page->out, data);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        if (!put_figure(page, figures[i]))
            return false;
    fputs("<h2>In numbers</h2>\n", page->out);
    for (uint32_t p = 0; p < data->points; p++)
        put_point(page->out, data, p);
    return put_hash(page->out, data);
}

static bool put_experiment(struct page *page) {
    const struct hb_report_data *data = page->data;
    put_head(page->out, string_at(data->result, "name"), "");
    if (!data->variants)
        fprintf(page->out, "<p>The run ended as <b>%s</b> after %.0f cycles.</p>\n", string_at(data->result, "outcome"),
                number_at(data->result, "cycles"));
    put_expectations(page->out, cJSON_GetObjectItemCaseSensitive(data->result, "expect"));
    return put_figure(page, hb_figure_goodput) && put_figure(page, hb_figure_variants);
}

static bool write_page(const struct hb_report_data *data, const char *path, struct hb_error *error) {
    struct hb_output out;
    if (!hb_output_open(&out, path, HB_OUTPUT_WHOLE, error))
        return false;
    struct page page = {.out = out.file, .data = data, .error = error};
    if (!(data->campaign ? put_campaign(&page) : put_experiment(&page))) {
        hb_output_drop(&out);
        return false;
    }
    drop_old_figures(&page);
    fputs("</body>\n</html>\n", out.file);
    return hb_output_close(&out, error);
}

bool hb_report_write(const char *dir, char path[HB_PATH_BYTES], struct hb_error *error) {
    struct hb_report_data *data = calloc(1, sizeof *data);
    if (!data)
        abort();
    data->dir = dir;
    bool ok = join(dir, "report.html", path);
    if (!ok)
        hb_error_set(error, "%.60s...: the path is too long", dir);
    ok = ok && read_folder(data, error) && write_page(data, path, error);
    forget(data);
    return ok;
}
