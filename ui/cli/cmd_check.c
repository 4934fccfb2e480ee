/* hartbeat check FILE...: what is wrong with each file, and what may be unintended; a file of answers is graded. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/experiment/experiment.h"
#include "sim/lesson/grade.h"
#include "sim/lesson/lesson.h"
#include "ui/cli/commands.h"
#include "ui/cli/lesson.h"
#include "ui/cli/options.h"

static bool check_experiment(const char *path, const struct hb_options *options) {
    struct hb_experiment experiment;
    struct hb_error error;
    bool ok = hb_experiment_load(path, options->set, options->sets, &experiment, &error);
    if (ok && !hb_experiment_check_images(&experiment, &error)) {
        hb_experiment_free(&experiment);
        ok = false;
    }
    if (!ok) {
        fprintf(stderr, "%s\n", error.text);
        return false;
    }
    printf("%s: ok: %s", path, experiment.name);
    if (experiment.has_variants)
        printf(", %" PRIu32 " variants", experiment.variants);
    printf(", %" PRIu32 " harts, %" PRIu32 " expectations\n", experiment.variant[0].config.harts,
           experiment.expectations);
    char *warnings = hb_experiment_warnings(&experiment);
    if (warnings)
        fputs(warnings, stdout);
    free(warnings);
    hb_experiment_free(&experiment);
    return true;
}

static int check(const char *path, const struct hb_options *options) {
    if (hb_grade_is(path))
        return hb_check_answers(path, options);
    if (hb_lesson_is(path))
        return hb_check_lesson(path, options);
    return check_experiment(path, options) ? HB_EXIT_OK : HB_EXIT_USAGE;
}

int hb_cmd_check(const struct hb_options *options) {
    int worst = HB_EXIT_OK;
    for (size_t i = 0; i < options->arguments; i++) {
        const int status = check(options->argument[i], options);
        worst = status > worst ? status : worst;
    }
    return worst;
}
