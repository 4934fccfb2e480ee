/* What gdb's `monitor` asks of the machine, answered in lines of text. The machine does not change.
 *
 *     hb_gdb_monitor(machine, "caches 0 counter", &said);      // text ends with a newline
 */
#ifndef HB_SIM_GDB_MONITOR_H
#define HB_SIM_GDB_MONITOR_H

#include "sim/gdb/gdb_packet.h"
#include "sim/machine/machine.h"

/* Answer `line`; one that is not understood is answered with those that are. */
void hb_gdb_monitor(struct hb_machine *machine, const char *line, struct hb_gdb_text *said);

#endif
