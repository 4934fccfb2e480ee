/* A transaction's three steps on the machine's own caches, RAM and devices. Inside bus/ only.
 *
 * bus/protocol/coherence.h decides what happens; here it is done to lines and bytes, and timed.
 */
#ifndef HB_BUS_TRANSACTION_H
#define HB_BUS_TRANSACTION_H

#include "bus/shared/state.h"

/* The answer to the port of a transaction. */
struct hb_port_answer {
    enum hb_response response; /* NONE: nothing at all (HB_FLAW_CANCEL_UNANSWERED) */
    uint64_t value;
};

/* Grant the request of `port` in cycle `now` as transaction `t`, an unused one. False: it needs no bus (the line was
 * taken meanwhile, the SC has failed), `*answer` is the answer; `t` stays unused. */
bool hb_transaction_grant(struct hb_bus *bus, struct hb_transaction *t, uint32_t port, uint64_t now,
                          struct hb_port_answer *answer);

/* Its address phase ends: all other caches see it, and its finish is known. */
void hb_transaction_snoop(struct hb_bus *bus, struct hb_transaction *t, uint64_t now);

/* It ends: lines are installed, the access is performed. Returns the answer to its port. `device_bytes`: for DMA, the
 * bytes that are moved from or to there. */
struct hb_port_answer hb_transaction_finish(struct hb_bus *bus, struct hb_transaction *t, uint8_t *device_bytes,
                                            uint64_t now);

/* The longest that a transaction can hold the atomic bus, in cycles, from grant to finish. */
uint32_t hb_transaction_longest_cycles(const struct hb_bus *bus);

#endif
