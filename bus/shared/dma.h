/* Devices as agents on the bus: what a device wants moved (bus/devices/dma.h) becomes transactions of a port of its
 * own, the one after the harts' ports, each of at most a line.
 *
 * A DMA read snoops as a read does: a modified line is supplied, and memory takes it. A DMA write snoops as cbo.flush
 * does: a modified line goes to memory first, every copy is dropped (with it an LR's reservation), then the bytes are
 * written to memory. The port waits for its grant like any other.
 *
 * Inside bus/, but for hb_dma_due().
 */
#ifndef HB_BUS_DMA_H
#define HB_BUS_DMA_H

#include "bus/shared/state.h"

static inline uint32_t hb_dma_port(const struct hb_bus *bus) {
    return bus->harts;
}

/* Post the next piece of what a device wants in cycle `now`; withdraw what it no longer wants. */
void hb_dma_post(struct hb_bus *bus, uint64_t now);

/* The device's side of the posted piece: the bytes that its transaction moves. */
uint8_t *hb_dma_bytes(struct hb_bus *bus);

/* It has been answered: the device continues. */
void hb_dma_answered(struct hb_bus *bus, uint64_t now);

/* Phase 1 of cycle `now`: a device that was waiting for its time continues. */
void hb_dma_due(struct hb_bus *bus, uint64_t now);

#endif
