/* Completion for shells, made from the tables of commands and options. The scripts get names of experiments, protocols
 * and keys from the installed command when they need them. */
#ifndef HB_CLI_COMPLETION_H
#define HB_CLI_COMPLETION_H

#include <stdbool.h>
#include <stdio.h>

/* Print the script for "bash" or "zsh". False: unknown shell, reported on standard error. */
bool hb_completion_print(const char *shell, FILE *out);

#endif
