/* Posting: a request takes its place at a port, where the bus will find it. */
#ifndef HB_BUS_PORT_H
#define HB_BUS_PORT_H

#include "bus/shared/state.h"

/* Post `request` at the port, which has none, in cycle `now`. */
void hb_port_post(struct hb_bus *bus, uint32_t port, const struct hb_request *request, uint64_t now);

/* May the bus grant a request now, considering the transactions under way? */
static inline bool hb_bus_may_grant(const struct hb_bus *bus) {
    return !bus->state->address_busy && bus->state->outstanding < bus->limit;
}

#endif
