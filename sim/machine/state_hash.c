#include "sim/machine/state_hash.h"

#include "memory/hash.h"
#include "sim/machine/machine.h"

/* Where values go, and whether times are taken relative to the present cycle. */
struct walk {
    hb_state_visitor *visit;
    void *context;
    struct hb_state_place place;
    uint64_t now;
    uint64_t mtime;
    bool live;
};

/* What comes from here on belongs to this part. */
static void enter(struct walk *walk, const char *part, uint32_t number) {
    walk->place =
        (struct hb_state_place){.part = part, .number = number, .line = HB_STATE_NO_INDEX, .index = HB_STATE_NO_INDEX};
}

static void put_at(struct walk *walk, const char *field, uint32_t index, uint64_t value) {
    walk->place.field = field;
    walk->place.index = index;
    walk->visit(walk->context, &walk->place, value);
}

static void put(struct walk *walk, const char *field, uint64_t value) {
    put_at(walk, field, HB_STATE_NO_INDEX, value);
}

static void put_time(struct walk *walk, const char *field, uint64_t cycle) {
    put(walk, field, walk->live && cycle != HB_NEVER ? cycle - walk->now : cycle);
}

static void walk_in_flight(struct walk *walk, const struct hb_in_flight *flight) {
    put(walk, "in flight", flight->active);
    if (!flight->active)
        return;
    put(walk, "fetched", flight->fetched);
    put(walk, "faulted", flight->faulted);
    put(walk, "latched", flight->latched);
    put(walk, "order", flight->order);
    put(walk, "bits", flight->fetched ? flight->bits : 0);
    put(walk, "half", flight->half_fetched && !flight->fetched ? flight->half : UINT32_MAX);
    put(walk, "translated", flight->translated);
    for (uint32_t i = 0; i < flight->translated; i++)
        put_at(walk, "physical", i, flight->physical[i]);
    for (uint32_t i = 0; i < flight->latched; i++)
        put_at(walk, "latch", i, flight->latch[i]);
}

static void walk_csrs(struct walk *walk, const struct hb_hart *hart) {
    put(walk, "mstatus", hart->mstatus);
    put(walk, "mtvec", hart->mtvec);
    put(walk, "mscratch", hart->mscratch);
    put(walk, "mepc", hart->mepc);
    put(walk, "mcause", hart->mcause);
    put(walk, "mtval", hart->mtval);
    put(walk, "mie", hart->mie);
    put(walk, "mip", hart->mip_lines);
    put(walk, "mip, software's", hart->mip_software);
    put(walk, "medeleg", hart->medeleg);
    put(walk, "mideleg", hart->mideleg);
    put(walk, "stvec", hart->stvec);
    put(walk, "sscratch", hart->sscratch);
    put(walk, "sepc", hart->sepc);
    put(walk, "scause", hart->scause);
    put(walk, "stval", hart->stval);
    put(walk, "satp", hart->satp);
    put(walk, "stimecmp", walk->live && hart->stimecmp != UINT64_MAX ? hart->stimecmp - walk->mtime : hart->stimecmp);
    put(walk, "scounteren", hart->scounteren);
    put(walk, "senvcfg", hart->senvcfg);
    put(walk, "menvcfg", hart->menvcfg);
    put(walk, "mcounteren", hart->mcounteren);
    if (!walk->live) {
        put(walk, "cycle offset", hart->cycle_offset);
        put(walk, "instructions", hart->instructions);
        put(walk, "instruction offset", hart->instruction_offset);
    }
    for (uint32_t i = 0; i < HB_PMP_ENTRIES; i++) {
        put_at(walk, "pmpcfg", i, hart->pmp_config[i]);
        put_at(walk, "pmpaddr", i, hart->pmp_address[i]);
    }
}

static void walk_tlb(struct walk *walk, const struct hb_hart *hart) {
    for (uint32_t i = 0; i < HB_TLBS * HB_TLB_ENTRIES; i++) {
        const struct hb_tlb_entry *entry = &hart->tlb[i / HB_TLB_ENTRIES][i % HB_TLB_ENTRIES];
        put_at(walk, "tlb page", i, entry->page);
        if (entry->page == HB_TLB_NONE)
            continue;
        put_at(walk, "tlb physical", i, entry->physical);
        put_at(walk, "tlb flags", i, entry->flags);
    }
}

static void walk_hart(struct walk *walk, const struct hb_hart *hart) {
    enter(walk, "hart", hart->id);
    for (uint32_t i = 1; i < 32; i++)
        put_at(walk, "x", i, hart->x[i]);
    for (uint32_t i = 0; i < 32; i++)
        put_at(walk, "f", i, hart->f[i]);
    put(walk, "fcsr", (uint64_t)(hart->fflags | hart->frm << 5));
    put(walk, "pc", hart->pc);
    put_time(walk, "ready_at", hart->ready_at);
    put(walk, "load_rd", hart->load_rd);
    put(walk, "privilege", hart->privilege);
    put(walk, "run state", hart->run_state);
    if (hart->run_state == HB_HART_IDLE && hart->idle_since > walk->now) /* it cannot be woken before */
        put_time(walk, "idle since", hart->idle_since);
    if (hart->frozen_until && hart->frozen_until >= walk->now)
        put_time(walk, "frozen until", hart->frozen_until);
    if (hart->slow_factor > 1)
        put(walk, "slow factor", hart->slow_factor);
    walk_csrs(walk, hart);
    walk_in_flight(walk, &hart->in_flight);
    walk_tlb(walk, hart);
}

static void walk_cache(struct walk *walk, const char *part, uint32_t number, const struct hb_cache *cache) {
    enter(walk, part, number);
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
        struct hb_line *line = hb_cache_line(cache, i);
        walk->place.line = i;
        put(walk, "address", line->address);
        if (line->address == HB_NO_LINE)
            continue;
        put(walk, "state", (uint64_t)(line->state | line->attributes << 8));
        put(walk, "rank", hb_cache_rank(cache, i));
        put(walk, "data", hb_hash_bytes(HB_HASH_SEED, hb_line_data(line), cache->line_bytes));
    }
}

static void walk_stores(struct walk *walk, const struct hb_port *port) {
    put(walk, "stores", port->stores);
    put(walk, "held access", port->held.kind);
    if (port->held.kind != HB_ACCESS_NONE) {
        put(walk, "held address", port->held.address);
        put(walk, "held operand", port->held.operand);
        put(walk, "held size", (uint64_t)(port->held.bytes | port->held.amo << 8 | port->held.unbuffered << 16));
        put(walk, "held expected", port->held.expected);
        put(walk, "held order", port->held.order);
    }
    if (port->stores == 0)
        return;
    put(walk, "stores drained", port->drains);
    put(walk, "store on the bus", port->draining ? port->drained + 1u : 0);
    for (uint32_t i = 0; i < port->stores; i++) {
        put_at(walk, "store address", i, port->store[i].address);
        put_at(walk, "store value", i, port->store[i].operand);
        put_at(walk, "store size", i, (uint64_t)(port->store[i].bytes | port->store[i].order << 8));
        put_time(walk, "store due", port->store[i].due_cycle > walk->now ? port->store[i].due_cycle : walk->now);
    }
}

static void walk_port(struct walk *walk, const struct hb_port *port) {
    put(walk, "response", port->response);
    put(walk, "value", port->response == HB_RESPONSE_DONE ? port->value : 0);
    put(walk, "reservation", port->reservation);
    put(walk, "flags", (uint64_t)(port->silent | port->lost << 1 | port->flushing << 2 | port->granted << 3));
    walk_stores(walk, port);
    put(walk, "request", port->request.kind);
    if (port->request.kind == HB_ACCESS_NONE)
        return;
    put(walk, "request address", port->request.address);
    put(walk, "request operand", port->request.operand);
    put_time(walk, "request posted", port->request.posted_cycle);
    put(walk, "request bytes", port->request.bytes);
    put(walk, "request amo", port->request.amo);
    put(walk, "request expected", port->request.expected);
    put(walk, "request order", (uint64_t)(port->request.order | port->request.posted_state << 8));
}

static void walk_transaction(struct walk *walk, const struct hb_bus *bus, const struct hb_transaction *t) {
    put(walk, "active", t->active);
    if (!t->active)
        return;
    put(walk, "kind", t->kind);
    put(walk, "port", t->port);
    put(walk, "line", t->line);
    put(walk, "before", t->before);
    put(walk, "snooped", t->snooped);
    put_time(walk, "grant", t->grant_cycle);
    put_time(walk, "snoop", t->snoop_cycle);
    put_time(walk, "finish", t->snooped ? t->finish_cycle : HB_NEVER);
    put(walk, "answers", (uint64_t)(t->shared | t->memory_takes << 1 | t->broadcast << 2) | (uint64_t)t->supplier << 8);
    put(walk, "data", t->carries ? hb_hash_bytes(HB_HASH_SEED, t->data, bus->line_bytes) : 0);
}

static void walk_bus(struct walk *walk, const struct hb_bus *bus) {
    const struct hb_bus_state *state = bus->state;
    bool draws = bus->config.arbiter == HB_ARBITER_LOTTERY || bus->config.arbiter == HB_ARBITER_RANDOM;
    put(walk, "last port", state->last_port);
    put(walk, "grants", draws ? state->grants : 0);
    /* A script that has ended is as good as none. */
    put(walk, "script", state->script_place < bus->config.script_length ? state->script_place : 0);
    put_time(walk, "data free", state->data_free_cycle > walk->now ? state->data_free_cycle : walk->now);
    for (uint32_t i = 0; i < bus->limit; i++) {
        enter(walk, "transaction", i);
        walk_transaction(walk, bus, &state->transaction[i]);
    }
}

static void put_device_value(void *context, uint64_t value) {
    struct walk *walk = context;
    put_at(walk, "value", walk->place.index + 1, value);
}

static void walk_htif(struct walk *walk, const struct hb_htif *htif) {
    if (!htif->pending && !htif->reads && !htif->answers)
        return;
    put(walk, "tohost pending", htif->pending);
    put(walk, "tohost reads", htif->reads);
    put(walk, "tohost answers", htif->answers);
    for (uint32_t i = 0; i < htif->answers; i++)
        put(walk, "tohost answer", htif->answer[i]);
}

/* Where nobody is, there is nothing to say. */
static void walk_play(struct walk *walk, const struct hb_mem_play *play) {
    if (play->place)
        put(walk, "place in the order", play->place);
    for (uint32_t h = 0; h < HB_HARTS_LIMIT; h++) {
        const struct hb_mem_player *player = &play->player[h];
        if (!player->next && !player->computed_cycles && !player->drains)
            continue;
        put_at(walk, "trace of hart", h, h);
        put_at(walk, "place in the trace", h, player->next);
        put_at(walk, "cycles of a computation", h, player->computed_cycles);
        put_at(walk, "waits for its store", h, player->drains);
    }
}

static void walk_machine(struct walk *walk, struct hb_machine *machine) {
    walk->now = machine->saved->cycle;
    enter(walk, "", HB_STATE_NO_INDEX);
    walk->mtime = hb_devices_mtime(&machine->saved->devices, walk->now);
    if (!walk->live)
        put(walk, "cycle", walk->now);
    put(walk, "outcome", machine->saved->outcome);
    put(walk, "starts pending", machine->saved->start_pending);
    if (machine->saved->said)
        put(walk, "console has said", machine->saved->said);
    walk_htif(walk, &machine->saved->htif);
    if (machine->saved->held)
        put(walk, "held", machine->saved->held);
    walk_play(walk, &machine->saved->play);
    for (uint32_t i = 0; i < machine->bus.harts; i++)
        walk_hart(walk, &machine->hart[i]);
    for (uint32_t i = 0; i < machine->bus.harts; i++) {
        walk_cache(walk, "L1D", i, &machine->bus.l1d[i]);
        walk_cache(walk, "L1I", i, &machine->bus.l1i[i]);
    }
    if (machine->config.l2.size_bytes)
        walk_cache(walk, "L2", HB_STATE_NO_INDEX, &machine->bus.l2);
    for (uint32_t i = 0; i < hb_bus_ports(&machine->bus); i++) {
        enter(walk, "port", i);
        walk_port(walk, &machine->saved->bus.port[i]);
    }
    enter(walk, "bus", HB_STATE_NO_INDEX);
    walk_bus(walk, &machine->bus);
    enter(walk, "devices", HB_STATE_NO_INDEX);
    hb_devices_visit(&machine->saved->devices, walk->live ? walk->now : 0, put_device_value, walk);
    enter(walk, "", HB_STATE_NO_INDEX);
    put(walk, "RAM", hb_ram_hash(&machine->ram));
    put(walk, "disk", machine->bus.disk ? hb_disk_hash(machine->bus.disk) : 0);
}

static void take_in(void *context, const struct hb_state_place *place, uint64_t value) {
    uint64_t *hash = context;
    (void)place;
    *hash = hb_hash_u64(*hash, value);
}

void hb_state_visit(struct hb_machine *machine, hb_state_visitor *visit, void *context) {
    struct walk walk = {.visit = visit, .context = context};
    walk_machine(&walk, machine);
}

static uint64_t hash_of(struct hb_machine *machine, bool live) {
    uint64_t hash = HB_HASH_SEED;
    struct walk walk = {.visit = take_in, .context = &hash, .live = live};
    walk_machine(&walk, machine);
    return hash;
}

uint64_t hb_state_hash(struct hb_machine *machine) {
    return hash_of(machine, false);
}
uint64_t hb_live_hash(struct hb_machine *machine) {
    return hash_of(machine, true);
}
