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

/* ---- Those that concern nobody else ---------------------------------------------------------------------------- */

/* A line that no other L1 holds is fetched, or a modified one is written back: such a transaction concerns nobody but
 * its requester and RAM. On the atomic bus all of it is known at the grant, so that nothing has to be looked up again
 * at the snoop and at the finish: both are done in the cycle of the finish (bus/shared/solo.c).
 *
 * For the fast engine alone. What a transaction is, is said above; this is the same, and until it is finished it can be
 * handed back at any time. */

/* From here on grants may begin one, if the bus is one for them: atomic, with RAM right behind it, and nobody watches
 * it. */
void hb_solo_allow(struct hb_bus *bus);

/* From here on they may not; none may be under way. */
void hb_solo_forbid(struct hb_bus *bus);

/* Grant the request of `port` in cycle `now` as the one transaction under way, if it is one of these. False: it is not,
 * nothing has changed. */
bool hb_solo_grant(struct hb_bus *bus, uint32_t port, uint64_t now);

/* Snoop and finish the one under way, in the cycle in which it is due. Returns the answer to its port. */
struct hb_port_answer hb_solo_finish(struct hb_bus *bus, uint64_t now);

/* Before anybody looks at the bus: make the one under way, if there is one, an ordinary transaction as it stands at the
 * beginning of cycle `now`. */
void hb_solo_hand_back(struct hb_bus *bus, uint64_t now);

/* An access that misses the L1D: its request, the cycle in which it is posted, and the one before which nobody else
 * does anything. */
struct hb_solo_miss {
    const struct hb_request *request;
    uint64_t now, before;
    uint64_t finish;      /* given: the cycle in which it is answered, */
    uint64_t value;       /* what it has read, */
    struct hb_line *line; /* and its line, which is now in the L1D */
};

/* Is the bus free for one, and does nobody ask for it? */
static inline bool hb_solo_may_settle(const struct hb_bus *bus) {
    return bus->solo.prompt && !bus->state->outstanding && !bus->asking;
}

/* The bus is free. Post the request of `port`, grant and finish it, and before that the write-back of its victim if
 * that is modified, if these are transactions that concern nobody else, and all is finished before cycle
 * `miss->before`. False: nothing has been done. */
bool hb_solo_miss(struct hb_bus *bus, uint32_t port, struct hb_solo_miss *miss);

/* When hb_bus_step() next has something to do that somebody might notice. */
static inline uint64_t hb_bus_due_cycle(const struct hb_bus *bus) {
    return bus->solo.under_way ? bus->solo.finish_cycle : bus->state->next_cycle;
}

#endif
