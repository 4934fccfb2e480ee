/* Recordings: every outside input with its cycle, one per line of text, so that a run can be replayed bit for bit.
 *
 *     hartbeat-inputs 1
 *     2000000 fault 2 snoopable
 *     2500000 set recovery_detect 0
 *     2600000 text 6c
 *     2700000 hold d                     a debugger: the harts that have no turns, one bit per hart, hexadecimal
 *     2700000 register 1 x10 5           its hart, name (x10, pc, f3, csr300, mode) and value, hexadecimal
 *     2700000 memory 80001000 4 12345678 physical address, how many bytes (1 to 8), value, hexadecimal
 */
#ifndef HB_SIM_RECORDING_H
#define HB_SIM_RECORDING_H

#include <stdbool.h>

#include "sim/base/error.h"
#include "sim/machine/machine.h"

/* Write the machine's log of inputs. False: the file cannot be written. */
bool hb_recording_write(const struct hb_machine *machine, const char *path, struct hb_error *error);

/* Does this file begin as a recording does? False also when it cannot be read. */
bool hb_recording_is(const char *path);

/* Add the inputs of a recording to the machine's log. False: the file cannot be read, or a line of it is unfit. */
bool hb_recording_read(struct hb_machine *machine, const char *path, struct hb_error *error);

#endif
