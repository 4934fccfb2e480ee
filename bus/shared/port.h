/* Posting: a request takes its place at a port, where the bus will find it. */
#ifndef HB_BUS_PORT_H
#define HB_BUS_PORT_H

#include "bus/shared/watch.h"

/* May the bus grant a request now, considering the transactions under way? */
static inline bool hb_bus_may_grant(const struct hb_bus *bus) {
    return !bus->state->address_busy && bus->state->outstanding < bus->limit;
}

/* Its bit among those that ask. */
static inline uint64_t hb_port_bit(uint32_t number) {
    return 1ull << (number < 63 ? number : 63);
}

/* Post `request` at the port, which has none, in cycle `now`. */
static inline void hb_port_post(struct hb_bus *bus, uint32_t number, const struct hb_request *request, uint64_t now) {
    struct hb_port *port = &bus->state->port[number];
    port->request = *request;
    port->request.posted_cycle = now;
    port->granted = false;
    bus->asking |= hb_port_bit(number);
    HB_TELL(bus, posted, number, now);
    if (hb_bus_may_grant(bus) && now + 1 < bus->state->next_cycle)
        bus->state->next_cycle = now + 1;
}

/* The request at the port is granted in cycle `now`: it has waited, and takes part in arbitration no more. */
static inline void hb_port_granted(struct hb_bus *bus, uint32_t number, uint64_t now) {
    struct hb_port *port = &bus->state->port[number];
    const uint64_t waited = now - port->request.posted_cycle;
    port->granted = true;
    if (number < 63)
        bus->asking &= ~hb_port_bit(number);
    port->stats.grants++;
    port->stats.wait_cycles += waited;
    if (waited > port->stats.wait_max_cycles)
        port->stats.wait_max_cycles = waited;
}

#endif
