/* What a debugger does to a machine that stands between two cycles: it holds harts, writes registers and memory.
 *
 * All of it is input (struct hb_input): logged with its cycle, and done in phase 1 of that cycle whenever the machine
 * comes by again. A hold waits for that cycle to run; a write is seen at once.
 *
 *     hb_debug_hold(machine, 1ull << 2);                       // hart 2 has no turns from the next cycle on
 *     hb_debug_set_register(machine, 0, HB_REGISTER_PC, pc);   // done
 *
 * A hart that is held stays as it is, its counters and an instruction that is in flight included; what it has asked of
 * the bus goes on. Its clock runs: the time counts as stalled.
 */
#ifndef HB_SIM_DEBUG_H
#define HB_SIM_DEBUG_H

#include "sim/machine/machine.h"

/* Numbers of registers, those of gdb: x0 to x31, pc, f0 to f31, the CSRs, the mode. */
#define HB_REGISTER_PC   32u
#define HB_REGISTER_F    33u
#define HB_REGISTER_CSR  65u
#define HB_REGISTER_MODE 4161u

/* The harts that will have no turns once the machine goes on: one bit a hart. */
uint64_t hb_debug_held(const struct hb_machine *machine);

/* Has the log something of a debugger's for a later cycle? */
bool hb_debug_acts_later(const struct hb_machine *machine);

/* Hold these harts, and let all others go. */
void hb_debug_hold(struct hb_machine *machine, uint64_t harts);

/* Write a register. False, and nothing is logged: there is none of that number, it is read-only, or the hart is in the
 * middle of an instruction. */
bool hb_debug_set_register(struct hb_machine *machine, uint32_t hart, uint32_t number, uint64_t value);

/* Write RAM at a physical address, past caches and time. False, and nothing is logged: not all of it is RAM. */
bool hb_debug_write(struct hb_machine *machine, uint64_t address, const void *from, uint64_t bytes);

/* Do those writes that the log has for the present cycle: where a debugger finds a machine that was run again. */
void hb_debug_take_writes(struct hb_machine *machine);

/* What a debugger was to do from now on is taken out of the log: another future begins. */
void hb_debug_forget(struct hb_machine *machine);

/* Is it an input that this machine can take? For those that come out of files. */
bool hb_debug_is_fit(const struct hb_input *input, uint32_t harts);

/* ---- Inside sim/ ---- */

/* One of the three kinds, in phase 1 of cycle `now`. */
void hb_debug_take(struct hb_machine *machine, const struct hb_input *input, uint64_t now);

#endif
