/* `hartbeat run DIR --run I` and `hartbeat gui DIR --run I`: a run of a campaign again, from its folder. */
#ifndef HB_CLI_RERUN_H
#define HB_CLI_RERUN_H

#include <stdbool.h>

#include "sim/harvest/rerun.h"
#include "ui/cli/options.h"

/* Is it asked for: by --run, or because the argument is such a folder? */
bool hb_rerun_is_meant(const struct hb_options *options);

/* Open it. False: reported on standard error. To be closed by hb_rerun_close(). */
bool hb_rerun_open_by(struct hb_rerun *rerun, const struct hb_options *options);

/* Compare its result with that of the campaign, and say whether they are the same. Returns the exit status: `status`,
 * or 1 when they differ. What has been changed, by --set or a limit, is not compared. */
int hb_rerun_compare(const struct hb_rerun *rerun, const struct hb_options *options, uint64_t state_hash, int status);

#endif
