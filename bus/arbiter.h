/* Who gets the bus next, among the ports whose request was posted before this cycle. */
#ifndef HB_BUS_ARBITER_H
#define HB_BUS_ARBITER_H

#include <stdint.h>

#include "bus/bus.h"

#define HB_NO_PORT UINT32_MAX

/* The port to be granted in cycle `now`, or HB_NO_PORT. */
uint32_t hb_arbiter_choose(const struct hb_bus *bus, uint64_t now);

/* The earliest cycle in which some waiting request may be granted; HB_NEVER if none waits. */
uint64_t hb_arbiter_next_cycle(const struct hb_bus *bus);

#endif
