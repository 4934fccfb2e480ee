/* Can caches and bus work with a table at all? Checked row by row; whether it keeps caches coherent is for a search to
 * find out (bus/verify/verify.h).
 */
#ifndef HB_BUS_TABLE_CHECK_H
#define HB_BUS_TABLE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"

/* What is wrong and where: the state alone, or the row of an event. */
struct hb_protocol_fault {
    uint8_t state;
    uint8_t event; /* HB_EVENTS: the state itself */
    char what[128];
};

/* False: `fault`. Rows that cannot happen are not defined; all that can happen must be. */
bool hb_protocol_check(const struct hb_protocol *protocol, struct hb_protocol_fault *fault);

/* Can some cache's transaction be seen as this event? Devices and L1Is have theirs under every protocol. */
bool hb_protocol_sends(const struct hb_protocol *protocol, enum hb_event snoop);

#endif
