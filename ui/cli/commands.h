/* The commands of `hartbeat`, one a file: cmd_NAME.c. Each takes its options, as many arguments as the table of
 * commands (help.c) allows, and returns the exit status. */
#ifndef HB_CLI_COMMANDS_H
#define HB_CLI_COMMANDS_H

#include <stdio.h>

#include "ui/cli/options.h"

int hb_cmd_run(const struct hb_options *options);
int hb_cmd_exec(const struct hb_options *options);
int hb_cmd_campaign(const struct hb_options *options);
int hb_cmd_merge(const struct hb_options *options);
int hb_cmd_report(const struct hb_options *options);
int hb_cmd_gui(const struct hb_options *options);
int hb_cmd_check(const struct hb_options *options);
int hb_cmd_bisect(const struct hb_options *options);
int hb_cmd_bench(const struct hb_options *options);
int hb_cmd_protocol(const struct hb_options *options);
int hb_cmd_list(const struct hb_options *options);
int hb_cmd_keys(const struct hb_options *options);
int hb_cmd_help(const struct hb_options *options);

/* The existing protocols and mutations, for `hartbeat help protocol`. */
void hb_protocol_help(FILE *out);

#endif
