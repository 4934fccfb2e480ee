/* Protocols with one thing wrong, for lectures: each mutation changes some rows of a table, or omits something that the
 * caches or the bus do. The machine can run with one (machine.bus.mutation); a search finds every one
 * (bus/verify/verify.h).
 */
#ifndef HB_BUS_MUTATIONS_H
#define HB_BUS_MUTATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/protocol/protocol.h"

struct hb_mutation {
    const char *name;
    const char *what;                                 /* what goes wrong, as a clause */
    bool split;                                       /* only the split bus can do it */
    uint16_t flaws;                                   /* enum hb_flaw: set in the protocol ... */
    bool (*fits)(const struct hb_protocol *protocol); /* ... for protocols that this says it affects */
    void (*change)(struct hb_protocol *protocol);     /* or the rows are changed; NULL: they are not */
};

/* The n-th mutation, counted from 0; NULL after the last. */
const struct hb_mutation *hb_mutation_at(uint32_t n);

/* The number of the mutation called `name`; UINT32_MAX: there is none. */
uint32_t hb_mutation_find(const char *name);

/* Does it make a difference to this protocol, on this bus? */
bool hb_mutation_fits(const struct hb_mutation *mutation, const struct hb_protocol *protocol, bool split);

/* Turn `protocol`, a copy of a table, into the mutated one. */
void hb_mutation_apply(const struct hb_mutation *mutation, struct hb_protocol *protocol);

/* The names of all that fit, with ", " between them; "none" if none does. */
void hb_mutation_names(const struct hb_protocol *protocol, bool split, char *text, uint32_t size);

#endif
