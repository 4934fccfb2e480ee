/* The shared bus and the private caches on it.
 *
 * A hart reaches memory through its port: hb_bus_access() performs at once an access that its own L1 can serve, and
 * otherwise posts a request. hb_bus_step(), called once a cycle when something is due, finishes, snoops and grants, in
 * that order:
 *
 *     grant g  ->  snoop g + arbitration + address  ->  finish = snoop + source + ceil(bytes / width)
 *
 * The atomic bus is held from grant to finish. The split bus is held for the address phase (arbitration + address);
 * data phases follow each other on the data lines in the order of their address phases, while up to config.outstanding
 * transactions are under way, never two of one line. The atomic bus is a split bus with room for one. An access that
 * went to the bus is PERFORMED by the finish of its own transaction: its value is latched in the port, its store or
 * atomic is done, and nobody can take the line in between.
 *
 * struct hb_bus finds things and holds nothing that is saved; everything that the machine is lives in struct
 * hb_bus_state, in the caches' blocks, in RAM and in the devices. Ports are numbered as harts; a machine with a disk
 * has one more after them, for its DMA (bus/shared/dma.h).
 *
 * Not modelled: several requests of one hart at once, prefetching, a queue in the memory controller.
 */
#ifndef HB_BUS_BUS_H
#define HB_BUS_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/shared/state.h"

/* Make the state that of a machine after reset, and derive `protocol` (for the whole of memory), `limit` and
 * `slot_cycles` from `config`. The caller fills the handle's other fields before. */
void hb_bus_reset(struct hb_bus *bus);

/* With the protocol none: only these bytes are left incoherent; the rest follows vi. Call it before anything has
 * run. */
void hb_bus_set_incoherent(struct hb_bus *bus, uint64_t base, uint64_t bytes);

/* Access memory for `hart` in cycle `now`. True: the L1 served it, `*value` is the result. False: a request was posted
 * (this one, or the write-back of a victim that is in its way); the port's response shows when it has been answered. */
bool hb_bus_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value);

/* Phase 2 of cycle `now`: finish, snoop, grant. */
void hb_bus_step(struct hb_bus *bus, uint64_t now);

/* The hart executes nothing any more: withdraw its ungranted request and do not answer it again. `lost`: its caches
 * stop answering, too. */
void hb_bus_silence(struct hb_bus *bus, uint32_t hart, bool lost);

/* Write back a silent hart's modified lines one after another; harmless when there are none. */
void hb_bus_flush(struct hb_bus *bus, uint32_t hart, uint64_t now);

/* True while such a flush goes on. */
bool hb_bus_flushing(const struct hb_bus *bus, uint32_t hart);

/* As at power-on: all caches are empty, and whatever waits or is under way on the bus is gone. Counters keep their
 * values. */
void hb_bus_clear(struct hb_bus *bus, uint64_t now);

/* A started hart begins with a cold cache, no request and no reservation. Its cache holds no modified line. */
void hb_bus_restart(struct hb_bus *bus, uint32_t hart);

/* A hart that was reset begins likewise, but for its cache, which is as it was. */
void hb_bus_resume(struct hb_bus *bus, uint32_t hart);

/* Give up the hart's LR reservation (trap return). */
static inline void hb_bus_drop_reservation(struct hb_bus *bus, uint32_t hart) {
    bus->state->port[hart].reservation = HB_NO_LINE;
}

/* The number of lines that the hart's L1D would have to write back, and the addresses of at most `most` of them. */
uint32_t hb_bus_dirty_lines(const struct hb_bus *bus, uint32_t hart, uint64_t *addresses, uint32_t most);

/* How many of these lines hold other bytes than memory (or the L2) does. */
uint32_t hb_bus_differing_lines(const struct hb_bus *bus, uint32_t hart);

/* The only access that takes no time: read the newest copy, write every copy (gdb, ELF loading, signatures, checkers,
 * result slots). Lost caches are neither read nor written. False: the range is not in RAM or boot ROM (or a write to
 * ROM). */
bool hb_bus_debug_read(const struct hb_bus *bus, uint64_t address, void *to, uint64_t bytes);
bool hb_bus_debug_write(struct hb_bus *bus, uint64_t address, const void *from, uint64_t bytes);

#endif
