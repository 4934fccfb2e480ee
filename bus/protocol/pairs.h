/* Which states of one line two caches can be in at the same time.
 *
 * Found by trying every event and every transaction of a few caches in every order (the functions of
 * bus/protocol/coherence.h, which the machine calls too), so it follows from the protocol's table and is not written
 * down anywhere. For more caches than were tried, any two are taken to be in one of the pairs found: true of every
 * protocol here (a test goes through all states of five caches).
 */
#ifndef HB_BUS_PAIRS_H
#define HB_BUS_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"

struct hb_pairs {
    uint8_t l1d[HB_STATES_MAX]; /* of an L1D in this state: bit s: another L1D may be in s */
    uint8_t l1i[HB_STATES_MAX]; /* and an L1I in s, the own hart's included */
};

void hb_pairs_find(const struct hb_protocol *protocol, struct hb_pairs *pairs);

/* May these two of a line's agents (bus/protocol/coherence.h) be in these states? */
bool hb_pairs_allow(const struct hb_pairs *pairs, uint8_t agent, uint8_t state, uint8_t other, uint8_t other_state);

#endif
