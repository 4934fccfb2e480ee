/* The commands of `hartbeat`, one a file: cmd_NAME.c. Each takes the whole command line and gives the exit status. */
#ifndef HB_CLI_COMMANDS_H
#define HB_CLI_COMMANDS_H

#include <stdio.h>

int hb_cmd_run(int argc, char **argv);
int hb_cmd_exec(int argc, char **argv);
int hb_cmd_gui(int argc, char **argv);
int hb_cmd_check(int argc, char **argv);
int hb_cmd_bisect(int argc, char **argv);
int hb_cmd_bench(int argc, char **argv);
int hb_cmd_protocol(int argc, char **argv);
int hb_cmd_help(int argc, char **argv);

/* The protocols and mutations that there are, for `hartbeat help protocol`. */
void hb_protocol_help(FILE *out);

#endif
