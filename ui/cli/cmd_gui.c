/* hartbeat gui [EXPERIMENT.json]: the dashboard, or with --shot a picture of it that needs no display. */
#include <stdio.h>

#include "sim/experiment/experiment.h"
#include "ui/cli/commands.h"
#include "ui/cli/options.h"

#ifndef HB_HAS_GUI

int hb_cmd_gui(const struct hb_options *options) {
    (void)options;
    fputs("hartbeat gui: this hartbeat was built without its dashboard (HB_GUI=OFF)\n", stderr);
    return HB_EXIT_USAGE;
}

#else

#include "ui/cli/progress.h"
#include "ui/dashboard/dashboard.h"
#include "ui/dashboard/source/machine_session.h"

#define VARIANTS_MAX 64 /* that the list shows */

/* An experiment's variants, one of which is open. */
struct gallery {
    const struct hb_experiment *experiment;
    struct hb_session *session;
};

static struct hb_session *open_variant(void *self, uint32_t i, struct hb_error *error) {
    struct gallery *gallery = self;
    struct hb_session *session = hb_session_open(&gallery->experiment->variant[i].config, error);
    if (session == NULL)
        return NULL;
    hb_session_close(gallery->session);
    return gallery->session = session;
}

static int open_dashboard(struct gallery *gallery, struct hb_dashboard_options *chosen) {
    const char *name[VARIANTS_MAX];
    struct hb_dashboard_variants variants = {.name = name, .open = open_variant, .self = gallery};
    const struct hb_experiment *experiment = gallery->experiment;
    for (; variants.count < experiment->variants && variants.count < VARIANTS_MAX; variants.count++)
        name[variants.count] = experiment->variant[variants.count].name;
    if (experiment->has_variants)
        chosen->variants = &variants;
    struct hb_error error;
    struct hb_session *session = open_variant(gallery, variants.shown, &error);
    int status = HB_EXIT_USAGE;
    struct hb_progress_line progress;
    hb_progress_clock(&progress, "going to the picture", chosen->shot_path == NULL);
    if (session)
        status = hb_dashboard_run(session, chosen, &error);
    hb_progress_end(&progress);
    if (status != HB_EXIT_OK)
        fprintf(stderr, "hartbeat gui: %s\n", error.text);
    hb_session_close(gallery->session);
    return status;
}

static bool choose(const struct hb_options *options, struct hb_dashboard_options *chosen) {
    *chosen = (struct hb_dashboard_options){.large = options->large,
                                            .dark = options->dark,
                                            .shot_path = options->shot,
                                            .log_path = options->record,
                                            .replay_path = options->replay,
                                            .describe_path = options->describe};
    return !options->at || hb_options_number(options->at, "--at", &chosen->shot_cycle);
}

int hb_cmd_gui(const struct hb_options *options) {
    struct hb_dashboard_options chosen;
    struct hb_experiment experiment;
    struct hb_error error;
    if (!choose(options, &chosen))
        return HB_EXIT_USAGE;
    const char *name = options->arguments ? options->argument[0] : "smp4";
    if (!hb_experiment_load(name, options->set, options->sets, &experiment, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return HB_EXIT_USAGE;
    }
    struct gallery gallery = {.experiment = &experiment};
    int status = open_dashboard(&gallery, &chosen);
    hb_experiment_free(&experiment);
    return status;
}

#endif
