#include "bus/shared/perform.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/checker.h"
#include "bus/shared/l2.h"

static int64_t sign_extend(uint64_t value, uint8_t bytes) {
    return bytes == 4 ? (int32_t)value : (int64_t)value;
}

static uint64_t zero_extend(uint64_t value, uint8_t bytes) {
    return bytes == 4 ? (uint32_t)value : value;
}

static uint64_t amo_result(uint8_t amo, uint8_t bytes, uint64_t old, uint64_t operand) {
    int64_t a = sign_extend(old, bytes), b = sign_extend(operand, bytes);
    uint64_t ua = zero_extend(old, bytes), ub = zero_extend(operand, bytes);
    switch (amo) {
    case HB_AMO_SWAP: return operand;
    case HB_AMO_ADD: return old + operand;
    case HB_AMO_XOR: return old ^ operand;
    case HB_AMO_AND: return old & operand;
    case HB_AMO_OR: return old | operand;
    case HB_AMO_MIN: return a < b ? old : operand;
    case HB_AMO_MAX: return a > b ? old : operand;
    case HB_AMO_MINU: return ua < ub ? old : operand;
    default: return ua > ub ? old : operand;
    }
}

bool hb_access_writes(uint8_t kind) {
    return kind == HB_ACCESS_STORE || kind == HB_ACCESS_SC || kind == HB_ACCESS_AMO;
}

/* Guest memory is little-endian; so are the hosts that the project runs on (checked at start-up). */
uint64_t hb_perform(const struct hb_request *request, uint8_t *at) {
    uint64_t value = 0;
    switch (request->kind) {
    case HB_ACCESS_LOAD:
    case HB_ACCESS_FETCH:
    case HB_ACCESS_LR: memcpy(&value, at, request->bytes); return value;
    case HB_ACCESS_STORE:
    case HB_ACCESS_SC: memcpy(at, &request->operand, request->bytes); return 0;
    case HB_ACCESS_AMO: {
        memcpy(&value, at, request->bytes);
        uint64_t result = request->amo == HB_AMO_CAS
                              ? (value == request->expected ? request->operand : value)
                              : amo_result(request->amo, request->bytes, value, request->operand);
        memcpy(at, &result, request->bytes);
        return value;
    }
    default: return 0;
    }
}

uint64_t hb_perform_on_line(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, struct hb_line *line,
                            enum hb_access_way way, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    uint64_t stamp = now << 4 | request->order;
    uint8_t *at = hb_line_data(line) + (request->address - line->address);
    uint64_t value = hb_perform(request, at);
    if (hb_access_writes(request->kind))
        line->last_write = stamp;
    else
        line->last_read = stamp;
    if (request->kind == HB_ACCESS_LR)
        port->reservation = line->address;
    if (request->kind == HB_ACCESS_SC)
        port->reservation = HB_NO_LINE;
    if (bus->checker)
        hb_checker_access(bus->checker, bus, hart, request, value, at, now);
    HB_TELL(bus, access, hart, request, value, way, now);
    return value;
}

enum hb_event hb_access_event(const struct hb_protocol *protocol, uint8_t kind) {
    switch (kind) {
    case HB_ACCESS_LR: return protocol->incoherent ? HB_EVENT_ATOMIC : HB_EVENT_READ;
    case HB_ACCESS_STORE:
    case HB_ACCESS_SC: return HB_EVENT_WRITE;
    case HB_ACCESS_AMO: return HB_EVENT_ATOMIC;
    case HB_ACCESS_EVICT: return HB_EVENT_EVICT;
    case HB_ACCESS_CLEAN: return HB_EVENT_CLEAN;
    case HB_ACCESS_FLUSH: return HB_EVENT_FLUSH;
    case HB_ACCESS_INVALIDATE: return HB_EVENT_INVALIDATE;
    default: return HB_EVENT_READ;
    }
}

struct hb_cache *hb_access_cache(struct hb_bus *bus, uint32_t hart, uint8_t kind) {
    return kind == HB_ACCESS_FETCH ? &bus->l1i[hart] : &bus->l1d[hart];
}

const struct hb_protocol *hb_access_protocol(const struct hb_bus *bus, uint8_t kind, uint64_t address) {
    return kind == HB_ACCESS_FETCH ? &hb_protocol_l1i : hb_bus_protocol_at(bus, address);
}

void hb_lose_reservation(struct hb_bus *bus, uint32_t hart, uint64_t line, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    if (port->reservation != line)
        return;
    port->reservation = HB_NO_LINE;
    HB_TELL(bus, reservation_lost, hart, line, now);
}

void hb_line_set_state(struct hb_bus *bus, uint8_t agent, struct hb_line *line, uint8_t state,
                       const struct hb_transaction *t, uint64_t now) {
    bool l1i = hb_agent_is_l1i(agent);
    if (bus->watch && line->state != state)
        HB_TELL(bus, line, agent, line->address, line->state, state, t, now);
    if (state == HB_STATE_I) {
        if (!l1i)
            hb_lose_reservation(bus, agent / 2, line->address, now);
        hb_line_invalidate(line);
        return;
    }
    line->state = state;
    line->attributes = (l1i ? &hb_protocol_l1i : hb_bus_protocol_at(bus, line->address))->state[state].attributes;
}

void hb_memory_read(const struct hb_bus *bus, uint64_t address, void *to, uint64_t bytes) {
    const uint8_t *l2 = hb_l2_find(bus, address);
    if (l2)
        memcpy(to, l2, bytes);
    else if (hb_bus_is_rom(address))
        memcpy(to, bus->rom + (address - HB_ROM_BASE), bytes);
    else
        hb_ram_read(bus->ram, address - HB_RAM_BASE, to, bytes);
}

void hb_memory_write(struct hb_bus *bus, uint64_t address, const void *from, uint64_t bytes) {
    if (hb_bus_is_rom(address))
        return; /* what a lost requester was to get: it is there already */
    if (!hb_l2_write(bus, address, from, bytes))
        hb_ram_write(bus->ram, address - HB_RAM_BASE, from, bytes);
}

void hb_bus_broken(const struct hb_transaction *t, uint64_t now, const char *what) {
    fprintf(stderr,
            "hartbeat: broken invariant in cycle %" PRIu64 ": %s (hart %u, %s of line 0x%" PRIx64 ", granted %" PRIu64
            ")\n",
            now, what, t->port, hb_txn_name(t->kind), t->line, t->grant_cycle);
    abort();
}
