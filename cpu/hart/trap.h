/* Traps: exceptions and interrupts, and returns from them. */
#ifndef HB_CPU_TRAP_H
#define HB_CPU_TRAP_H

#include "cpu/hart/core.h"

enum hb_exception {
    HB_EXC_FETCH_MISALIGNED = 0,
    HB_EXC_FETCH_ACCESS = 1,
    HB_EXC_ILLEGAL = 2,
    HB_EXC_BREAKPOINT = 3,
    HB_EXC_LOAD_MISALIGNED = 4,
    HB_EXC_LOAD_ACCESS = 5,
    HB_EXC_STORE_MISALIGNED = 6,
    HB_EXC_STORE_ACCESS = 7,
    HB_EXC_ECALL_U = 8, /* S: 9, M: 11 */
    HB_EXC_FETCH_PAGE = 12,
    HB_EXC_LOAD_PAGE = 13,
    HB_EXC_STORE_PAGE = 15,
};

#define HB_INTERRUPT (1ull << 63)

/* Take a trap: `cause` with HB_INTERRUPT for interrupts; the hart's next turn is at its handler. */
void hb_trap(struct hb_core *core, uint64_t cause, uint64_t value, uint64_t now);

/* Return from M mode's handler, from S mode's. */
void hb_mret(struct hb_core *core, uint64_t now);
void hb_sret(struct hb_core *core, uint64_t now);

/* After a change of mip, mie, mstatus or mode: is an interrupt to be taken? */
void hb_update_interrupt(struct hb_hart *hart);

/* The interrupt to be taken now, or 0. */
uint64_t hb_pending_interrupt(const struct hb_hart *hart);

/* After a change of mode, MPRV or MPP: choose the lookups of the effective mode; note interrupts going off or on. */
void hb_mode_changed(struct hb_core *core, uint64_t now);

/* The hart continues in another mode (enum hb_privilege): its instructions so far are counted, its lookups chosen. */
void hb_set_privilege(struct hb_core *core, uint8_t privilege, uint64_t now);

#endif
