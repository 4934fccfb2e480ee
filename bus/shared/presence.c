#include "bus/shared/presence.h"

#include <stdlib.h>

/* Looked up by linear probing. Lines that nobody holds any more stay until the table is made anew, when half of it is
 * used; a quarter of it would hold all lines that the caches have room for. */
struct hb_presence_entry {
    uint64_t line; /* HB_NO_LINE: unused */
    struct hb_agents holders;
};

/* Of `line`, or the unused one where it would be. */
static struct hb_presence_entry *entry_of(const struct hb_presence *presence, uint64_t line) {
    uint32_t at = (uint32_t)(line * 0x9e3779b97f4a7c15 >> 32);
    for (;; at++) {
        struct hb_presence_entry *entry = &presence->entry[at & (presence->entries - 1)];
        if (entry->line == line || entry->line == HB_NO_LINE)
            return entry;
    }
}

static uint32_t lines_of_all(const struct hb_bus *bus) {
    uint32_t lines = 0;
    for (uint8_t agent = 0; agent < 2 * bus->harts; agent++)
        lines += hb_bus_cache(bus, agent)->sets * hb_bus_cache(bus, agent)->ways;
    return lines;
}

bool hb_presence_create(struct hb_bus *bus) {
    struct hb_presence *presence = &bus->presence;
    for (presence->entries = 4096; presence->entries < 4 * lines_of_all(bus); presence->entries *= 2)
        ;
    presence->entry = malloc(presence->entries * sizeof *presence->entry);
    if (presence->entry)
        hb_presence_derive(bus);
    return presence->entry != NULL;
}

void hb_presence_free(struct hb_bus *bus) {
    free(bus->presence.entry);
    bus->presence.entry = NULL;
}

static void add(struct hb_presence *presence, uint8_t agent, uint64_t line) {
    struct hb_presence_entry *entry = entry_of(presence, line);
    presence->used += entry->line == HB_NO_LINE;
    entry->line = line;
    hb_agents_add(&entry->holders, agent);
}

void hb_presence_derive(struct hb_bus *bus) {
    struct hb_presence *presence = &bus->presence;
    presence->used = 0;
    for (uint32_t i = 0; i < presence->entries; i++)
        presence->entry[i] = (struct hb_presence_entry){.line = HB_NO_LINE};
    for (uint8_t agent = 0; agent < 2 * bus->harts; agent++) {
        const struct hb_cache *cache = hb_bus_cache(bus, agent);
        for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
            if (hb_cache_line(cache, i)->address != HB_NO_LINE)
                add(presence, agent, hb_cache_line(cache, i)->address);
    }
}

void hb_presence_add(struct hb_bus *bus, uint8_t agent, uint64_t address) {
    struct hb_presence *presence = &bus->presence;
    if (!presence->entry)
        return;
    add(presence, agent, address);
    if (presence->used >= presence->entries / 2)
        hb_presence_derive(bus);
}

void hb_presence_remove(struct hb_bus *bus, uint8_t agent, uint64_t address) {
    if (bus->presence.entry)
        hb_agents_remove(&entry_of(&bus->presence, address)->holders, agent);
}

struct hb_agents hb_presence_of(const struct hb_bus *bus, uint64_t address) {
    return bus->presence.entry ? entry_of(&bus->presence, address)->holders : hb_agents_below(2 * bus->harts);
}

void hb_presence_find(const struct hb_bus *bus, uint64_t address, uint8_t but, struct hb_copies *copies) {
    struct hb_agents left = hb_presence_of(bus, address);
    if (but != HB_NO_AGENT)
        hb_agents_remove(&left, but);
    copies->holders = left;
    for (uint8_t agent; hb_agents_take(&left, &agent);) {
        copies->line[agent] = hb_bus_copy(bus, agent, address);
        if (!copies->line[agent])
            hb_agents_remove(&copies->holders, agent);
    }
}
