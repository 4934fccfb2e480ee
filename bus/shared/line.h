/* A line of an L1 changes its state, and what depends on that: its attributes and the hart's reservation. */
#ifndef HB_BUS_LINE_H
#define HB_BUS_LINE_H

#include "bus/shared/presence.h"
#include "bus/shared/watch.h"

/* The hart's reservation is lost if it is on this line. */
static inline void hb_lose_reservation(struct hb_bus *bus, uint32_t hart, uint64_t line, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    if (port->reservation != line)
        return;
    port->reservation = HB_NO_LINE;
    if (hb_bus_is_watched(bus))
        hb_tell_reservation_lost(bus, hart, line, now);
}

static inline void hb_line_leave(struct hb_bus *bus, uint8_t agent, struct hb_line *line, uint64_t now) {
    if (!hb_agent_is_l1i(agent))
        hb_lose_reservation(bus, agent / 2, line->address, now);
    hb_presence_remove(bus, agent, line->address);
    hb_line_invalidate(line);
}

/* Give a line its state in cycle `now`; its attributes and, when it becomes invalid, the hart's reservation follow.
 * `t`: the transaction that causes it, or NULL. */
static inline void hb_line_set_state(struct hb_bus *bus, uint8_t agent, struct hb_line *line, uint8_t state,
                                     const struct hb_transaction *t, uint64_t now) {
    if (hb_bus_is_watched(bus))
        hb_tell_line(bus, agent, line, state, t, now);
    if (state == HB_STATE_I) {
        hb_line_leave(bus, agent, line, now);
        return;
    }
    const struct hb_protocol *protocol =
        hb_agent_is_l1i(agent) ? &hb_protocol_l1i : hb_bus_protocol_at(bus, line->address);
    line->state = state;
    line->attributes = protocol->state[state].attributes;
}

#endif
