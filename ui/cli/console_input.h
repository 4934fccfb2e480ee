/* Standard input to the guest's UART.
 *
 * Bytes are taken as fast as the UART's queue has room, at cycles that the caller chooses. From a file that makes a run
 * repeatable: what is read when follows from the machine alone. From a terminal or a pipe, what is there is taken, and
 * nothing is waited for unless the machine itself can do nothing but wait.
 */
#ifndef HB_CLI_CONSOLE_INPUT_H
#define HB_CLI_CONSOLE_INPUT_H

#include <stdbool.h>

#include "sim/machine.h"

struct hb_console_input {
    int descriptor;
    bool ended;
};

/* Start with standard input. */
void hb_console_input_open(struct hb_console_input *input);

/* Log what is there as input for the machine's next cycle. A machine that waits for input is waited with. */
void hb_console_input_pump(struct hb_console_input *input, struct hb_machine *machine);

#endif
