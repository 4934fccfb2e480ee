#include "bus/protocol/coherence.h"

static const struct hb_protocol *protocol_of(const struct hb_protocol *l1d, uint8_t agent) {
    return hb_agent_is_l1i(agent) ? &hb_protocol_l1i : l1d;
}

/* The requester's state NOW; with HB_FLAW_STALE_GRANT, for what moves no data, the state at the time of its request. */
static uint8_t looked_up_in(const struct hb_protocol *protocol, const struct hb_coherence *line) {
    uint8_t posted = protocol->row[line->posted][line->event].transaction;
    bool stale = protocol->flaws & HB_FLAW_STALE_GRANT && (posted == HB_TXN_UPGRADE || posted == HB_TXN_UPDATE);
    return stale ? line->posted : line->state[line->requester];
}

enum hb_verdict hb_coherence_grant(const struct hb_protocol *protocol, struct hb_coherence *line) {
    if (line->conditional && !line->reserved && !(protocol->flaws & HB_FLAW_SC_UNCHECKED))
        return HB_VERDICT_FAILED;
    line->before = looked_up_in(protocol, line);
    const struct hb_row *row = &protocol_of(protocol, line->requester)->row[line->before][line->event];
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

static bool see(const struct hb_protocol *protocol, struct hb_coherence *line, enum hb_event event) {
    struct hb_agents left = line->snoopers;
    for (uint8_t agent; hb_agents_take(&left, &agent);) {
        if (agent == line->requester || line->state[agent] == HB_STATE_I)
            continue;
        if (protocol->flaws & HB_FLAW_L1I_DEAF && hb_agent_is_l1i(agent))
            continue;
        const struct hb_row *row = &protocol_of(protocol, agent)->row[line->state[agent]][event];
        if (!row->defined)
            return false;
        line->state[agent] = row->next;
        line->shared |= (row->actions & HB_ACT_SHARED) != 0;
        if (row->actions & HB_ACT_SUPPLY && (line->supplier == HB_NO_AGENT || row->actions & HB_ACT_MEMORY))
            line->supplier = agent;
        line->memory_takes |= (row->actions & HB_ACT_MEMORY) != 0;
    }
    return true;
}

bool hb_coherence_snoop(const struct hb_protocol *protocol, struct hb_coherence *line) {
    enum hb_event event = hb_snoop_event(line->transaction);
    bool unseen = protocol->flaws & HB_FLAW_DEVICE_UNSEEN &&
                  (line->transaction == HB_TXN_DMA_READ || line->transaction == HB_TXN_DMA_WRITE);
    if (event == HB_EVENTS || unseen)
        return true;
    if (!see(protocol, line, event))
        return false;
    bool second = line->transaction == HB_TXN_READ_UPDATE && line->shared;
    line->broadcast = second || line->transaction == HB_TXN_UPDATE;
    if (second) {
        line->shared = false;
        if (!see(protocol, line, HB_SNOOP_UPDATE))
            return false;
    }
    line->broadcast &= !(protocol->flaws & HB_FLAW_NO_BROADCAST);
    return true;
}

void hb_coherence_finish(const struct hb_protocol *protocol, struct hb_coherence *line, uint8_t before) {
    const struct hb_row *row = &protocol_of(protocol, line->requester)->row[before][line->event];
    line->state[line->requester] = line->shared ? row->next_shared : row->next;
    line->memory_updated = line->broadcast && row->actions & HB_ACT_MEMORY;
}
