/* The lockstep engine: the definition of what a cycle is. */
#include "sim/lockstep.h"

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void wake_answered(struct hb_machine *machine, uint64_t now) {
    uint64_t wake = machine->saved->bus.hart_wake;
    machine->saved->bus.hart_wake = 0;
    for (; wake; wake &= wake - 1)
        hb_core_answered(&machine->cores.core[__builtin_ctzll(wake)], now);
}

/* A hart and its handle, in the order of turns. */
struct turn {
    struct hb_hart *hart;
    struct hb_core *core;
};

/* The harts that have a turn at all, and how many they are. Only these are asked in each cycle, so that one that sleeps
 * (or is dead, or waits for the bus) costs nothing. None is woken but by events, by the bus, and at the close of a
 * cycle. */
static uint32_t look_who_is_awake(struct hb_machine *machine, struct turn turn[HB_HARTS_LIMIT]) {
    uint32_t awake = 0;
    for (uint32_t i = 0; i < machine->bus.harts; i++) {
        struct hb_hart *hart = &machine->hart[machine->order[i]];
        if (hart->ready_at != HB_NEVER)
            turn[awake++] = (struct turn){hart, &machine->cores.core[machine->order[i]]};
    }
    machine->cores.slept = false;
    return awake;
}

/* Phase 2. Whether it may have woken a hart. */
static bool step_bus(struct hb_machine *machine, uint64_t now) {
    hb_bus_step(&machine->bus, now);
    bool changed = machine->saved->devices.changed;
    if (changed)
        hb_machine_devices_changed(machine, now);
    if (machine->saved->bus.hart_wake == 0)
        return changed;
    wake_answered(machine, now);
    return true;
}

/* Phase 4, of a cycle in which a hart had something to tell. */
static void close(struct hb_machine *machine, uint64_t now) {
    const struct hb_cores *cores = &machine->cores;
    if (cores->traced || cores->tohost_written || cores->timer_written || cores->crashed)
        hb_machine_commit(machine, now);
}

/* Nothing will ever happen by itself. */
static void end_or_wait(struct hb_machine *machine) {
    machine->waits_for_input = machine->input_may_come && hb_uart_awaits_input(&machine->saved->devices.uart);
    if (!machine->waits_for_input)
        hb_machine_end(machine, HB_OUTCOME_HANG, 0);
}

void hb_lockstep_run(struct hb_machine *machine, uint64_t until) {
    struct hb_saved *saved = machine->saved;
    const struct hb_cores *cores = &machine->cores;
    struct turn turn[HB_HARTS_LIMIT];
    uint32_t awake = look_who_is_awake(machine, turn);
    machine->waits_for_input = false;
    while (saved->cycle < until && saved->outcome == HB_OUTCOME_RUNNING) {
        uint64_t now = saved->cycle;
        bool look = false;
        if (saved->next_event <= now) {
            hb_machine_events(machine, now);
            if (saved->outcome != HB_OUTCOME_RUNNING)
                break;
            look = true;
        }
        if (saved->bus.next_cycle <= now)
            look |= step_bus(machine, now);
        if (look)
            awake = look_who_is_awake(machine, turn);
        uint64_t next = HB_NEVER;
        for (uint32_t i = 0; i < awake; i++) {
            if (turn[i].hart->ready_at <= now)
                hb_core_turn(turn[i].core, now);
            next = earlier(next, turn[i].hart->ready_at);
        }
        if (cores->traced || cores->tohost_written || cores->timer_written || cores->crashed || cores->slept) {
            close(machine, now);
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
