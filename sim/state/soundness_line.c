/* Lines of the caches: where they are, what may be done with them, and that no two caches hold one in states that
 * exclude each other (bus/protocol/pairs.h). */
#include "bus/protocol/coherence.h"
#include "bus/protocol/pairs.h"
#include "sim/machine/machine.h"
#include "sim/state/soundness.h"

/* ---- A line by itself ------------------------------------------------------------------------------------------ */

static bool is_in_its_set(const struct hb_cache *cache, const struct hb_line *line, uint32_t index) {
    bool aligned = (line->address & (cache->line_bytes - 1)) == 0;
    uint32_t first = index / cache->ways * cache->ways;
    bool set = (line->address >> cache->line_shift & (cache->sets - 1)) * cache->ways == first;
    for (uint32_t i = first; i < index; i++)
        if (hb_cache_line(cache, i)->address == line->address)
            return false;
    return aligned && set;
}

static bool is_empty(const struct hb_line *line) {
    return line->state == HB_STATE_I && line->attributes == 0;
}

static bool line_is_sound(const struct hb_bus *bus, const struct hb_cache *cache, bool l1i, uint32_t index) {
    const struct hb_line *line = hb_cache_line(cache, index);
    if (line->address == HB_NO_LINE)
        return is_empty(line);
    if (!is_in_its_set(cache, line, index) || !hb_bus_cacheable(bus, line->address, cache->line_bytes))
        return false;
    const struct hb_protocol *protocol = l1i ? &hb_protocol_l1i : hb_bus_protocol_at(bus, line->address);
    return line->state != HB_STATE_I && line->state < protocol->states &&
           line->attributes == protocol->state[line->state].attributes &&
           !(hb_bus_is_rom(line->address) && line->attributes & HB_LINE_DIRTY);
}

static bool l2_line_is_sound(const struct hb_bus *bus, uint32_t index) {
    const struct hb_line *line = hb_cache_line(&bus->l2, index);
    if (line->address == HB_NO_LINE)
        return is_empty(line);
    return is_in_its_set(&bus->l2, line, index) && !hb_bus_is_rom(line->address) &&
           hb_bus_cacheable(bus, line->address, bus->line_bytes) && line->state == 1 &&
           (line->attributes | HB_LINE_DIRTY) == (HB_LINE_READABLE | HB_LINE_DIRTY);
}

bool hb_keeps_its_word(const struct hb_bus *bus) {
    return bus->config.protocol != HB_PROTOCOL_GIVEN && !bus->config.mutation;
}

/* ---- Two caches ------------------------------------------------------------------------------------------------ */

/* Which line a cache transaction is about. False: it is not between caches, or the others have not snooped it yet. */
static bool seen_of(const struct hb_bus *bus, const struct hb_transaction *t, uint8_t *agent) {
    if (!t->active || !t->snooped || t->port >= bus->harts || hb_snoop_event(t->kind) == HB_EVENTS)
        return false;
    bool fetch = bus->state->port[t->port].request.kind == HB_ACCESS_FETCH;
    *agent = fetch ? hb_agent_l1i(t->port) : hb_agent_l1d(t->port);
    return true;
}

/* The transaction of `agent` about the line at `address` that all others have already snooped, or NULL. */
static const struct hb_transaction *under_way(const struct hb_bus *bus, uint8_t agent, uint64_t address) {
    uint8_t requester;
    for (uint32_t i = 0; i < bus->limit; i++) {
        const struct hb_transaction *t = &bus->state->transaction[i];
        if (seen_of(bus, t, &requester) && t->line == address && agent == requester)
            return t;
    }
    return NULL;
}

/* The state that the agent's line has, or will have when its transaction ends. */
static uint8_t state_of(const struct hb_bus *bus, uint8_t agent, uint64_t address) {
    bool l1i = hb_agent_is_l1i(agent);
    const struct hb_port *port = &bus->state->port[agent / 2];
    if (port->lost)
        return HB_STATE_I;
    const struct hb_line *line = hb_cache_find(l1i ? &bus->l1i[agent / 2] : &bus->l1d[agent / 2], address);
    const struct hb_transaction *t = under_way(bus, agent, address);
    if (!t)
        return line ? line->state : HB_STATE_I;
    const struct hb_protocol *protocol = hb_bus_protocol_at(bus, address);
    struct hb_coherence step = {.requester = agent, .shared = t->shared};
    step.event = hb_access_event(protocol, port->request.kind);
    hb_coherence_finish(protocol, &step, t->before);
    return step.state[agent];
}

static bool goes_with_all_others(const struct hb_bus *bus, const struct hb_pairs *pairs, uint8_t agent,
                                 uint64_t address) {
    uint8_t state = state_of(bus, agent, address);
    for (uint8_t other = 0; other < 2 * bus->harts; other++)
        if (other != agent && !hb_pairs_allow(pairs, agent, state, other, state_of(bus, other, address)))
            return false;
    return true;
}

/* Where caches do not snoop, anything goes. */
static bool goes_together(struct hb_soundness *soundness, const struct hb_pairs *pairs, uint8_t agent,
                          uint64_t address) {
    const struct hb_bus *bus = &soundness->machine->bus;
    if (hb_bus_protocol_at(bus, address)->incoherent)
        return true;
    return hb_should(soundness, goes_with_all_others(bus, pairs, agent, address), "cache of hart", agent / 2u,
                     "a line that another holds in a state that excludes this one");
}

static bool caches_go_together(struct hb_soundness *soundness, uint8_t agent, const struct hb_cache *cache,
                               const struct hb_pairs *pairs) {
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
        uint64_t address = hb_cache_line(cache, i)->address;
        if (address != HB_NO_LINE && !goes_together(soundness, pairs, agent, address))
            return false;
    }
    return true;
}

/* ---- All lines ------------------------------------------------------------------------------------------------- */

static bool cache_is_sound(struct hb_soundness *soundness, uint32_t h, bool l1i) {
    const struct hb_bus *bus = &soundness->machine->bus;
    const struct hb_cache *cache = l1i ? &bus->l1i[h] : &bus->l1d[h];
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
        if (!hb_should(soundness, line_is_sound(bus, cache, l1i, i), l1i ? "L1I of hart" : "L1D of hart", h, "a line"))
            return false;
    return true;
}

bool hb_lines_are_sound(struct hb_soundness *soundness) {
    const struct hb_bus *bus = &soundness->machine->bus;
    for (uint32_t h = 0; h < bus->harts; h++)
        if (!cache_is_sound(soundness, h, false) || !cache_is_sound(soundness, h, true))
            return false;
    for (uint32_t i = 0; bus->l2.block && i < bus->l2.sets * bus->l2.ways; i++)
        if (!hb_should(soundness, l2_line_is_sound(bus, i), "L2", 0, "a line"))
            return false;
    return true;
}

bool hb_copies_are_sound(struct hb_soundness *soundness) {
    const struct hb_bus *bus = &soundness->machine->bus;
    struct hb_pairs pairs;
    if (!hb_keeps_its_word(bus))
        return true;
    hb_pairs_find(bus->protocol, &pairs);
    for (uint8_t agent = 0; agent < 2 * bus->harts; agent++) {
        const struct hb_cache *cache = hb_agent_is_l1i(agent) ? &bus->l1i[agent / 2] : &bus->l1d[agent / 2];
        if (!bus->state->port[agent / 2].lost && !caches_go_together(soundness, agent, cache, &pairs))
            return false;
    }
    for (uint32_t i = 0; i < bus->limit; i++) { /* a line still to come is nowhere yet */
        const struct hb_transaction *t = &bus->state->transaction[i];
        uint8_t agent;
        if (seen_of(bus, t, &agent) && !goes_together(soundness, &pairs, agent, t->line))
            return false;
    }
    return true;
}
