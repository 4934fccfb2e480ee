/* What gdb sees of a stopped machine: registers, and memory through a hart's address translation. */
#ifndef HB_SIM_GDB_TARGET_H
#define HB_SIM_GDB_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/gdb/gdb_packet.h"
#include "sim/machine/machine.h"

#define HB_GDB_GENERAL 65u /* registers in the packets g and G: x0 to x31, pc, f0 to f31 */

/* Registers are numbered as in sim/machine/debug.h. False: there is no such register. */
bool hb_gdb_register(struct hb_machine *machine, uint32_t hart, uint64_t number, uint64_t *value);

/* False: no such register, it is read-only, or the hart is in the middle of an instruction. */
bool hb_gdb_set_register(struct hb_machine *machine, uint32_t hart, uint64_t number, uint64_t value);

/* Read `bytes` at virtual `address`; returns how many could be read, from the first on. */
size_t hb_gdb_read(const struct hb_machine *machine, uint32_t hart, uint64_t address, void *to, size_t bytes);

/* All or nothing. */
bool hb_gdb_write(struct hb_machine *machine, uint32_t hart, uint64_t address, const void *from, size_t bytes);

/* The description of the registers in gdb's format. */
void hb_gdb_describe(struct hb_gdb_text *xml);

#endif
