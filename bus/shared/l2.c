#include "bus/shared/l2.h"

#include <string.h>

#include "bus/shared/line.h"
#include "bus/shared/presence.h"

#define STATE_VALID 1

uint32_t hb_l2_source_cycles(const struct hb_bus *bus, uint64_t address) {
    if (!hb_has_l2(bus) || hb_bus_is_rom(address))
        return bus->memory_latency_cycles;
    bool hit = hb_cache_find(&bus->l2, address) != NULL;
    return bus->config.l2_latency_cycles + (hit ? 0 : bus->memory_latency_cycles);
}

const uint8_t *hb_l2_find(const struct hb_bus *bus, uint64_t address) {
    struct hb_line *line = hb_has_l2(bus) ? hb_cache_find(&bus->l2, address) : NULL;
    return line ? hb_line_data(line) + (address - line->address) : NULL;
}

bool hb_l2_write(struct hb_bus *bus, uint64_t address, const void *from, uint64_t bytes) {
    struct hb_line *line = hb_has_l2(bus) ? hb_cache_find(&bus->l2, address) : NULL;
    if (!line)
        return false;
    memcpy(hb_line_data(line) + (address - line->address), from, bytes);
    line->attributes |= HB_LINE_DIRTY;
    return true;
}

/* ---- Evicting a line ------------------------------------------------------------------------------------------- */

/* A transaction of this line is under way: it cannot be evicted now. */
static bool is_busy(const struct hb_bus *bus, uint64_t address) {
    for (uint32_t i = 0; i < bus->limit; i++)
        if (bus->state->transaction[i].active && bus->state->transaction[i].line == address)
            return true;
    return false;
}

/* By the replacement policy, unless that line is busy; then the first that is not. There are more ways than
 * transactions. */
static struct hb_line *victim_for(const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    struct hb_line *victim = hb_cache_victim(&bus->l2, t->line);
    if (victim->address == HB_NO_LINE || !is_busy(bus, victim->address))
        return victim;
    uint32_t first = hb_cache_index(&bus->l2, victim) / bus->l2.ways * bus->l2.ways;
    for (uint32_t way = 0; way < bus->l2.ways; way++)
        if (!is_busy(bus, hb_cache_line(&bus->l2, first + way)->address))
            return hb_cache_line(&bus->l2, first + way);
    hb_transaction_broken(t, now, "every line of a set of the L2 is busy");
}

/* The L1s lose their copies; a modified one is the newest and comes back here. */
static void take_from_l1s(struct hb_bus *bus, struct hb_line *victim, const struct hb_transaction *t, uint64_t now) {
    struct hb_copies copies;
    hb_presence_find(bus, victim->address, HB_NO_AGENT, &copies);
    for (uint8_t agent; hb_agents_take(&copies.holders, &agent);) {
        struct hb_line *line = copies.line[agent];
        if (line->attributes & HB_LINE_DIRTY)
            hb_l2_write(bus, line->address, hb_line_data(line), bus->line_bytes);
        bus->state->port[agent / 2].stats.taken_back[hb_agent_is_l1i(agent)]++;
        bus->state->l2.back_invalidations++;
        hb_line_set_state(bus, agent, line, HB_STATE_I, t, now);
    }
}

static void give_up(struct hb_bus *bus, struct hb_line *victim, const struct hb_transaction *t, uint64_t now) {
    if (victim->address == HB_NO_LINE)
        return;
    take_from_l1s(bus, victim, t, now);
    if (victim->attributes & HB_LINE_DIRTY) {
        hb_ram_write(bus->ram, victim->address - HB_RAM_BASE, hb_line_data(victim), bus->line_bytes);
        bus->state->l2.writebacks++;
    }
    hb_line_invalidate(victim);
}

/* ---- Bringing a line in ---------------------------------------------------------------------------------------- */

static void bring_in(struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    struct hb_line *line = victim_for(bus, t, now);
    give_up(bus, line, t, now);
    line->address = t->line;
    line->state = STATE_VALID;
    line->attributes = HB_LINE_READABLE;
    line->last_read = now << 4;
    hb_cache_note_arrival(&bus->l2, line);
    hb_ram_read(bus->ram, t->line - HB_RAM_BASE, hb_line_data(line), bus->line_bytes);
}

void hb_l2_asked(struct hb_bus *bus, const struct hb_transaction *t, bool fills, uint64_t now) {
    if (!hb_has_l2(bus) || hb_bus_is_rom(t->line))
        return;
    struct hb_line *line = hb_cache_find(&bus->l2, t->line);
    bus->state->l2.accesses++;
    bus->state->l2.hits += line != NULL;
    if (line)
        line->last_read = now << 4;
    else if (fills)
        bring_in(bus, t, now);
}
