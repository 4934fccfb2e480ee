/* The table of commands, and the texts made from it. */
#ifndef HB_CLI_HELP_H
#define HB_CLI_HELP_H

#include <stdio.h>

struct hb_command_info {
    const char *name;
    unsigned bit;                      /* HB_CMD_*: which options it takes */
    int (*run)(int argc, char **argv); /* NULL: not built yet */
    const char *arguments;
    const char *summary;     /* one line */
    const char *details;     /* some lines more, or NULL */
    void (*more)(FILE *out); /* prints what is not always the same, or NULL */
};

/* NULL: there is no such command. */
const struct hb_command_info *hb_command_find(const char *name);

/* One line on standard error, with the nearest command. */
void hb_command_unknown(const char *name);

void hb_help_overview(FILE *out);
void hb_help_command(const struct hb_command_info *command, FILE *out);

#endif
