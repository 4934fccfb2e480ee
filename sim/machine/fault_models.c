#include "sim/machine/fault_models.h"

/* ---- fail_stop: the hart dies ---------------------------------------------------------------------------------- */

static void note_lost_lines(struct hb_machine *machine, struct hb_fault_state *fault) {
    struct hb_saved *saved = machine->saved;
    uint32_t room = HB_LOST_LINES_MAX - saved->lost_lines;
    fault->first_lost_line = saved->lost_lines;
    fault->lines_lost = hb_bus_dirty_lines(&machine->bus, fault->hart, &saved->lost_line[saved->lost_lines], room);
    saved->lost_lines += fault->lines_lost < room ? fault->lines_lost : room;
}

static void die(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    if (fault->terms.lost)
        note_lost_lines(machine, fault);
    uint64_t *stores_lost = &machine->saved->bus.port[fault->hart].stats.stores_lost;
    uint64_t before = *stores_lost;
    hb_bus_silence(&machine->bus, fault->hart, fault->terms.lost);
    fault->stores_lost = (uint32_t)(*stores_lost - before);
    hb_core_halt(&machine->cores.core[fault->hart], HB_HART_DEAD, now);
    hb_os_view_hart_stopped(&machine->saved->os, now, fault->hart,
                            hb_hart_user_instructions(&machine->hart[fault->hart]));
}

/* ---- freeze: the hart's own time stands still ------------------------------------------------------------------ */

/* Its port goes on: what it has posted is granted and performed, its store buffer drains, its caches answer. */
static void freeze(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    hb_hart_freeze(&machine->hart[fault->hart], fault->end_cycle, now);
}

static void thaw(struct hb_machine *machine, const struct hb_fault_state *fault, uint64_t now) {
    hb_core_set_pending(&machine->cores.core[fault->hart], 0, true, now); /* what came meanwhile wakes a sleeper */
}

/* ---- fail_slow: every instruction takes longer ----------------------------------------------------------------- */

/* Of several faults that slow one hart at once the worst counts. */
static void set_pace(struct hb_machine *machine, const struct hb_fault_state *of, uint64_t now) {
    uint32_t factor = 1;
    (void)now;
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        const struct hb_fault_state *fault = &machine->saved->fault[i];
        bool slows = fault->terms.model == HB_FAULT_FAIL_SLOW && fault->activated && !fault->ended;
        if (slows && fault->hart == of->hart && fault->terms.factor > factor)
            factor = fault->terms.factor;
    }
    hb_hart_slow(&machine->hart[of->hart], factor);
}

static void slow(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    set_pace(machine, fault, now);
}

/* ---------------------------------------------------------------------------------------------------------------- */

const struct hb_fault_behaviour hb_fault_behaviour[HB_FAULTS_KNOWN] = {
    [HB_FAULT_FAIL_STOP] = {die, NULL},
    [HB_FAULT_FREEZE] = {freeze, thaw},
    [HB_FAULT_FAIL_SLOW] = {slow, set_pace},
};
