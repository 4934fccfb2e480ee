#include "bus/coherence.h"

static const struct hb_protocol *protocol_of(const struct hb_protocol *l1d, uint8_t agent) {
    return hb_agent_is_l1i(agent) ? &hb_protocol_l1i : l1d;
}

enum hb_verdict hb_coherence_grant(const struct hb_protocol *protocol, struct hb_coherence *line) {
    if (line->conditional && !line->reserved)
        return HB_VERDICT_FAILED;
    const struct hb_row *row = &protocol_of(protocol, line->requester)->row[line->state[line->requester]][line->event];
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
    for (uint8_t agent = 0; agent < line->agents; agent++) {
        if (agent == line->requester || line->state[agent] == HB_STATE_I)
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
    if (event == HB_EVENTS)
        return true;
    if (!see(protocol, line, event))
        return false;
    bool second = line->transaction == HB_TXN_READ_UPDATE && line->shared;
    line->broadcast = second || line->transaction == HB_TXN_UPDATE;
    if (!second)
        return true;
    line->shared = false;
    return see(protocol, line, HB_SNOOP_UPDATE);
}

void hb_coherence_finish(const struct hb_protocol *protocol, struct hb_coherence *line, uint8_t before) {
    const struct hb_row *row = &protocol_of(protocol, line->requester)->row[before][line->event];
    line->state[line->requester] = line->shared ? row->next_shared : row->next;
    line->memory_updated = line->broadcast && row->actions & HB_ACT_MEMORY;
}
