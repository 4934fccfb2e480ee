#include "bus/shared/transaction.h"

#include <string.h>

#include "bus/access/perform.h"
#include "bus/shared/checker.h"
#include "bus/shared/l1.h"
#include "bus/shared/l2.h"
#include "bus/shared/line.h"
#include "bus/shared/memory.h"
#include "bus/shared/port.h"
#include "bus/shared/presence.h"
#include "memory/copy.h"

static uint8_t requester_of(const struct hb_port *port, uint32_t hart) {
    if (hb_access_is_dma(port->request.kind))
        return HB_NO_AGENT; /* not a cache: all of them snoop */
    return port->request.kind == HB_ACCESS_FETCH ? hb_agent_l1i(hart) : hb_agent_l1d(hart);
}

/* The protocol that the L1Ds follow for the line. */
static const struct hb_protocol *protocol_of(const struct hb_bus *bus, const struct hb_transaction *t) {
    return hb_bus_protocol_at(bus, t->line);
}

/* ---- Grant ----------------------------------------------------------------------------------------------------- */

static void carry(const struct hb_bus *bus, struct hb_transaction *t, struct hb_line *line) {
    hb_copy_line(t->data, hb_line_data(line), bus->line_bytes);
    t->carries = true;
}

/* Nothing is left to do on the bus: the hart retries. */
static struct hb_port_answer cancelled(const struct hb_bus *bus, const struct hb_request *request) {
    bool unanswered = bus->protocol->flaws & HB_FLAW_CANCEL_UNANSWERED && request->kind == HB_ACCESS_EVICT;
    return (struct hb_port_answer){unanswered ? HB_RESPONSE_NONE : HB_RESPONSE_RETRY, 0};
}

/* Look the request up in the line's present state, not the one at its posting: the line may have been taken while it
 * waited. False: it no longer needs the bus, and `*answer` is the answer. */
static bool start_coherent(struct hb_bus *bus, struct hb_transaction *t, struct hb_port *port, uint64_t now,
                           struct hb_port_answer *answer) {
    const struct hb_request *request = &port->request;
    const struct hb_protocol *protocol = protocol_of(bus, t);
    uint8_t agent = requester_of(port, t->port);
    struct hb_line *line = hb_bus_copy(bus, agent, t->line);
    struct hb_coherence step;
    hb_coherence_begin(&step, agent, hb_access_event(protocol, request->kind));
    step.conditional = request->kind == HB_ACCESS_SC;
    step.reserved = port->reservation == t->line;
    step.posted = request->posted_state;
    step.state[agent] = line ? line->state : HB_STATE_I;
    switch (hb_coherence_grant(protocol, &step)) {
    case HB_VERDICT_FAILED: *answer = (struct hb_port_answer){HB_RESPONSE_DONE, 1}; return false;
    case HB_VERDICT_CANCELLED: *answer = cancelled(bus, request); return false;
    case HB_VERDICT_GRANTED: break;
    }
    t->kind = step.transaction;
    t->before = step.before;
    t->supplier = step.supplier;
    t->memory_takes = step.memory_takes;
    if (t->kind == HB_TXN_WRITE_BACK) {
        hb_coherence_finish(protocol, &step, t->before);
        carry(bus, t, line);
        hb_line_set_state(bus, agent, line, step.state[agent], t, now);
        port->stats.writebacks++;
    }
    return true;
}

bool hb_transaction_grant(struct hb_bus *bus, struct hb_transaction *t, uint32_t number, uint64_t now,
                          struct hb_port_answer *answer) {
    struct hb_port *port = &bus->state->port[number];
    const struct hb_request *request = &port->request;
    /* `data` is left uninitialised: it counts only where `carries` is set. */
    t->snooped = t->carries = t->broadcast = t->shared = t->memory_takes = false;
    t->supplier = HB_NO_AGENT;
    t->before = HB_STATE_I;
    t->port = (uint8_t)number;
    t->grant_cycle = now;
    t->line =
        hb_access_is_device(request->kind) ? request->address : request->address & ~(uint64_t)(bus->line_bytes - 1);
    switch (request->kind) {
    case HB_ACCESS_DEVICE_READ: t->kind = HB_TXN_DEVICE_READ; break;
    case HB_ACCESS_DEVICE_WRITE: t->kind = HB_TXN_DEVICE_WRITE; break;
    case HB_ACCESS_DMA_READ: t->kind = HB_TXN_DMA_READ; break;
    case HB_ACCESS_DMA_WRITE: t->kind = HB_TXN_DMA_WRITE; break;
    default:
        if (!start_coherent(bus, t, port, now, answer))
            return false;
    }
    t->active = true;
    t->snoop_cycle = now + bus->config.arbitration_cycles + bus->config.address_cycles;
    hb_port_granted(bus, number, now);
    HB_TELL(bus, granted, t, now);
    return true;
}

/* ---- Snoop ----------------------------------------------------------------------------------------------------- */

/* The line's states in the caches that snoop it. */
static void gather(const struct hb_copies *copies, struct hb_coherence *step) {
    struct hb_agents left = step->snoopers = copies->holders;
    for (uint8_t agent; hb_agents_take(&left, &agent);)
        step->state[agent] = copies->line[agent]->state;
}

/* A dying requester whose cache is lost gets nothing from an owner that gives the line up without supplying it. */
static void save_for_lost(struct hb_bus *bus, const struct hb_coherence *step, struct hb_line *line, uint8_t agent) {
    uint8_t attributes = hb_bus_protocol_at(bus, line->address)->state[step->state[agent]].attributes;
    if (line->attributes & HB_LINE_DIRTY && !(attributes & HB_LINE_DIRTY) && step->supplier != agent)
        hb_memory_write(bus, line->address, hb_line_data(line), bus->line_bytes);
}

static void apply(struct hb_bus *bus, const struct hb_transaction *t, const struct hb_coherence *step,
                  const struct hb_copies *copies, uint64_t now) {
    struct hb_agents left = copies->holders;
    for (uint8_t agent; hb_agents_take(&left, &agent);) {
        struct hb_line *line = copies->line[agent];
        if (line->state == step->state[agent])
            continue;
        if (bus->state->port[t->port].lost)
            save_for_lost(bus, step, line, agent);
        if (step->state[agent] == HB_STATE_I)
            bus->state->port[agent / 2].stats.invalidations[hb_agent_is_l1i(agent)]++;
        hb_line_set_state(bus, agent, line, step->state[agent], t, now);
    }
}

static uint32_t source_cycles(const struct hb_bus *bus, const struct hb_transaction *t) {
    switch (t->kind) {
    case HB_TXN_READ:
    case HB_TXN_READ_X:
    case HB_TXN_READ_UPDATE:
    case HB_TXN_DMA_READ:
        return t->supplier != HB_NO_AGENT ? bus->config.cache_supply_cycles : hb_l2_source_cycles(bus, t->line);
    case HB_TXN_CLEAN:
    case HB_TXN_FLUSH:
    case HB_TXN_DMA_WRITE: return t->supplier != HB_NO_AGENT ? bus->config.cache_supply_cycles : 0;
    case HB_TXN_ATOMIC: return hb_l2_source_cycles(bus, t->line);
    case HB_TXN_DEVICE_READ:
    case HB_TXN_DEVICE_WRITE: return bus->config.device_cycles;
    default: return 0;
    }
}

/* Bytes that cross the data lines; the locked read-modify-write moves its operand both ways. */
static uint32_t bytes_moved(const struct hb_bus *bus, const struct hb_transaction *t) {
    const struct hb_request *request = &bus->state->port[t->port].request;
    switch (t->kind) {
    case HB_TXN_READ:
    case HB_TXN_READ_X:
    case HB_TXN_READ_UPDATE:
    case HB_TXN_WRITE_BACK:
    case HB_TXN_DMA_READ: return bus->line_bytes;
    case HB_TXN_CLEAN:
    case HB_TXN_FLUSH: return t->supplier != HB_NO_AGENT ? bus->line_bytes : 0;
    case HB_TXN_DMA_WRITE: return request->bytes + (t->supplier != HB_NO_AGENT ? bus->line_bytes : 0);
    case HB_TXN_ATOMIC: return 2u * request->bytes;
    case HB_TXN_UPDATE:
    case HB_TXN_WRITE:
    case HB_TXN_DEVICE_READ:
    case HB_TXN_DEVICE_WRITE: return request->bytes;
    default: return 0;
    }
}

static uint32_t transfer_cycles(const struct hb_bus *bus, uint32_t bytes) {
    return (bytes + bus->config.width_bytes - 1) / bus->config.width_bytes;
}

/* The update that follows a read: an address phase and the bytes of the store. */
static uint32_t second_phase_bytes(const struct hb_bus *bus, const struct hb_transaction *t) {
    return t->kind == HB_TXN_READ_UPDATE && t->broadcast ? bus->state->port[t->port].request.bytes : 0;
}

static uint32_t second_phase_cycles(const struct hb_bus *bus, const struct hb_transaction *t) {
    const uint32_t bytes = second_phase_bytes(bus, t);
    return bytes ? bus->config.address_cycles + transfer_cycles(bus, bytes) : 0;
}

/* Data phases follow one another; on the atomic bus the data lines are always free here. */
static void plan_finish(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    uint32_t data = transfer_cycles(bus, bytes_moved(bus, t)) + second_phase_cycles(bus, t);
    uint64_t start = now + source_cycles(bus, t);
    if (data && start < bus->state->data_free_cycle)
        start = bus->state->data_free_cycle;
    t->finish_cycle = start + data;
    if (data)
        bus->state->data_free_cycle = t->finish_cycle;
    t->data_cycles = data;
    bus->state->data_cycles += data;
    if (bus->config.split)
        bus->state->busy_cycles += data;
    bus->state->address_cycles += now - t->grant_cycle;
}

/* Whose bytes go on the bus: the supplier's, and with an update the requester's own, for their owner may give up
 * ownership before the new one has the line. */
static struct hb_line *source_of(const struct hb_bus *bus, const struct hb_coherence *step,
                                 const struct hb_copies *copies, uint64_t line) {
    uint8_t agent = step->supplier;
    if (agent == HB_NO_AGENT && step->transaction == HB_TXN_UPDATE)
        agent = step->requester;
    if (agent == HB_NO_AGENT)
        return NULL;
    return agent == step->requester ? hb_bus_copy(bus, agent, line) : copies->line[agent];
}

/* No other cache can have it, and so no cache has anything to say or to give. */
static bool concerns_nobody(const struct hb_bus *bus, const struct hb_transaction *t, uint8_t requester) {
    struct hb_agents others = hb_presence_of(bus, t->line);
    if (requester != HB_NO_AGENT)
        hb_agents_remove(&others, requester);
    return hb_agents_none(&others) && t->supplier == HB_NO_AGENT && t->kind != HB_TXN_UPDATE;
}

static void show_to_caches(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    const uint8_t requester = requester_of(&bus->state->port[t->port], t->port);
    struct hb_copies copies;
    struct hb_coherence step;
    if (concerns_nobody(bus, t, requester))
        return;
    hb_coherence_begin(&step, requester, HB_EVENTS);
    step.transaction = t->kind;
    step.supplier = t->supplier;
    step.memory_takes = t->memory_takes;
    hb_presence_find(bus, t->line, step.requester, &copies);
    gather(&copies, &step);
    if (!hb_coherence_snoop(protocol_of(bus, t), &step))
        hb_transaction_broken(t, now, "a snooping cache is in a state that the protocol excludes");
    t->shared = step.shared;
    t->supplier = step.supplier;
    t->memory_takes = step.memory_takes;
    t->broadcast = step.broadcast;
    struct hb_line *from = source_of(bus, &step, &copies, t->line);
    if (from)
        carry(bus, t, from);
    apply(bus, t, &step, &copies, now);
}

void hb_transaction_snoop(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    t->snooped = true;
    if (hb_snoop_event(t->kind) != HB_EVENTS)
        show_to_caches(bus, t, now);
    plan_finish(bus, t, now);
    HB_TELL(bus, snooped, t, now);
}

/* ---- Finish ---------------------------------------------------------------------------------------------------- */

static struct hb_line *install(struct hb_bus *bus, const struct hb_transaction *t, uint8_t agent, uint64_t now) {
    const struct hb_cache *cache = hb_bus_cache(bus, agent);
    const struct hb_port *port = &bus->state->port[t->port];
    struct hb_line *line = hb_cache_victim(cache, t->line);
    if (port->draining && line->address != HB_NO_LINE)
        line = hb_cache_line(cache, port->victim);
    if (line->attributes & HB_LINE_DIRTY && !(bus->protocol->flaws & HB_FLAW_VICTIM_DROPPED))
        hb_transaction_broken(t, now, "a modified line is in the way of a new one");
    if (line->address != HB_NO_LINE)
        hb_line_set_state(bus, agent, line, HB_STATE_I, NULL, now);
    line->address = t->line;
    hb_presence_add(bus, agent, t->line);
    hb_cache_note_arrival(cache, line);
    hb_copy_line(hb_line_data(line), t->data, bus->line_bytes);
    return line;
}

/* The bytes that the requester's store left in `line` go to all other copies and, if the protocol
 * says so, to memory. */
static void broadcast(struct hb_bus *bus, const struct hb_request *request, struct hb_line *line, uint8_t own,
                      bool to_memory) {
    uint64_t offset = request->address - line->address;
    const uint8_t *bytes = hb_line_data(line) + offset;
    struct hb_copies copies;
    hb_presence_find(bus, line->address, own, &copies);
    for (uint8_t agent; hb_agents_take(&copies.holders, &agent);) {
        if (hb_agent_is_l1i(agent))
            continue;
        memcpy(hb_line_data(copies.line[agent]) + offset, bytes, request->bytes);
        bus->state->port[agent / 2].stats.updates_received++;
    }
    if (to_memory)
        hb_memory_write(bus, request->address, bytes, request->bytes);
}

static uint64_t perform_at_line(struct hb_bus *bus, struct hb_transaction *t, const struct hb_coherence *step,
                                struct hb_line *line, uint64_t now) {
    const struct hb_request *request = &bus->state->port[t->port].request;
    if (!hb_access_moves_bytes(request->kind))
        return 0;
    uint64_t value = hb_l1_perform(bus, t->port, request, line, HB_WAY_BUS, now);
    if (t->broadcast)
        broadcast(bus, request, line, step->requester, step->memory_updated);
    return value;
}

/* The requester's line takes its new state and, unless the requester is dead and its cache lost, its access is
 * performed. */
static uint64_t finish_in_cache(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    struct hb_port *port = &bus->state->port[t->port];
    const struct hb_protocol *protocol = protocol_of(bus, t);
    uint8_t agent = requester_of(port, t->port);
    if (port->lost) {
        if (t->carries)
            hb_memory_write(bus, t->line, t->data, bus->line_bytes);
        return 0;
    }
    struct hb_coherence step;
    hb_coherence_begin(&step, agent, hb_access_event(protocol, port->request.kind));
    step.shared = t->shared;
    step.broadcast = t->broadcast;
    hb_coherence_finish(protocol, &step, t->before);
    /* What was not there at the grant has not come since: only this transaction brings it. */
    struct hb_line *line = t->before == HB_STATE_I ? NULL : hb_cache_find(hb_bus_cache(bus, agent), t->line);
    if (!line && step.state[agent] != HB_STATE_I)
        line = install(bus, t, agent, now);
    if (!line)
        return 0;
    hb_line_set_state(bus, agent, line, step.state[agent], t, now);
    return step.state[agent] == HB_STATE_I ? 0 : perform_at_line(bus, t, &step, line, now);
}

/* The requester's own copy follows the memory that its write-through went to. */
static void follow_memory(struct hb_bus *bus, struct hb_transaction *t, const uint8_t *bytes, uint64_t now) {
    const struct hb_request *request = &bus->state->port[t->port].request;
    const struct hb_protocol *protocol = protocol_of(bus, t);
    struct hb_line *own = hb_bus_copy(bus, hb_agent_l1d(t->port), t->line);
    if (!own)
        return;
    struct hb_coherence step;
    hb_coherence_begin(&step, hb_agent_l1d(t->port), hb_access_event(protocol, request->kind));
    step.shared = t->shared;
    hb_coherence_finish(protocol, &step, t->before);
    hb_line_set_state(bus, step.requester, own, step.state[step.requester], t, now);
    memcpy(hb_line_data(own) + (request->address - t->line), bytes, request->bytes);
    own->last_write = now << 4 | request->order;
}

/* Write-through: memory is written (or read, modified and written), then the requester's own copy follows. */
static uint64_t finish_in_memory(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    struct hb_port *port = &bus->state->port[t->port];
    const struct hb_request *request = &port->request;
    if (port->lost)
        return 0;
    uint8_t bytes[8] = {0};
    if (t->kind == HB_TXN_ATOMIC)
        hb_l2_asked(bus, t, false, now);
    hb_memory_read(bus, request->address, bytes, request->bytes);
    uint64_t value = hb_perform(request, bytes);
    if (hb_access_writes(request->kind))
        hb_memory_write(bus, request->address, bytes, request->bytes);
    follow_memory(bus, t, bytes, now);
    if (request->kind == HB_ACCESS_SC)
        port->reservation = HB_NO_LINE;
    if (request->kind == HB_ACCESS_LR)
        port->reservation = t->line;
    if (bus->checker)
        hb_checker_access(bus->checker, bus, t->port, request, value, bytes, now);
    HB_TELL(bus, access, t->port, request, value, HB_WAY_MEMORY, now);
    return value;
}

/* A store has been performed that leaves others their copies (an update), or that they do not snoop: their reservations
 * are lost all the same. This happens at the finish, since until then an LR may still hit the old copy. */
static void lose_reservations(struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    uint8_t kind = bus->state->port[t->port].request.kind;
    bool stores = hb_access_writes(kind) || kind == HB_ACCESS_DMA_WRITE;
    const struct hb_protocol *protocol = protocol_of(bus, t);
    if (!stores || !(t->broadcast || protocol->incoherent) || protocol->flaws & HB_FLAW_RESERVATION_KEPT)
        return;
    for (uint32_t hart = 0; hart < bus->harts; hart++)
        if (hart != t->port)
            hb_lose_reservation(bus, hart, t->line, now);
}

static bool finish_device(struct hb_bus *bus, const struct hb_request *request, uint64_t now, uint64_t *value) {
    if (request->kind == HB_ACCESS_DEVICE_READ)
        return hb_devices_read(bus->devices, request->address, request->bytes, now, value);
    return hb_devices_write(bus->devices, request->address, request->bytes, request->operand, now);
}

static uint64_t finish_coherent(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    if (t->supplier == HB_NO_AGENT && hb_txn_reads_line(t->kind)) {
        hb_l2_asked(bus, t, true, now);
        hb_memory_read(bus, t->line, t->data, bus->line_bytes);
    }
    if (t->memory_takes)
        hb_memory_write(bus, t->line, t->data, bus->line_bytes);
    return finish_in_cache(bus, t, now);
}

/* A device's bytes go to memory, or come from the line that a cache has supplied, or from memory. */
static void move_for_device(struct hb_bus *bus, struct hb_transaction *t, uint8_t *bytes, uint64_t now) {
    const struct hb_request *request = &bus->state->port[t->port].request;
    if (t->memory_takes)
        hb_memory_write(bus, t->line, t->data, bus->line_bytes);
    if (t->kind == HB_TXN_DMA_WRITE) {
        hb_memory_write(bus, request->address, bytes, request->bytes);
        if (bus->checker)
            hb_checker_write(bus->checker, request->address, bytes, request->bytes);
        return;
    }
    if (t->supplier != HB_NO_AGENT)
        memcpy(bytes, t->data + (request->address - t->line), request->bytes);
    else {
        hb_l2_asked(bus, t, false, now);
        hb_memory_read(bus, request->address, bytes, request->bytes);
    }
    if (bus->checker)
        hb_checker_read(bus->checker, request->address, bytes, request->bytes, now);
}

/* Do what the transaction is for. */
static struct hb_port_answer complete(struct hb_bus *bus, struct hb_transaction *t, uint8_t *device_bytes,
                                      uint64_t now) {
    const struct hb_port *port = &bus->state->port[t->port];
    struct hb_port_answer answer = {HB_RESPONSE_DONE, 0};
    switch (t->kind) {
    case HB_TXN_WRITE_BACK:
        hb_memory_write(bus, t->line, t->data, bus->line_bytes);
        answer.response = port->request.kind == HB_ACCESS_EVICT ? HB_RESPONSE_RETRY : HB_RESPONSE_DONE;
        break;
    case HB_TXN_DEVICE_READ:
    case HB_TXN_DEVICE_WRITE:
        if (!port->lost && !finish_device(bus, &port->request, now, &answer.value))
            answer.response = HB_RESPONSE_FAULT;
        break;
    case HB_TXN_DMA_READ:
    case HB_TXN_DMA_WRITE: move_for_device(bus, t, device_bytes, now); break;
    case HB_TXN_WRITE:
    case HB_TXN_ATOMIC: answer.value = finish_in_memory(bus, t, now); break;
    default: answer.value = finish_coherent(bus, t, now); break;
    }
    return answer;
}

static void count(struct hb_bus *bus, const struct hb_transaction *t) {
    struct hb_port_stats *stats = &bus->state->port[t->port].stats;
    bus->state->transactions[t->kind]++;
    stats->transactions++;
    stats->bytes += bytes_moved(bus, t) + second_phase_bytes(bus, t);
    if (t->supplier == HB_NO_AGENT || !hb_txn_brings_line(t->kind))
        return;
    stats->received++;
    bus->state->port[t->supplier / 2].stats.supplied++;
}

struct hb_port_answer hb_transaction_finish(struct hb_bus *bus, struct hb_transaction *t, uint8_t *device_bytes,
                                            uint64_t now) {
    struct hb_port_answer answer = complete(bus, t, device_bytes, now);
    lose_reservations(bus, t, now);
    t->active = false;
    count(bus, t);
    if (bus->checker)
        hb_checker_line(bus->checker, bus, t->line, now);
    HB_TELL(bus, finished, t, now);
    return answer;
}

/* A device's write to a line that a cache holds dirty moves most bytes; a locked read-modify-write or a read waits
 * longest. */
uint32_t hb_transaction_longest_cycles(const struct hb_bus *bus) {
    const struct hb_bus_config *config = &bus->config;
    uint32_t source = bus->memory_latency_cycles + (hb_has_l2(bus) ? config->l2_latency_cycles : 0);
    source = config->cache_supply_cycles > source ? config->cache_supply_cycles : source;
    source = config->device_cycles > source ? config->device_cycles : source;
    return config->arbitration_cycles + 2 * config->address_cycles + source +
           transfer_cycles(bus, 2 * bus->line_bytes) + transfer_cycles(bus, 8);
}
