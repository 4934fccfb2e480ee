/* The shared second-level cache between the bus and memory. Optional; inclusive; write-back. Inside bus/ only.
 *
 * It is on the memory side: whatever goes to memory or comes from it passes through. A line that a cache takes from
 * memory comes into the L2, too, so every line of RAM that some L1 holds is in it; when it evicts a line, the L1s lose
 * theirs (a modified one goes to memory first). Reads by devices find what is there and bring nothing in; write-backs
 * find their line; a write-through that misses goes past it. The boot ROM is not cached here.
 *
 * Not modelled: a queue in front of memory. What leaves the L2 takes no bus time.
 */
#ifndef HB_BUS_L2_H
#define HB_BUS_L2_H

#include "bus/shared/state.h"

static inline bool hb_has_l2(const struct hb_bus *bus) {
    return bus->l2.block != NULL;
}

/* How long the first data of the line at `address` take from the end of the address phase when no
 * cache supplies them. */
uint32_t hb_l2_source_cycles(const struct hb_bus *bus, uint64_t address);

/* A transaction has asked memory for its line and will keep a copy (`fills`) or not: count that, and bring the line
 * in. */
void hb_l2_asked(struct hb_bus *bus, const struct hb_transaction *t, bool fills, uint64_t now);

/* The bytes of memory as the L1s see them; within one line. */
const uint8_t *hb_l2_find(const struct hb_bus *bus, uint64_t address);
bool hb_l2_write(struct hb_bus *bus, uint64_t address, const void *from, uint64_t bytes);

#endif
