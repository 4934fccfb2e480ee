/* One number for all that the machine is, between two cycles. */
#ifndef HB_SIM_STATE_HASH_H
#define HB_SIM_STATE_HASH_H

#include <stdint.h>

struct hb_machine;

/* Field by field, without padding, derived data or statistics; replacement state enters as rank within the set. Two
 * machines with the same hash continue alike. */
uint64_t hb_state_hash(struct hb_machine *machine);

/* The same without cycle counters and absolute times: equal when a run is back on the course of another, earlier or
 * later. */
uint64_t hb_live_hash(struct hb_machine *machine);

#define HB_STATE_NO_INDEX UINT32_MAX

/* Where a value of the state stands. */
struct hb_state_place {
    const char *part; /* "hart", "L1D", "port", ...; "" of the machine as a whole */
    uint32_t number;  /* of the part: hart, port; HB_STATE_NO_INDEX: there is one only */
    uint32_t line;    /* of a cache, in sets times ways; else HB_STATE_NO_INDEX */
    const char *field;
    uint32_t index; /* of the field: of a register, an entry; HB_STATE_NO_INDEX: it is one value */
};

/* Called with each value that enters a state hash, in order; for finding the first difference. */
typedef void hb_state_visitor(void *context, const struct hb_state_place *place, uint64_t value);
void hb_state_visit(struct hb_machine *machine, hb_state_visitor *visit, void *context);

#endif
