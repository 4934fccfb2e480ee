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

void hb_lockstep_run(struct hb_machine *machine, uint64_t until) {
    struct hb_saved *saved = machine->saved;
    const uint32_t harts = machine->bus.harts;
    struct turn turn[HB_HARTS_LIMIT];
    for (uint32_t i = 0; i < harts; i++)
        turn[i] = (struct turn){&machine->hart[machine->order[i]], &machine->cores.core[machine->order[i]]};
    machine->waits_for_input = false;
    while (saved->cycle < until && saved->outcome == HB_OUTCOME_RUNNING) {
        uint64_t now = saved->cycle;
        if (saved->next_event <= now) {
            hb_machine_events(machine, now);
            if (saved->outcome != HB_OUTCOME_RUNNING)
                break;
        }
        if (saved->bus.next_cycle <= now) {
            hb_bus_step(&machine->bus, now);
            if (saved->devices.changed)
                hb_machine_devices_changed(machine, now);
            if (saved->bus.hart_wake)
                wake_answered(machine, now);
        }
        uint64_t next = HB_NEVER;
        for (uint32_t i = 0; i < harts; i++) {
            if (turn[i].hart->ready_at <= now)
                hb_core_turn(turn[i].core, now);
            next = earlier(next, turn[i].hart->ready_at);
        }
        if (machine->cores.traced || machine->cores.tohost_written || machine->cores.timer_written ||
            machine->cores.crashed) {
            hb_machine_commit(machine, now);
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
        if (next == HB_NEVER) { /* nothing will ever happen by itself */
            saved->cycle = now + 1;
            machine->waits_for_input = machine->input_may_come && hb_uart_awaits_input(&saved->devices.uart);
            if (!machine->waits_for_input)
                hb_machine_end(machine, HB_OUTCOME_HANG, 0);
            break;
        }
        saved->cycle = earlier(next > now ? next : now + 1, until);
    }
}
