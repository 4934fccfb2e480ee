/* Performing an access on bytes: the one place where loads, stores and atomics touch data. Inside bus/ only, but
 * for hb_perform(), by which commit logs tell what an AMO left. */
#ifndef HB_BUS_PERFORM_H
#define HB_BUS_PERFORM_H

#include "bus/shared/bus.h"
#include "bus/shared/watch.h"

/* Perform `request` on the bytes at `at` (its first byte). Gives the value: what was read, or 0. */
uint64_t hb_perform(const struct hb_request *request, uint8_t *at);

/* The same, on line `line` of a cache that may serve it, with stamps, reservation and checker. `way`: how it came
 * about, for watchers; `now`: the cycle. */
uint64_t hb_perform_on_line(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, struct hb_line *line,
                            enum hb_access_way way, uint64_t now);

/* True for accesses that write. */
bool hb_access_writes(uint8_t kind);

/* What an access asks of the protocol of its line. */
enum hb_event hb_access_event(const struct hb_protocol *protocol, uint8_t kind);

/* The cache that an access goes to, and the protocol of the line there. */
struct hb_cache *hb_access_cache(struct hb_bus *bus, uint32_t hart, uint8_t kind);
const struct hb_protocol *hb_access_protocol(const struct hb_bus *bus, uint8_t kind, uint64_t address);

/* Give a line its state in cycle `now`; its attributes and, when it becomes invalid, the hart's reservation follow.
 * `t`: the transaction that does it, or NULL. */
void hb_line_set_state(struct hb_bus *bus, uint8_t agent, struct hb_line *line, uint8_t state,
                       const struct hb_transaction *t, uint64_t now);

/* The hart's reservation is lost if it is the one of this line. */
void hb_lose_reservation(struct hb_bus *bus, uint32_t hart, uint64_t line, uint64_t now);

/* An access to the hart's own L1, past its store buffer: as hb_bus_access(). The port is free unless the L1 hits. */
bool hb_l1_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value);

/* True if the L1 can serve the access without the bus. */
bool hb_l1_hits(struct hb_bus *bus, uint32_t hart, const struct hb_request *request);

/* Read or write line-sized memory behind the caches: RAM or boot ROM. */
void hb_memory_read(const struct hb_bus *bus, uint64_t address, void *to, uint64_t bytes);
void hb_memory_write(struct hb_bus *bus, uint64_t address, const void *from, uint64_t bytes);

/* Stop the program: something that cannot happen did. */
_Noreturn void hb_bus_broken(const struct hb_transaction *t, uint64_t now, const char *what);

#endif
