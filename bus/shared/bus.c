#include "bus/shared/bus.h"

#include "bus/protocol/mutations.h"
#include "bus/shared/arbiter.h"
#include "bus/shared/dma.h"
#include "bus/shared/l1.h"
#include "bus/shared/port.h"
#include "bus/shared/store_buffer.h"
#include "bus/shared/transaction.h"
#include "bus/shared/watch.h"

/* `none` for a part of memory is vi for the rest: both write through, and V means the same in both. */
static const struct hb_protocol *table_of(const struct hb_bus *bus) {
    bool partly = bus->config.protocol == HB_PROTOCOL_NONE && bus->incoherent_bytes;
    if (bus->config.protocol == HB_PROTOCOL_GIVEN)
        return bus->config.given;
    return hb_protocol_find(partly ? HB_PROTOCOL_VI : (enum hb_protocol_id)bus->config.protocol);
}

/* Ours have every row that is needed. Others may not, and then the machine continues wrongly instead of stopping. */
static void derive_protocol(struct hb_bus *bus) {
    bus->protocol = table_of(bus);
    if (bus->config.protocol != HB_PROTOCOL_GIVEN && !bus->config.mutation)
        return;
    bus->own_protocol = *bus->protocol;
    if (bus->config.mutation)
        hb_mutation_apply(hb_mutation_at(bus->config.mutation - 1u), &bus->own_protocol);
    hb_protocol_fill(&bus->own_protocol);
    bus->protocol = &bus->own_protocol;
}

static void derive(struct hb_bus *bus) {
    derive_protocol(bus);
    bus->plain = !bus->config.store_depth && !bus->config.mutation && bus->config.protocol != HB_PROTOCOL_GIVEN &&
                 !bus->incoherent_bytes && !bus->protocol->incoherent;
    bus->limit = bus->config.split ? bus->config.outstanding : 1;
    bus->slot_cycles = bus->config.slot_cycles ? bus->config.slot_cycles : hb_transaction_longest_cycles(bus);
}

void hb_bus_reset(struct hb_bus *bus) {
    derive(bus);
    bus->asking = 0;
    bus->solo = (struct hb_solo){0};
    *bus->state = (struct hb_bus_state){.next_cycle = HB_NEVER, .last_port = bus->harts - 1};
    for (uint32_t i = 0; i <= HB_HARTS_LIMIT; i++)
        bus->state->port[i].reservation = HB_NO_LINE;
}

void hb_bus_set_incoherent(struct hb_bus *bus, uint64_t base, uint64_t bytes) {
    bus->incoherent_base = base;
    bus->incoherent_bytes = bytes;
    derive(bus);
}

/* The answer to a port goes to whoever asked there: a device, the power controller, the store buffer or the hart. */
static void answer(struct hb_bus *bus, uint32_t number, struct hb_port_answer answer, uint64_t now) {
    struct hb_port *port = &bus->state->port[number];
    bool device = hb_access_is_device(port->request.kind);
    port->granted = false;
    if (hb_access_is_dma(port->request.kind)) {
        hb_dma_answered(bus, now);
        return;
    }
    port->request.kind = HB_ACCESS_NONE;
    if (device && bus->disk)
        hb_dma_post(bus, now); /* a driver's store may be what the disk was waiting for */
    if (port->silent) {
        port->reservation = HB_NO_LINE; /* a granted LR was performed, but nobody is left to go on from it */
        if (port->flushing)
            hb_bus_flush(bus, number, now);
    } else if (port->draining) {
        hb_store_buffer_answered(bus, number, answer.response, now);
    } else {
        port->response = (uint8_t)answer.response;
        port->value = answer.value;
        bus->state->hart_wake |= 1ull << number;
    }
}

/* The bus is free of it. */
static void release(struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    struct hb_bus_state *state = bus->state;
    if (!bus->config.split)
        state->busy_cycles += now - t->grant_cycle;
    state->last_finish_cycle = now;
    state->outstanding--;
}

static void finish(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    bool dma = hb_access_is_dma(bus->state->port[t->port].request.kind);
    release(bus, t, now);
    answer(bus, t->port, hb_transaction_finish(bus, t, dma ? hb_dma_bytes(bus) : NULL, now), now);
}

static void finish_solo(struct hb_bus *bus, uint64_t now) {
    const struct hb_transaction *t = bus->state->transaction;
    release(bus, t, now);
    answer(bus, t->port, hb_solo_finish(bus, now), now);
}

static void finish_due(struct hb_bus *bus, uint64_t now) {
    for (uint32_t i = 0; i < bus->limit; i++) {
        struct hb_transaction *t = &bus->state->transaction[i];
        if (t->active && t->snooped && t->finish_cycle <= now)
            finish(bus, t, now);
    }
}

static void snoop_due(struct hb_bus *bus, uint64_t now) {
    for (uint32_t i = 0; i < bus->limit; i++) {
        struct hb_transaction *t = &bus->state->transaction[i];
        if (!t->active || t->snooped || t->snoop_cycle > now)
            continue;
        bus->state->address_busy = false;
        hb_transaction_snoop(bus, t, now);
        if (t->finish_cycle <= now)
            finish(bus, t, now); /* no data phase: an upgrade ends with its address phase */
    }
}

static struct hb_transaction *unused_one(struct hb_bus *bus) {
    struct hb_transaction *t = bus->state->transaction;
    while (t->active)
        t++;
    return t;
}

/* The request no longer needs the bus. */
static void decline(struct hb_bus *bus, uint32_t port, struct hb_port_answer given, uint64_t now) {
    if (given.response == HB_RESPONSE_NONE)
        bus->state->port[port].request.kind = HB_ACCESS_NONE;
    else
        answer(bus, port, given, now);
    HB_TELL(bus, declined, port, now);
}

static void grant_next(struct hb_bus *bus, uint64_t now) {
    struct hb_bus_state *state = bus->state;
    while (bus->asking && hb_bus_may_grant(bus)) {
        uint32_t port = hb_arbiter_choose(bus, now);
        if (port == HB_NO_PORT)
            return;
        state->script_place += hb_arbiter_is_scripted(bus, port);
        struct hb_port_answer nothing_to_do;
        bool solo = bus->solo.allowed && hb_solo_grant(bus, port, now);
        if (!solo && !hb_transaction_grant(bus, unused_one(bus), port, now, &nothing_to_do)) {
            decline(bus, port, nothing_to_do, now);
            continue;
        }
        state->outstanding++;
        state->address_busy = true;
        state->last_port = port;
        state->grants++;
    }
}

/* Nobody asks: that is remembered. */
static uint64_t next_grant(struct hb_bus *bus, uint64_t now) {
    uint64_t next = bus->asking && hb_bus_may_grant(bus) ? hb_arbiter_next_cycle(bus, now) : HB_NEVER;
    if (next == HB_NEVER && !bus->state->outstanding)
        bus->asking = 0;
    return next;
}

static uint64_t next_cycle(struct hb_bus *bus, uint64_t now) {
    if (bus->solo.under_way)
        return bus->state->transaction[0].snoop_cycle; /* the bus has no room for another */
    uint64_t next = next_grant(bus, now);
    for (uint32_t i = 0; bus->state->outstanding && i < bus->limit; i++) {
        const struct hb_transaction *t = &bus->state->transaction[i];
        uint64_t at = t->snooped ? t->finish_cycle : t->snoop_cycle;
        if (t->active && at < next)
            next = at;
    }
    uint64_t stores = bus->config.store_depth ? hb_store_buffers_due_cycle(bus, now) : HB_NEVER;
    return stores < next ? stores : next;
}

void hb_bus_step(struct hb_bus *bus, uint64_t now) {
    if (bus->solo.under_way)
        finish_solo(bus, now);
    else if (bus->state->outstanding)
        finish_due(bus, now);
    if (bus->state->address_busy)
        snoop_due(bus, now);
    if (bus->config.store_depth)
        hb_store_buffers_drain(bus, now);
    grant_next(bus, now);
    bus->state->next_cycle = next_cycle(bus, now);
}

bool hb_bus_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value) {
    if (bus->config.store_depth)
        return hb_store_buffer_access(bus, hart, request, now, value);
    *value = 0;
    return request->kind == HB_ACCESS_FENCE || hb_l1_access(bus, hart, request, now, value);
}
