/* The table of commands, and the texts made from it. */
#ifndef HB_CLI_HELP_H
#define HB_CLI_HELP_H

#include <stddef.h>
#include <stdio.h>

#include "ui/cli/options.h"

struct hb_command_info {
    const char *name;
    unsigned bit;                                 /* HB_CMD_*: the options that it takes */
    int (*run)(const struct hb_options *options); /* NULL: not built yet */
    const char *arguments;                        /* as help names them */
    size_t least, most;                           /* how many of them */
    const char *wanted;                           /* the message when there are fewer or more; NULL: it takes none */
    const char *summary;                          /* one line */
    const char *details;                          /* some more lines, or NULL */
    void (*more)(FILE *out);                      /* prints what varies, or NULL */
};

/* The rows of the table, in the order of help; NULL: there are no more. */
const struct hb_command_info *hb_command_at(size_t i);

/* What the exit statuses mean, some lines. */
extern const char hb_help_statuses[];

/* The command of this name, or NULL. */
const struct hb_command_info *hb_command_find(const char *name);

/* One line on standard error, with the nearest command. */
void hb_command_unknown(const char *name);

void hb_help_overview(FILE *out);
void hb_help_command(const struct hb_command_info *command, FILE *out);

#endif
