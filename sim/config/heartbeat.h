/* How late a healthy hart of the bundled systems may be, and what follows from it: J, the longest gap between two of
 * its beats, and the times that an experiment leaves open.
 *
 * A kernel beats when its timer rings, and in the middle of everything long. What makes it late is the bus: each of
 * the misses on the way to a beat waits until all others have had their turn, so a beat comes the later the more harts
 * there are and the longer a transaction takes. The model is so many misses, each a round of the bus, and the more of
 * them the less of the kernel an L1 can keep; the numbers were measured on 1 to 64 harts under every arbiter that is
 * fair, and are about twice what was seen. It knows nothing of an arbiter that lets a hart starve ("fixed"). */
#ifndef HB_SIM_HEARTBEAT_H
#define HB_SIM_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/config/config.h"

/* By how much a beat may come late, in cycles. */
uint64_t hb_heartbeat_late_cycles(const struct hb_config *config);

/* The bound for J where harts beat every `period_cycles`. */
uint64_t hb_heartbeat_gap_cycles(const struct hb_config *config, uint64_t period_cycles);

/* The shortest timeout, in cycles, with which no healthy hart is suspected: the period and J. */
uint64_t hb_heartbeat_least_timeout_cycles(const struct hb_config *config);

/* What the AMP kernel takes from the suspicion of its master until another takes messages, at most, in cycles: the
 * image's bound (HB_TAKEOVER_* of osmodel/abi.h, osmodel/guest/amp/takeover.h). */
uint64_t hb_heartbeat_takeover_cycles(const struct hb_config *config);

/* Fill in the times that are 0: timeout, time between two looks, quantum. Done by whoever reads an experiment, and
 * again, for configurations made by hand, when the machine is made. */
void hb_heartbeat_settle(struct hb_config *config);

/* The times that were filled in are 0 again: what the experiment itself says, for comparing two. */
void hb_heartbeat_unsettle(struct hb_config *config);

/* May a hart wait for the bus for ever, so that there is no bound? With the arbiter "fixed" and more harts than keep it
 * busy. */
bool hb_heartbeat_is_unbounded(const struct hb_config *config);

#endif
