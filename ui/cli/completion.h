/* Completion for shells, made from the tables of commands and options. Names of experiments, protocols and keys
 * are asked of the installed command when they are wanted. */
#ifndef HB_CLI_COMPLETION_H
#define HB_CLI_COMPLETION_H

#include <stdbool.h>
#include <stdio.h>

/* Print the script for "bash" or "zsh". False: it is another shell, reported on standard error. */
bool hb_completion_print(const char *shell, FILE *out);

#endif
