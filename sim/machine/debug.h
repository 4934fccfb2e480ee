/* What a debugger does to a machine that is stopped between two cycles: it holds harts, writes registers and memory.
 *
 * All of it is input (struct hb_input): logged with its cycle, and done in phase 1 of that cycle, also whenever it is
 * replayed. A hold takes effect when that cycle runs; a write is visible at once.
 *
 *     hb_debug_hold(machine, 1ull << 2);                       // hart 2 has no turns from the next cycle on
 *     hb_debug_set_register(machine, 0, HB_REGISTER_PC, pc);   // done
 *
 * A held hart stays as it is, including its counters and an instruction in flight; what it has asked of the bus goes
 * on. Its clock runs: the time counts as stalled.
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

/* Does the log hold debugger input for a later cycle? */
bool hb_debug_acts_later(const struct hb_machine *machine);

/* Hold these harts, and release all others. */
void hb_debug_hold(struct hb_machine *machine, uint64_t harts);

/* Write a register. False, and nothing is logged: there is no such register, it is read-only, or the hart is in the
 * middle of an instruction. */
bool hb_debug_set_register(struct hb_machine *machine, uint32_t hart, uint32_t number, uint64_t value);

/* Write RAM at a physical address, in every copy and taking no time. False, and nothing is logged: not all of it is
 * RAM. */
bool hb_debug_write(struct hb_machine *machine, uint64_t address, const void *from, uint64_t bytes);

/* Do the writes that the log has for the present cycle: for a machine that was replayed to where a debugger takes
 * over. */
void hb_debug_take_writes(struct hb_machine *machine);

/* Remove from the log what a debugger was to do from now on: another future begins. */
void hb_debug_forget(struct hb_machine *machine);

/* Can this machine take the input? For inputs read from files. */
bool hb_debug_is_fit(const struct hb_input *input, uint32_t harts);

/* ---- Inside sim/ ---- */

/* One of the three kinds, in phase 1 of cycle `now`. */
void hb_debug_take(struct hb_machine *machine, const struct hb_input *input, uint64_t now);

#endif
