/* The finisher's reset: the machine starts over, and time goes on.
 *
 * Harts, caches, bus and devices are as after power-on (what a cache held alone is lost), what the machine boots is
 * loaded into RAM again, the rest of RAM stays as it is, as on QEMU's board. mtime begins at 0. What belongs to the run
 * and not to the machine continues: cycles, counters, the console and input waiting on its line, faults and inputs. A
 * hart that a fault has killed stays dead. The disk keeps what was written to it.
 */
#include "sim/machine/boot.h"
#include "sim/machine/machine.h"
#include "sim/machine/measure.h"

static void restart_harts(struct hb_machine *machine, uint64_t now) {
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        struct hb_core *core = &machine->cores.core[h];
        if (machine->hart[h].run_state == HB_HART_DEAD)
            continue;
        hb_core_halt(core, HB_HART_STOPPED, now);
        hb_bus_restart(&machine->bus, h);
        hb_measure_hart_started(machine, h);
        hb_hart_restart(core, HB_ROM_BASE, now);
    }
}

/* All that is remembered of the old image is its place in memory. */
static bool load_again(struct hb_machine *machine) {
    hb_symbols_free(&machine->symbols);
    machine->params_address = machine->results_address = 0;
    if (!hb_boot_load(machine, NULL))
        return false;
    if (machine->checker.shadow)
        hb_bus_debug_read(&machine->bus, HB_RAM_BASE, machine->checker.shadow, machine->checker.shadow_bytes);
    return true;
}

void hb_machine_restart(struct hb_machine *machine, uint64_t now) {
    struct hb_saved *saved = machine->saved;
    hb_bus_clear(&machine->bus, now);
    hb_devices_restart(&saved->devices, now);
    restart_harts(machine, now);
    saved->htif = (struct hb_htif){0};
    saved->start_pending = 0;
    saved->panicked = false;
    hb_cores_drop_lookups(&machine->cores);
    if (!load_again(machine)) /* the files have changed */
        hb_machine_end(machine, HB_OUTCOME_FAILED, 1);
}
