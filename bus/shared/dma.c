#include "bus/shared/dma.h"

#include "bus/shared/port.h"

static struct hb_dma *wanted(struct hb_bus *bus) {
    return &bus->devices->virtio_blk.dma;
}

static uint64_t piece_address(const struct hb_dma *dma) {
    return dma->address + dma->done;
}

/* As far as the line reaches. */
static uint32_t piece_bytes(const struct hb_bus *bus, const struct hb_dma *dma) {
    uint32_t line = bus->line_bytes - (uint32_t)(piece_address(dma) & (bus->line_bytes - 1));
    uint32_t left = dma->bytes - dma->done;
    return left < line ? left : line;
}

/* A device that was reset while its request waited no longer wants it. It cannot have been granted: the write that
 * reset the device had the bus. */
void hb_dma_post(struct hb_bus *bus, uint64_t now) {
    struct hb_port *port = &bus->state->port[hb_dma_port(bus)];
    struct hb_dma *dma = wanted(bus);
    if (port->granted)
        return;
    if (dma->kind == HB_DMA_NONE) {
        port->request.kind = HB_ACCESS_NONE;
        return;
    }
    if (port->request.kind != HB_ACCESS_NONE && port->request.address == piece_address(dma))
        return;
    port->stats.requests++;
    hb_port_post(bus, hb_dma_port(bus),
                 &(struct hb_request){
                     .kind = dma->kind == HB_DMA_READ ? HB_ACCESS_DMA_READ : HB_ACCESS_DMA_WRITE,
                     .address = piece_address(dma),
                     .bytes = (uint8_t)piece_bytes(bus, dma),
                 },
                 now);
}

uint8_t *hb_dma_bytes(struct hb_bus *bus) {
    struct hb_dma *dma = wanted(bus);
    return dma->data + dma->at + dma->done;
}

static void go_on(struct hb_bus *bus, uint64_t due_before, uint64_t now) {
    hb_devices_settle(bus->devices);
    bus->devices->changed |= hb_devices_due_cycle(bus->devices) != due_before;
    hb_dma_post(bus, now);
}

void hb_dma_answered(struct hb_bus *bus, uint64_t now) {
    struct hb_dma *dma = wanted(bus);
    uint64_t due = hb_devices_due_cycle(bus->devices);
    dma->done += bus->state->port[hb_dma_port(bus)].request.bytes;
    bus->state->port[hb_dma_port(bus)].request.kind = HB_ACCESS_NONE;
    if (dma->done == dma->bytes) {
        dma->kind = HB_DMA_NONE;
        hb_virtio_blk_moved(&bus->devices->virtio_blk, bus->disk, now);
    }
    go_on(bus, due, now);
}

void hb_dma_due(struct hb_bus *bus, uint64_t now) {
    uint64_t due = hb_devices_due_cycle(bus->devices);
    if (due > now)
        return;
    hb_virtio_blk_due(&bus->devices->virtio_blk, bus->disk);
    go_on(bus, due, now);
}
