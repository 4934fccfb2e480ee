/* Playing memory traces: the cycle of sim/engine/lockstep.c, with harts that have accesses in place of instructions.
 * */
#include "sim/machine/mem_trace.h"

#include "sim/machine/machine.h"

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* ---- One hart -------------------------------------------------------------------------------------------------- */

static const struct hb_mem_file *file_of(const struct hb_machine *machine, uint32_t h) {
    return &machine->config.mem_trace->file[h];
}

static struct hb_mem_player *player_of(const struct hb_machine *machine, uint32_t h) {
    return &machine->saved->play.player[h];
}

/* An idle hart waits for its place in the order. */
static bool is_at_work(const struct hb_hart *hart) {
    return hart->run_state == HB_HART_RUNNING || hart->run_state == HB_HART_IDLE;
}

/* The access, or a cycle of the computation, is done: the hart's next turn comes when it has taken its time. */
static void retire(struct hb_hart *hart, uint64_t extra_cycles, uint64_t now) {
    hart->instructions++;
    hart->slow_fetches++; /* the bus counts fetches, and nothing else does */
    if (extra_cycles) {
        hart->stalled_cycles[HB_STALL_HIT] += extra_cycles;
        hart->last_stall = HB_STALL_HIT;
    }
    hart->ready_at = now + 1 + extra_cycles;
}

static void compute(struct hb_machine *machine, uint32_t h, uint64_t cycles, uint64_t now) {
    struct hb_mem_player *player = player_of(machine, h);
    retire(&machine->hart[h], 0, now);
    if (++player->computed_cycles < cycles)
        return;
    player->computed_cycles = 0;
    player->next++;
}

static struct hb_request request_of(uint64_t record, uint64_t number) {
    static const uint8_t access[] = {
        [HB_MEM_READ] = HB_ACCESS_LOAD, [HB_MEM_WRITE] = HB_ACCESS_STORE, [HB_MEM_FETCH] = HB_ACCESS_FETCH};
    return (struct hb_request){.kind = access[hb_mem_kind_of(record)],
                               .address = HB_RAM_BASE + hb_mem_value_of(record),
                               .bytes = 4,
                               .operand = (uint32_t)number};
}

static enum hb_stall cause_of(uint8_t access) {
    return access == HB_ACCESS_LOAD ? HB_STALL_LOAD : access == HB_ACCESS_STORE ? HB_STALL_STORE : HB_STALL_FETCH;
}

/* True: it is done. False: hb_core_answered() will follow. */
static bool perform(struct hb_core *core, const struct hb_request *request, enum hb_stall cause, uint64_t now) {
    struct hb_in_flight *flight = &core->hart->in_flight;
    uint64_t value;
    bool answered = flight->active && flight->latched;
    if (answered || hb_bus_access(core->bus, core->hart->id, request, now, &value)) {
        *flight = (struct hb_in_flight){0};
        core->hart->attention &= (uint8_t)~HB_ATTEND_IN_FLIGHT;
        return true;
    }
    *flight = (struct hb_in_flight){.active = true, .order = 1, .cause = (uint8_t)cause, .since = now};
    core->hart->attention |= HB_ATTEND_IN_FLIGHT;
    core->hart->ready_at = HB_NEVER;
    return false;
}

/* The hart's access in the order is performed: the next one comes, and the hart waits for its own. Its last one is
 * followed by its end, for which it need not wait. */
static void pass_on(struct hb_machine *machine, uint32_t h) {
    struct hb_hart *hart = &machine->hart[h];
    machine->saved->play.place++;
    if (player_of(machine, h)->next == file_of(machine, h)->records)
        return;
    hart->run_state = HB_HART_IDLE;
    hart->idle_since = hart->ready_at;
    hart->ready_at = HB_NEVER;
}

static void make_access(struct hb_machine *machine, uint32_t h, uint64_t record, uint64_t now) {
    struct hb_core *core = &machine->cores.core[h];
    struct hb_mem_player *player = player_of(machine, h);
    struct hb_request request = request_of(record, player->next + 1);
    if (!perform(core, &request, cause_of(request.kind), now))
        return;
    player->next++;
    bool fetches = request.kind == HB_ACCESS_FETCH;
    retire(core->hart, fetches ? core->l1i_hit_extra_cycles : core->l1d_hit_extra_cycles, now);
    if (!machine->config.mem_trace->order)
        return;
    player->drains = machine->bus.config.store_depth > 0;
    if (!player->drains)
        pass_on(machine, h);
}

/* Nothing comes from the hart any more; its caches go on answering. */
static void halt(struct hb_machine *machine, uint32_t h, uint64_t now) {
    hb_bus_silence(&machine->bus, h, false);
    hb_core_halt(&machine->cores.core[h], HB_HART_STOPPED, now);
}

/* True: the hart's stores are performed. */
static bool is_drained(struct hb_core *core, uint64_t now) {
    const struct hb_request fence = {.kind = HB_ACCESS_FENCE};
    return perform(core, &fence, HB_STALL_STORE, now);
}

/* The trace ends once its stores have been performed. */
static void stop(struct hb_machine *machine, uint32_t h, uint64_t now) {
    if (is_drained(&machine->cores.core[h], now))
        halt(machine, h, now);
}

/* In an order, the next access waits for this one to be performed. */
static void drain(struct hb_machine *machine, uint32_t h, uint64_t now) {
    struct hb_hart *hart = &machine->hart[h];
    if (!is_drained(&machine->cores.core[h], now))
        return;
    player_of(machine, h)->drains = 0;
    hart->ready_at = now; /* waiting is no instruction of its own */
    pass_on(machine, h);
    if (hart->run_state == HB_HART_RUNNING)
        halt(machine, h, now);
}

static void take_turn(struct hb_machine *machine, uint32_t h, uint64_t now) {
    const struct hb_mem_file *file = file_of(machine, h);
    const struct hb_mem_player *player = player_of(machine, h);
    if (player->drains) {
        drain(machine, h, now);
        return;
    }
    if (player->next == file->records) {
        stop(machine, h, now);
        return;
    }
    uint64_t record = file->record[player->next];
    if (hb_mem_kind_of(record) == HB_MEM_COMPUTE)
        compute(machine, h, hb_mem_value_of(record), now);
    else
        make_access(machine, h, record, now);
}

/* ---- The machine ----------------------------------------------------------------------------------------------- */

void hb_mem_trace_begin(struct hb_machine *machine) {
    const struct hb_mem_trace *trace = machine->config.mem_trace;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        struct hb_hart *hart = &machine->hart[h];
        if (h >= trace->files) {
            halt(machine, h, 0);
        } else if (trace->order && trace->file[h].records) {
            hart->run_state = HB_HART_IDLE;
            hart->idle_since = 0;
            hart->ready_at = HB_NEVER;
        }
    }
}

/* Who comes next in the order; NULL: nobody. */
static struct hb_hart *next_in_order(struct hb_machine *machine) {
    const struct hb_mem_trace *trace = machine->config.mem_trace;
    uint64_t *place = &machine->saved->play.place;
    while (*place < trace->ordered && !is_at_work(&machine->hart[trace->order[*place]]))
        ++*place; /* it has died */
    return *place < trace->ordered ? &machine->hart[trace->order[*place]] : NULL;
}

/* At the beginning of phase 3: a hart that waits for its place in the order, and has it, goes on. */
static void call_next(struct hb_machine *machine, uint64_t now) {
    struct hb_hart *hart = machine->config.mem_trace->order ? next_in_order(machine) : NULL;
    if (!hart || hart->run_state != HB_HART_IDLE)
        return;
    const uint64_t awake = now > hart->idle_since ? now : hart->idle_since;
    hart->run_state = HB_HART_RUNNING;
    hart->idle_cycles += awake - hart->idle_since;
    hart->ready_at = hb_hart_clock(hart, awake);
    if (hart->ready_at > awake)
        hb_stall(hart, HB_STALL_FAULT, hart->ready_at - awake);
}

/* Somebody has its place in the order who waits for it. */
static bool is_awaited(struct hb_machine *machine) {
    const struct hb_hart *hart = machine->config.mem_trace->order ? next_in_order(machine) : NULL;
    return hart && hart->run_state == HB_HART_IDLE;
}

bool hb_mem_play_is_sound(const struct hb_mem_play *play, const struct hb_mem_trace *trace) {
    if (play->place > (trace ? trace->ordered : 0))
        return false;
    for (uint32_t h = 0; h < HB_HARTS_LIMIT; h++) {
        const struct hb_mem_player *player = &play->player[h];
        if (player->next > (trace && h < trace->files ? trace->file[h].records : 0) || player->drains > 1)
            return false;
    }
    return true;
}

static void wake_answered(struct hb_machine *machine, uint64_t now) {
    uint64_t wake = machine->saved->bus.hart_wake;
    machine->saved->bus.hart_wake = 0;
    for (; wake; wake &= wake - 1)
        hb_core_answered(&machine->cores.core[__builtin_ctzll(wake)], now);
}

/* Phase 3. Returns the cycle of the next turn. */
static uint64_t take_turns(struct hb_machine *machine, uint64_t now) {
    uint64_t next = HB_NEVER;
    call_next(machine, now);
    for (uint32_t i = 0; i < machine->bus.harts; i++) {
        uint32_t h = machine->order[i];
        struct hb_hart *hart = &machine->hart[h];
        if (hart->run_state == HB_HART_RUNNING && hart->ready_at <= now) {
            take_turn(machine, h, now);
            if (hart->attention & HB_ATTEND_SLOW)
                hb_hart_take_longer(hart, now);
        }
        next = earlier(next, hart->ready_at);
    }
    return is_awaited(machine) ? now + 1 : next;
}

/* Nobody waits for dead harts, but their transactions on the bus are completed. */
static bool is_over(const struct hb_machine *machine) {
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        if (is_at_work(&machine->hart[h]))
            return false;
    return machine->saved->bus.outstanding == 0;
}

void hb_mem_trace_run(struct hb_machine *machine, uint64_t until) {
    struct hb_saved *saved = machine->saved;
    while (saved->cycle < until && saved->outcome == HB_OUTCOME_RUNNING) {
        uint64_t now = saved->cycle;
        if (saved->next_event <= now)
            hb_machine_events(machine, now);
        if (saved->bus.next_cycle <= now) {
            hb_bus_step(&machine->bus, now);
            if (saved->bus.hart_wake)
                wake_answered(machine, now);
        }
        uint64_t next = take_turns(machine, now);
        if (is_over(machine)) {
            hb_machine_end(machine, HB_OUTCOME_PASSED, 0); /* nothing happened in this cycle: it does not count */
            break;
        }
        next = earlier(next, earlier(saved->bus.next_cycle, saved->next_event));
        saved->cycle = earlier(next > now ? next : now + 1, until);
    }
}
