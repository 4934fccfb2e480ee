#include "ui/cli/rerun.h"

#include <inttypes.h>
#include <stdio.h>

bool hb_rerun_is_meant(const struct hb_options *options) {
    return options->run || (options->arguments && hb_rerun_is_campaign(options->argument[0]));
}

bool hb_rerun_open_by(struct hb_rerun *rerun, const struct hb_options *options) {
    struct hb_rerun_wanted wanted = {.set = options->set, .sets = options->sets};
    struct hb_error error;
    if (!options->arguments) {
        fputs("hartbeat: --run: of which campaign? Its folder is missing\n", stderr);
        return false;
    }
    wanted.dir = options->argument[0];
    if (!options->run) {
        fprintf(stderr, "%s: is the folder of a campaign: --run I says which of its runs\n", wanted.dir);
        return false;
    }
    if (!hb_options_number(options->run, "--run", &wanted.run))
        return false;
    if (hb_rerun_open(rerun, &wanted, &error))
        return true;
    fprintf(stderr, "%s\n", error.text);
    return false;
}

int hb_rerun_compare(const struct hb_rerun *rerun, const struct hb_options *options, uint64_t state_hash, int status) {
    if (!rerun->state_hash || options->sets || options->cycles || options->from)
        return status;
    if (state_hash == rerun->state_hash) {
        if (!options->quiet)
            printf("run %s: %s, the same as in the campaign\n", options->run, rerun->class_);
        return status;
    }
    fprintf(stderr,
            "%s: run %s: state_hash is %016" PRIx64 ", in the campaign it was %016" PRIx64
            ": the image or hartbeat has changed\n",
            options->argument[0], options->run, state_hash, rerun->state_hash);
    return HB_EXIT_FAILED;
}
