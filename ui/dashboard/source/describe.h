/* `hartbeat run FILE --describe`: what every CPU does at a cycle and why, a sentence each. */
#ifndef HB_DASHBOARD_DESCRIBE_H
#define HB_DASHBOARD_DESCRIBE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/config/config.h"

/* Runs it up to `cycle` (0: to its end) and prints the sentences, below `title` and the cycle. False: `error`. */
bool hb_describe_run(const struct hb_config *config, const char *title, uint64_t cycle, struct hb_error *error);

#endif
