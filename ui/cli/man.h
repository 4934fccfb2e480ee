/* Man pages, made from the tables of commands and options: hartbeat(1) and hartbeat-COMMAND(1). */
#ifndef HB_CLI_MAN_H
#define HB_CLI_MAN_H

#include <stdio.h>

struct hb_command_info;

/* Print the page of a command as roff; NULL: that of hartbeat itself. */
void hb_man_print(const struct hb_command_info *command, FILE *out);

#endif
