/* Harts as seen from outside: started, halted, woken. */
#include "cpu/cpu.h"

#include "cpu/hart/trap.h"

void hb_hart_restart(struct hb_core *core, uint64_t pc, uint64_t now) {
    struct hb_hart *hart = core->hart;
    const struct hb_hart before = *hart;
    hb_hart_reset(hart, before.id, pc, now);
    hart->instructions = before.instructions;
    for (uint32_t writes = 0; writes < 2; writes++)
        hart->lookup_hits[writes] = before.lookup_hits[writes];
    hart->fetches = before.fetches;
    hart->slow_fetches = before.slow_fetches;
    hart->user_instructions = hb_hart_user_instructions(&before);
    hart->idle_cycles = before.idle_cycles + (now - before.halted_at);
    hart->irq_off_max_cycles = before.irq_off_max_cycles;
    hart->traps = before.traps;
    hart->last_trap_instructions = UINT64_MAX;
    for (uint32_t i = 0; i < HB_STALLS; i++)
        hart->stalled_cycles[i] = before.stalled_cycles[i];
    hart->attention = before.attention & (HB_ATTEND_WATCH | HB_ATTEND_SLOW);
    hart->slow_factor = before.slow_factor; /* its impairment is not software's concern */
    if (before.frozen_until > now)
        hb_hart_freeze(hart, before.frozen_until, now);
    hb_core_drop_lookups(core);
}

void hb_core_set_pending(struct hb_core *core, uint32_t lines, bool level, uint64_t now) {
    struct hb_hart *hart = core->hart;
    hart->mip_lines = level ? hart->mip_lines | lines : hart->mip_lines & ~lines;
    hb_update_interrupt(hart);
    if (hart->run_state != HB_HART_IDLE || !(hb_hart_mip(hart) & hart->mie) || hart->frozen_until > now)
        return;
    hart->run_state = HB_HART_RUNNING;
    hart->ready_at = now > hart->idle_since ? now : hart->idle_since;
    hart->idle_cycles += hart->ready_at - hart->idle_since;
    hb_hart_note_interrupts(hart, now);
}

void hb_core_halt(struct hb_core *core, enum hb_run_state state, uint64_t now) {
    struct hb_hart *hart = core->hart;
    if (hart->run_state == HB_HART_DEAD)
        return;
    if (hart->run_state == HB_HART_RUNNING || hart->run_state == HB_HART_IDLE)
        hb_hart_close_accounts(hart, now);
    else
        hart->idle_cycles += now - hart->halted_at;                     /* a stopped hart that is fenced */
    hart->fetches += hart->in_flight.active && hart->in_flight.fetched; /* fetched, but it will never retire */
    hart->run_state = (uint8_t)state;
    hart->in_flight.active = false;
    hart->attention &= (uint8_t)~HB_ATTEND_IN_FLIGHT;
    hart->ready_at = HB_NEVER;
    hart->halted_at = now;
    hb_hart_note_interrupts(hart, now);
}
