/* A hart at work: the handle that joins its saved state (struct hb_hart) with its port to the bus and with what is
 * derived and can be dropped at any time (decoded lines, host lookups). This is the face of cpu/.
 *
 *     hb_core_turn(core, now)      one instruction, or as much of it as can be done before the bus is needed
 *     hb_core_answered(core, now)  the bus answered: the hart's turn comes in this very cycle
 *
 * The caller calls hb_core_turn() when hart->ready_at is not after `now`. An instruction that hits the L1 touches
 * nothing but this hart's block, its own lines and its own lookups.
 *
 * Modelled: RV64IMAFDC, Zicsr, Zifencei, Zba, Zbb, Zbs, Zicond, Zicbom, Zicboz, Sstc; M, S and U modes, PMP, Sv39,
 * precise traps. Not modelled: address space identifiers (ASIDLEN is 0), triggers, event counters.
 */
#ifndef HB_CPU_CPU_H
#define HB_CPU_CPU_H

#include "cpu/csr.h"
#include "cpu/execute.h"
#include "cpu/hart/core.h"
#include "cpu/hart/hart.h"
#include "cpu/hart/lookups.h"
#include "cpu/latch.h"

/* Start a halted hart afresh at `pc` in M mode at cycle `now`; its counters go on. */
void hb_hart_restart(struct hb_core *core, uint64_t pc, uint64_t now);

/* Set or clear interrupt lines (HB_MIP_*) of this hart; an idle hart may wake in cycle `now`. */
void hb_core_set_pending(struct hb_core *core, uint32_t lines, bool level, uint64_t now);

/* The hart stops for good, or until it is started again: dead, fenced or stopped. Nothing of its
 * instruction retires. */
void hb_core_halt(struct hb_core *core, enum hb_run_state state, uint64_t now);

#endif
