#include "bus/shared/line.h"

#include "bus/shared/presence.h"
#include "bus/shared/watch.h"

void hb_lose_reservation(struct hb_bus *bus, uint32_t hart, uint64_t line, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    if (port->reservation != line)
        return;
    port->reservation = HB_NO_LINE;
    HB_TELL(bus, reservation_lost, hart, line, now);
}

void hb_line_tell(const struct hb_bus *bus, uint8_t agent, const struct hb_line *line, uint8_t state,
                  const struct hb_transaction *t, uint64_t now) {
    if (line->state != state)
        HB_TELL(bus, line, agent, line->address, line->state, state, t, now);
}

void hb_line_leave(struct hb_bus *bus, uint8_t agent, struct hb_line *line, uint64_t now) {
    if (!hb_agent_is_l1i(agent))
        hb_lose_reservation(bus, agent / 2, line->address, now);
    hb_presence_remove(bus, agent, line->address);
    hb_line_invalidate(line);
}
