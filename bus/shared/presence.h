/* Which L1s hold a line, so that a snoop need not look into all of them: a set of caches for every line of RAM and boot
 * ROM, derived from the caches. The host gives memory only for lines that have been in a cache.
 *
 * It never leaves out a cache that holds the line: a line that comes in is added at once. It may name a cache that does
 * not, or that is lost: a line is taken out where it leaves alone, and where it is looked for in vain. The
 * checker compares it with the caches. A bus works without it, too, and searches every cache then.
 */
#ifndef HB_BUS_PRESENCE_H
#define HB_BUS_PRESENCE_H

#include "bus/shared/state.h"

/* Make it for the caches and the RAM that the bus has, from what they hold. False: there is no memory for it. */
bool hb_presence_create(struct hb_bus *bus);
void hb_presence_free(struct hb_bus *bus);

/* Caches have been filled from outside (a snapshot): add what they hold. */
void hb_presence_derive(struct hb_bus *bus);

/* The words for the line at `address`, a bit an agent; those of nobody's if it is neither in RAM nor in boot ROM. */
static inline uint64_t *hb_presence_words(const struct hb_presence *presence, uint64_t address) {
    uint64_t line = (address - HB_RAM_BASE) >> presence->line_shift;
    if (line >= presence->ram_lines) {
        bool rom = address - HB_ROM_BASE < HB_ROM_BYTES;
        line = presence->ram_lines + (rom ? 1 + ((address - HB_ROM_BASE) >> presence->line_shift) : 0);
    }
    return &presence->holders[line * presence->words];
}

/* The line at `address` has come into the agent's cache; has left it. */
static inline void hb_presence_add(struct hb_bus *bus, uint8_t agent, uint64_t address) {
    if (bus->presence.holders)
        hb_presence_words(&bus->presence, address)[agent / 64] |= 1ull << agent % 64;
}

static inline void hb_presence_remove(const struct hb_bus *bus, uint8_t agent, uint64_t address) {
    if (bus->presence.holders)
        hb_presence_words(&bus->presence, address)[agent / 64] &= ~(1ull << agent % 64);
}

/* The L1s that may hold the line at `address`. */
static inline struct hb_agents hb_presence_of(const struct hb_bus *bus, uint64_t address) {
    if (!bus->presence.holders)
        return hb_agents_below(2 * bus->harts);
    const uint64_t *words = hb_presence_words(&bus->presence, address);
    struct hb_agents holders;
    for (uint32_t i = 0; i < HB_AGENTS_WORDS; i++)
        holders.bit[i] = i < bus->presence.words ? words[i] : 0;
    return holders;
}

/* The copies of a line. */
struct hb_copies {
    struct hb_agents holders;
    struct hb_line *line[HB_AGENTS_MAX]; /* of each holder */
};

/* Find the copies of the line at `address` in all L1s but that of agent `but` (HB_NO_AGENT: in all). Lost caches hold
 * nothing. */
void hb_presence_find(const struct hb_bus *bus, uint64_t address, uint8_t but, struct hb_copies *copies);

#endif
