#include "bus/shared/bus.h"

#include "bus/protocol/mutations.h"
#include "bus/shared/arbiter.h"
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

/* Ours have every row that is needed. Others may not, and then the machine goes on wrongly instead of stopping. */
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
    bus->limit = bus->config.split ? bus->config.outstanding : 1;
    bus->slot_cycles = bus->config.slot_cycles ? bus->config.slot_cycles : hb_transaction_longest_cycles(bus);
}

void hb_bus_reset(struct hb_bus *bus) {
    derive(bus);
    *bus->state = (struct hb_bus_state){.next_cycle = HB_NEVER, .last_port = bus->harts - 1};
    for (uint32_t i = 0; i <= HB_HARTS_LIMIT; i++)
        bus->state->port[i].reservation = HB_NO_LINE;
}

void hb_bus_set_incoherent(struct hb_bus *bus, uint64_t base, uint64_t bytes) {
    bus->incoherent_base = base;
    bus->incoherent_bytes = bytes;
    derive(bus);
}

static bool may_grant(const struct hb_bus *bus) {
    return !bus->state->address_busy && bus->state->outstanding < bus->limit;
}

void hb_bus_posted(struct hb_bus *bus, uint32_t port, uint64_t now) {
    HB_TELL(bus, posted, port, now);
    if (may_grant(bus) && now + 1 < bus->state->next_cycle)
        bus->state->next_cycle = now + 1;
}

static void finish(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    struct hb_bus_state *state = bus->state;
    if (!bus->config.split)
        state->busy_cycles += now - t->grant_cycle;
    state->last_finish_cycle = now;
    state->outstanding--;
    hb_transaction_finish(bus, t, now);
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

static void grant_next(struct hb_bus *bus, uint64_t now) {
    struct hb_bus_state *state = bus->state;
    while (may_grant(bus)) {
        uint32_t port = hb_arbiter_choose(bus, now);
        if (port == HB_NO_PORT)
            return;
        state->script_place += hb_arbiter_is_scripted(bus, port);
        if (!hb_transaction_grant(bus, unused_one(bus), port, now)) {
            HB_TELL(bus, declined, port, now);
            continue;
        }
        state->outstanding++;
        state->address_busy = true;
        state->last_port = port;
        state->grants++;
    }
}

static uint64_t next_cycle(const struct hb_bus *bus, uint64_t now) {
    uint64_t next = may_grant(bus) ? hb_arbiter_next_cycle(bus, now) : HB_NEVER;
    for (uint32_t i = 0; i < bus->limit; i++) {
        const struct hb_transaction *t = &bus->state->transaction[i];
        uint64_t at = t->snooped ? t->finish_cycle : t->snoop_cycle;
        if (t->active && at < next)
            next = at;
    }
    uint64_t stores = bus->config.store_depth ? hb_store_buffers_due_cycle(bus, now) : HB_NEVER;
    return stores < next ? stores : next;
}

void hb_bus_step(struct hb_bus *bus, uint64_t now) {
    finish_due(bus, now);
    if (bus->state->address_busy)
        snoop_due(bus, now);
    if (bus->config.store_depth)
        hb_store_buffers_drain(bus, now);
    grant_next(bus, now);
    bus->state->next_cycle = next_cycle(bus, now);
}
