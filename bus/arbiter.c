#include "bus/arbiter.h"

static bool may_be_granted(const struct hb_port *port, uint64_t now) {
    return port->request.kind != HB_ACCESS_NONE && port->request.posted_cycle < now;
}

/* Round-robin: the first waiting port after the one that was granted last. */
uint32_t hb_arbiter_choose(const struct hb_bus *bus, uint64_t now) {
    uint32_t port = bus->state->last_port;
    uint32_t ports = hb_bus_ports(bus);
    for (uint32_t i = 0; i < ports; i++) {
        port = port + 1 >= ports ? 0 : port + 1;
        if (may_be_granted(&bus->state->port[port], now))
            return port;
    }
    return HB_NO_PORT;
}

uint64_t hb_arbiter_next_cycle(const struct hb_bus *bus) {
    uint64_t next = HB_NEVER;
    for (uint32_t i = 0; i < hb_bus_ports(bus); i++) {
        const struct hb_request *request = &bus->state->port[i].request;
        if (request->kind != HB_ACCESS_NONE && request->posted_cycle + 1 < next)
            next = request->posted_cycle + 1;
    }
    return next;
}
