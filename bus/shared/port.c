#include "bus/shared/port.h"

#include "bus/shared/watch.h"

void hb_port_post(struct hb_bus *bus, uint32_t number, const struct hb_request *request, uint64_t now) {
    struct hb_port *port = &bus->state->port[number];
    port->request = *request;
    port->request.posted_cycle = now;
    port->granted = false;
    HB_TELL(bus, posted, number, now);
    if (hb_bus_may_grant(bus) && now + 1 < bus->state->next_cycle)
        bus->state->next_cycle = now + 1;
}
