/* Harts that execute nothing any more - dead, fenced, stopped - and starting over. */
#include <string.h>

#include "bus/shared/bus.h"
#include "bus/shared/checker.h"
#include "bus/shared/l2.h"
#include "bus/shared/memory.h"
#include "bus/shared/port.h"
#include "bus/shared/store_buffer.h"

/* What only a lost cache held is gone; from now on memory's bytes count as last written. */
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
    hb_store_buffer_lose(bus, hart);
    port->flushing &= !port->lost;
    port->reservation = HB_NO_LINE;
    port->response = HB_RESPONSE_NONE;
    if (!port->granted && !port->flushing) /* the hart did not ask for a flush: it goes on */
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
    hb_port_post(bus, hart, &(struct hb_request){.kind = HB_ACCESS_EVICT, .address = line->address}, now);
}

bool hb_bus_flushing(const struct hb_bus *bus, uint32_t hart) {
    return bus->state->port[hart].flushing;
}

static void empty(struct hb_cache *cache) {
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
        hb_line_invalidate(hb_cache_line(cache, i));
}

void hb_bus_resume(struct hb_bus *bus, uint32_t hart) {
    struct hb_port *port = &bus->state->port[hart];
    port->silent = false;
    port->reservation = HB_NO_LINE;
    port->response = HB_RESPONSE_NONE;
}

void hb_bus_restart(struct hb_bus *bus, uint32_t hart) {
    empty(&bus->l1d[hart]);
    empty(&bus->l1i[hart]);
    bus->state->port[hart].lost = false;
    hb_bus_resume(bus, hart);
}

/* Of every hart, dead ones included: what they would still answer is from before. */
static void empty_all(struct hb_bus *bus) {
    for (uint32_t hart = 0; hart < bus->harts; hart++) {
        empty(&bus->l1d[hart]);
        empty(&bus->l1i[hart]);
    }
    if (hb_has_l2(bus))
        empty(&bus->l2);
}

void hb_bus_clear(struct hb_bus *bus, uint64_t now) {
    struct hb_bus_state *state = bus->state;
    if (!bus->config.split && state->transaction[0].active)
        state->busy_cycles += now - state->transaction[0].grant_cycle;
    memset(state->transaction, 0, sizeof state->transaction);
    state->outstanding = 0;
    state->address_busy = false;
    state->data_free_cycle = 0;
    state->next_cycle = HB_NEVER;
    state->hart_wake = 0;
    for (uint32_t i = 0; i < hb_bus_ports(bus); i++) {
        struct hb_port *port = &state->port[i];
        port->request.kind = HB_ACCESS_NONE;
        port->granted = port->flushing = port->draining = false;
        port->held.kind = HB_ACCESS_NONE;
        port->stores = 0;
        port->response = HB_RESPONSE_NONE;
        port->reservation = HB_NO_LINE;
    }
    empty_all(bus);
}

uint32_t hb_bus_differing_lines(const struct hb_bus *bus, uint32_t hart) {
    const struct hb_cache *cache = &bus->l1d[hart];
    uint32_t n = 0;
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
        struct hb_line *line = hb_cache_line(cache, i);
        uint8_t below[HB_LINE_BYTES_MAX];
        if (!(line->attributes & HB_LINE_DIRTY))
            continue;
        hb_memory_read(bus, line->address, below, bus->line_bytes);
        n += memcmp(below, hb_line_data(line), bus->line_bytes) != 0;
    }
    return n;
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
