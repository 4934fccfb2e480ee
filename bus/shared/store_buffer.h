/* The store buffer between a hart and its L1D. Inside bus/ only.
 *
 * A store goes into it and the hart goes on; it is performed ("drained") later, by an access of its own that may need
 * the bus like any other. A load takes its value from the youngest store that holds all of its bytes, waits for one
 * that holds some of them, and otherwise bypasses the waiting stores. Fetches bypass them, too. Everything else - LR,
 * SC, AMO, cache-block operations, devices, fences, unbuffered stores - waits until the buffer is empty, which is at
 * least what every ordering annotation asks for.
 *
 * Drained in order (fifo) this is total store order. With order "any" each store waits a random 0 to 15 cycles more and
 * the one that is due first goes first, but stores that overlap stay in order: a weak model within RVWMO. A hart's port
 * has one request at a time: a load that misses waits for the store that is being drained over the bus.
 */
#ifndef HB_BUS_STORE_BUFFER_H
#define HB_BUS_STORE_BUFFER_H

#include "bus/shared/state.h"

/* hb_bus_access() for a machine with store buffers. */
bool hb_store_buffer_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now,
                            uint64_t *value);

/* Perform what is due in cycle `now`, one store per hart, or post what that needs. */
void hb_store_buffers_drain(struct hb_bus *bus, uint64_t now);

/* The drain that was on the bus has been answered. */
void hb_store_buffer_answered(struct hb_bus *bus, uint32_t hart, enum hb_response response, uint64_t now);

/* The earliest cycle after `now` in which some store may be drained without an answer from the bus; HB_NEVER: none. */
uint64_t hb_store_buffers_due_cycle(const struct hb_bus *bus, uint64_t now);

/* The hart is dead: what waits is lost, and counted. A granted drain goes on. */
void hb_store_buffer_lose(struct hb_bus *bus, uint32_t hart);

#endif
