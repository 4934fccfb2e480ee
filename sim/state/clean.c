#include "sim/state/clean.h"

#include <inttypes.h>

#include "bus/shared/quiet.h"
#include "sim/machine/machine.h"

/* A guest can keep its disk busy for ever with overlapping rings. */
#define MOST_CYCLES 10000000u

static bool is_quiet(const struct hb_machine *machine) {
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        if (machine->hart[h].in_flight.active)
            return false;
    return hb_bus_is_quiet(&machine->bus);
}

static void step_bus(struct hb_machine *machine, uint64_t now) {
    struct hb_saved *saved = machine->saved;
    hb_bus_step(&machine->bus, now);
    if (saved->devices.changed)
        hb_machine_devices_changed(machine, now);
    uint64_t wake = saved->bus.hart_wake;
    saved->bus.hart_wake = 0;
    for (; wake; wake &= wake - 1)
        hb_core_answered(&machine->cores.core[__builtin_ctzll(wake)], now);
}

/* One cycle as sim/engine/lockstep.c has it, but that only those have a turn who are in the middle of an instruction.
 * */
static void run_cycle(struct hb_machine *machine, uint64_t now) {
    struct hb_saved *saved = machine->saved;
    if (saved->next_event <= now)
        hb_machine_events(machine, now);
    if (saved->outcome != HB_OUTCOME_RUNNING)
        return;
    if (saved->bus.next_cycle <= now)
        step_bus(machine, now);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        if (machine->hart[h].in_flight.active && machine->hart[h].ready_at <= now)
            hb_core_turn(&machine->cores.core[h], now);
    hb_machine_commit(machine, now);
    saved->cycle = now + 1;
}

bool hb_clean(struct hb_machine *machine, struct hb_error *error) {
    struct hb_saved *saved = machine->saved;
    const uint64_t from = saved->cycle;
    while (!is_quiet(machine)) {
        if (saved->outcome != HB_OUTCOME_RUNNING || saved->cycle - from > MOST_CYCLES) {
            hb_error_set(error, "--clean: the machine %s between cycle %" PRIu64 " and cycle %" PRIu64,
                         saved->outcome != HB_OUTCOME_RUNNING ? "has ended" : "has not come to rest", from,
                         saved->cycle);
            return false;
        }
        run_cycle(machine, saved->cycle);
    }
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        hb_hart_held_until(&machine->hart[h], saved->cycle);
    hb_bus_settle(&machine->bus);
    hb_machine_rederive(machine);
    return true;
}
