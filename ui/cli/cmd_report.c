/* hartbeat report DIR: what a campaign or an experiment wrote, as one HTML page with plots. */
#include <stdio.h>

#include "sim/report/report.h"
#include "ui/cli/commands.h"

int hb_cmd_report(const struct hb_options *options) {
    char path[HB_PATH_BYTES];
    struct hb_error error;
    if (hb_report_write(options->argument[0], path, &error)) {
        puts(path);
        return HB_EXIT_OK;
    }
    fprintf(stderr, "hartbeat report: %s\n", error.text);
    return hb_error_is_the_hosts(&error) ? HB_EXIT_INTERNAL : HB_EXIT_USAGE;
}
