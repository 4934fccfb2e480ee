/* hartbeat gui [EXPERIMENT.json]: the dashboard, or with --shot a picture of it that needs no display. */
#include <stdio.h>

#include "sim/config/images.h"
#include "sim/experiment/experiment.h"
#include "ui/cli/commands.h"
#include "ui/cli/options.h"

#ifndef HB_HAS_GUI

int hb_cmd_gui(int argc, char **argv) {
    (void)argc;
    (void)argv;
    fputs("hartbeat gui: this hartbeat was built without its dashboard (HB_GUI=OFF)\n", stderr);
    return HB_EXIT_USAGE;
}

#else

#include "ui/dashboard/dashboard.h"
#include "ui/dashboard/source/machine_session.h"

static int open_dashboard(const struct hb_config *config, const struct hb_dashboard_options *chosen) {
    struct hb_error error;
    struct hb_session *session = hb_session_open(config, &error);
    int status = HB_EXIT_USAGE;
    if (session)
        status = hb_dashboard_run(session, chosen, error.text, sizeof error.text);
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
    if (options->at && !options->shot) {
        fputs("hartbeat gui: --at is the cycle of --shot, which is missing\n", stderr);
        return false;
    }
    return !options->at || hb_options_number(options->at, "--at", &chosen->shot_cycle);
}

int hb_cmd_gui(int argc, char **argv) {
    struct hb_options options;
    struct hb_dashboard_options chosen;
    struct hb_experiment experiment;
    struct hb_error error;
    char path[HB_PATH_BYTES];
    if (!hb_options_read(&options, HB_CMD_GUI, "gui", argc, argv) || !choose(&options, &chosen))
        return HB_EXIT_USAGE;
    if (options.arguments > 1) {
        fputs("hartbeat gui: one experiment at a time (see: hartbeat help gui)\n", stderr);
        return HB_EXIT_USAGE;
    }
    hb_experiment_find(options.arguments ? options.argument[0] : "smp4", path);
    if (!hb_experiment_load(path, options.set, options.sets, &experiment, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return HB_EXIT_USAGE;
    }
    int status = open_dashboard(&experiment.variant[0].config, &chosen);
    hb_experiment_free(&experiment);
    return status;
}

#endif
