/* What is derived: from the arena, made again after that has changed from outside; from who looks on. */
#include "bus/shared/presence.h"
#include "sim/machine/machine.h"
#include "sim/machine/measure.h"

static void trace_retired(struct hb_machine *machine, bool on) {
    machine->cores.trace_retire = on;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        uint8_t *attention = &machine->hart[h].attention;
        *attention = on ? *attention | HB_ATTEND_WATCH : *attention & (uint8_t)~HB_ATTEND_WATCH;
    }
}

static void use_lookups(struct hb_machine *machine, bool on) {
    if (machine->cores.host_lookups == on)
        return;
    machine->cores.host_lookups = on;
    hb_cores_drop_lookups(&machine->cores);
}

void hb_machine_heed_watchers(struct hb_machine *machine) {
    const struct hb_config *config = &machine->config;
    trace_retired(machine, machine->triggers_retired || machine->watchers.retired);
    use_lookups(machine,
                config->host_lookups && !hb_measure_needs_every_access(&config->stats) && !machine->watchers.accesses);
}

void hb_machine_watch_add(struct hb_machine *machine, struct hb_watcher *watcher) {
    hb_watchers_add(&machine->watchers, &machine->bus, watcher);
    hb_machine_heed_watchers(machine);
}

void hb_machine_watch_remove(struct hb_machine *machine, struct hb_watcher *watcher) {
    hb_watchers_remove(&machine->watchers, &machine->bus, watcher);
    hb_machine_heed_watchers(machine);
}

void hb_machine_watch_switch(struct hb_machine *machine, struct hb_watcher *watcher, bool on) {
    hb_watchers_switch(&machine->watchers, watcher, on);
    hb_machine_heed_watchers(machine);
}

void hb_machine_rederive(struct hb_machine *machine) {
    hb_presence_derive(&machine->bus);
    machine->bus.asking = UINT64_MAX;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        machine->cores.core[h].traces = 0;
        hb_core_drop_lookups(&machine->cores.core[h]);
    }
    machine->cores.told.traced = false;
    machine->cores.told.tohost_written = false;
    machine->cores.told.timer_written = false;
    machine->cores.told.crashed = false;
    trace_retired(machine, machine->cores.trace_retire);
    hb_machine_schedule(machine, machine->saved->cycle ? machine->saved->cycle - 1 : 0);
    if (machine->checker.shadow)
        hb_bus_debug_read(&machine->bus, HB_RAM_BASE, machine->checker.shadow, machine->checker.shadow_bytes);
    hb_measure_start(machine);
}
