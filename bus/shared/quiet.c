#include "bus/shared/quiet.h"

#include "bus/shared/memory.h"

static bool is_at_rest(const struct hb_port *port) {
    return port->request.kind == HB_ACCESS_NONE && port->held.kind == HB_ACCESS_NONE && port->stores == 0 &&
           !port->flushing;
}

bool hb_bus_is_quiet(const struct hb_bus *bus) {
    for (uint32_t i = 0; i < hb_bus_ports(bus); i++)
        if (!is_at_rest(&bus->state->port[i]))
            return false;
    return bus->state->outstanding == 0;
}

static void write_back(struct hb_bus *bus, const struct hb_cache *cache) {
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
        struct hb_line *line = hb_cache_line(cache, i);
        if (line->attributes & HB_LINE_DIRTY)
            hb_memory_write(bus, line->address, hb_line_data(line), cache->line_bytes);
    }
}

/* Past the L2 itself. */
static void write_back_l2(struct hb_bus *bus) {
    for (uint32_t i = 0; bus->l2.block && i < bus->l2.sets * bus->l2.ways; i++) {
        struct hb_line *line = hb_cache_line(&bus->l2, i);
        if (line->attributes & HB_LINE_DIRTY)
            hb_ram_write(bus->ram, line->address - HB_RAM_BASE, hb_line_data(line), bus->l2.line_bytes);
    }
}

static void empty(const struct hb_cache *cache) {
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
        struct hb_line *line = hb_cache_line(cache, i);
        hb_line_invalidate(line);
        line->turn = 0;
    }
}

void hb_bus_empty_caches(struct hb_bus *bus) {
    for (uint32_t h = 0; h < bus->harts; h++) {
        empty(&bus->l1d[h]);
        empty(&bus->l1i[h]);
    }
    if (bus->l2.block)
        empty(&bus->l2);
}

void hb_bus_settle(struct hb_bus *bus) {
    struct hb_bus_state *state = bus->state;
    for (uint32_t h = 0; h < bus->harts; h++)
        if (!state->port[h].lost)
            write_back(bus, &bus->l1d[h]);
    write_back_l2(bus);
    hb_bus_empty_caches(bus);
    for (uint32_t i = 0; i < hb_bus_ports(bus); i++) {
        state->port[i].reservation = HB_NO_LINE;
        state->port[i].drains = 0;
    }
    state->last_port = bus->harts - 1;
    state->grants = 0;
    state->script_place = 0;
    state->data_free_cycle = 0;
    state->next_cycle = HB_NEVER;
}
