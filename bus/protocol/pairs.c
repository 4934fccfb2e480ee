#include "bus/protocol/pairs.h"

#include <string.h>

#include "bus/protocol/coherence.h"

/* Three L1Ds: a requester and two that snoop it, as many as any row can distinguish. */
#define HARTS  3u
#define AGENTS (2 * HARTS)

#define TUPLES (HB_STATES_MAX * HB_STATES_MAX * HB_STATES_MAX * 8u) /* an L1I has two states */

struct search {
    const struct hb_protocol *protocol;
    bool seen[TUPLES];
    uint16_t open[TUPLES];
    uint32_t n;
};

static uint32_t pack(const uint8_t *state) {
    uint32_t tuple = 0;
    for (uint32_t hart = 0; hart < HARTS; hart++)
        tuple = (tuple * HB_STATES_MAX + state[2 * hart]) * 2 + state[2 * hart + 1];
    return tuple;
}

static void unpack(uint32_t tuple, uint8_t *state) {
    for (uint32_t hart = HARTS; hart-- > 0; tuple /= 2 * HB_STATES_MAX) {
        state[2 * hart + 1] = tuple % 2;
        state[2 * hart] = tuple / 2 % HB_STATES_MAX;
    }
}

static void reach(struct search *search, const uint8_t *state) {
    uint32_t tuple = pack(state);
    if (search->seen[tuple])
        return;
    search->seen[tuple] = true;
    search->open[search->n++] = (uint16_t)tuple;
}

static struct hb_coherence line_of(const uint8_t *state, uint8_t requester) {
    struct hb_coherence line = {.snoopers = hb_agents_below(AGENTS), .requester = requester, .supplier = HB_NO_AGENT};
    memcpy(line.state, state, AGENTS);
    return line;
}

/* What `agent`'s own side may ask for. */
static void try_event(struct search *search, const uint8_t *state, uint8_t agent, uint8_t event) {
    bool l1i = hb_agent_is_l1i(agent);
    struct hb_coherence line = line_of(state, agent);
    uint8_t before = state[agent];
    const struct hb_row *row = &(l1i ? &hb_protocol_l1i : search->protocol)->row[before][event];
    line.event = event;
    if (!row->defined)
        return;
    if (row->transaction == HB_TXN_NONE)
        line.state[agent] = row->next;
    else if (hb_coherence_grant(search->protocol, &line) != HB_VERDICT_GRANTED ||
             !hb_coherence_snoop(search->protocol, &line))
        return;
    else
        hb_coherence_finish(search->protocol, &line, before);
    reach(search, line.state);
}

static void try_device(struct search *search, const uint8_t *state, uint8_t transaction) {
    struct hb_coherence line = line_of(state, HB_NO_AGENT);
    line.transaction = transaction;
    if (hb_coherence_snoop(search->protocol, &line))
        reach(search, line.state);
}

/* A line may leave at any time: evicted, given up by the L2, dead and lost. */
static void try_leaving(struct search *search, const uint8_t *state, uint8_t agent) {
    struct hb_coherence line = line_of(state, agent);
    line.state[agent] = HB_STATE_I;
    reach(search, line.state);
}

static void go_on(struct search *search, const uint8_t *state) {
    for (uint8_t agent = 0; agent < AGENTS; agent++) {
        for (uint8_t event = HB_EVENT_READ; event <= (uint8_t)HB_EVENT_INVALIDATE; event++)
            try_event(search, state, agent, event);
        try_leaving(search, state, agent);
    }
    try_device(search, state, HB_TXN_DMA_READ);
    try_device(search, state, HB_TXN_DMA_WRITE);
}

static void note(struct hb_pairs *pairs, const uint8_t *state) {
    for (uint32_t agent = 0; agent < AGENTS; agent += 2)
        for (uint32_t other = 0; other < AGENTS; other++) {
            uint8_t *with = other % 2 ? pairs->l1i : pairs->l1d;
            if (other != agent)
                with[state[agent]] |= (uint8_t)(1u << state[other]);
        }
}

void hb_pairs_find(const struct hb_protocol *protocol, struct hb_pairs *pairs) {
    struct search search = {.protocol = protocol};
    uint8_t state[AGENTS] = {HB_STATE_I};
    *pairs = (struct hb_pairs){0};
    reach(&search, state);
    while (search.n) {
        unpack(search.open[--search.n], state);
        note(pairs, state);
        go_on(&search, state);
    }
}

bool hb_pairs_allow(const struct hb_pairs *pairs, uint8_t agent, uint8_t state, uint8_t other, uint8_t other_state) {
    if (hb_agent_is_l1i(agent) && hb_agent_is_l1i(other))
        return true;
    if (hb_agent_is_l1i(agent))
        return hb_pairs_allow(pairs, other, other_state, agent, state);
    return (hb_agent_is_l1i(other) ? pairs->l1i : pairs->l1d)[state] >> other_state & 1;
}
