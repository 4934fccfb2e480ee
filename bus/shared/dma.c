#include "bus/shared/dma.h"

#include <string.h>

#include "bus/shared/checker.h"
#include "bus/shared/l2.h"
#include "bus/shared/perform.h"

static struct hb_dma *wanted(struct hb_bus *bus) {
    return &bus->devices->virtio_blk.dma;
}

static uint64_t piece_address(const struct hb_dma *dma) {
    return dma->address + dma->done;
}

static uint8_t *piece_data(struct hb_dma *dma) {
    return dma->data + dma->at + dma->done;
}

/* As far as the line reaches. */
static uint32_t piece_bytes(const struct hb_bus *bus, const struct hb_dma *dma) {
    uint32_t line = bus->line_bytes - (uint32_t)(piece_address(dma) & (bus->line_bytes - 1));
    uint32_t left = dma->bytes - dma->done;
    return left < line ? left : line;
}

/* A device that was reset while its request waited does not want it any more. It cannot have been granted: the write
 * that reset the device had the bus. */
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
    port->request = (struct hb_request){
        .kind = dma->kind == HB_DMA_READ ? HB_ACCESS_DMA_READ : HB_ACCESS_DMA_WRITE,
        .address = piece_address(dma),
        .bytes = (uint8_t)piece_bytes(bus, dma),
        .posted_cycle = now,
    };
    port->stats.requests++;
    hb_bus_posted(bus, hb_dma_port(bus), now);
}

void hb_dma_perform(struct hb_bus *bus, struct hb_transaction *t, uint64_t now) {
    const struct hb_request *request = &bus->state->port[t->port].request;
    uint8_t *data = piece_data(wanted(bus));
    if (t->memory_takes)
        hb_memory_write(bus, t->line, t->data, bus->line_bytes);
    if (t->kind == HB_TXN_DMA_WRITE) {
        hb_memory_write(bus, request->address, data, request->bytes);
        if (bus->checker)
            hb_checker_write(bus->checker, request->address, data, request->bytes);
        return;
    }
    if (t->supplier != HB_NO_AGENT)
        memcpy(data, t->data + (request->address - t->line), request->bytes);
    else {
        hb_l2_asked(bus, t, false, now);
        hb_memory_read(bus, request->address, data, request->bytes);
    }
    if (bus->checker)
        hb_checker_read(bus->checker, request->address, data, request->bytes, now);
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
