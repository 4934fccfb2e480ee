#include "bus/shared/store_buffer.h"

#include <string.h>

#include "bus/shared/l1.h"
#include "memory/hash.h"

#define COMPONENT         0x73746f72u /* of random choices: "stor" */
#define DRAWN_WAIT_CYCLES 16

static bool overlap(uint64_t a, uint32_t a_bytes, uint64_t b, uint32_t b_bytes) {
    return a < b + b_bytes && b < a + a_bytes;
}

static bool holds_all(const struct hb_store *store, const struct hb_request *request) {
    return request->address >= store->address && request->address + request->bytes <= store->address + store->bytes;
}

/* The youngest store that has bytes of the request, or NULL. */
static const struct hb_store *youngest(const struct hb_port *port, const struct hb_request *request) {
    for (uint32_t i = port->stores; i-- > 0;)
        if (overlap(port->store[i].address, port->store[i].bytes, request->address, request->bytes))
            return &port->store[i];
    return NULL;
}

/* ---- Accesses -------------------------------------------------------------------------------------------------- */

/* Perform it now, if the port is free or the L1 needs no bus. False: it cannot be done now, or it was posted. */
static bool past_the_stores(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now,
                            uint64_t *value, bool *posted) {
    *posted = !bus->state->port[hart].draining;
    if (!*posted && !hb_l1_hits(bus, hart, request))
        return false;
    return hb_l1_access(bus, hart, request, now, value);
}

static bool load(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value,
                 bool *posted) {
    const struct hb_store *store = youngest(&bus->state->port[hart], request);
    *posted = false;
    if (!store)
        return past_the_stores(bus, hart, request, now, value, posted);
    if (!holds_all(store, request))
        return false;
    uint64_t bits = store->operand >> (8 * (request->address - store->address));
    *value = 0;
    memcpy(value, &bits, request->bytes);
    HB_TELL(bus, access, hart, request, *value, HB_WAY_FORWARDED, now);
    return true;
}

/* With order "any": a store waits a random number of cycles more, so that the next one may be performed before it. */
static uint64_t drawn_wait(const struct hb_bus *bus, uint32_t hart) {
    const struct hb_port *port = &bus->state->port[hart];
    if (bus->config.store_order == HB_STORES_FIFO)
        return 0;
    return hb_choice(bus->config.seed + hart, COMPONENT, port->drains + port->stores) % DRAWN_WAIT_CYCLES;
}

static bool put_in(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    if (port->stores == bus->config.store_depth)
        return false;
    port->store[port->stores++] = (struct hb_store){
        .address = request->address,
        .operand = request->operand,
        .due_cycle = now + 1 + bus->config.store_drain_cycles + drawn_wait(bus, hart),
        .bytes = request->bytes,
        .order = request->order,
    };
    HB_TELL(bus, access, hart, request, 0, HB_WAY_BUFFERED, now);
    return true;
}

static bool when_empty(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now,
                       uint64_t *value, bool *posted) {
    *posted = bus->state->port[hart].stores == 0;
    *value = 0;
    if (!*posted)
        return false;
    return request->kind == HB_ACCESS_FENCE || hb_l1_access(bus, hart, request, now, value);
}

/* True: done. Otherwise `*posted` says whether it is on the port or must be held. */
static bool attempt(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value,
                    bool *posted) {
    *posted = false;
    *value = 0;
    switch (request->kind) {
    case HB_ACCESS_LOAD: return load(bus, hart, request, now, value, posted);
    case HB_ACCESS_FETCH: return past_the_stores(bus, hart, request, now, value, posted);
    case HB_ACCESS_STORE:
        if (!request->unbuffered)
            return put_in(bus, hart, request, now);
        return when_empty(bus, hart, request, now, value, posted);
    default: return when_empty(bus, hart, request, now, value, posted);
    }
}

static void wake_for_stores(struct hb_bus *bus, uint64_t now) {
    uint64_t due = hb_store_buffers_due_cycle(bus, now);
    if (due < bus->state->next_cycle)
        bus->state->next_cycle = due;
}

bool hb_store_buffer_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now,
                            uint64_t *value) {
    struct hb_port *port = &bus->state->port[hart];
    bool posted;
    bool done = attempt(bus, hart, request, now, value, &posted);
    if (!done && !posted) {
        port->response = HB_RESPONSE_NONE;
        port->held = *request;
    }
    wake_for_stores(bus, now);
    return done;
}

/* The waiting access may proceed, now that something has changed. */
static void try_held(struct hb_bus *bus, uint32_t hart, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    if (port->held.kind == HB_ACCESS_NONE)
        return;
    struct hb_request request = port->held;
    uint64_t value;
    bool posted;
    bool done = attempt(bus, hart, &request, now, &value, &posted);
    if (!done && !posted)
        return;
    port->held.kind = HB_ACCESS_NONE;
    if (!done)
        return;
    port->response = HB_RESPONSE_DONE;
    port->value = value;
    bus->state->hart_wake |= 1ull << hart;
}

/* ---- Draining -------------------------------------------------------------------------------------------------- */

/* No older store has bytes of this one. */
static bool may_be_next(const struct hb_port *port, uint32_t i) {
    for (uint32_t older = 0; older < i; older++)
        if (overlap(port->store[older].address, port->store[older].bytes, port->store[i].address, port->store[i].bytes))
            return false;
    return true;
}

/* Which store is drained next: the oldest, or with order "any" the one that is due first among those that may be. */
static uint32_t choose(const struct hb_bus *bus, const struct hb_port *port) {
    uint32_t next = 0;
    if (bus->config.store_order == HB_STORES_FIFO)
        return 0;
    for (uint32_t i = 1; i < port->stores; i++)
        if (port->store[i].due_cycle < port->store[next].due_cycle && may_be_next(port, i))
            next = i;
    return next;
}

static void take_out(struct hb_port *port, uint32_t i) {
    port->stores--;
    port->drains++;
    memmove(&port->store[i], &port->store[i + 1], (port->stores - i) * sizeof port->store[0]);
}

static bool port_is_free(const struct hb_port *port) {
    return port->request.kind == HB_ACCESS_NONE && !port->silent;
}

static void drain_one(struct hb_bus *bus, uint32_t hart, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    uint32_t i = choose(bus, port);
    const struct hb_store *store = &port->store[i];
    if (store->due_cycle > now)
        return;
    struct hb_request request = {.kind = HB_ACCESS_STORE,
                                 .address = store->address,
                                 .operand = store->operand,
                                 .bytes = store->bytes,
                                 .order = store->order};
    uint64_t nothing;
    if (hb_l1_access(bus, hart, &request, now, &nothing)) {
        take_out(port, i);
        try_held(bus, hart, now);
        return;
    }
    port->draining = true;
    port->drained = (uint8_t)i;
}

void hb_store_buffers_drain(struct hb_bus *bus, uint64_t now) {
    for (uint32_t hart = 0; hart < bus->harts; hart++) {
        struct hb_port *port = &bus->state->port[hart];
        if (port->stores && port_is_free(port))
            drain_one(bus, hart, now);
    }
}

void hb_store_buffer_answered(struct hb_bus *bus, uint32_t hart, enum hb_response response, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    port->draining = false;
    if (response == HB_RESPONSE_RETRY) { /* the victim is written back: now the store itself */
        struct hb_store *store = &port->store[port->drained];
        store->due_cycle = now;
        return;
    }
    take_out(port, port->drained);
    try_held(bus, hart, now);
}

uint64_t hb_store_buffers_due_cycle(const struct hb_bus *bus, uint64_t now) {
    uint64_t next = HB_NEVER;
    for (uint32_t hart = 0; hart < bus->harts; hart++) {
        const struct hb_port *port = &bus->state->port[hart];
        if (!port->stores || !port_is_free(port))
            continue;
        uint64_t due = port->store[choose(bus, port)].due_cycle;
        due = due > now ? due : now + 1;
        next = due < next ? due : next;
    }
    return next;
}

void hb_store_buffer_lose(struct hb_bus *bus, uint32_t hart) {
    struct hb_port *port = &bus->state->port[hart];
    bool goes_on = port->draining && port->granted && !port->lost;
    port->stats.stores_lost += port->stores - goes_on;
    port->held.kind = HB_ACCESS_NONE;
    port->stores = 0;
    port->draining = false;
}
