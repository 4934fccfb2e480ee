/* One number for all that the machine is, between two cycles. */
#ifndef HB_SIM_STATE_HASH_H
#define HB_SIM_STATE_HASH_H

#include <stdint.h>

struct hb_machine;

/* Field by field, without padding, derived data or statistics; replacement state enters as rank within the set. Two
 * machines with one hash go on alike. */
uint64_t hb_state_hash(struct hb_machine *machine);

/* The same without cycle counters and absolute times: equal when a run has come back to the course of another one that
 * it lags or leads. */
uint64_t hb_live_hash(struct hb_machine *machine);

/* Called with each value that enters a state hash, in order, with a name of where it stands ("hart 2 x13"); for finding
 * the first difference. */
typedef void hb_state_visitor(void *context, const char *where, uint32_t index, uint64_t value);
void hb_state_visit(struct hb_machine *machine, hb_state_visitor *visit, void *context);

#endif
