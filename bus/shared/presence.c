#include "bus/shared/presence.h"

#include "memory/zeros.h"

static size_t bytes_of(const struct hb_presence *presence) {
    const uint64_t lines = presence->ram_lines + 1 + (HB_ROM_BYTES >> presence->line_shift);
    return lines * presence->words * sizeof *presence->holders;
}

bool hb_presence_create(struct hb_bus *bus) {
    struct hb_presence *presence = &bus->presence;
    presence->line_shift = (uint32_t)__builtin_ctz(bus->line_bytes);
    presence->ram_lines = bus->ram->size_bytes >> presence->line_shift;
    presence->words = (2 * bus->harts + 63) / 64;
    presence->holders = hb_zeros_alloc(bytes_of(presence));
    if (!presence->holders)
        return false;
    hb_presence_derive(bus);
    return true;
}

void hb_presence_free(struct hb_bus *bus) {
    hb_zeros_free(bus->presence.holders, bytes_of(&bus->presence));
    bus->presence.holders = NULL;
}

void hb_presence_derive(struct hb_bus *bus) {
    for (uint8_t agent = 0; agent < 2 * bus->harts; agent++) {
        const struct hb_cache *cache = hb_bus_cache(bus, agent);
        for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
            if (hb_cache_line(cache, i)->address != HB_NO_LINE)
                hb_presence_add(bus, agent, hb_cache_line(cache, i)->address);
    }
}

void hb_presence_find(const struct hb_bus *bus, uint64_t address, uint8_t but, struct hb_copies *copies) {
    struct hb_agents left = hb_presence_of(bus, address);
    if (but != HB_NO_AGENT)
        hb_agents_remove(&left, but);
    struct hb_agents holders = left;
    for (uint8_t agent; hb_agents_take(&left, &agent);) {
        copies->line[agent] = hb_bus_copy(bus, agent, address);
        if (copies->line[agent])
            continue;
        hb_agents_remove(&holders, agent);
        if (!bus->state->port[agent / 2].lost)
            hb_presence_remove(bus, agent, address);
    }
    copies->holders = holders;
}
