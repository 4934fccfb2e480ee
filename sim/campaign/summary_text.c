#include "sim/campaign/summary_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/campaign/class.h"
#include "sim/campaign/folder.h"

static const char *string_of(const cJSON *node, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(node, key));
    return text ? text : "";
}

static double number_of(const cJSON *node, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(node, key);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

/* ---- Points ---------------------------------------------------------------------------------------------------- */

static void print_settings(FILE *out, const cJSON *settings) {
    const cJSON *setting;
    cJSON_ArrayForEach(setting, settings) fprintf(out, "  %s=%s", setting->string, cJSON_GetStringValue(setting));
}

static void print_class(FILE *out, const char *name, const cJSON *class_, bool always) {
    if (always || number_of(class_, "count") > 0)
        fprintf(out, "  %-20s %9.0f  %6.2f %%   %6.2f to %6.2f\n", name, number_of(class_, "count"),
                100 * number_of(class_, "rate"), 100 * number_of(class_, "low"), 100 * number_of(class_, "high"));
}

static void print_point(FILE *out, const cJSON *point, double confidence) {
    bool stopped = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(point, "stopped_early"));
    fprintf(out, "%s", point->string);
    print_settings(out, cJSON_GetObjectItemCaseSensitive(point, "set"));
    fprintf(out, "\n  %-20s %9.0f   share   %g %% confidence%s\n", "runs", number_of(point, "runs"), 100 * confidence,
            stopped ? "; stopped early" : "");
    for (uint32_t c = 0; c < HB_CLASSES_KNOWN; c++)
        print_class(out, hb_class[c].name, cJSON_GetObjectItemCaseSensitive(point, hb_class[c].name), false);
    if (cJSON_GetObjectItemCaseSensitive(point, "space"))
        print_class(out, "failed, in all", cJSON_GetObjectItemCaseSensitive(point, "failed"), true);
}

/* A sweep of healthy machines: what they measure. */
static void print_mean(FILE *out, const cJSON *measure) {
    const cJSON *low = cJSON_GetObjectItemCaseSensitive(measure, "low");
    fprintf(out, "    %-18s %9.0f  %14.6g", measure->string, number_of(measure, "n"), number_of(measure, "mean"));
    if (cJSON_IsNumber(low))
        fprintf(out, "   %.6g to %.6g", low->valuedouble, number_of(measure, "high"));
    putc('\n', out);
}

static void print_means(FILE *out, const cJSON *means, double confidence) {
    const cJSON *group, *measure;
    fprintf(out, "  %-20s %9s  %14s   %g %% confidence\n", "means over seeds", "seeds", "mean", 100 * confidence);
    cJSON_ArrayForEach(group, means) {
        print_settings(out, cJSON_GetObjectItemCaseSensitive(group, "set"));
        putc('\n', out);
        cJSON_ArrayForEach(measure, group) if (strcmp(measure->string, "set") != 0) print_mean(out, measure);
    }
}

/* Points are p0, p1, ...; all of them together ("all") are of different machines, and not shown. */
static void print_points(FILE *out, const cJSON *summary) {
    const cJSON *item;
    cJSON_ArrayForEach(item, summary) if (cJSON_IsObject(item) && item->string[0] == 'p')
        print_point(out, item, number_of(summary, "confidence"));
}

/* ---- Expectations ---------------------------------------------------------------------------------------------- */

/* One that does not hold shows everything. */
static void print_expectation(FILE *out, const cJSON *expect) {
    bool holds = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(expect, "holds"));
    const char *because = string_of(expect, "because"), *that = string_of(expect, "that");
    fprintf(out, "  %-14s %s\n", holds ? "holds" : "DOES NOT HOLD", because[0] ? because : that);
    if (holds)
        return;
    if (because[0])
        fprintf(out, "                 %s\n", that);
    fprintf(out, "                 %s\n", string_of(expect, "values"));
}

static void print_expectations(FILE *out, const cJSON *list) {
    const cJSON *expect;
    if (cJSON_GetArraySize(list))
        fputs("expected\n", out);
    cJSON_ArrayForEach(expect, list) print_expectation(out, expect);
}

static void print_failed(FILE *out, const cJSON *list) {
    const cJSON *expect;
    cJSON_ArrayForEach(expect, list) if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(expect, "holds")))
        fprintf(out, "does not hold: %s: %s\n", string_of(expect, "that"), string_of(expect, "values"));
}

char *hb_summary_text(const char *dir, bool failed_only) {
    char *text = NULL, *json = hb_folder_read(dir, "summary.json");
    size_t bytes;
    cJSON *summary = json ? cJSON_Parse(json) : NULL;
    FILE *out = summary ? open_memstream(&text, &bytes) : NULL;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(summary, "expect");
    if (out && failed_only)
        print_failed(out, list);
    else if (out) {
        const cJSON *means = cJSON_GetObjectItemCaseSensitive(summary, "means");
        if (means)
            print_means(out, means, number_of(summary, "confidence"));
        else
            print_points(out, summary);
        print_expectations(out, list);
    }
    if (out && fclose(out) != 0) {
        free(text);
        text = NULL;
    }
    cJSON_Delete(summary);
    free(json);
    return text;
}
