#include "bus/protocol/coherence.h"

static bool see(const struct hb_protocol *protocol, struct hb_coherence *line, enum hb_event event) {
    struct hb_agents left = line->snoopers;
    for (uint8_t agent; hb_agents_take(&left, &agent);) {
        if (agent == line->requester || line->state[agent] == HB_STATE_I)
            continue;
        if (protocol->flaws & HB_FLAW_L1I_DEAF && hb_agent_is_l1i(agent))
            continue;
        const struct hb_row *row = &hb_agent_protocol(protocol, agent)->row[line->state[agent]][event];
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
