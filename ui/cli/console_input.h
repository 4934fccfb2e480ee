/* Standard input to the guest's UART.
 *
 * Bytes are taken as fast as the UART's queue has room, at cycles that the caller chooses. From a file that makes a run
 * repeatable: what is read when follows from the machine alone. From a terminal or a pipe, what is there is taken, and
 * nothing is waited for unless the machine itself can do nothing but wait.
 *
 * Time in which no hart runs costs the host nothing, so a machine that waits for keys would be hours further with every
 * key, its timers busier than its user. At a terminal such time passes about as slowly as for whoever types: the caller
 * lets the machine go on by hb_console_input_idle_cycles(), and the next look at the terminal takes that long. The
 * machine does not notice.
 *
 * A terminal is raw in the meantime: every key is the guest's, Ctrl-C too. As in QEMU, Ctrl-A x leaves, and Ctrl-A
 * Ctrl-A is one Ctrl-A; any other key after Ctrl-A is dropped. The terminal is put back by hb_console_input_close(), at
 * exit, and by the signals that end a program.
 */
#ifndef HB_CLI_CONSOLE_INPUT_H
#define HB_CLI_CONSOLE_INPUT_H

#include <stdbool.h>

#include "sim/machine/machine.h"

struct hb_console_input {
    int descriptor;
    bool ended;
    bool terminal;        /* and it is raw */
    bool escaped;         /* Ctrl-A was the key before */
    bool left;            /* Ctrl-A x */
    uint64_t owed_cycles; /* of the machine, that have not passed at the terminal yet */
};

/* Start with standard input; `wanted`: else there is no input from outside. */
void hb_console_input_open(struct hb_console_input *input, bool wanted);
void hb_console_input_close(struct hb_console_input *input);

/* How long a machine at a terminal sleeps until a timer wakes it (or a part of that), if a key would, too; 0: it has
 * something to do. The caller is to let it go on by as much. */
uint64_t hb_console_input_idle_cycles(struct hb_console_input *input, const struct hb_machine *machine);

/* Log what is there as input for the machine's next cycle. A machine that waits for input is waited with. */
void hb_console_input_pump(struct hb_console_input *input, struct hb_machine *machine);

#endif
