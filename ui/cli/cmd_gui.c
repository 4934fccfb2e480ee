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

static int open_dashboard(const struct hb_config *config, const struct hb_dashboard_options *chosen) {
    struct hb_error error;
    struct hb_session *session = hb_session_open(config, &error);
    int status = HB_EXIT_USAGE;
    struct hb_progress_line progress;
    hb_progress_clock(&progress, "going to the picture", chosen->shot_path == NULL);
    if (session)
        status = hb_dashboard_run(session, chosen, &error);
    hb_progress_end(&progress);
    if (status != HB_EXIT_OK)
        fprintf(stderr, "hartbeat gui: %s\n", error.text);
    hb_session_close(session);
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
    int status = HB_EXIT_USAGE;
    if (hb_experiment_is_one_run(&experiment, "the dashboard shows", &error))
        status = open_dashboard(&experiment.variant[0].config, &chosen);
    else
        fprintf(stderr, "hartbeat gui: %s\n", error.text);
    hb_experiment_free(&experiment);
    return status;
}

#endif
