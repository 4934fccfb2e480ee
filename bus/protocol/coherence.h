/* The three steps of a coherent transaction - grant, snoop, finish - as functions over one line's states.
 *
 * They need no hart, no RAM, no data and no clock: the machine calls them as time goes by, an exhaustive search calls
 * them in every order. A cache is an agent: hart h's L1D is agent 2h, its L1I agent 2h + 1.
 */
#ifndef HB_BUS_COHERENCE_H
#define HB_BUS_COHERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/config.h"
#include "bus/protocol/protocol.h"

#define HB_AGENTS_MAX (2 * HB_HARTS_LIMIT)
#define HB_NO_AGENT   UINT8_MAX

static inline uint8_t hb_agent_l1d(uint32_t hart) {
    return (uint8_t)(2 * hart);
}
static inline uint8_t hb_agent_l1i(uint32_t hart) {
    return (uint8_t)(2 * hart + 1);
}
static inline bool hb_agent_is_l1i(uint8_t agent) {
    return agent & 1;
}

/* A set of caches. Words are not chosen by an index that is computed, for then the set could not stay in registers. */
#define HB_AGENTS_WORDS (HB_AGENTS_MAX / 64)

struct hb_agents {
    uint64_t bit[HB_AGENTS_WORDS];
};

static inline uint64_t hb_agent_bit(uint8_t agent, uint32_t word) {
    return (uint64_t)(agent / 64 == word) << agent % 64;
}
static inline void hb_agents_add(struct hb_agents *agents, uint8_t agent) {
    for (uint32_t i = 0; i < HB_AGENTS_WORDS; i++)
        agents->bit[i] |= hb_agent_bit(agent, i);
}
static inline void hb_agents_remove(struct hb_agents *agents, uint8_t agent) {
    for (uint32_t i = 0; i < HB_AGENTS_WORDS; i++)
        agents->bit[i] &= ~hb_agent_bit(agent, i);
}
static inline bool hb_agents_have(const struct hb_agents *agents, uint8_t agent) {
    uint64_t found = 0;
    for (uint32_t i = 0; i < HB_AGENTS_WORDS; i++)
        found |= agents->bit[i] & hb_agent_bit(agent, i);
    return found;
}

static inline bool hb_agents_none(const struct hb_agents *agents) {
    uint64_t any = 0;
    for (uint32_t i = 0; i < HB_AGENTS_WORDS; i++)
        any |= agents->bit[i];
    return !any;
}

/* The first `n` caches. */
static inline struct hb_agents hb_agents_below(uint32_t n) {
    struct hb_agents agents;
    for (uint32_t i = 0; i < HB_AGENTS_WORDS; i++, n -= n < 64 ? n : 64)
        agents.bit[i] = n < 64 ? (1ull << n) - 1 : UINT64_MAX;
    return agents;
}

/* Take the lowest out. False: there is none. */
static inline bool hb_agents_take(struct hb_agents *agents, uint8_t *agent) {
    for (uint32_t i = 0; i < HB_AGENTS_WORDS; i++)
        if (agents->bit[i]) {
            *agent = (uint8_t)(64 * i + (uint32_t)__builtin_ctzll(agents->bit[i]));
            agents->bit[i] &= agents->bit[i] - 1;
            return true;
        }
    return false;
}

/* What became of a request when the arbiter chose it. */
enum hb_verdict {
    HB_VERDICT_GRANTED,   /* `transaction` goes on the bus */
    HB_VERDICT_CANCELLED, /* nothing is left to do: the line to be written back has been taken meanwhile */
    HB_VERDICT_FAILED,    /* an SC whose reservation is gone */
};

/* One line and the transaction about it. */
struct hb_coherence {
    struct hb_agents snoopers; /* the caches that snoop it; those left out count as I, as absent and lost ones do */
    uint8_t requester;
    uint8_t event;                /* enum hb_event: what the requester asked */
    uint8_t posted;               /* the requester's state at its request: only HB_FLAW_STALE_GRANT uses it */
    bool conditional;             /* it is an SC ... */
    bool reserved;                /* ... whose reservation is still held */
    uint8_t transaction;          /* from the grant: enum hb_txn */
    uint8_t before;               /* from the grant: the state in which the row was looked up */
    bool shared;                  /* from the snoop: some cache keeps a copy */
    uint8_t supplier;             /* from the snoop: the cache that gives the data, HB_NO_AGENT: memory */
    bool memory_takes;            /* from the snoop: the supplier's data go to memory as well */
    bool broadcast;               /* from the snoop: the bytes of the store go to every copy that is left */
    bool memory_updated;          /* from the finish: they go to memory, too */
    uint8_t state[HB_AGENTS_MAX]; /* the line's state in the requester and in each snooper */
};

/* `requester` asks for `event`, and no more is known yet. `state` is left as it is: it counts for the requester and the
 * snoopers only. */
static inline void hb_coherence_begin(struct hb_coherence *line, uint8_t requester, enum hb_event event) {
    line->snoopers = (struct hb_agents){{0}};
    line->requester = requester;
    line->event = (uint8_t)event;
    line->posted = line->before = HB_STATE_I;
    line->conditional = line->reserved = false;
    line->transaction = HB_TXN_NONE;
    line->supplier = HB_NO_AGENT;
    line->shared = line->memory_takes = line->broadcast = line->memory_updated = false;
}

/* The protocol that an agent follows, where that of the L1Ds is `l1d`. */
static inline const struct hb_protocol *hb_agent_protocol(const struct hb_protocol *l1d, uint8_t agent) {
    return hb_agent_is_l1i(agent) ? &hb_protocol_l1i : l1d;
}

/* The requester's state NOW; with HB_FLAW_STALE_GRANT, for what moves no data, the state at the time of its request. */
static inline uint8_t hb_coherence_looked_up_in(const struct hb_protocol *protocol, const struct hb_coherence *line) {
    uint8_t posted = protocol->row[line->posted][line->event].transaction;
    bool stale = protocol->flaws & HB_FLAW_STALE_GRANT && (posted == HB_TXN_UPGRADE || posted == HB_TXN_UPDATE);
    return stale ? line->posted : line->state[line->requester];
}

/* Look the request up in the state that the requester's line has NOW and set `transaction`. Inline as the finish is,
 * for both are part of every transaction. */
static inline enum hb_verdict hb_coherence_grant(const struct hb_protocol *protocol, struct hb_coherence *line) {
    if (line->conditional && !line->reserved && !(protocol->flaws & HB_FLAW_SC_UNCHECKED))
        return HB_VERDICT_FAILED;
    line->before = hb_coherence_looked_up_in(protocol, line);
    const struct hb_row *row = &hb_agent_protocol(protocol, line->requester)->row[line->before][line->event];
    if (!row->defined || row->transaction == HB_TXN_NONE)
        return HB_VERDICT_CANCELLED;
    bool gives = row->actions & HB_ACT_SUPPLY;
    line->transaction = row->transaction;
    line->shared = false;
    line->broadcast = false;
    line->supplier = gives ? line->requester : HB_NO_AGENT;
    line->memory_takes = gives;
    return HB_VERDICT_GRANTED;
}

/* Every snooper, but never the requester, sees the transaction: states change, `shared`, `supplier`, `memory_takes` and
 * `broadcast` are set. BusRdUpd is seen as a BusRd and then, if some cache keeps a copy, as a BusUpd. False: a row that
 * cannot happen was needed (a broken invariant of the protocol). */
bool hb_coherence_snoop(const struct hb_protocol *protocol, struct hb_coherence *line);

/* The requester's own state changes, and `memory_updated` is set. `before` is the grant's. */
static inline void hb_coherence_finish(const struct hb_protocol *protocol, struct hb_coherence *line, uint8_t before) {
    const struct hb_row *row = &hb_agent_protocol(protocol, line->requester)->row[before][line->event];
    line->state[line->requester] = line->shared ? row->next_shared : row->next;
    line->memory_updated = line->broadcast && row->actions & HB_ACT_MEMORY;
}

#endif
