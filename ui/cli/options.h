/* The command line: one table of options, from which parsing, help, man pages and completion are made.
 *
 *     --name VALUE, --name=VALUE    an option with a value
 *     --name                        a flag
 *     --                            no options follow
 *     -                             an argument: standard input
 *
 * Every mistake is reported in one line on standard error and ends with exit status 2: an option that the command does
 * not take (with the nearest that it does), one given twice, one that would have no effect together with the others.
 */
#ifndef HB_CLI_OPTIONS_H
#define HB_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HB_SETTINGS_MAX      64
#define HB_SETTING_BYTES     96 /* of a setting that an option abbreviates */
#define HB_ARGUMENTS_MAX     1024
#define HB_OPTIONS_MAX       128
#define HB_OPTION_NAME_BYTES 32

/* Exit statuses (docs/architecture.md). */
enum hb_exit { HB_EXIT_OK = 0, HB_EXIT_FAILED = 1, HB_EXIT_USAGE = 2, HB_EXIT_UNFINISHED = 3, HB_EXIT_INTERNAL = 4 };

/* Commands, as bits: those that take an option. */
enum hb_command_bit {
    HB_CMD_RUN = 1,
    HB_CMD_EXEC = 2,
    HB_CMD_GUI = 4,
    HB_CMD_BENCH = 8,
    HB_CMD_CHECK = 16,
    HB_CMD_BISECT = 32,
    HB_CMD_PROTOCOL = 64,
    HB_CMD_LIST = 128,
    HB_CMD_KEYS = 256,
    HB_CMD_HELP = 512,
    HB_CMD_CAMPAIGN = 1024,
    HB_CMD_MERGE = 2048,
    HB_CMD_REPORT = 4096,
    HB_CMD_ALL = 8191,
};

enum hb_option_kind {
    HB_OPTION_FLAG,
    HB_OPTION_TEXT,    /* a value follows */
    HB_OPTION_PAIR,    /* two values follow */
    HB_OPTION_SETTING, /* KEY=VALUE follows; may be given more than once */
    HB_OPTION_NUMBER,  /* a number follows: short for --set KEY=NUMBER */
    HB_OPTION_NAME,    /* a name follows: short for --set KEY=NAME */
};

struct hb_option {
    const char *name;
    const char *value; /* what the value is called (a PAIR: both); NULL for flags */
    enum hb_option_kind kind;
    size_t offset;     /* FLAG, TEXT, PAIR: of the field in struct hb_options */
    unsigned commands; /* commands that take it */
    const char *help;
    const char *needs; /* or NULL: one of these options ("--a or --b") must be given, too, or this one has no effect */
    const char *key;   /* NUMBER, NAME: of the experiment */
};

struct hb_options {
    const char *argument[HB_ARGUMENTS_MAX]; /* what is not an option */
    size_t arguments;
    const char *set[HB_SETTINGS_MAX]; /* KEY=VALUE; one for each key */
    size_t sets;
    char setting[HB_SETTINGS_MAX][HB_SETTING_BYTES]; /* those of `set` that were given as other options */
    bool given[HB_OPTIONS_MAX];                      /* which rows of the table are given */
    const char *out;
    const char *engine; /* bench */
    const char *trace;
    const char *record;
    const char *commands;
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
    const char *scene, *size;
    const char *at;
    const char *cycles; /* run */
    const char *harts;  /* bench */
    const char *runs;
    const char *describe;
    const char *mem_trace_format;
    const char *completion;
    const char *jobs;
    const char *shard;
    const char *slurm;
    const char *tasks; /* with slurm */
    const char *run;   /* of a campaign */
    bool resume;
    bool why, start;
    bool notes;
    bool mem_trace; /* the arguments are memory traces */
    bool disk_write;
    bool quiet;
    bool json;
    bool compare;
    bool csv;
    bool large;
    bool dark;
    bool table;
    bool markdown;
    bool dot;
    bool verify;
    bool split;
    bool help;
    bool man;
    const char *caches;
    const char *lines;
    const char *mutation;
};

/* The rows of the table, in the order of help; NULL: there are no more. */
const struct hb_option *hb_option_at(size_t i);

/* Read the n texts after the command's name, for the command with this bit. False: reported on standard error. */
bool hb_options_read(struct hb_options *options, unsigned command_bit, const char *command, int n, char **text);

/* Print the options of a command, a line each. */
void hb_options_help(unsigned command_bit, FILE *out);

/* Read a whole number such as 2000000 or 2,000,000; `what` names it in the error message. False: reported. */
bool hb_options_number(const char *text, const char *what, uint64_t *number);

#endif
