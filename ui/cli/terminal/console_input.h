/* Standard input to the guest's UART.
 *
 * Bytes are taken as fast as the UART's queue has room, at cycles that the caller chooses. With a file the run is
 * repeatable, since only the machine decides what is read when. From a terminal or a pipe, available bytes are taken,
 * without waiting unless the machine itself can only wait.
 *
 * Time in which no hart runs costs the host nothing, so a machine that waits for keys would advance by hours between
 * two keys, its timers busier than its user. At a terminal such time passes about as slowly as for the user: the caller
 * lets the machine go on by hb_console_input_idle_cycles(), and the next look at the terminal takes that long. The
 * machine does not notice.
 *
 * A terminal is raw in the meantime: every key goes to the guest, even Ctrl-C. As in QEMU, Ctrl-A x leaves, and Ctrl-A
 * Ctrl-A is one Ctrl-A; any other key after Ctrl-A is dropped. The terminal is restored by hb_console_input_close(), at
 * exit, and by signals that end the program.
 */
#ifndef HB_CLI_CONSOLE_INPUT_H
#define HB_CLI_CONSOLE_INPUT_H

#include <stdbool.h>

#include "sim/machine/machine.h"

struct hb_console_input {
    int descriptor;
    bool ended;
    bool terminal;        /* and it is raw */
    bool escaped;         /* the previous key was Ctrl-A */
    bool left;            /* Ctrl-A x */
    uint64_t owed_cycles; /* of the machine, not yet waited for at the terminal */
};

/* Start reading standard input; `wanted` false: there is no outside input. */
void hb_console_input_open(struct hb_console_input *input, bool wanted);
void hb_console_input_close(struct hb_console_input *input);

/* How long a machine at a terminal sleeps until a timer wakes it (or part of that), if a key would wake it, too; 0: it
 * has something to do. The caller lets the machine run on by that much. */
uint64_t hb_console_input_idle_cycles(struct hb_console_input *input, const struct hb_machine *machine);

/* Log available bytes as input for the machine's next cycle. If the machine waits for input, this waits, too. */
void hb_console_input_pump(struct hb_console_input *input, struct hb_machine *machine);

#endif
