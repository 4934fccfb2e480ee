/* The L1 controller: which accesses a hart's own caches serve, and what is posted for the rest. */
#ifndef HB_BUS_L1_H
#define HB_BUS_L1_H

#include "bus/shared/state.h"
#include "bus/shared/watch.h"

/* An access to the hart's own L1, bypassing its store buffer; otherwise like hb_bus_access(). The port must be free
 * unless the L1 hits. */
bool hb_l1_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value);

/* The same for a load, store, LR or AMO on a plain bus (struct hb_bus) that nobody watches, if what it needs is a read
 * of its line or an upgrade: that is posted, or the write-back of the victim before it. False: the L1 serves it, or
 * something else is to be done; nothing has changed. */
bool hb_l1_post_plain(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now);

/* True if the L1 can serve the access without the bus. */
bool hb_l1_hits(const struct hb_bus *bus, uint32_t hart, const struct hb_request *request);

/* Perform the access on a line of the L1 that may serve it, with stamps, reservation and checker. Returns the value.
 * `way`: how it came about, for watchers; `now`: the cycle. */
uint64_t hb_l1_perform(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, struct hb_line *line,
                       enum hb_access_way way, uint64_t now);

#endif
