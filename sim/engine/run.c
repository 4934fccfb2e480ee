/* Running: with the engine that the machine has, from one place where something is measured to the next. */
#include "sim/engine/run.h"

#include "sim/engine/fast.h"
#include "sim/engine/lockstep.h"
#include "sim/machine/measure.h"
#include "sim/machine/mem_trace.h"

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* With the fast engine, unless it was not asked for or something hinders it, which is noted. */
static bool may_be_fast(struct hb_machine *machine) {
    if (machine->config.engine == HB_ENGINE_LOCKSTEP)
        return false;
    uint32_t hindrances = hb_fast_hindrances(machine);
    machine->engine_notes |= hindrances;
    return !hindrances;
}

static void step(struct hb_machine *machine, uint64_t until) {
    if (may_be_fast(machine))
        hb_fast_run(machine, until);
    else if (machine->config.mem_trace)
        hb_mem_trace_run(machine, until);
    else
        hb_lockstep_run(machine, until);
}

/* Run from one cycle where measuring begins or ends to the next. */
static void run_measured(struct hb_machine *machine, uint64_t until) {
    struct hb_saved *saved = machine->saved;
    do {
        step(machine, earlier(until, hb_measure_next(machine->measure)));
        hb_measure_reach(machine);
    } while (saved->cycle < until && saved->outcome == HB_OUTCOME_RUNNING && !machine->waits_for_input);
}

void hb_machine_run(struct hb_machine *machine, uint64_t until) {
    struct hb_saved *saved = machine->saved;
    uint64_t end = earlier(until, machine->config.stop_cycles);
    if (machine->measure)
        run_measured(machine, end);
    else
        step(machine, end);
    if (saved->outcome == HB_OUTCOME_RUNNING && saved->cycle >= machine->config.stop_cycles)
        hb_machine_end(machine, HB_OUTCOME_LIMIT, 0);
}
