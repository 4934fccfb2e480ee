/* The command line: one table of options, read for each command.
 *
 * Every mistake is told in one line on standard error and ends with exit status 2.
 */
#ifndef HB_CLI_OPTIONS_H
#define HB_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HB_SETTINGS_MAX 64
#define HB_ARGUMENTS_MAX 64

/* Exit statuses (docs/architecture.md). */
enum hb_exit { HB_EXIT_OK = 0, HB_EXIT_FAILED = 1, HB_EXIT_USAGE = 2, HB_EXIT_UNFINISHED = 3, HB_EXIT_INTERNAL = 4 };

struct hb_options {
    const char *argument[HB_ARGUMENTS_MAX]; /* what is no option */
    size_t arguments;
    const char *set[HB_SETTINGS_MAX]; /* KEY=VALUE */
    size_t sets;
    const char *out;
    const char *engine;
    const char *trace;
    const char *record;
    const char *replay;
    const char *save_at[2]; /* cycle, file */
    bool clean;             /* only with save_at */
    const char *from;
    const char *log_commits;
    const char *machine;
    const char *signature;
    const char *bios;
    const char *initrd;
    const char *append;
    const char *disk;
    const char *gdb;
    const char *shot;
    const char *at;
    const char *cycles;
    const char *harts;
    const char *runs;
    const char *describe;
    const char *mem_trace_format;
    bool mem_trace; /* the arguments are memory traces */
    bool disk_write;
    bool quiet;
    bool json;
    bool large;
    bool dark;
    bool table;
    bool markdown;
    bool dot;
    bool verify;
    bool split;
    const char *caches;
    const char *lines;
    const char *mutation;
};

/* Commands, as bits: which of them take an option. */
enum hb_command_bit {
    HB_CMD_RUN = 1,
    HB_CMD_EXEC = 2,
    HB_CMD_GUI = 4,
    HB_CMD_BENCH = 8,
    HB_CMD_CHECK = 16,
    HB_CMD_BISECT = 32,
    HB_CMD_PROTOCOL = 64,
};

/* Read argv[2..] for the command with this bit. False: told on standard error. */
bool hb_options_read(struct hb_options *options, unsigned command_bit, const char *command, int argc, char **argv);

/* Print the options of a command, a line each. */
void hb_options_help(unsigned command_bit, FILE *out);

/* Read a whole number such as 2000000 or 2,000,000; `what` names it in the error line. False: told. */
bool hb_options_number(const char *text, const char *what, uint64_t *number);

#endif
