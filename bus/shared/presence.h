/* Which L1s hold a line, so that a snoop need not look into all of them: a table of lines, derived from the caches.
 *
 * It never leaves out a cache that holds the line: a line that comes in is added at once. It may name a cache that does
 * not, or that is lost: only where a line leaves alone, and not with all others of its cache, is it taken out. The
 * checker compares it with the caches. A bus works without it, too, and searches every cache then.
 */
#ifndef HB_BUS_PRESENCE_H
#define HB_BUS_PRESENCE_H

#include "bus/shared/state.h"

/* Make the table for the caches that the bus has, from what they hold. False: there is no memory for it. */
bool hb_presence_create(struct hb_bus *bus);
void hb_presence_free(struct hb_bus *bus);

/* Caches have been filled from outside (a snapshot): make its contents anew. */
void hb_presence_derive(struct hb_bus *bus);

/* The line at `address` has come into the agent's cache; has left it. */
void hb_presence_add(struct hb_bus *bus, uint8_t agent, uint64_t address);
void hb_presence_remove(struct hb_bus *bus, uint8_t agent, uint64_t address);

/* The L1s that may hold the line at `address`. */
struct hb_agents hb_presence_of(const struct hb_bus *bus, uint64_t address);

/* The copies of a line. */
struct hb_copies {
    struct hb_agents holders;
    struct hb_line *line[HB_AGENTS_MAX]; /* of each holder */
};

/* Find the copies of the line at `address` in all L1s but that of agent `but` (HB_NO_AGENT: in all). Lost caches hold
 * nothing. */
void hb_presence_find(const struct hb_bus *bus, uint64_t address, uint8_t but, struct hb_copies *copies);

#endif
