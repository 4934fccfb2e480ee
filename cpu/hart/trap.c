/* Traps and returns from them (privileged specification, sections 3.1.6 to 3.1.16 and 3.3.2). */
#include "cpu/hart/trap.h"

#include "cpu/hart/lookups.h"

/* The highest of `pending`, in the order of section 3.1.9: external, software, timer; M before S. */
static uint64_t highest(uint64_t pending) {
    static const uint8_t order[] = {11, 3, 7, 9, 1, 5};
    for (uint32_t i = 0; i < sizeof order; i++)
        if (pending >> order[i] & 1)
            return HB_INTERRUPT | order[i];
    return 0;
}

uint64_t hb_pending_interrupt(const struct hb_hart *hart) {
    uint64_t pending = hb_hart_mip(hart) & hart->mie;
    if (likely(!pending))
        return 0;
    bool m_enabled = hart->privilege != HB_PRIV_M || hart->mstatus & HB_MSTATUS_MIE;
    bool s_enabled = hart->privilege == HB_PRIV_U || (hart->privilege == HB_PRIV_S && hart->mstatus & HB_MSTATUS_SIE);
    uint64_t for_m = m_enabled ? highest(pending & ~hart->mideleg) : 0;
    return for_m ? for_m : s_enabled ? highest(pending & hart->mideleg) : 0;
}

void hb_update_interrupt(struct hb_hart *hart) {
    if (hb_pending_interrupt(hart))
        hart->attention |= HB_ATTEND_INTERRUPT;
    else
        hart->attention &= (uint8_t)~HB_ATTEND_INTERRUPT;
}

void hb_mode_changed(struct hb_core *core, uint64_t now) {
    struct hb_hart *hart = core->hart;
    uint32_t data_mode = hb_data_lookup_mode(hart);
    hb_lookups_refresh(core, data_mode);
    hb_lookups_refresh(core, hb_lookup_mode(hart->privilege));
    core->data = core->data_lookup[data_mode];
    hb_hart_note_interrupts(hart, now);
    hb_update_interrupt(hart);
}

void hb_set_privilege(struct hb_core *core, uint8_t privilege, uint64_t now) {
    struct hb_hart *hart = core->hart;
    if (hart->privilege == HB_PRIV_U && privilege != HB_PRIV_U)
        hart->user_instructions += hart->instructions - hart->user_since;
    else if (hart->privilege != HB_PRIV_U && privilege == HB_PRIV_U)
        hart->user_since = hart->instructions;
    hart->privilege = privilege;
    hb_fetch_forget(core);
    hb_mode_changed(core, now);
}

static uint64_t handler_address(uint64_t vector, uint64_t cause) {
    uint64_t base = vector & ~3ull;
    bool vectored = vector & 1 && cause & HB_INTERRUPT;
    return vectored ? base + 4 * (cause & ~HB_INTERRUPT) : base;
}

/* Nothing retired since the last trap, and the first instruction of its handler traps itself: this would go on for
 * ever. */
static bool is_hopeless(const struct hb_hart *hart, uint64_t cause) {
    bool at_handler = hart->traps > 0 && hart->last_trap_instructions == hart->instructions &&
                      hart->privilege == HB_PRIV_M && hart->pc == handler_address(hart->mtvec, 0);
    return at_handler && !(cause & HB_INTERRUPT);
}

static void crash(struct hb_core *core, uint64_t now) {
    struct hb_hart *hart = core->hart;
    hart->in_flight.cause = HB_STALL_TRAP; /* it waits in this trap for ever */
    hart->in_flight.since = now;
    core->shared->told.crashed = true;
    hart->crashed = true;
    hart->crash_pc = hart->mepc;
    hart->crash_cause = hart->mcause;
    hart->crash_value = hart->mtval;
    hb_has_no_turn(core);
}

/* Traps out of U and S mode go to S mode if M mode has delegated their cause (section 3.1.8). */
static bool is_delegated(const struct hb_hart *hart, uint64_t cause) {
    uint64_t delegated = cause & HB_INTERRUPT ? hart->mideleg : hart->medeleg;
    return hart->privilege != HB_PRIV_M && delegated >> (cause & 63) & 1;
}

static void enter_m(struct hb_hart *hart, uint64_t cause, uint64_t value) {
    hart->mepc = hart->pc;
    hart->mcause = cause;
    hart->mtval = value;
    uint64_t status = hart->mstatus & ~(HB_MSTATUS_MIE | HB_MSTATUS_MPIE | HB_MSTATUS_MPP);
    status |= hart->mstatus & HB_MSTATUS_MIE ? HB_MSTATUS_MPIE : 0;
    hart->mstatus = status | (uint64_t)hart->privilege << HB_MSTATUS_MPP_SHIFT;
}

static void enter_s(struct hb_hart *hart, uint64_t cause, uint64_t value) {
    hart->sepc = hart->pc;
    hart->scause = cause;
    hart->stval = value;
    uint64_t status = hart->mstatus & ~(HB_MSTATUS_SIE | HB_MSTATUS_SPIE | HB_MSTATUS_SPP);
    status |= hart->mstatus & HB_MSTATUS_SIE ? HB_MSTATUS_SPIE : 0;
    hart->mstatus = status | (hart->privilege == HB_PRIV_S ? HB_MSTATUS_SPP : 0);
}

void hb_trap(struct hb_core *core, uint64_t cause, uint64_t value, uint64_t now) {
    struct hb_hart *hart = core->hart;
    hart->in_flight.active = false;
    hart->attention &= (uint8_t)~HB_ATTEND_IN_FLIGHT;
    if (!(cause & HB_INTERRUPT) && cause != HB_EXC_FETCH_ACCESS && cause != HB_EXC_FETCH_PAGE)
        hart->fetches++; /* it was fetched, and does not retire */
    if (is_hopeless(hart, cause)) {
        crash(core, now);
        return;
    }
    bool to_s = is_delegated(hart, cause);
    uint64_t handler = handler_address(to_s ? hart->stvec : hart->mtvec, cause);
    hart->traps++;
    hart->last_trap_instructions = hart->instructions;
    if (to_s)
        enter_s(hart, cause, value);
    else
        enter_m(hart, cause, value);
    hb_note_branch(hart, handler);
    hb_set_privilege(core, to_s ? HB_PRIV_S : HB_PRIV_M, now);
    hart->pc = handler;
    hart->load_rd = 0;
    hart->ready_at = now + 1 + core->config.trap_cycles;
    hb_stall(hart, HB_STALL_TRAP, 1 + core->config.trap_cycles);
}

static void return_to(struct hb_core *core, uint64_t pc, uint8_t mode, uint64_t now) {
    struct hb_hart *hart = core->hart;
    if (mode != HB_PRIV_M)
        hart->mstatus &= ~HB_MSTATUS_MPRV;
    hb_note_branch(hart, pc);
    hart->pc = pc;
    hart->instructions++; /* before the mode changes: the return itself is an instruction of the handler's mode */
    hb_set_privilege(core, mode, now);
    hb_bus_drop_reservation(core->bus, hart->id);
}

void hb_mret(struct hb_core *core, uint64_t now) {
    struct hb_hart *hart = core->hart;
    uint8_t to = (uint8_t)((hart->mstatus & HB_MSTATUS_MPP) >> HB_MSTATUS_MPP_SHIFT);
    uint64_t status = hart->mstatus & ~(HB_MSTATUS_MIE | HB_MSTATUS_MPP);
    hart->mstatus = status | HB_MSTATUS_MPIE | (hart->mstatus & HB_MSTATUS_MPIE ? HB_MSTATUS_MIE : 0);
    return_to(core, hart->mepc, to, now);
}

void hb_sret(struct hb_core *core, uint64_t now) {
    struct hb_hart *hart = core->hart;
    uint8_t to = hart->mstatus & HB_MSTATUS_SPP ? HB_PRIV_S : HB_PRIV_U;
    uint64_t status = hart->mstatus & ~(HB_MSTATUS_SIE | HB_MSTATUS_SPP);
    hart->mstatus = status | HB_MSTATUS_SPIE | (hart->mstatus & HB_MSTATUS_SPIE ? HB_MSTATUS_SIE : 0);
    return_to(core, hart->sepc, to, now);
}
