#include "bus/shared/arbiter.h"

#include "bus/shared/port.h"
#include "memory/hash.h"

#define COMPONENT 0x61726269u /* of random choices: "arbi" */

/* Another transaction of this line is under way; devices have one at a time. */
static bool line_is_busy(const struct hb_bus *bus, const struct hb_request *request) {
    bool device = request->kind == HB_ACCESS_DEVICE_READ || request->kind == HB_ACCESS_DEVICE_WRITE;
    for (uint32_t i = 0; i < bus->limit; i++) {
        const struct hb_transaction *t = &bus->state->transaction[i];
        bool other_device = t->kind == HB_TXN_DEVICE_READ || t->kind == HB_TXN_DEVICE_WRITE;
        if (t->active && (device ? other_device : !other_device && request->address - t->line < bus->line_bytes))
            return true;
    }
    return false;
}

/* The bus is not held by another transaction that its line must wait for. */
static bool is_free_for(const struct hb_bus *bus, const struct hb_request *request) {
    return !bus->state->outstanding || bus->protocol->flaws & HB_FLAW_TWO_OF_A_LINE || !line_is_busy(bus, request);
}

/* Inline, for most ports ask for nothing, and all are asked at every grant. */
static inline bool may_be_granted(const struct hb_bus *bus, uint32_t number, uint64_t now) {
    const struct hb_port *port = &bus->state->port[number];
    return port->request.kind != HB_ACCESS_NONE && port->request.posted_cycle < now && !port->granted &&
           is_free_for(bus, &port->request);
}

/* The lowest of these ports that may be granted, a bit a port. */
static uint32_t lowest_of(const struct hb_bus *bus, uint64_t ports, uint64_t now) {
    for (; ports; ports &= ports - 1)
        if (may_be_granted(bus, (uint32_t)__builtin_ctzll(ports), now))
            return (uint32_t)__builtin_ctzll(ports);
    return HB_NO_PORT;
}

/* More ports than have a bit of their own. */
static uint32_t round_robin_of_many(const struct hb_bus *bus, uint64_t now) {
    uint32_t port = bus->state->last_port;
    uint32_t ports = hb_bus_ports(bus);
    for (uint32_t i = 0; i < ports; i++) {
        port = port + 1 >= ports ? 0 : port + 1;
        if (may_be_granted(bus, port, now))
            return port;
    }
    return HB_NO_PORT;
}

/* The next one after the last, else the lowest. */
static uint32_t round_robin(const struct hb_bus *bus, uint64_t now) {
    const uint32_t ports = hb_bus_ports(bus);
    if (ports >= 63)
        return round_robin_of_many(bus, now);
    const uint64_t asking = bus->asking & (hb_port_bit(ports) - 1);
    const uint64_t later = asking & UINT64_MAX << 1 << bus->state->last_port;
    const uint32_t port = lowest_of(bus, later, now);
    return port != HB_NO_PORT ? port : lowest_of(bus, asking & ~later, now);
}

static uint32_t lowest(const struct hb_bus *bus, uint64_t now) {
    for (uint32_t port = 0; port < hb_bus_ports(bus); port++)
        if (may_be_granted(bus, port, now))
            return port;
    return HB_NO_PORT;
}

static uint32_t first_come(const struct hb_bus *bus, uint64_t now) {
    const struct hb_port *port = bus->state->port;
    uint32_t first = HB_NO_PORT;
    for (uint32_t i = 0; i < hb_bus_ports(bus); i++)
        if (may_be_granted(bus, i, now) &&
            (first == HB_NO_PORT || port[i].request.posted_cycle < port[first].request.posted_cycle))
            first = i;
    return first;
}

static uint32_t slot_owner(const struct hb_bus *bus, uint64_t now) {
    uint32_t port = (uint32_t)(now / bus->slot_cycles % hb_bus_ports(bus));
    return now % bus->slot_cycles == 0 && may_be_granted(bus, port, now) ? port : HB_NO_PORT;
}

static uint32_t tickets(const struct hb_bus *bus, uint32_t port) {
    bool fair = bus->config.arbiter != HB_ARBITER_LOTTERY || port >= bus->harts || !bus->config.tickets[port];
    return fair ? 1 : bus->config.tickets[port];
}

static uint32_t drawn(const struct hb_bus *bus, uint64_t now) {
    uint64_t sum = 0;
    for (uint32_t port = 0; port < hb_bus_ports(bus); port++)
        sum += may_be_granted(bus, port, now) ? tickets(bus, port) : 0;
    if (!sum)
        return HB_NO_PORT;
    uint64_t ticket = hb_choice(bus->config.seed, COMPONENT, bus->state->grants) % sum;
    for (uint32_t port = 0;; port++) {
        uint32_t own = may_be_granted(bus, port, now) ? tickets(bus, port) : 0;
        if (ticket < own)
            return port;
        ticket -= own;
    }
}

bool hb_arbiter_is_scripted(const struct hb_bus *bus, uint32_t port) {
    uint32_t place = bus->state->script_place;
    return bus->config.arbiter == HB_ARBITER_SCRIPT && place < bus->config.script_length &&
           bus->config.script[place] == port;
}

static uint32_t scripted(const struct hb_bus *bus, uint64_t now) {
    for (uint32_t port = 0; port < hb_bus_ports(bus); port++)
        if (hb_arbiter_is_scripted(bus, port) && may_be_granted(bus, port, now))
            return port;
    return round_robin(bus, now);
}

uint32_t hb_arbiter_choose(const struct hb_bus *bus, uint64_t now) {
    switch (bus->config.arbiter) {
    case HB_ARBITER_FIXED: return lowest(bus, now);
    case HB_ARBITER_FCFS: return first_come(bus, now);
    case HB_ARBITER_TDMA: return slot_owner(bus, now);
    case HB_ARBITER_LOTTERY:
    case HB_ARBITER_RANDOM: return drawn(bus, now);
    case HB_ARBITER_SCRIPT: return scripted(bus, now);
    default: return round_robin(bus, now);
    }
}

/* The start of the first slot of `port` at or after `from`. */
static uint64_t next_slot(const struct hb_bus *bus, uint32_t port, uint64_t from) {
    uint64_t round = (uint64_t)bus->slot_cycles * hb_bus_ports(bus);
    uint64_t begin = from / round * round + (uint64_t)port * bus->slot_cycles;
    return begin >= from ? begin : begin + round;
}

uint64_t hb_arbiter_next_cycle(const struct hb_bus *bus, uint64_t now) {
    uint64_t next = HB_NEVER;
    for (uint32_t i = 0; i < hb_bus_ports(bus); i++) {
        const struct hb_port *port = &bus->state->port[i];
        const struct hb_request *request = &port->request;
        if (request->kind == HB_ACCESS_NONE || port->granted)
            continue;
        if (bus->state->outstanding && line_is_busy(bus, request))
            continue; /* the finish of the other transaction comes first */
        uint64_t at = request->posted_cycle + 1 > now + 1 ? request->posted_cycle + 1 : now + 1;
        if (bus->config.arbiter == HB_ARBITER_TDMA)
            at = next_slot(bus, i, at);
        if (at < next)
            next = at;
    }
    return next;
}
