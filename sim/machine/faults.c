/* Faults: when they strike, and what a fail-stop does. Triggers only watch; the fault acts in phase 1 of a cycle. */
#include "sim/machine/machine.h"

static const struct hb_fault_config *config_of(const struct hb_machine *machine, uint32_t index) {
    return index < machine->config.n_faults ? &machine->config.faults[index] : NULL;
}

static bool is_waiting_for_cycle(const struct hb_machine *machine, uint32_t index) {
    const struct hb_fault_config *config = config_of(machine, index);
    return config && !machine->saved->fault[index].done && config->trigger == HB_TRIGGER_CYCLE;
}

uint64_t hb_fault_next_cycle(const struct hb_machine *machine) {
    uint64_t next = HB_NEVER;
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        const struct hb_fault_state *fault = &machine->saved->fault[i];
        if (fault->armed && !fault->done)
            return machine->saved->cycle;
        if (is_waiting_for_cycle(machine, i) && machine->config.faults[i].cycle < next)
            next = machine->config.faults[i].cycle;
    }
    return next;
}

void hb_faults_due(struct hb_machine *machine, uint64_t now) {
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        struct hb_fault_state *fault = &machine->saved->fault[i];
        bool due = fault->armed || (is_waiting_for_cycle(machine, i) && machine->config.faults[i].cycle <= now);
        if (due && !fault->done)
            hb_fault_strike(machine, i, now);
    }
}

/* ---- Fail-stop ------------------------------------------------------------------------------------------------- */

static void note_lost_lines(struct hb_machine *machine, struct hb_fault_state *fault) {
    struct hb_saved *saved = machine->saved;
    uint32_t room = HB_LOST_LINES_MAX - saved->lost_lines;
    fault->first_lost_line = saved->lost_lines;
    fault->lines_lost = hb_bus_dirty_lines(&machine->bus, fault->hart, &saved->lost_line[saved->lost_lines], room);
    saved->lost_lines += fault->lines_lost < room ? fault->lines_lost : room;
}

void hb_fault_strike(struct hb_machine *machine, uint32_t index, uint64_t now) {
    struct hb_fault_state *fault = &machine->saved->fault[index];
    struct hb_hart *hart = &machine->hart[fault->hart];
    fault->done = true;
    fault->cycle = now;
    fault->activated = hart->run_state == HB_HART_RUNNING || hart->run_state == HB_HART_IDLE;
    fault->instructions_at_death = hart->instructions;
    if (!fault->activated)
        return;
    if (fault->lost)
        note_lost_lines(machine, fault);
    uint64_t *stores_lost = &machine->saved->bus.port[fault->hart].stats.stores_lost;
    uint64_t before = *stores_lost;
    hb_bus_silence(&machine->bus, fault->hart, fault->lost);
    fault->stores_lost = (uint32_t)(*stores_lost - before);
    hb_core_halt(&machine->cores.core[fault->hart], HB_HART_DEAD, now);
    hb_os_view_hart_stopped(&machine->saved->os, now, fault->hart, hb_hart_user_instructions(hart));
}

/* ---- Triggers -------------------------------------------------------------------------------------------------- */

static bool triggers(const struct hb_machine *machine, const struct hb_fault_config *config,
                     const struct hb_trace_record *record) {
    bool on_target = record->hart == config->hart;
    switch (config->trigger) {
    case HB_TRIGGER_TRACEPOINT: return record->kind == HB_TRACE_POINT && on_target && record->id == config->tracepoint;
    case HB_TRIGGER_LOCK_HELD:
        return record->kind == HB_TRACE_SC && record->address == config->address &&
               HB_LOCK_OWNER(record->value) == config->hart + 1;
    case HB_TRIGGER_SYMBOL: return record->kind == HB_TRACE_RETIRE && on_target && record->address == config->address;
    case HB_TRIGGER_INSTRUCTIONS:
        return record->kind == HB_TRACE_RETIRE && on_target &&
               machine->hart[config->hart].instructions >= config->instructions;
    default: return false;
    }
}

void hb_fault_seen(struct hb_machine *machine, const struct hb_trace_record *record) {
    for (uint32_t i = 0; i < machine->config.n_faults; i++) {
        const struct hb_fault_config *config = &machine->config.faults[i];
        struct hb_fault_state *fault = &machine->saved->fault[i];
        if (fault->done || fault->armed || !triggers(machine, config, record))
            continue;
        fault->armed = ++fault->seen >= config->count;
    }
}
