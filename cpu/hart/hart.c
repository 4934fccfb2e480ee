#include "cpu/hart/hart.h"

#include "bus/config.h"

void hb_hart_reset(struct hb_hart *hart, uint8_t id, uint64_t pc, uint64_t now) {
    *hart = (struct hb_hart){.id = id,
                             .pc = pc,
                             .privilege = HB_PRIV_M,
                             .ready_at = now,
                             .run_state = HB_HART_RUNNING,
                             .irq_off_since = now,
                             .stimecmp = UINT64_MAX};
    for (uint32_t i = 0; i < HB_TLB_ENTRIES; i++)
        hart->tlb[HB_TLB_DATA][i].page = hart->tlb[HB_TLB_CODE][i].page = HB_TLB_NONE;
}

/* ---- Accounts -------------------------------------------------------------------------------------------------- */

static bool interrupts_are_off(const struct hb_hart *hart) {
    bool off = hart->privilege == HB_PRIV_M && !(hart->mstatus & HB_MSTATUS_MIE);
    return off && hart->run_state == HB_HART_RUNNING;
}

void hb_hart_note_interrupts(struct hb_hart *hart, uint64_t now) {
    bool off = interrupts_are_off(hart);
    now = hb_hart_clock(hart, now);
    if (hart->irq_off_since != HB_NEVER && !off) {
        uint64_t cycles = now - hart->irq_off_since;
        if (cycles > hart->irq_off_max_cycles)
            hart->irq_off_max_cycles = cycles;
        hart->irq_off_since = HB_NEVER;
    }
    if (off && hart->irq_off_since == HB_NEVER)
        hart->irq_off_since = now;
}

void hb_hart_measure_interrupts_from(struct hb_hart *hart, uint64_t now) {
    hart->irq_off_since = interrupts_are_off(hart) ? hb_hart_clock(hart, now) : HB_NEVER;
    hart->irq_off_max_cycles = 0;
}

/* The cycles that the last instruction would still take have been counted ahead. They are taken back from the cause
 * counted last, and from the others as far as that one has too few. */
static void take_back(struct hb_hart *hart, uint64_t cycles) {
    for (uint32_t i = 0; i < HB_STALLS && cycles; i++) {
        uint64_t *stalled = &hart->stalled_cycles[(hart->last_stall + i) % HB_STALLS];
        uint64_t part = *stalled < cycles ? *stalled : cycles;
        *stalled -= part;
        cycles -= part;
    }
}

void hb_hart_close_accounts(struct hb_hart *hart, uint64_t now) {
    bool idle = hart->run_state == HB_HART_IDLE;
    uint64_t settled_at = idle ? hart->idle_since : hart->ready_at;
    if (settled_at == HB_NEVER) {
        hb_stall(hart, hart->in_flight.cause, now - hart->in_flight.since);
        hart->in_flight.since = now;
    } else if (settled_at > now) {
        take_back(hart, settled_at - now);
    } else if (idle) {
        hart->idle_cycles += now - settled_at;
    } else if (settled_at < now) {
        hb_stall(hart, HB_STALL_CSR, now - settled_at); /* it is held */
    }
    if (idle)
        hart->idle_since = now;
}

void hb_hart_held_until(struct hb_hart *hart, uint64_t now) {
    if (hart->run_state != HB_HART_RUNNING || hart->ready_at >= now)
        return;
    hb_stall(hart, HB_STALL_CSR, now - hart->ready_at);
    hart->ready_at = now;
}
