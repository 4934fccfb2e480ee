#include "sim/engine/fast.h"

#include <string.h>

#include "bus/shared/presence.h"
#include "bus/shared/transaction.h"
#include "cpu/ahead/ahead.h"
#include "cpu/ahead/spin.h"
#include "cpu/translate/translate.h"
#include "sim/machine/engine_note.h"
#include "sim/machine/measure.h"

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

uint32_t hb_fast_hindrances(const struct hb_machine *machine) {
    const struct hb_config *config = &machine->config;
    const struct hb_bus_config *bus = &machine->bus.config;
    const bool is[HB_ENGINE_NOTES_KNOWN] = {
        [HB_ENGINE_NOTE_VALUES] = !config->host_lookups,
        [HB_ENGINE_NOTE_MISSES] = hb_measure_needs_every_access(&config->stats),
        [HB_ENGINE_NOTE_ACCESSES] = machine->watchers.accesses,
        [HB_ENGINE_NOTE_RETIRED] = machine->cores.trace_retire,
        [HB_ENGINE_NOTE_MEM_TRACE] = config->mem_trace != NULL,
        [HB_ENGINE_NOTE_STORE_BUFFER] = bus->store_depth > 0,
        [HB_ENGINE_NOTE_PROTOCOL] = bus->mutation || bus->protocol == HB_PROTOCOL_GIVEN,
    };
    uint32_t notes = 0;
    for (uint32_t i = 0; i < HB_ENGINE_NOTES_KNOWN; i++)
        notes |= (uint32_t)is[i] << i;
    return notes;
}

/* ---- Taking back ----------------------------------------------------------------------------------------------- */

/* Those that take harts back return whether any has been. */

/* What comes may concern every hart: none has done anything in cycle `to` or later. */
static bool all_back(struct hb_machine *machine, uint64_t to) {
    bool moved = false;
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        moved |= hb_ahead_back(&machine->cores.core[h], to);
    return moved;
}

/* A write of the time that every hart may read. */
static bool sets_the_time(const struct hb_transaction *t) {
    return t->kind == HB_TXN_DEVICE_WRITE && hb_clint_is_mtime(t->line);
}

/* What it does at its end reaches any hart: the time, an L2 that takes lines away, the bytes of an update. */
static bool concerns_all(const struct hb_machine *machine, const struct hb_transaction *t) {
    return sets_the_time(t) || machine->bus.l2.block || t->kind == HB_TXN_UPDATE || t->kind == HB_TXN_READ_UPDATE;
}

/* Devices have changed in cycle `now`: that reaches the harts whose interrupt lines follow, and no other. */
static void interrupted_back(struct hb_machine *machine, uint64_t now) {
    const uint32_t all = HB_MIP_MSIP | HB_MIP_MTIP | HB_MIP_STIP | HB_MIP_MEIP | HB_MIP_SEIP;
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        if ((machine->hart[h].mip_lines & all) != hb_machine_interrupt_lines(machine, h, now))
            hb_ahead_back(&machine->cores.core[h], now);
}

static bool leaves_copies(uint8_t kind) {
    return kind == HB_TXN_READ || kind == HB_TXN_DMA_READ || kind == HB_TXN_CLEAN;
}

/* With `none`, LR and SC are performed in memory: a store to it takes reservations away when it ends, also one that a
 * hart had at its checkpoint and has given up since, ahead. */
static bool reservations_back(struct hb_machine *machine, const struct hb_transaction *t, uint64_t now) {
    const struct hb_bus *bus = &machine->bus;
    bool moved = false;
    if ((t->kind != HB_TXN_WRITE && t->kind != HB_TXN_ATOMIC) || !hb_bus_protocol_at(bus, t->line)->incoherent)
        return false;
    for (uint32_t h = 0; h < bus->harts; h++)
        if (bus->state->port[h].reservation == t->line || machine->cores.core[h].ahead->reservation == t->line)
            moved |= hb_ahead_back(&machine->cores.core[h], now);
    return moved;
}

/* A hart's copy before it is snooped in its past. */
struct snooped {
    struct hb_core *core;
    struct hb_line *line;
    struct hb_line before;
};

struct meeting {
    uint32_t n;
    struct snooped met[HB_AGENTS_MAX];
};

/* Does what `core` has done with its copy come too early for a snoop in cycle `now`? */
static bool comes_too_early(const struct hb_core *core, const struct hb_line *line, const struct hb_transaction *t,
                            uint64_t now) {
    const bool keeps = leaves_copies(t->kind);
    if (core->ahead->spins)
        return hb_ahead_spins_in(core->ahead, line, keeps);
    return core->bus->state->port[core->hart->id].reservation == t->line || hb_ahead_touched(line, now, keeps) ||
           core->ahead->snoops + 2 > HB_AHEAD_SNOOPS;
}

static struct hb_core *core_of(struct hb_machine *machine, uint8_t agent) {
    return &machine->cores.core[agent / 2];
}

/* The harts that a snoop of transaction `t` in cycle `now` finds ahead of it: they are taken back, or remembered. Most
 * snoops find none, so copies of the others are not looked for. */
static bool meet(struct hb_machine *machine, const struct hb_transaction *t, uint64_t now, struct meeting *meeting) {
    bool moved = false;
    if (hb_snoop_event(t->kind) == HB_EVENTS)
        return false;
    struct hb_agents left = hb_presence_of(&machine->bus, t->line);
    for (uint8_t agent; hb_agents_take(&left, &agent);) {
        struct hb_core *core = core_of(machine, agent);
        struct hb_line *line = hb_ahead_is(core, now) ? hb_bus_copy(&machine->bus, agent, t->line) : NULL;
        if (!line)
            continue;
        if (comes_too_early(core, line, t, now))
            moved |= hb_ahead_back(core, now);
        else if (!core->ahead->spins)
            meeting->met[meeting->n++] = (struct snooped){core, line, *line};
    }
    return moved;
}

/* Those that are still ahead; a hart has two copies at most. */
static void note_snooped(const struct meeting *meeting, uint64_t now) {
    for (const struct snooped *met = meeting->met; met < meeting->met + meeting->n; met++) {
        struct hb_ahead *ahead = met->core->ahead;
        if (ahead->active && met->line->state != met->before.state)
            ahead->snoop[ahead->snoops++] = (struct hb_ahead_snoop){now, met->line, met->before, *met->line};
    }
}

/* ---- The phases ------------------------------------------------------------------------------------------------ */

#define NOWHERE UINT8_MAX

/* The harts that run, waiting for the bus or not, in the order of turns, and when their next turns are. */
struct running {
    uint32_t n;
    uint32_t first; /* whose turn is the earliest; of several the first in their order */
    uint64_t next;  /* when it is */
    struct hb_core *core[HB_HARTS_LIMIT];
    uint8_t place[HB_HARTS_LIMIT]; /* of each hart in these lists; NOWHERE: it does not run */
    uint64_t ready_at[HB_HARTS_LIMIT];
    uint64_t horizon[HB_HARTS_LIMIT]; /* the next event that concerns it: its own timers, or what concerns all */
};

static void find_first(struct running *running) {
    const uint32_t n = running->n;
    uint64_t next = HB_NEVER;
    uint32_t first = 0;
    for (uint32_t i = 0; i < n; i++) {
        first = running->ready_at[i] < next ? i : first;
        next = earlier(next, running->ready_at[i]);
    }
    running->first = first;
    running->next = next;
}

/* Again, where some of them have moved: nobody has a turn before `now`. */
static void read_clocks(struct running *running, uint64_t now) {
    const uint32_t n = running->n;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t ready_at = running->core[i]->hart->ready_at;
        running->ready_at[i] = ready_at > now ? ready_at : now;
    }
    find_first(running);
}

/* One that waited has its next turn in hart->ready_at. */
static void note_woken(struct running *running, const struct hb_hart *hart, uint64_t now) {
    const uint32_t i = running->place[hart->id];
    if (i == NOWHERE)
        return;
    const uint64_t ready_at = hart->ready_at > now ? hart->ready_at : now;
    running->ready_at[i] = ready_at;
    if (ready_at < running->next || (ready_at == running->next && i < running->first)) {
        running->first = i;
        running->next = ready_at;
    }
}

static void look_who_runs(struct hb_machine *machine, struct running *running, uint64_t now) {
    const uint64_t held = machine->saved->held, others = hb_machine_next_but_timers(machine, now + 1);
    running->n = 0;
    for (uint32_t i = 0; i < machine->bus.harts; i++) {
        const uint32_t h = machine->order[i];
        running->place[h] = NOWHERE;
        if (machine->hart[h].run_state != HB_HART_RUNNING || held >> h & 1)
            continue;
        running->place[h] = (uint8_t)running->n;
        running->core[running->n] = &machine->cores.core[h];
        running->horizon[running->n++] = earlier(others, hb_machine_timer_cycle(machine, h, now));
    }
    machine->cores.told.slept = false;
    read_clocks(running, now);
}

static void wake_answered(struct hb_machine *machine, struct running *running, uint64_t now) {
    uint64_t wake = machine->saved->bus.hart_wake;
    machine->saved->bus.hart_wake = 0;
    for (; wake; wake &= wake - 1) {
        struct hb_core *core = &machine->cores.core[__builtin_ctzll(wake)];
        hb_core_answered(core, now);
        note_woken(running, core->hart, now);
    }
}

/* Before what a transaction does in this cycle is done: harts that it concerns go back. */
static bool make_way(struct hb_machine *machine, uint64_t now, struct meeting *meeting) {
    const struct hb_bus *bus = &machine->bus;
    bool moved = false;
    const uint32_t limit = bus->state->outstanding && !bus->solo.under_way ? bus->limit : 0;
    for (uint32_t i = 0; i < limit; i++) {
        const struct hb_transaction *t = &bus->state->transaction[i];
        if (!t->active || (t->snooped ? t->finish_cycle : t->snoop_cycle) > now)
            continue;
        if (concerns_all(machine, t))
            moved |= all_back(machine, now);
        else if (t->snooped)
            moved |= reservations_back(machine, t, now);
        else
            moved |= meet(machine, t, now, meeting);
    }
    return moved;
}

/* Phase 1. A timer concerns the harts whose interrupt lines it changes, everything else all of them. */
static void do_what_is_due(struct hb_machine *machine, uint64_t now) {
    hb_solo_hand_back(&machine->bus, now);
    if (hb_machine_next_but_timers(machine, now) <= now)
        all_back(machine, now);
    else
        interrupted_back(machine, now);
    hb_machine_events(machine, now);
}

/* Phase 2. Most of its cycles move no hart, and then none is looked at. */
static void step_bus(struct hb_machine *machine, struct running *running, uint64_t now) {
    struct meeting meeting;
    meeting.n = 0;
    bool moved = make_way(machine, now, &meeting);
    hb_bus_step(&machine->bus, now);
    if (meeting.n)
        note_snooped(&meeting, now);
    bool changed = machine->saved->devices.changed;
    if (changed) {
        interrupted_back(machine, now);
        hb_machine_devices_changed(machine, now);
    }
    if (machine->saved->bus.hart_wake)
        wake_answered(machine, running, now);
    if (changed)
        look_who_runs(machine, running, now);
    else if (moved)
        read_clocks(running, now);
}

/* All harts are up: the accounts of interrupts are begun anew for all of them. */
static bool accounts_begin(const struct hb_machine *machine) {
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        const struct hb_core *core = &machine->cores.core[h];
        for (uint32_t i = 0; i < core->traces; i++)
            if (core->trace[i].kind == HB_TRACE_POINT && core->trace[i].id == HB_TP_ALL_HARTS_UP)
                return true;
    }
    return false;
}

/* Nothing but tracepoints, which nobody waits for. */
static bool is_only_traced(const struct hb_machine *machine) {
    const struct hb_told *told = &machine->cores.told;
    return !told->slept && !told->tohost_written && !told->timer_written && !told->crashed && !machine->saved->faults;
}

/* Phase 4, for a cycle in which a hart had something to report. Returns whether who runs, or when, may have changed. */
static bool close(struct hb_machine *machine, uint64_t now) {
    const struct hb_told *told = &machine->cores.told;
    bool changed = !is_only_traced(machine);
    if (!told->traced && !told->tohost_written && !told->timer_written && !told->crashed)
        return changed;
    hb_solo_hand_back(&machine->bus, now + 1);
    if (hb_machine_is_watched(machine) || accounts_begin(machine)) {
        all_back(machine, now + 1);
        changed = true;
    }
    hb_machine_commit(machine, now);
    return changed;
}

static void end_or_wait(struct hb_machine *machine) {
    machine->waits_for_input = machine->input_may_come && hb_uart_awaits_input(&machine->saved->devices.uart);
    if (!machine->waits_for_input)
        hb_machine_end(machine, HB_OUTCOME_HANG, 0);
}

/* The cycle before which nothing is due but the turns of hart `i`, as far as that matters: a miss can be settled. */
static uint64_t alone_until(const struct hb_machine *machine, const struct running *running, uint32_t i,
                            uint64_t until) {
    uint64_t cycle = earlier(until, machine->saved->next_event);
    if (running->core[i]->hart->attention || !hb_solo_may_settle(&machine->bus))
        return 0;
    for (uint32_t other = 0; other < running->n; other++)
        cycle = other == i ? cycle : earlier(cycle, running->ready_at[other]);
    return cycle;
}

/* Phase 3: turns that have come, each with what the hart can do ahead of its horizon. */
static void take_turns(struct hb_machine *machine, struct running *running, uint64_t now, uint64_t until) {
    while (running->next <= now) {
        const uint32_t i = running->first;
        struct hb_core *core = running->core[i];
        hb_ahead_turn(core, now, earlier(until, running->horizon[i]), alone_until(machine, running, i, until));
        uint64_t ready_at = core->hart->ready_at;
        running->ready_at[i] = ready_at > now ? ready_at : now + 1;
        find_first(running);
    }
}

void hb_fast_run(struct hb_machine *machine, uint64_t until) {
    struct hb_saved *saved = machine->saved;
    struct running running;
    for (uint32_t i = 0; i < machine->cores.codes; i++)
        hb_translator_own(machine->cores.code[i]);
    hb_solo_allow(&machine->bus);
    look_who_runs(machine, &running, saved->cycle);
    machine->waits_for_input = false;
    while (saved->cycle < until && saved->outcome == HB_OUTCOME_RUNNING) {
        uint64_t now = saved->cycle;
        if (saved->next_event <= now) {
            do_what_is_due(machine, now);
            if (saved->outcome != HB_OUTCOME_RUNNING)
                break;
            look_who_runs(machine, &running, now);
        }
        if (hb_bus_due_cycle(&machine->bus) <= now)
            step_bus(machine, &running, now);
        take_turns(machine, &running, now, until);
        if (hb_cores_told(&machine->cores)) {
            if (close(machine, now))
                look_who_runs(machine, &running, now);
            if (machine->pause) {
                machine->pause = false;
                until = now + 1;
            }
        }
        if (saved->outcome != HB_OUTCOME_RUNNING) {
            saved->cycle = now + 1;
            break;
        }
        uint64_t next = earlier(running.next, earlier(hb_bus_due_cycle(&machine->bus), saved->next_event));
        if (next == HB_NEVER) {
            saved->cycle = now + 1;
            end_or_wait(machine);
            break;
        }
        saved->cycle = earlier(next > now ? next : now + 1, until);
    }
    all_back(machine, saved->cycle);
    hb_solo_hand_back(&machine->bus, saved->cycle);
    hb_solo_forbid(&machine->bus);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        machine->cores.core[h].ahead->active = false;
}
