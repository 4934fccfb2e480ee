/* Who gets the bus next, among the ports whose request was posted before this cycle.
 *
 * fixed        the lowest port: under load, the highest starves
 * round-robin  the first waiting port after the one that was granted last
 * fcfs         the one that has waited longest; ties go to the lowest port
 * tdma         time is cut into slots that belong to the ports in turn; a port is granted when its own begins
 * lottery      drawn among those waiting, each with as many chances as its hart has tickets
 * random       drawn among those waiting, with equal chances
 * script       the port that the script names if it waits, else as round-robin, and the script waits; after its end
 *              round-robin. A choice that comes to nothing, because the request no longer needs the bus, is one of the
 *              script's as well: only so can another arbiter's choices be repeated
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
