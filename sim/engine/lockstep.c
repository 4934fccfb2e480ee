/* The lockstep engine: the definition of what a cycle is. */
#include "sim/engine/lockstep.h"

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void wake_answered(struct hb_machine *machine, uint64_t now) {
    uint64_t wake = machine->saved->bus.hart_wake;
    machine->saved->bus.hart_wake = 0;
    for (; wake; wake &= wake - 1)
        hb_core_answered(&machine->cores.core[__builtin_ctzll(wake)], now);
}

/* What is not done in every cycle is kept out of line, so that the loop keeps its values in registers: inlining it
 * makes the loop 14 % slower (callgrind, contend4). */
#define SELDOM __attribute__((noinline))

/* A hart and its handle, in the order of turns. */
struct turn {
    struct hb_hart *hart;
    struct hb_core *core;
};

/* The running harts, waiting for the bus or not, and their number. Only these are polled in each cycle, so that a hart
 * that sleeps, is dead or is held by a debugger costs nothing. The others are woken only by events, by devices, and at
 * the close of a cycle; checking after every answer from the bus would cost 4 % of a run that is full of them. */
static SELDOM uint32_t look_who_is_awake(struct hb_machine *machine, struct turn turn[HB_HARTS_LIMIT + 1]) {
    const uint64_t held = machine->saved->held;
    uint32_t awake = 0;
    for (uint32_t i = 0; i < machine->bus.harts; i++) {
        struct hb_hart *hart = &machine->hart[machine->order[i]];
        if (hart->run_state == HB_HART_RUNNING && !(held >> hart->id & 1))
            turn[awake++] = (struct turn){hart, &machine->cores.core[machine->order[i]]};
    }
    turn[awake].core = machine->cores.core; /* looked at by give_turns(), but it has no turn */
    machine->cores.told.slept = false;
    return awake;
}

/* Returns whether a device may have woken a hart. */
static SELDOM bool bus_phase(struct hb_machine *machine, uint64_t now) {
    hb_bus_step(&machine->bus, now);
    bool changed = machine->saved->devices.changed;
    if (changed)
        hb_machine_devices_changed(machine, now);
    if (machine->saved->bus.hart_wake)
        wake_answered(machine, now);
    return changed;
}

static SELDOM void hear_harts(struct hb_machine *machine, uint64_t now) {
    const struct hb_told *told = &machine->cores.told;
    if (told->traced || told->tohost_written || told->timer_written || told->crashed)
        hb_machine_commit(machine, now);
}

/* Nothing will ever happen by itself. */
static void end_or_wait(struct hb_machine *machine) {
    machine->waits_for_input = machine->input_may_come && hb_uart_awaits_input(&machine->saved->devices.uart);
    if (!machine->waits_for_input)
        hb_machine_end(machine, HB_OUTCOME_HANG, 0);
}

/* ---- The cycle ------------------------------------------------------------------------------------------------- */

/* Inline, with `saved` passed on rather than read from the machine again: this is the emulator's hottest loop. */
#define PHASE static inline __attribute__((always_inline))

/* 1. What is due: faults, input, timers, requests of the cycle before. Returns whether harts may have woken. */
PHASE bool do_what_is_due(struct hb_machine *machine, const struct hb_saved *saved, uint64_t now) {
    if (saved->next_event > now)
        return false;
    hb_machine_events(machine, now);
    return true;
}

/* 2. The bus: finish, snoop, grant. Returns whether harts may have woken: only by a device, since a hart that waits for
 * its answer counts as awake. */
PHASE bool step_bus(struct hb_machine *machine, const struct hb_saved *saved, uint64_t now) {
    return saved->bus.next_cycle <= now && bus_phase(machine, now);
}

/* 3. Every hart whose turn has come. Returns the cycle of the next turn that is known. What the next hart is expected
 * to do is read before this one has its turn, so that the host knows early where it goes. */
PHASE uint64_t give_turns(const struct turn *t, const struct turn *end, uint64_t now) {
    uint64_t next = HB_NEVER;
    hb_turn *turn = t->core->turn;
    for (; t < end; t++) {
        hb_turn *following = t[1].core->turn;
        if (t->hart->ready_at <= now)
            turn(t->core, now);
        turn = following;
        next = earlier(next, t->hart->ready_at);
    }
    return next;
}

/* 4. The close: commit what harts have reported. Returns whether any did: harts may have gone to sleep, or woken. */
PHASE bool close_cycle(struct hb_machine *machine, uint64_t now) {
    if (!hb_cores_told(&machine->cores))
        return false;
    hear_harts(machine, now);
    return true;
}

void hb_lockstep_run(struct hb_machine *machine, uint64_t until) {
    struct hb_saved *saved = machine->saved;
    struct turn turn[HB_HARTS_LIMIT + 1];
    uint32_t awake = look_who_is_awake(machine, turn);
    machine->waits_for_input = false;
    while (saved->cycle < until && saved->outcome == HB_OUTCOME_RUNNING) {
        uint64_t now = saved->cycle;
        if (do_what_is_due(machine, saved, now)) {
            if (saved->outcome != HB_OUTCOME_RUNNING)
                break; /* the cycle does not take place */
            awake = look_who_is_awake(machine, turn);
        }
        if (step_bus(machine, saved, now))
            awake = look_who_is_awake(machine, turn);
        uint64_t next = give_turns(turn, turn + awake, now);
        if (close_cycle(machine, now)) {
            awake = look_who_is_awake(machine, turn);
            if (machine->pause) {
                machine->pause = false;
                until = now + 1;
            }
        }
        if (saved->outcome != HB_OUTCOME_RUNNING) {
            saved->cycle = now + 1;
            break;
        }
        next = earlier(next, earlier(saved->bus.next_cycle, saved->next_event));
        if (next == HB_NEVER) {
            saved->cycle = now + 1;
            end_or_wait(machine);
            break;
        }
        saved->cycle = earlier(next > now ? next : now + 1, until);
    }
}
