/* What a program's run came to, in a few lines for a person at a terminal. */
#ifndef HB_CLI_EXEC_TABLE_H
#define HB_CLI_EXEC_TABLE_H

#include <stdio.h>

#include "sim/machine/machine.h"

/* Print instructions, cycles, IPC and the miss rates of its caches for each hart, and how much the bus was in use. */
void hb_exec_table(const struct hb_machine *machine, FILE *out);

#endif
