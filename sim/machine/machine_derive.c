/* What is derived from the arena, made again after the arena has changed from outside. */
#include "sim/machine/machine.h"
#include "sim/machine/measure.h"

void hb_machine_watch(struct hb_machine *machine, bool on) {
    machine->cores.trace_retire = on;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        uint8_t *attention = &machine->hart[h].attention;
        *attention = on ? *attention | HB_ATTEND_WATCH : *attention & (uint8_t)~HB_ATTEND_WATCH;
    }
}

void hb_machine_rederive(struct hb_machine *machine) {
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        machine->cores.core[h].traces = 0;
        hb_core_drop_lookups(&machine->cores.core[h]);
    }
    machine->cores.told.traced = false;
    machine->cores.told.tohost_written = false;
    machine->cores.told.timer_written = false;
    machine->cores.told.crashed = false;
    hb_machine_watch(machine, machine->cores.trace_retire);
    hb_machine_schedule(machine, machine->saved->cycle ? machine->saved->cycle - 1 : 0);
    if (machine->checker.shadow)
        hb_bus_debug_read(&machine->bus, HB_RAM_BASE, machine->checker.shadow, machine->checker.shadow_bytes);
    hb_measure_start(machine);
}
