/* Ports and transactions: what is posted, granted and under way, and which hart waits for it. */
#include "bus/shared/dma.h"
#include "sim/machine/machine.h"
#include "sim/state/soundness.h"

static const struct hb_bound port_bounds[] = {
    HB_MOST(hb_port, request.kind, HB_ACCESSES - 1),
    HB_MOST(hb_port, request.amo, HB_AMO_CAS),
    HB_MOST(hb_port, request.order, 15),
    HB_MOST(hb_port, request.unbuffered, 1),
    HB_MOST(hb_port, request.posted_state, HB_STATES_MAX - 1),
    HB_MOST(hb_port, held.kind, HB_ACCESSES - 1),
    HB_MOST(hb_port, held.amo, HB_AMO_CAS),
    HB_MOST(hb_port, held.order, 15),
    HB_MOST(hb_port, held.unbuffered, 1),
    HB_MOST(hb_port, held.posted_state, HB_STATES_MAX - 1),
    HB_MOST(hb_port, response, HB_RESPONSE_NONE), /* it is consumed in the cycle in which it arrives */
    HB_BOOL(hb_port, granted),
    HB_BOOL(hb_port, silent),
    HB_BOOL(hb_port, lost),
    HB_BOOL(hb_port, flushing),
    HB_BOOL(hb_port, draining),
    HB_MOST(hb_port, stores, HB_STORES_MAX),
};

static const struct hb_bound transaction_bounds[] = {
    HB_BOOL(hb_transaction, active),
    HB_BOOL(hb_transaction, snooped),
    HB_BOOL(hb_transaction, carries),
    HB_BOOL(hb_transaction, broadcast),
    HB_BOOL(hb_transaction, shared),
    HB_BOOL(hb_transaction, memory_takes),
    HB_MOST(hb_transaction, kind, HB_TXNS - 1),
};

/* ---- Requests -------------------------------------------------------------------------------------------------- */

static bool in_one_line(const struct hb_bus *bus, uint64_t address, uint32_t bytes) {
    return (address & (bus->line_bytes - 1)) + bytes <= bus->line_bytes;
}

static bool device_request_is_sound(const struct hb_request *request) {
    uint32_t bytes = request->bytes;
    bool width = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    return width && (request->address & (bytes - 1)) == 0;
}

/* What a hart may have asked of its caches. Nothing is ever written to the boot ROM. */
static bool cache_request_is_sound(const struct hb_bus *bus, const struct hb_request *request) {
    bool moves = hb_access_moves_bytes(request->kind);
    bool writes = hb_access_writes(request->kind) || request->kind == HB_ACCESS_EVICT;
    return request->bytes <= 8 && (request->bytes || !moves) && in_one_line(bus, request->address, request->bytes) &&
           hb_bus_cacheable(bus, request->address, request->bytes ? request->bytes : 1) &&
           !(writes && hb_bus_is_rom(request->address));
}

static bool request_is_sound(const struct hb_bus *bus, const struct hb_request *request) {
    if (request->kind == HB_ACCESS_NONE)
        return true;
    if (request->kind >= HB_ACCESS_FENCE)
        return false;
    return hb_access_is_device(request->kind) ? device_request_is_sound(request) : cache_request_is_sound(bus, request);
}

static bool store_is_sound(const struct hb_bus *bus, const struct hb_store *store) {
    const struct hb_request request = {.kind = HB_ACCESS_STORE, .address = store->address, .bytes = store->bytes};
    return store->order <= 15 && cache_request_is_sound(bus, &request);
}

/* ---- An arriving line needs a slot ----------------------------------------------------------------------------- */

static const struct hb_line *slot_for(const struct hb_bus *bus, uint32_t h, const struct hb_request *request) {
    const struct hb_port *port = &bus->state->port[h];
    const struct hb_cache *cache = request->kind == HB_ACCESS_FETCH ? &bus->l1i[h] : &bus->l1d[h];
    const struct hb_line *line = hb_cache_victim(cache, request->address);
    uint64_t set = request->address >> cache->line_shift & (cache->sets - 1);
    if (!port->draining || line->address == HB_NO_LINE)
        return line;
    return port->victim / cache->ways == set ? hb_cache_line(cache, port->victim) : NULL;
}

/* Does the request bring in a line? A write-through that misses does not, nor does what moves no bytes. */
static bool brings_a_line(const struct hb_bus *bus, const struct hb_request *request) {
    if (!hb_access_moves_bytes(request->kind))
        return false;
    const struct hb_protocol *protocol = hb_access_protocol(bus, request->kind, request->address);
    return hb_txn_reads_line(protocol->row[HB_STATE_I][hb_access_event(protocol, request->kind)].transaction);
}

/* A modified line in the way would have been written back before the request was posted. */
static bool has_a_slot(const struct hb_bus *bus, uint32_t h) {
    const struct hb_port *port = &bus->state->port[h];
    const struct hb_request *request = &port->request;
    bool fetch = request->kind == HB_ACCESS_FETCH;
    if (!brings_a_line(bus, request) || port->lost ||
        hb_cache_find(fetch ? &bus->l1i[h] : &bus->l1d[h], request->address))
        return true;
    const struct hb_line *slot = slot_for(bus, h, request);
    return slot && (!(slot->attributes & HB_LINE_DIRTY) || bus->protocol->flaws & HB_FLAW_VICTIM_DROPPED);
}

/* ---- A hart's port --------------------------------------------------------------------------------------------- */

/* One instruction waits for one answer. */
static bool hart_waits_rightly(const struct hb_port *port, const struct hb_hart *hart) {
    bool posted = port->request.kind != HB_ACCESS_NONE && !port->draining && !port->silent;
    bool held = port->held.kind != HB_ACCESS_NONE;
    if (!posted && !held)
        return true;
    return posted != held && hart->run_state == HB_HART_RUNNING && hart->in_flight.active && hart->ready_at == HB_NEVER;
}

static bool stores_are_sound(const struct hb_bus *bus, const struct hb_port *port) {
    uint8_t kind = port->request.kind;
    if (port->stores > bus->config.store_depth || (port->held.kind != HB_ACCESS_NONE && !bus->config.store_depth))
        return false;
    for (uint32_t i = 0; i < port->stores; i++)
        if (!store_is_sound(bus, &port->store[i]))
            return false;
    return !port->draining || (port->drained < port->stores && (kind == HB_ACCESS_STORE || kind == HB_ACCESS_EVICT));
}

static bool silence_is_sound(const struct hb_port *port, const struct hb_hart *hart) {
    bool halted = hart->run_state >= HB_HART_STOPPED;
    bool quiet = port->held.kind == HB_ACCESS_NONE && port->stores == 0 && !port->draining;
    return port->silent == halted && (!port->silent || quiet) && (port->silent || (!port->lost && !port->flushing)) &&
           !(port->lost && port->flushing);
}

static bool held_is_sound(const struct hb_bus *bus, const struct hb_request *held) {
    return held->kind == HB_ACCESS_FENCE || (held->kind != HB_ACCESS_EVICT && request_is_sound(bus, held));
}

static bool hart_port_is_sound(struct hb_soundness *soundness, uint32_t h) {
    const struct hb_bus *bus = &soundness->machine->bus;
    const struct hb_port *port = &bus->state->port[h];
    const struct hb_hart *hart = &soundness->machine->hart[h];
    return HB_IN_BOUNDS(soundness, port_bounds, port, "port", h) &&
           hb_should(soundness, request_is_sound(bus, &port->request), "port", h, "request") &&
           hb_should(soundness, held_is_sound(bus, &port->held), "port", h, "held") &&
           hb_should(soundness, silence_is_sound(port, hart), "port", h, "silent") &&
           hb_should(soundness, stores_are_sound(bus, port), "port", h, "store") &&
           hb_should(soundness, hart_waits_rightly(port, hart), "port", h, "request of a hart that does not wait") &&
           hb_should(soundness, port->request.kind == HB_ACCESS_NONE || has_a_slot(bus, h), "port", h, "victim");
}

/* ---- The port of the disk -------------------------------------------------------------------------------------- */

static bool dma_port_is_sound(const struct hb_bus *bus, const struct hb_port *port) {
    const struct hb_dma *dma = &bus->devices->virtio_blk.dma;
    const struct hb_request *request = &port->request;
    uint64_t address = dma->address + dma->done;
    uint32_t left = dma->bytes - dma->done, line = bus->line_bytes - (uint32_t)(address & (bus->line_bytes - 1));
    bool odd = port->silent || port->lost || port->flushing || port->draining || port->stores ||
               port->held.kind != HB_ACCESS_NONE;
    if (odd)
        return false;
    if (dma->kind == HB_DMA_NONE)
        return request->kind == HB_ACCESS_NONE;
    return request->kind == (dma->kind == HB_DMA_READ ? HB_ACCESS_DMA_READ : HB_ACCESS_DMA_WRITE) &&
           request->address == address && request->bytes == (left < line ? left : line);
}

/* ---- Transactions ---------------------------------------------------------------------------------------------- */

static uint8_t device_kind(uint8_t access) {
    switch (access) {
    case HB_ACCESS_DEVICE_READ: return HB_TXN_DEVICE_READ;
    case HB_ACCESS_DEVICE_WRITE: return HB_TXN_DEVICE_WRITE;
    case HB_ACCESS_DMA_READ: return HB_TXN_DMA_READ;
    case HB_ACCESS_DMA_WRITE: return HB_TXN_DMA_WRITE;
    default: return HB_TXN_NONE;
    }
}

static bool writes_memory(const struct hb_transaction *t, const struct hb_request *request) {
    return t->memory_takes || t->kind == HB_TXN_WRITE_BACK || hb_access_writes(request->kind);
}

/* The transaction is what the protocol requires for the state that the requester's line had, and still has unless it
 * was written back (which happens at the grant) or lost. */
static bool follows_protocol(const struct hb_bus *bus, const struct hb_transaction *t) {
    const struct hb_port *port = &bus->state->port[t->port];
    bool fetch = port->request.kind == HB_ACCESS_FETCH;
    const struct hb_protocol *protocol = hb_access_protocol(bus, port->request.kind, t->line);
    if (t->before >= protocol->states)
        return false;
    const struct hb_row *row = &protocol->row[t->before][hb_access_event(protocol, port->request.kind)];
    const struct hb_line *line = hb_cache_find(fetch ? &bus->l1i[t->port] : &bus->l1d[t->port], t->line);
    uint8_t state = line ? line->state : HB_STATE_I;
    bool same = state == (t->kind == HB_TXN_WRITE_BACK ? row->next : t->before);
    return row->defined && row->transaction == t->kind && (same || port->lost || !hb_keeps_its_word(bus));
}

static bool is_what_was_asked(const struct hb_bus *bus, const struct hb_transaction *t) {
    const struct hb_request *request = &bus->state->port[t->port].request;
    bool device = hb_access_is_device(request->kind);
    uint64_t line = device ? request->address : request->address & ~(uint64_t)(bus->line_bytes - 1);
    if (t->line != line || (!device && hb_bus_is_rom(line) && writes_memory(t, request)))
        return false;
    uint8_t kind = device_kind(request->kind);
    return kind != HB_TXN_NONE ? t->kind == kind : follows_protocol(bus, t);
}

/* There is one at a time per port, per line, and for devices. */
static bool is_alone(const struct hb_bus *bus, uint32_t i) {
    const struct hb_transaction *t = &bus->state->transaction[i];
    bool device = t->kind == HB_TXN_DEVICE_READ || t->kind == HB_TXN_DEVICE_WRITE;
    for (uint32_t k = 0; k < i; k++) {
        const struct hb_transaction *other = &bus->state->transaction[k];
        bool other_device = other->kind == HB_TXN_DEVICE_READ || other->kind == HB_TXN_DEVICE_WRITE;
        bool same = device == other_device && (device || (other->line == t->line && hb_keeps_its_word(bus)));
        if (other->active && (other->port == t->port || same))
            return false;
    }
    return true;
}

static bool transaction_is_sound(struct hb_soundness *soundness, uint32_t i) {
    const struct hb_bus *bus = &soundness->machine->bus;
    const struct hb_transaction *t = &bus->state->transaction[i];
    if (!HB_IN_BOUNDS(soundness, transaction_bounds, t, "transaction", i))
        return false;
    if (!t->active)
        return true;
    return hb_should(soundness, i < bus->limit, "transaction", i, "active") &&
           hb_should(soundness, t->port < hb_bus_ports(bus) && bus->state->port[t->port].granted, "transaction", i,
                     "port") &&
           hb_should(soundness, t->supplier == HB_NO_AGENT || t->supplier < 2 * bus->harts, "transaction", i,
                     "supplier") &&
           hb_should(soundness, is_what_was_asked(bus, t), "transaction", i, "kind or line") &&
           hb_should(soundness, is_alone(bus, i), "transaction", i, "another of this line or port");
}

/* ---- Ports and transactions together --------------------------------------------------------------------------- */

static bool counts_are_sound(struct hb_soundness *soundness) {
    const struct hb_bus *bus = &soundness->machine->bus;
    const struct hb_bus_state *state = bus->state;
    uint32_t active = 0, in_address_phase = 0, granted = 0;
    for (uint32_t i = 0; i < HB_OUTSTANDING_MAX; i++) {
        active += state->transaction[i].active;
        in_address_phase += state->transaction[i].active && !state->transaction[i].snooped;
    }
    for (uint32_t i = 0; i < hb_bus_ports(bus); i++)
        granted += state->port[i].granted && state->port[i].request.kind != HB_ACCESS_NONE;
    return hb_should(soundness, state->outstanding == active && granted == active, "bus", 0, "outstanding") &&
           hb_should(soundness, in_address_phase == state->address_busy && in_address_phase <= 1, "bus", 0,
                     "address_busy") &&
           hb_should(soundness, state->hart_wake == 0, "bus", 0, "hart_wake");
}

static bool all_ports_are_sound(struct hb_soundness *soundness) {
    const struct hb_bus *bus = &soundness->machine->bus;
    for (uint32_t h = 0; h < bus->harts; h++)
        if (!hart_port_is_sound(soundness, h))
            return false;
    const struct hb_port *dma = &bus->state->port[hb_dma_port(bus)];
    return !bus->disk || (HB_IN_BOUNDS(soundness, port_bounds, dma, "port", hb_dma_port(bus)) &&
                          hb_should(soundness, dma_port_is_sound(bus, dma), "port", hb_dma_port(bus), "request"));
}

bool hb_ports_are_sound(struct hb_soundness *soundness) {
    static const struct hb_bound bus_bounds[] = {HB_BOOL(hb_bus_state, address_busy)};
    if (!HB_IN_BOUNDS(soundness, bus_bounds, soundness->machine->bus.state, "bus", 0) ||
        !all_ports_are_sound(soundness))
        return false;
    for (uint32_t i = 0; i < HB_OUTSTANDING_MAX; i++)
        if (!transaction_is_sound(soundness, i))
            return false;
    return counts_are_sound(soundness);
}
