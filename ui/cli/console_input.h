/* Standard input to the guest's UART.
 *
 * Bytes are taken as fast as the UART's queue has room, at cycles that the caller chooses. From a file that makes a run
 * repeatable: what is read when follows from the machine alone. From a terminal or a pipe, what is there is taken, and
 * nothing is waited for unless the machine itself can do nothing but wait.
 *
 * A terminal is raw in the meantime: every key is the guest's, Ctrl-C too. As in QEMU, Ctrl-A x leaves, and Ctrl-A
 * Ctrl-A is one Ctrl-A; any other key after Ctrl-A is dropped. The terminal is put back by hb_console_input_close(), at
 * exit, and by the signals that end a program.
 */
#ifndef HB_CLI_CONSOLE_INPUT_H
#define HB_CLI_CONSOLE_INPUT_H

#include <stdbool.h>

#include "sim/machine.h"

struct hb_console_input {
    int descriptor;
    bool ended;
    bool terminal; /* and it is raw */
    bool escaped;  /* Ctrl-A was the key before */
    bool left;     /* Ctrl-A x */
};

/* Start with standard input; `wanted`: else there is no input from outside. */
void hb_console_input_open(struct hb_console_input *input, bool wanted);
void hb_console_input_close(struct hb_console_input *input);

/* Log what is there as input for the machine's next cycle. A machine that waits for input is waited with. */
void hb_console_input_pump(struct hb_console_input *input, struct hb_machine *machine);

#endif
