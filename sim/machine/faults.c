/* Faults: when they strike and when they are over. Triggers only watch; a fault acts in phase 1 of a cycle.
 * A model is a row of the table below, and one of sim/config/fault_models.h. */
#include "sim/machine/machine.h"

/* ---- fail_stop and restart: the hart dies ---------------------------------------------------------------------- */

static void note_lost_lines(struct hb_machine *machine, struct hb_fault_state *fault) {
    struct hb_saved *saved = machine->saved;
    uint32_t room = HB_LOST_LINES_MAX - saved->lost_lines;
    fault->first_lost_line = saved->lost_lines;
    fault->lines_lost = hb_bus_dirty_lines(&machine->bus, fault->hart, &saved->lost_line[saved->lost_lines], room);
    saved->lost_lines += fault->lines_lost < room ? fault->lines_lost : room;
    fault->lines_differing = hb_bus_differing_lines(&machine->bus, fault->hart);
}

static void die(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    if (fault->terms.lost)
        note_lost_lines(machine, fault);
    uint64_t *stores_lost = &machine->saved->bus.port[fault->hart].stats.stores_lost;
    uint64_t before = *stores_lost;
    hb_bus_silence(&machine->bus, fault->hart, fault->terms.lost);
    fault->stores_lost = (uint32_t)(*stores_lost - before);
    hb_core_halt(&machine->cores.core[fault->hart], HB_HART_DEAD, now);
    hb_os_view_hart_stopped(&machine->saved->os, now, fault->hart,
                            hb_hart_user_instructions(&machine->hart[fault->hart]));
}

/* It executes nothing before software starts it; whether that has fenced it meanwhile makes no difference. */
static void let_start(struct hb_machine *machine, const struct hb_fault_state *fault, uint64_t now) {
    (void)now;
    if (machine->hart[fault->hart].run_state == HB_HART_DEAD)
        machine->hart[fault->hart].run_state = HB_HART_STOPPED;
}

/* ---- freeze: the hart's own time stands still ------------------------------------------------------------------ */

/* Its port goes on: what it has posted is granted and performed, its store buffer drains, its caches answer. */
static void freeze(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    hb_hart_freeze(&machine->hart[fault->hart], fault->end_cycle, now);
}

static void thaw(struct hb_machine *machine, const struct hb_fault_state *fault, uint64_t now) {
    hb_core_set_pending(&machine->cores.core[fault->hart], 0, true, now); /* what came meanwhile wakes a sleeper */
}

/* ---- hang: the hart spins with interrupts off, for good -------------------------------------------------------- */

/* Software sees no difference to a hart that is frozen for longer than any run. */
static void hang(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    hb_hart_freeze(&machine->hart[fault->hart], now + HB_DURATION_MAX, now);
}

/* ---- fail_slow: every instruction takes longer ----------------------------------------------------------------- */

/* Of several faults that slow one hart at once the worst counts. */
static void set_pace(struct hb_machine *machine, const struct hb_fault_state *of, uint64_t now) {
    uint32_t factor = 1;
    (void)now;
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        const struct hb_fault_state *fault = &machine->saved->fault[i];
        bool slows = fault->terms.model == HB_FAULT_FAIL_SLOW && fault->activated && !fault->ended;
        if (slows && fault->hart == of->hart && fault->terms.factor > factor)
            factor = fault->terms.factor;
    }
    hb_hart_slow(&machine->hart[of->hart], factor);
}

static void slow(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    set_pace(machine, fault, now);
}

/* ---- irq: an interrupt of the CLINT is lost, late, or there for nothing ---------------------------------------- */

/* Several faults may hold a line at once. */
static void hold_lines(struct hb_machine *machine, const struct hb_fault_state *of, uint64_t now) {
    uint8_t held = 0;
    (void)now;
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        const struct hb_fault_state *fault = &machine->saved->fault[i];
        bool holds = fault->terms.model == HB_FAULT_IRQ && fault->terms.effect == HB_FAULT_DELAY && fault->activated;
        if (holds && !fault->ended && fault->hart == of->hart)
            held |= fault->terms.interrupt == HB_FAULT_TIMER ? HB_CLINT_TIMER : HB_CLINT_SOFTWARE;
    }
    machine->saved->devices.clint.held[of->hart] = held;
    machine->saved->devices.changed = true;
}

static void disturb(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    struct hb_clint *clint = &machine->saved->devices.clint;
    const bool timer = fault->terms.interrupt == HB_FAULT_TIMER;
    switch (fault->terms.effect) {
    case HB_FAULT_DROP: hb_clint_lose(clint, fault->hart, timer); break;
    case HB_FAULT_SPURIOUS: hb_clint_raise(clint, fault->hart, timer, now); break;
    default: break;
    }
    hold_lines(machine, fault, now);
}

/* ---- The models ------------------------------------------------------------------------------------------------ */

/* What the rows of sim/config/fault_models.h do to a machine, in phase 1 of cycle `now`. `strike` is called once, for a
 * hart that is alive; the fault's cycle and end are set. `end` is called when its duration is over, whatever became of
 * the hart meanwhile; NULL: the model has none. What a model leaves behind is saved state of the hart, of the bus or of
 * the fault, so that snapshots and replay know nothing of models. */
static const struct {
    void (*strike)(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now);
    void (*end)(struct hb_machine *machine, const struct hb_fault_state *fault, uint64_t now);
} models[HB_FAULTS_KNOWN] = {
    [HB_FAULT_FAIL_STOP] = {die, NULL},    [HB_FAULT_FREEZE] = {freeze, thaw},
    [HB_FAULT_HANG] = {hang, NULL},        [HB_FAULT_FAIL_SLOW] = {slow, set_pace},
    [HB_FAULT_RESTART] = {die, let_start}, [HB_FAULT_IRQ] = {disturb, hold_lines},
};

/* ---- Whom they strike ------------------------------------------------------------------------------------------ */

static const struct hb_fault_config *config_of(const struct hb_machine *machine, uint32_t index) {
    return index < machine->config.n_faults ? &machine->config.faults[index] : NULL;
}

/* Has the fault that it waits for not struck yet? */
static bool is_waiting(const struct hb_machine *machine, const struct hb_fault_config *config) {
    return config->waits && !machine->saved->fault[config->after].activated;
}

/* Who watches `hart`: the last before it that is alive, going round. */
static uint32_t watcher_of(const struct hb_os_view *os, uint32_t hart, uint32_t harts) {
    if (os->harts[hart].recovery.suspected_by != HB_OS_NO_HART)
        return os->harts[hart].recovery.suspected_by;
    for (uint32_t n = 1; n < harts; n++) {
        uint32_t before = (hart + harts - n) % harts;
        if (os->harts[before].up_cycle != HB_OS_NONE && os->harts[before].stopped_cycle == HB_OS_NONE)
            return before;
    }
    return HB_OS_NO_HART;
}

/* The hart that the fault is to strike, as things are now; HB_OS_NO_HART: nobody has that part yet. */
static uint32_t target_of(const struct hb_machine *machine, const struct hb_fault_config *config) {
    const struct hb_os_view *os = &machine->saved->os;
    const uint32_t struck = machine->saved->fault[config->after].hart;
    switch (config->hart) {
    case HB_TARGET_RECOVERER: return os->harts[struck].recovery.recovered_by;
    case HB_TARGET_WATCHER: return watcher_of(os, struck, machine->bus.harts);
    case HB_TARGET_MASTER: return os->master;
    default: return config->hart;
    }
}

/* ---- Faults with a rate ---------------------------------------------------------------------------------------- */

static bool has_rate(const struct hb_fault_config *config) {
    return config && config->rate.scale_cycles != 0;
}

/* Does it strike when another does, which has the same cause? */
static bool follows(const struct hb_fault_config *config, uint32_t index) {
    return config && config->common && config->lead != index;
}

/* The other harts of a fault with one cause are struck in the same cycle: their faults come later in the list. */
static void arm_followers(struct hb_machine *machine, uint32_t lead) {
    for (uint32_t i = lead + 1; i < machine->config.n_faults; i++)
        if (follows(&machine->config.faults[i], i) && machine->config.faults[i].lead == lead)
            machine->saved->fault[i].armed = true;
}

uint64_t hb_fault_first_cycle(const struct hb_fault_config *fault, uint64_t seed, uint32_t index) {
    return fault->cycle + (has_rate(fault) ? hb_rate_draw(&fault->rate, seed, index, 0) : 0);
}

void hb_fault_set_clock(struct hb_machine *machine, uint32_t index) {
    const struct hb_fault_config *config = &machine->config.faults[index];
    struct hb_fault_repeats *repeats = &machine->saved->fault[index].repeats;
    *repeats = (struct hb_fault_repeats){.next_cycle = HB_NEVER};
    if (!has_rate(config) || config->waits || follows(config, index))
        return;
    repeats->next_cycle = hb_fault_first_cycle(config, machine->config.seed, index);
    repeats->draws = 1;
}

/* Its hart may be struck again: after a time that is drawn, unless the clock runs already, or what it did lasts. */
static void start_clock(struct hb_machine *machine, uint32_t index, uint64_t now) {
    const struct hb_fault_config *config = config_of(machine, index);
    struct hb_fault_state *fault = &machine->saved->fault[index];
    if (follows(config, index))
        return;
    const bool lasts = fault->activated && !fault->ended && fault->end_cycle != HB_NEVER;
    if (has_rate(config) && fault->repeats.next_cycle == HB_NEVER && !lasts)
        fault->repeats.next_cycle =
            now + hb_rate_draw(&config->rate, machine->config.seed, index, fault->repeats.draws++);
}

static bool stops_its_hart(uint8_t model) {
    return hb_fault_model[model].flags & HB_MODEL_KILLS || model == HB_FAULT_FREEZE || model == HB_FAULT_HANG;
}

/* The hart that the fault struck takes part again. */
static void note_back(struct hb_fault_state *fault, uint64_t now) {
    if (!fault->repeats.down)
        return;
    fault->repeats.down = false;
    fault->repeats.down_cycles += now - fault->cycle;
}

static void add_delay(uint64_t cycle, uint64_t since, uint64_t *times, uint64_t *cycles) {
    if (cycle == HB_OS_NONE || cycle < since)
        return;
    *times += 1;
    *cycles += cycle - since;
}

void hb_fault_add_recovery(struct hb_fault_repeats *repeats, const struct hb_os_recovery *recovery, uint64_t cycle) {
    add_delay(recovery->suspected_cycle, cycle, &repeats->suspected, &repeats->suspected_cycles);
    add_delay(recovery->first_work_cycle, cycle, &repeats->resumed, &repeats->resumed_cycles);
}

/* Its hart is started: how the fault was dealt with is known for good. */
static void settle(const struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    fault->recovery = machine->saved->os.harts[fault->hart].recovery;
    fault->settled = true;
    hb_fault_add_recovery(&fault->repeats, &fault->recovery, fault->cycle);
    note_back(fault, now);
}

/* ---- When they strike and end ------------------------------------------------------------------------------------ */

/* The fault has struck: those that wait for it count from here. */
static void arm_others(struct hb_machine *machine, uint32_t index, uint64_t now) {
    for (uint32_t i = 0; i < machine->config.n_faults; i++) {
        const struct hb_fault_config *config = &machine->config.faults[i];
        if (!config->waits || config->after != index)
            continue;
        machine->saved->fault[i].since_cycle = now;
        start_clock(machine, i, now + config->cycle);
        if (config->hart < machine->bus.harts)
            machine->saved->fault[i].since_instructions = machine->hart[config->hart].instructions;
    }
}

/* The cycle in which what fault `index` did is over. */
static uint64_t end_cycle_of(const struct hb_fault_state *fault) {
    return fault->done && fault->activated && !fault->ended ? fault->end_cycle : HB_NEVER;
}

/* The cycle in which fault `index` strikes, as far as it is known by now. */
static uint64_t strike_cycle_of(const struct hb_machine *machine, uint32_t index) {
    const struct hb_fault_state *fault = &machine->saved->fault[index];
    const struct hb_fault_config *config = config_of(machine, index);
    if (fault->armed)
        return machine->saved->cycle;
    if (follows(config, index))
        return HB_NEVER;
    if (has_rate(config))
        return fault->repeats.next_cycle;
    if (fault->done)
        return HB_NEVER;
    if (!config || config->trigger != HB_TRIGGER_CYCLE || is_waiting(machine, config))
        return HB_NEVER;
    return target_of(machine, config) == HB_OS_NO_HART ? machine->saved->cycle + 1 : fault->since_cycle + config->cycle;
}

uint64_t hb_fault_next_cycle(const struct hb_machine *machine) {
    uint64_t next = HB_NEVER;
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        const uint64_t strike = strike_cycle_of(machine, i), end = end_cycle_of(&machine->saved->fault[i]);
        next = strike < next ? strike : next;
        next = end < next ? end : next;
    }
    return next;
}

static bool is_alive(const struct hb_machine *machine, uint32_t hart) {
    return machine->hart[hart].run_state == HB_HART_RUNNING || machine->hart[hart].run_state == HB_HART_IDLE;
}

static void begin_strike(struct hb_machine *machine, struct hb_fault_state *fault, uint64_t now) {
    fault->done = fault->activated = true;
    fault->ended = fault->settled = false;
    fault->cycle = now;
    fault->instructions_at_death = machine->hart[fault->hart].instructions;
    fault->end_cycle = fault->terms.duration_cycles ? now + fault->terms.duration_cycles : HB_NEVER;
    fault->repeats.strikes++;
    fault->repeats.down = stops_its_hart(fault->terms.model);
}

/* A strike that finds nobody alive changes nothing of what is known of one before it. */
void hb_fault_strike(struct hb_machine *machine, uint32_t index, uint64_t now) {
    struct hb_fault_state *fault = &machine->saved->fault[index];
    if (config_of(machine, index))
        fault->hart = (uint8_t)target_of(machine, config_of(machine, index));
    fault->repeats.next_cycle = HB_NEVER;
    fault->armed = false;
    arm_followers(machine, index);
    if (!is_alive(machine, fault->hart)) {
        if (!fault->done) {
            fault->done = true;
            fault->cycle = now;
            fault->instructions_at_death = machine->hart[fault->hart].instructions;
        }
        return;
    }
    begin_strike(machine, fault, now);
    hb_os_view_hart_ails(&machine->saved->os, fault->hart);
    models[fault->terms.model].strike(machine, fault, now);
    if (fault->repeats.strikes == 1)
        arm_others(machine, index, now);
    if (fault->terms.model == HB_FAULT_IRQ && fault->end_cycle == HB_NEVER)
        start_clock(machine, index, now);
}

static void end(struct hb_machine *machine, uint32_t index, uint64_t now) {
    struct hb_fault_state *fault = &machine->saved->fault[index];
    fault->ended = true;
    models[fault->terms.model].end(machine, fault, now);
    if (!is_alive(machine, fault->hart))
        return; /* it may be started later */
    note_back(fault, now);
    start_clock(machine, index, now);
}

/* What is over comes first: another of the same cycle then finds the hart as it is. */
void hb_faults_due(struct hb_machine *machine, uint64_t now) {
    for (uint32_t i = 0; i < machine->saved->faults; i++)
        if (end_cycle_of(&machine->saved->fault[i]) <= now)
            end(machine, i, now);
    for (uint32_t i = 0; i < machine->saved->faults; i++)
        if (strike_cycle_of(machine, i) <= now)
            hb_fault_strike(machine, i, now);
}

/* A later fault of the hart is dealt with anew. That it was suspected while it was well is never forgotten. */
void hb_fault_hart_started(struct hb_machine *machine, uint32_t hart, uint64_t now) {
    bool ails = false;
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        struct hb_fault_state *fault = &machine->saved->fault[i];
        if (!fault->activated || fault->hart != hart)
            continue;
        ails |= !fault->ended;
        if (!fault->settled)
            settle(machine, fault, now);
    }
    for (uint32_t i = 0; i < machine->saved->faults; i++)
        if (machine->saved->fault[i].hart == hart && machine->saved->fault[i].done)
            start_clock(machine, i, now);
    hb_os_view_hart_started(&machine->saved->os, hart, ails);
}

/* ---- Triggers -------------------------------------------------------------------------------------------------- */

static bool reached(const struct hb_machine *machine, const struct hb_fault_config *config,
                    const struct hb_trace_record *record) {
    const struct hb_fault_state *fault = &machine->saved->fault[config - machine->config.faults];
    (void)record;
    return machine->hart[config->hart].instructions - fault->since_instructions >= config->instructions;
}

static bool at_symbol(const struct hb_machine *machine, const struct hb_fault_config *config,
                      const struct hb_trace_record *record) {
    (void)machine;
    return record->address == config->address;
}

static bool at_tracepoint(const struct hb_machine *machine, const struct hb_fault_config *config,
                          const struct hb_trace_record *record) {
    (void)machine;
    return record->id == config->tracepoint;
}

static bool took_lock(const struct hb_machine *machine, const struct hb_fault_config *config,
                      const struct hb_trace_record *record) {
    (void)machine;
    return record->address == config->address && HB_LOCK_OWNER(record->value) == record->hart + 1u;
}

/* What a trigger waits for: records of which kind, of its target, that fit. `fits` NULL: it waits for none. */
static const struct {
    enum hb_trace_kind kind;
    bool (*fits)(const struct hb_machine *, const struct hb_fault_config *, const struct hb_trace_record *);
} waits_for[HB_TRIGGERS_KNOWN] = {
    [HB_TRIGGER_INSTRUCTIONS] = {HB_TRACE_RETIRE, reached},
    [HB_TRIGGER_SYMBOL] = {HB_TRACE_RETIRE, at_symbol},
    [HB_TRIGGER_TRACEPOINT] = {HB_TRACE_POINT, at_tracepoint},
    [HB_TRIGGER_LOCK_HELD] = {HB_TRACE_SC, took_lock},
};

void hb_fault_watch(struct hb_machine *machine, enum hb_trigger trigger) {
    if (waits_for[trigger].fits && waits_for[trigger].kind == HB_TRACE_SC)
        machine->cores.trace_sc = true;
    if (waits_for[trigger].fits && waits_for[trigger].kind == HB_TRACE_RETIRE)
        machine->triggers_retired = true;
    hb_machine_heed_watchers(machine);
}

static bool triggers(const struct hb_machine *machine, const struct hb_fault_config *config,
                     const struct hb_trace_record *record) {
    return waits_for[config->trigger].fits && record->kind == waits_for[config->trigger].kind &&
           record->hart == target_of(machine, config) && waits_for[config->trigger].fits(machine, config, record);
}

void hb_fault_seen(struct hb_machine *machine, const struct hb_trace_record *record) {
    for (uint32_t i = 0; i < machine->config.n_faults; i++) {
        const struct hb_fault_config *config = &machine->config.faults[i];
        struct hb_fault_state *fault = &machine->saved->fault[follows(config, i) ? config->lead : i];
        if (fault->done || fault->armed || is_waiting(machine, config) || !triggers(machine, config, record))
            continue;
        fault->armed = ++fault->seen >= config->count;
    }
}
