/* Harts: modes, registers that hold addresses or choices, and the instruction in flight. */
#include "cpu/decode.h"
#include "sim/machine/machine.h"
#include "sim/state/soundness.h"

#define PAGE_MASK 0xfffull

static const struct hb_bound hart_bounds[] = {
    HB_MOST(hb_hart, x[0], 0),
    HB_MOST(hb_hart, load_rd, 63),
    HB_MOST(hb_hart, attention, HB_ATTEND_ALL),
    HB_MOST(hb_hart, privilege, HB_PRIV_M),
    HB_MOST(hb_hart, run_state, HB_HART_DEAD),
    HB_MOST(hb_hart, fflags, 31),
    HB_MOST(hb_hart, frm, 7),
    HB_MOST(hb_hart, last_stall, HB_STALLS - 1),
    HB_MOST(hb_hart, slow_factor, HB_FACTOR_MAX),
    HB_BOOL(hb_hart, crashed),
};

/* An answer still to come takes one more latch. */
static const struct hb_bound flight_bounds[] = {
    HB_BOOL(hb_in_flight, active),
    HB_BOOL(hb_in_flight, fetched),
    HB_BOOL(hb_in_flight, half_fetched),
    HB_BOOL(hb_in_flight, faulted),
    HB_MOST(hb_in_flight, translated, 2),
    HB_MOST(hb_in_flight, latched, HB_LATCHES - 1),
    HB_MOST(hb_in_flight, cause, HB_STALLS - 1),
};

/* ---- In flight ------------------------------------------------------------------------------------------------- */

/* The virtual address of the data of the instruction in flight. False: it has none. */
static bool data_address(const struct hb_hart *hart, uint64_t *address) {
    const struct hb_op op = hb_decode(hart->in_flight.bits);
    *address = hart->x[op.rs1 & 31];
    if (!hb_op_is(&op, HB_CLASS_ATOMIC))
        *address += (uint64_t)(int64_t)op.imm;
    return hb_op_is(&op, HB_CLASS_MEMORY | HB_CLASS_BLOCK);
}

/* Translation leaves the offset within the page alone: lines are split by it. */
static bool same_place(uint64_t physical, uint64_t address) {
    return ((physical ^ address) & PAGE_MASK) == 0;
}

static bool translation_is_sound(const struct hb_hart *hart) {
    const struct hb_in_flight *flight = &hart->in_flight;
    uint64_t first = hart->pc, second = hart->pc + 2;
    if (flight->fetched) {
        if (!data_address(hart, &first))
            return true; /* not looked at */
        second = (first & ~PAGE_MASK) + PAGE_MASK + 1;
    }
    return (flight->translated < 1 || same_place(flight->physical[0], first)) &&
           (flight->translated < 2 || same_place(flight->physical[1], second));
}

static bool flight_is_sound(struct hb_soundness *soundness, const struct hb_hart *hart, uint32_t h) {
    const struct hb_in_flight *flight = &hart->in_flight;
    bool attended = hart->attention & HB_ATTEND_IN_FLIGHT;
    return HB_IN_BOUNDS(soundness, flight_bounds, flight, "in flight, hart", h) &&
           hb_should(soundness, attended == flight->active, "hart", h, "attention") &&
           hb_should(soundness, !flight->active || hart->run_state == HB_HART_RUNNING, "in flight, hart", h,
                     "active") &&
           hb_should(soundness, !flight->active || translation_is_sound(hart), "in flight, hart", h, "physical");
}

/* ---- Whole harts ----------------------------------------------------------------------------------------------- */

static bool tlbs_are_sound(struct hb_soundness *soundness, const struct hb_hart *hart, uint32_t h) {
    for (uint32_t i = 0; i < HB_TLBS * HB_TLB_ENTRIES; i++) {
        const struct hb_tlb_entry *entry = &hart->tlb[i / HB_TLB_ENTRIES][i % HB_TLB_ENTRIES];
        bool used = entry->page != HB_TLB_NONE;
        if (!hb_should(soundness, !used || ((entry->page | entry->physical) & PAGE_MASK) == 0, "TLB of hart", h,
                       "page"))
            return false;
    }
    return true;
}

static bool is_mode(uint64_t mode) {
    return mode == HB_PRIV_U || mode == HB_PRIV_S || mode == HB_PRIV_M;
}

/* A hart that is halted for good has no turn: with one it would go on. */
static bool halts(const struct hb_hart *hart) {
    bool halted = hart->run_state >= HB_HART_STOPPED || hart->run_state == HB_HART_IDLE;
    return !halted || hart->ready_at == HB_NEVER;
}

bool hb_harts_are_sound(struct hb_soundness *soundness) {
    const struct hb_machine *machine = soundness->machine;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        const struct hb_hart *hart = &machine->hart[h];
        uint64_t mpp = (hart->mstatus & HB_MSTATUS_MPP) >> HB_MSTATUS_MPP_SHIFT;
        if (!HB_IN_BOUNDS(soundness, hart_bounds, hart, "hart", h) ||
            !hb_should(soundness, hart->id == h, "hart", h, "id") ||
            !hb_should(soundness, is_mode(hart->privilege), "hart", h, "privilege") ||
            !hb_should(soundness, is_mode(mpp), "hart", h, "mstatus.MPP") ||
            !hb_should(soundness, ((hart->pc | hart->mepc | hart->sepc) & 1) == 0, "hart", h, "pc, mepc or sepc") ||
            !hb_should(soundness, !(hart->attention & HB_ATTEND_SLOW) == (hart->slow_factor <= 1), "hart", h,
                       "slow_factor") ||
            !hb_should(soundness, halts(hart), "hart", h, "ready_at") || !flight_is_sound(soundness, hart, h) ||
            !tlbs_are_sound(soundness, hart, h))
            return false;
    }
    return true;
}
