/* A bus at rest: nothing posted, under way or waiting in a store buffer; and caches that are emptied at once. */
#ifndef HB_BUS_QUIET_H
#define HB_BUS_QUIET_H

#include "bus/shared/state.h"

/* Nothing is asked of the bus, and nothing will come of it unless something is. */
bool hb_bus_is_quiet(const struct hb_bus *bus);

/* For a quiet bus: what is modified goes to memory, all caches become empty and as new, and reservations are lost with
 * their lines. The next grant is chosen like the first after reset. A lost cache has nothing to give. */
void hb_bus_settle(struct hb_bus *bus);

/* All caches become as new: what they hold is gone. */
void hb_bus_empty_caches(struct hb_bus *bus);

#endif
