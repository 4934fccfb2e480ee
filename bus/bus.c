#include "bus/bus.h"

#include <string.h>

#include "bus/arbiter.h"
#include "bus/checker.h"
#include "bus/dma.h"
#include "bus/perform.h"

void hb_bus_reset(struct hb_bus *bus) {
    *bus->state = (struct hb_bus_state){.next_cycle = HB_NEVER, .last_port = bus->harts - 1};
    for (uint32_t i = 0; i <= HB_HARTS_LIMIT; i++)
        bus->state->port[i].reservation = HB_NO_LINE;
}

static uint32_t transfer_cycles(const struct hb_bus *bus, uint32_t bytes) {
    return (bytes + bus->config.width_bytes - 1) / bus->config.width_bytes;
}

static bool is_dma(uint8_t kind) { return kind == HB_ACCESS_DMA_READ || kind == HB_ACCESS_DMA_WRITE; }

static uint8_t requester_of(const struct hb_port *port, uint32_t hart) {
    if (is_dma(port->request.kind))
        return HB_NO_AGENT; /* no cache: all of them snoop */
    return port->request.kind == HB_ACCESS_FETCH ? hb_agent_l1i(hart) : hb_agent_l1d(hart);
}

/* ---- Answers ------------------------------------------------------------------------------------------------ */

static void answer(struct hb_bus *bus, uint32_t hart, enum hb_response response, uint64_t value, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    port->granted = false;
    if (is_dma(port->request.kind)) {
        hb_dma_answered(bus, now);
        return;
    }
    port->request.kind = HB_ACCESS_NONE;
    if (port->silent) {
        port->reservation = HB_NO_LINE; /* a granted LR was performed, but nobody is there to go on from it */
        if (port->flushing)
            hb_bus_flush(bus, hart, now);
        return;
    }
    port->response = response;
    port->value = value;
    bus->state->hart_wake |= 1ull << hart;
}

/* ---- Grant -------------------------------------------------------------------------------------------------- */

static struct hb_cache *cache_of(struct hb_bus *bus, uint8_t agent) {
    return hb_agent_is_l1i(agent) ? &bus->l1i[agent / 2] : &bus->l1d[agent / 2];
}

static struct hb_line *line_of(struct hb_bus *bus, uint8_t agent, uint64_t address) {
    return bus->state->port[agent / 2].lost ? NULL : hb_cache_find(cache_of(bus, agent), address);
}

static void take_write_back(struct hb_bus *bus, struct hb_transaction *t, struct hb_line *line, uint8_t next) {
    memcpy(t->data, hb_line_data(line), bus->line_bytes);
    hb_line_set_state(bus, hb_agent_l1d(t->port), line, next);
}

static void start_device_transaction(struct hb_transaction *t, const struct hb_request *request) {
    t->kind = request->kind == HB_ACCESS_DEVICE_READ ? HB_TXN_DEVICE_READ : HB_TXN_DEVICE_WRITE;
    t->line = request->address;
}

static void start_dma_transaction(const struct hb_bus *bus, struct hb_transaction *t, const struct hb_request *request) {
    t->kind = request->kind == HB_ACCESS_DMA_READ ? HB_TXN_DMA_READ : HB_TXN_DMA_WRITE;
    t->line = request->address & ~(uint64_t)(bus->line_bytes - 1);
}

/* Looks the request up in the line's present state. False: it needed no bus and is answered. */
static bool start_coherent_transaction(struct hb_bus *bus, struct hb_transaction *t, struct hb_port *port, uint64_t now) {
    const struct hb_request *request = &port->request;
    uint8_t agent = requester_of(port, t->port);
    t->line = request->address & ~(uint64_t)(bus->line_bytes - 1);
    struct hb_line *line = line_of(bus, agent, t->line);
    struct hb_coherence step = {
        .requester = agent,
        .event = hb_access_event(request->kind),
        .conditional = request->kind == HB_ACCESS_SC,
        .reserved = port->reservation == t->line,
    };
    step.state[agent] = line ? line->state : HB_STATE_I;
    switch (hb_coherence_grant(bus->protocol, &step)) {
    case HB_VERDICT_FAILED: answer(bus, t->port, HB_RESPONSE_DONE, 1, now); return false;
    case HB_VERDICT_CANCELLED: answer(bus, t->port, HB_RESPONSE_RETRY, 0, now); return false;
    case HB_VERDICT_GRANTED: break;
    }
    t->kind = step.transaction;
    t->before = step.state[agent];
    if (t->kind == HB_TXN_WRITE_BACK) {
        hb_coherence_finish(bus->protocol, &step, t->before);
        take_write_back(bus, t, line, step.state[agent]);
        port->stats.writebacks++;
    }
    return true;
}

static bool grant(struct hb_bus *bus, uint32_t hart, uint64_t now) {
    struct hb_transaction *t = &bus->state->transaction;
    struct hb_port *port = &bus->state->port[hart];
    *t = (struct hb_transaction){.port = (uint8_t)hart, .grant_cycle = now, .supplier = HB_NO_AGENT};
    if (port->request.kind == HB_ACCESS_DEVICE_READ || port->request.kind == HB_ACCESS_DEVICE_WRITE)
        start_device_transaction(t, &port->request);
    else if (is_dma(port->request.kind))
        start_dma_transaction(bus, t, &port->request);
    else if (!start_coherent_transaction(bus, t, port, now))
        return false;
    t->active = true;
    t->snoop_cycle = now + bus->config.arbitration_cycles + bus->config.address_cycles;
    port->granted = true;
    bus->state->last_port = hart;
    uint64_t waited = now - port->request.posted_cycle;
    port->stats.wait_cycles += waited;
    if (waited > port->stats.wait_max_cycles)
        port->stats.wait_max_cycles = waited;
    return true;
}

/* ---- Snoop -------------------------------------------------------------------------------------------------- */

/* The line's states in all caches, and the lines themselves where they are held. */
static void gather(struct hb_bus *bus, const struct hb_transaction *t, struct hb_coherence *step, struct hb_line **lines) {
    step->agents = (uint8_t)(2 * bus->harts);
    for (uint8_t agent = 0; agent < step->agents; agent++) {
        lines[agent] = line_of(bus, agent, t->line);
        step->state[agent] = lines[agent] ? lines[agent]->state : HB_STATE_I;
    }
}

static void apply(struct hb_bus *bus, const struct hb_coherence *step, struct hb_line **lines) {
    for (uint8_t agent = 0; agent < step->agents; agent++) {
        struct hb_line *line = lines[agent];
        if (!line || agent == step->requester || line->state == step->state[agent])
            continue;
        if (step->state[agent] == HB_STATE_I)
            bus->state->port[agent / 2].stats.invalidations[hb_agent_is_l1i(agent)]++;
        hb_line_set_state(bus, agent, line, step->state[agent]);
    }
}

static uint32_t source_cycles(const struct hb_bus *bus, const struct hb_transaction *t) {
    switch (t->kind) {
    case HB_TXN_READ:
    case HB_TXN_READ_X:
    case HB_TXN_DMA_READ:
        return t->supplier != HB_NO_AGENT ? bus->config.cache_supply_cycles : bus->memory_latency_cycles;
    case HB_TXN_CLEAN:
    case HB_TXN_FLUSH:
    case HB_TXN_DMA_WRITE: return t->supplier != HB_NO_AGENT ? bus->config.cache_supply_cycles : 0;
    case HB_TXN_ATOMIC: return bus->memory_latency_cycles;
    case HB_TXN_DEVICE_READ:
    case HB_TXN_DEVICE_WRITE: return bus->config.device_cycles;
    default: return 0;
    }
}

/* Bytes that cross the bus; the locked read-modify-write moves its operand both ways. */
static uint32_t bytes_moved(const struct hb_bus *bus, const struct hb_transaction *t) {
    const struct hb_request *request = &bus->state->port[t->port].request;
    switch (t->kind) {
    case HB_TXN_READ:
    case HB_TXN_READ_X:
    case HB_TXN_WRITE_BACK:
    case HB_TXN_DMA_READ: return bus->line_bytes;
    case HB_TXN_CLEAN:
    case HB_TXN_FLUSH: return t->supplier != HB_NO_AGENT ? bus->line_bytes : 0;
    case HB_TXN_DMA_WRITE: return request->bytes + (t->supplier != HB_NO_AGENT ? bus->line_bytes : 0);
    case HB_TXN_ATOMIC: return 2u * request->bytes;
    case HB_TXN_WRITE:
    case HB_TXN_DEVICE_READ:
    case HB_TXN_DEVICE_WRITE: return request->bytes;
    default: return 0;
    }
}

static void snoop(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    struct hb_line *lines[HB_AGENTS_MAX] = {0};
    t->snooped = true;
    if (hb_snoop_event(t->kind) != HB_EVENTS) {
        struct hb_coherence step = {
            .requester = requester_of(&bus->state->port[t->port], t->port),
            .transaction = t->kind,
            .supplier = HB_NO_AGENT,
        };
        gather(bus, t, &step, lines);
        if (!hb_coherence_snoop(bus->protocol, &step))
            hb_bus_broken(bus, now, "a snooping cache is in a state that the protocol excludes");
        if (step.supplier != HB_NO_AGENT)
            memcpy(t->data, hb_line_data(lines[step.supplier]), bus->line_bytes);
        apply(bus, &step, lines);
        t->shared = step.shared;
        t->supplier = step.supplier;
        t->memory_takes = step.memory_takes;
    }
    t->finish_cycle = now + source_cycles(bus, t) + transfer_cycles(bus, bytes_moved(bus, t));
}

/* ---- Finish ------------------------------------------------------------------------------------------------- */

static struct hb_line *install(struct hb_bus *bus, const struct hb_transaction *t, uint8_t agent, uint64_t now) {
    struct hb_line *line = hb_cache_victim(cache_of(bus, agent), t->line);
    if (line->attributes & HB_LINE_DIRTY)
        hb_bus_broken(bus, now, "a modified line is in the way of a new one");
    if (line->address != HB_NO_LINE)
        hb_line_set_state(bus, agent, line, HB_STATE_I);
    line->address = t->line;
    memcpy(hb_line_data(line), t->data, bus->line_bytes);
    return line;
}

/* The requester's line takes its new state and, unless a dying requester's cache is lost, its access is performed. */
static uint64_t finish_in_cache(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    struct hb_port *port = &bus->state->port[t->port];
    uint8_t agent = requester_of(port, t->port);
    if (port->lost) {
        if (t->supplier != HB_NO_AGENT)
            hb_memory_write(bus, t->line, t->data, bus->line_bytes);
        return 0;
    }
    struct hb_coherence step = {.requester = agent, .event = hb_access_event(port->request.kind), .shared = t->shared};
    hb_coherence_finish(bus->protocol, &step, t->before);
    struct hb_line *line = hb_cache_find(cache_of(bus, agent), t->line);
    if (!line && step.state[agent] != HB_STATE_I)
        line = install(bus, t, agent, now);
    if (!line)
        return 0;
    if (step.state[agent] == HB_STATE_I) {
        hb_line_set_state(bus, agent, line, HB_STATE_I);
        return 0;
    }
    hb_line_set_state(bus, agent, line, step.state[agent]);
    return port->request.kind <= HB_ACCESS_AMO ? hb_perform_on_line(bus, t->port, &port->request, line, now) : 0;
}

/* Write-through: memory is written (or read, modified and written), then the requester's own copy follows. */
static uint64_t finish_in_memory(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    struct hb_port *port = &bus->state->port[t->port];
    if (port->lost)
        return 0;
    uint8_t bytes[8] = {0};
    hb_memory_read(bus, port->request.address, bytes, port->request.bytes);
    uint64_t value = hb_perform(&port->request, bytes);
    hb_memory_write(bus, port->request.address, bytes, port->request.bytes);
    struct hb_line *own = line_of(bus, hb_agent_l1d(t->port), t->line);
    if (own) {
        memcpy(hb_line_data(own) + (port->request.address - t->line), bytes, port->request.bytes);
        own->last_write = now << 4 | port->request.order;
    }
    if (port->request.kind == HB_ACCESS_SC)
        port->reservation = HB_NO_LINE;
    if (bus->checker)
        hb_checker_access(bus->checker, bus, t->port, &port->request, value, bytes, now);
    return value;
}

static bool finish_device(struct hb_bus *bus, const struct hb_request *request, uint64_t now, uint64_t *value) {
    if (request->kind == HB_ACCESS_DEVICE_READ)
        return hb_devices_read(bus->devices, request->address, request->bytes, now, value);
    return hb_devices_write(bus->devices, request->address, request->bytes, request->operand, now);
}

static void finish(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    struct hb_port *port = &bus->state->port[t->port];
    enum hb_response response = HB_RESPONSE_DONE;
    uint64_t value = 0;
    switch (t->kind) {
    case HB_TXN_WRITE_BACK:
        hb_memory_write(bus, t->line, t->data, bus->line_bytes);
        response = port->request.kind == HB_ACCESS_EVICT ? HB_RESPONSE_RETRY : HB_RESPONSE_DONE;
        break;
    case HB_TXN_DEVICE_READ:
    case HB_TXN_DEVICE_WRITE:
        if (!port->lost && !finish_device(bus, &port->request, now, &value))
            response = HB_RESPONSE_FAULT;
        if (bus->disk)
            hb_dma_post(bus, now);
        break;
    case HB_TXN_DMA_READ:
    case HB_TXN_DMA_WRITE: hb_dma_perform(bus, t, now); break;
    case HB_TXN_WRITE:
    case HB_TXN_ATOMIC: value = finish_in_memory(bus, t, now); break;
    default:
        if (t->supplier == HB_NO_AGENT && (t->kind == HB_TXN_READ || t->kind == HB_TXN_READ_X))
            hb_memory_read(bus, t->line, t->data, bus->line_bytes);
        if (t->memory_takes)
            hb_memory_write(bus, t->line, t->data, bus->line_bytes);
        value = finish_in_cache(bus, t, now);
        break;
    }
    bus->state->transactions[t->kind]++;
    bus->state->busy_cycles += now - t->grant_cycle;
    bus->state->last_finish_cycle = now;
    t->active = false;
    if (bus->checker)
        hb_checker_line(bus->checker, bus, t->line, now);
    answer(bus, t->port, response, value, now);
}

/* ---- The cycle ---------------------------------------------------------------------------------------------- */

void hb_bus_step(struct hb_bus *bus, uint64_t now) {
    struct hb_transaction *t = &bus->state->transaction;
    if (t->active && t->snooped && t->finish_cycle <= now)
        finish(bus, t, now);
    if (t->active && !t->snooped && t->snoop_cycle <= now) {
        snoop(bus, t, now);
        if (t->finish_cycle <= now)
            finish(bus, t, now); /* no data phase: an upgrade ends with its address phase */
    }
    while (!t->active) {
        uint32_t port = hb_arbiter_choose(bus, now);
        if (port == HB_NO_PORT || grant(bus, port, now))
            break;
    }
    if (t->active)
        bus->state->next_cycle = t->snooped ? t->finish_cycle : t->snoop_cycle;
    else
        bus->state->next_cycle = hb_arbiter_next_cycle(bus);
}

/* ---- Silent harts ------------------------------------------------------------------------------------------- */

/* What a lost cache alone held is gone; from now on memory's bytes are what was last written. */
static void tell_checker_of_loss(const struct hb_bus *bus, uint32_t hart) {
    const struct hb_cache *cache = &bus->l1d[hart];
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
        const struct hb_line *line = hb_cache_line(cache, i);
        uint8_t stale[HB_LINE_BYTES_MAX];
        if (!(line->attributes & HB_LINE_DIRTY))
            continue;
        hb_memory_read(bus, line->address, stale, bus->line_bytes);
        hb_checker_write(bus->checker, line->address, stale, bus->line_bytes);
    }
}

void hb_bus_silence(struct hb_bus *bus, uint32_t hart, bool lost) {
    struct hb_port *port = &bus->state->port[hart];
    if (lost && !port->lost && bus->checker)
        tell_checker_of_loss(bus, hart);
    port->silent = true;
    port->lost |= lost;
    port->flushing &= !port->lost;
    port->reservation = HB_NO_LINE;
    port->response = HB_RESPONSE_NONE;
    if (!port->granted && !port->flushing) /* a flush was not asked for by the hart: it goes on */
        port->request.kind = HB_ACCESS_NONE;
}

static struct hb_line *next_dirty_line(const struct hb_cache *cache) {
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
        if (hb_cache_line(cache, i)->attributes & HB_LINE_DIRTY)
            return hb_cache_line(cache, i);
    return NULL;
}

void hb_bus_flush(struct hb_bus *bus, uint32_t hart, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    if (!port->silent || port->lost)
        return;
    port->flushing = true;
    if (port->request.kind != HB_ACCESS_NONE)
        return;
    struct hb_line *line = next_dirty_line(&bus->l1d[hart]);
    if (!line) {
        port->flushing = false;
        return;
    }
    port->request = (struct hb_request){.kind = HB_ACCESS_EVICT, .address = line->address, .posted_cycle = now};
    if (!bus->state->transaction.active && now + 1 < bus->state->next_cycle)
        bus->state->next_cycle = now + 1;
}

bool hb_bus_flushing(const struct hb_bus *bus, uint32_t hart) { return bus->state->port[hart].flushing; }

static void empty(struct hb_cache *cache) {
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
        hb_line_invalidate(hb_cache_line(cache, i));
}

void hb_bus_restart(struct hb_bus *bus, uint32_t hart) {
    struct hb_port *port = &bus->state->port[hart];
    empty(&bus->l1d[hart]);
    empty(&bus->l1i[hart]);
    port->silent = false;
    port->lost = false;
    port->reservation = HB_NO_LINE;
    port->response = HB_RESPONSE_NONE;
}

void hb_bus_clear(struct hb_bus *bus, uint64_t now) {
    struct hb_bus_state *state = bus->state;
    if (state->transaction.active)
        state->busy_cycles += now - state->transaction.grant_cycle;
    state->transaction = (struct hb_transaction){0};
    state->next_cycle = HB_NEVER;
    state->hart_wake = 0;
    for (uint32_t i = 0; i < hb_bus_ports(bus); i++) {
        struct hb_port *port = &state->port[i];
        port->request.kind = HB_ACCESS_NONE;
        port->granted = port->flushing = false;
        port->response = HB_RESPONSE_NONE;
        port->reservation = HB_NO_LINE;
    }
}

uint32_t hb_bus_dirty_lines(const struct hb_bus *bus, uint32_t hart, uint64_t *addresses, uint32_t most) {
    const struct hb_cache *cache = &bus->l1d[hart];
    uint32_t n = 0;
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
        const struct hb_line *line = hb_cache_line(cache, i);
        if (!(line->attributes & HB_LINE_DIRTY))
            continue;
        if (n < most)
            addresses[n] = line->address;
        n++;
    }
    return n;
}
