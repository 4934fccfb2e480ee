/* Who gets the bus next, among the ports whose request was posted before this cycle.
 *
 * fixed        the lowest port: what starves under load is the highest
 * round-robin  the first waiting port after the one that was granted last
 * fcfs         the one that has waited longest, the lowest port among equals
 * tdma         time is cut into slots that belong to the ports in turn; a port is granted when its own begins
 * lottery      drawn among the waiting, with as many chances as their hart has tickets
 * random       drawn among the waiting, all alike
 * script       the port that the script names if it waits, else as round-robin, and the script waits; after its end
 *              round-robin. A choice that comes to nothing, since the request needs no bus any more, is one of the
 *              script as well: only so can what another arbiter chose be chosen again
 *
 * Draws are a hash of the seed and the number of grants so far (memory/hash.h).
 */
#ifndef HB_BUS_ARBITER_H
#define HB_BUS_ARBITER_H

#include <stdint.h>

#include "bus/shared/state.h"

#define HB_NO_PORT UINT32_MAX

/* The port to be granted in cycle `now`, or HB_NO_PORT. */
uint32_t hb_arbiter_choose(const struct hb_bus *bus, uint64_t now);

/* True if the script names `port` for the coming choice. */
bool hb_arbiter_is_scripted(const struct hb_bus *bus, uint32_t port);

/* The earliest cycle after `now` in which some waiting request may be granted, as things stand;
 * HB_NEVER if none may. */
uint64_t hb_arbiter_next_cycle(const struct hb_bus *bus, uint64_t now);

#endif
