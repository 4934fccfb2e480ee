#include "sim/experiment/implied.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/result/expect.h"

#define THAT_BYTES (3 * HB_NAME_BYTES)

/* The experiment was loaded, so every expression has been parsed before. */
static struct hb_expect *parse(const char *that) {
    struct hb_error error;
    struct hb_expect *expect = hb_expect_parse(that, &error);
    if (!expect) {
        fprintf(stderr, "hartbeat: broken invariant: an expectation that was loaded does not parse: %s\n", error.text);
        abort();
    }
    return expect;
}

void hb_expectation_judge(const char *that, const char *because, const struct cJSON *root,
                          struct hb_expect_result *result) {
    struct hb_expect *expect = parse(that);
    result->that = that;
    result->because = because ? because : "";
    result->holds = hb_expect_holds(expect, root, result->values, sizeof result->values);
    hb_expect_free(expect);
}

static bool is_named(const struct hb_experiment *experiment, const char *path) {
    bool named = false;
    for (uint32_t i = 0; i < experiment->expectations && !named; i++) {
        struct hb_expect *expect = parse(experiment->expectation[i].that);
        named = hb_expect_names(expect, path);
        hb_expect_free(expect);
    }
    return named;
}

static void add_unless_it_holds(const char *that, const char *because, const struct cJSON *root,
                                struct hb_run_report *report) {
    struct hb_expect_result result;
    hb_expectation_judge(that, because, root, &result);
    if (result.holds)
        return;
    const uint32_t at = report->expectations++;
    report->expectation = realloc(report->expectation, report->expectations * sizeof *report->expectation);
    report->implied = realloc(report->implied, (report->implied_count + 1) * sizeof *report->implied);
    if (!report->expectation || !report->implied || !(result.that = strdup(that)))
        abort();
    report->implied[report->implied_count++] = (char *)result.that;
    report->expectation[at] = result;
}

static void imply_for(const struct hb_experiment *experiment, const struct hb_run_variant *variant,
                      const struct cJSON *root, struct hb_run_report *report) {
    const char *name = variant->name, *dot = name[0] ? "." : "";
    char path[THAT_BYTES], that[THAT_BYTES];
    for (uint32_t f = 0; f < variant->result->faults; f++) {
        if (variant->result->fault[f].repeats)
            continue; /* by chance it may strike after the end */
        snprintf(path, sizeof path, "%s%sfaults.%" PRIu32 ".activated", name, dot, f);
        if (!is_named(experiment, path))
            add_unless_it_holds(path, "a fault that never struck shows nothing", root, report);
    }
    snprintf(path, sizeof path, "%s%soutcome", name, dot);
    if (is_named(experiment, path))
        return;
    snprintf(that, sizeof that, "%.*s != 'limit' and %.*s != 'interrupted'", HB_NAME_BYTES + 8, path, HB_NAME_BYTES + 8,
             path);
    add_unless_it_holds(that, "a run that was cut short shows nothing", root, report);
}

void hb_imply_expectations(const struct hb_experiment *experiment, const struct cJSON *root,
                           struct hb_run_report *report) {
    for (uint32_t i = 0; i < report->variants && experiment->expectations; i++)
        imply_for(experiment, &report->variant[i], root, report);
}
