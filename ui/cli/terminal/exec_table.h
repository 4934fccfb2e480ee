/* The outcome of a program's run, in a few lines for a person at a terminal. */
#ifndef HB_CLI_EXEC_TABLE_H
#define HB_CLI_EXEC_TABLE_H

#include <stdio.h>

#include "sim/machine/machine.h"

/* Print instructions, cycles, IPC and cache miss rates for each hart, and the utilisation of the bus. */
void hb_exec_table(const struct hb_machine *machine, FILE *out);

#endif
