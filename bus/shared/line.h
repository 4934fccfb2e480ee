/* A line of an L1 changes its state, and what depends on that: its attributes and the hart's reservation. */
#ifndef HB_BUS_LINE_H
#define HB_BUS_LINE_H

#include "bus/shared/state.h"

/* Give a line its state in cycle `now`; its attributes and, when it becomes invalid, the hart's reservation follow.
 * `t`: the transaction that causes it, or NULL. */
void hb_line_set_state(struct hb_bus *bus, uint8_t agent, struct hb_line *line, uint8_t state,
                       const struct hb_transaction *t, uint64_t now);

/* The hart's reservation is lost if it is on this line. */
void hb_lose_reservation(struct hb_bus *bus, uint32_t hart, uint64_t line, uint64_t now);

#endif
