/* Devices: bounds, and the disk's chain of descriptors, which directs its accesses to memory. */
#include "sim/machine/machine.h"
#include "sim/state/soundness.h"

static const struct hb_bound board_bounds[] = {
    HB_BOOL(hb_devices, changed),
    HB_BOOL(hb_devices, finisher.requested),
    HB_BOOL(hb_devices, uart.sent_pending),
    HB_BOOL(hb_devices, uart.signals),
    HB_MOST(hb_devices, uart.sent_bytes, HB_UART_SENT),
};

static const struct hb_bound power_bounds[] = {
    HB_MOST(hb_power_hart, command, 5),
    HB_MOST(hb_power_hart, state, 2),
    HB_BOOL(hb_power_hart, requested),
};

static const struct hb_bound disk_bounds[] = {
    HB_BOOL(hb_virtio_blk, mmio.signals),
    HB_BOOL(hb_virtio_blk, mmio.queue.ready),
    HB_MOST(hb_virtio_blk, mmio.queue.size, HB_VIRTIO_QUEUE_MAX),
    HB_MOST(hb_virtio_blk, step, HB_BLK_USED_INDEX),
    HB_BOOL(hb_virtio_blk, completed),
    HB_MOST(hb_virtio_blk, chunk_bytes, HB_DMA_BYTES),
    HB_BOOL(hb_virtio_blk, chain.indirect),
    HB_MOST(hb_virtio_blk, chain.segments, HB_VIRTIO_BLK_SEGMENTS_MAX),
    HB_MOST(hb_virtio_blk, chain.table_size, HB_VIRTIO_QUEUE_MAX),
    HB_MOST(hb_virtio_blk, dma.kind, HB_DMA_WRITE),
    HB_MOST(hb_virtio_blk, dma.bytes, HB_DMA_BYTES),
    HB_MOST(hb_virtio_blk, dma.at, HB_DMA_BYTES),
};

/* ---- The disk -------------------------------------------------------------------------------------------------- */

enum { REQUEST_IN = 0, REQUEST_OUT = 1, REQUEST_FLUSH = 4, REQUEST_GET_ID = 8, HEADER_BYTES = 16 };

static bool in_ram(const struct hb_virtio_blk *blk, uint64_t address, uint64_t bytes) {
    uint64_t offset = address - HB_RAM_BASE;
    return bytes <= blk->ram_bytes && offset <= blk->ram_bytes - bytes;
}

static bool queue_is_sound(const struct hb_virtio_blk *blk) {
    const struct hb_virtio_queue *queue = &blk->mmio.queue;
    bool rings = queue->size && in_ram(blk, queue->descriptors, 16ull * queue->size) &&
                 in_ram(blk, queue->driver_ring, 6 + 2ull * queue->size) &&
                 in_ram(blk, queue->device_ring, 6 + 8ull * queue->size);
    return (queue->size & (queue->size - 1)) == 0 && (queue->size || !queue->ready) &&
           (blk->step == HB_BLK_IDLE || (queue->ready && rings));
}

static bool segments_are_sound(const struct hb_virtio_blk *blk) {
    const struct hb_virtio_blk_chain *chain = &blk->chain;
    uint64_t readable = 0, writable = 0;
    for (uint32_t i = 0; i < chain->segments; i++) {
        const struct hb_virtio_blk_segment *segment = &chain->segment[i];
        if (segment->bytes == 0 || !in_ram(blk, segment->address, segment->bytes))
            return false;
        *(i < chain->readable ? &readable : &writable) += segment->bytes;
    }
    return chain->readable <= chain->segments && chain->readable_bytes == readable && chain->writable_bytes == writable;
}

static bool table_is_sound(const struct hb_virtio_blk *blk) {
    const struct hb_virtio_blk_chain *chain = &blk->chain;
    return chain->table_size && chain->seen <= chain->table_size &&
           in_ram(blk, chain->table, 16ull * chain->table_size);
}

/* Bytes from the cursor on, in the direction in which the request moves data. */
static uint64_t bytes_ahead(const struct hb_virtio_blk *blk, bool from_memory) {
    const struct hb_virtio_blk_chain *chain = &blk->chain;
    uint32_t end = from_memory ? chain->readable : chain->segments;
    uint64_t sum = 0;
    if (!from_memory && blk->cursor_segment < chain->readable)
        return 0;
    for (uint32_t i = blk->cursor_segment; i < end; i++)
        sum += chain->segment[i].bytes;
    return sum >= blk->cursor_bytes ? sum - blk->cursor_bytes : 0;
}

static bool moves_sectors(const struct hb_virtio_blk *blk) {
    return blk->type == REQUEST_IN || blk->type == REQUEST_OUT;
}

/* The rest of a request that has got past its header. The writable bytes end with the status. */
static bool request_is_sound(const struct hb_virtio_blk *blk, uint64_t left) {
    bool from_memory = blk->type == REQUEST_OUT;
    uint64_t sectors = left / HB_SECTOR_BYTES + (left % HB_SECTOR_BYTES != 0);
    if (!moves_sectors(blk) && blk->type != REQUEST_FLUSH && blk->type != REQUEST_GET_ID)
        return false;
    return !moves_sectors(blk) ||
           ((blk->step != HB_BLK_ACCESS || left % HB_SECTOR_BYTES == 0) && blk->sector <= blk->sectors &&
            sectors <= blk->sectors - blk->sector && (!from_memory || bytes_ahead(blk, true) >= left));
}

static bool cursor_is_sound(const struct hb_virtio_blk *blk) {
    return blk->cursor_segment < blk->chain.segments &&
           blk->cursor_bytes < blk->chain.segment[blk->cursor_segment].bytes;
}

/* Data come next: for a write from the cursor on; for all others the cursor is set to the first writable segment. */
static bool access_is_sound(const struct hb_virtio_blk *blk) {
    return request_is_sound(blk, blk->left_bytes) &&
           (blk->type == REQUEST_OUT ? blk->left_bytes == 0 || cursor_is_sound(blk)
                                     : blk->left_bytes == blk->chain.writable_bytes - 1);
}

static bool chunk_is_sound(const struct hb_virtio_blk *blk) {
    const struct hb_virtio_blk_chain *chain = &blk->chain;
    const struct hb_dma *dma = &blk->dma;
    bool header = blk->step == HB_BLK_HEADER, from_memory = header || blk->type == REQUEST_OUT;
    uint64_t left = header ? HEADER_BYTES : blk->left_bytes;
    if (!cursor_is_sound(blk) || blk->chunk_done >= blk->chunk_bytes)
        return false;
    const struct hb_virtio_blk_segment *segment = &chain->segment[blk->cursor_segment];
    bool piece = dma->kind == (from_memory ? HB_DMA_READ : HB_DMA_WRITE) && dma->at == blk->chunk_done &&
                 dma->bytes <= segment->bytes - blk->cursor_bytes && dma->bytes <= blk->chunk_bytes - blk->chunk_done &&
                 dma->address == segment->address + blk->cursor_bytes;
    return piece && left >= blk->chunk_bytes && bytes_ahead(blk, from_memory) >= left - blk->chunk_done;
}

static bool header_is_sound(const struct hb_virtio_blk *blk) {
    return blk->chunk_bytes == HEADER_BYTES && blk->cursor_segment < blk->chain.readable && chunk_is_sound(blk);
}

static bool data_is_sound(const struct hb_virtio_blk *blk) {
    bool whole = moves_sectors(blk) ? blk->chunk_bytes == HB_SECTOR_BYTES && blk->left_bytes % HB_SECTOR_BYTES == 0
                                    : blk->chunk_bytes == blk->left_bytes;
    return whole && blk->type != REQUEST_FLUSH && chunk_is_sound(blk) &&
           request_is_sound(blk, blk->left_bytes - blk->chunk_done);
}

/* A request has a status to write, and segments to write it to. */
static bool chain_is_sound(const struct hb_virtio_blk *blk) {
    return blk->chain.readable_bytes >= HEADER_BYTES && blk->chain.writable_bytes >= 1;
}

static bool step_is_sound(const struct hb_virtio_blk *blk) {
    switch (blk->step) {
    case HB_BLK_IDLE: return true;
    case HB_BLK_AVAILABLE: return blk->dma.bytes == 4 && blk->dma.at == 0;
    case HB_BLK_ENTRY: return blk->dma.bytes == 2 && blk->dma.at == 0;
    case HB_BLK_DESCRIPTOR: return table_is_sound(blk) && blk->dma.bytes == 16 && blk->dma.at == 0;
    case HB_BLK_HEADER: return chain_is_sound(blk) && header_is_sound(blk);
    case HB_BLK_ACCESS: return chain_is_sound(blk) && access_is_sound(blk);
    case HB_BLK_DATA: return chain_is_sound(blk) && data_is_sound(blk);
    default: return chain_is_sound(blk);
    }
}

/* What is being moved is inside RAM and the buffer, and not finished. */
static bool dma_is_sound(const struct hb_virtio_blk *blk) {
    const struct hb_dma *dma = &blk->dma;
    bool waits = blk->step == HB_BLK_IDLE || blk->step == HB_BLK_ACCESS;
    if (waits != (dma->kind == HB_DMA_NONE))
        return false;
    return waits || (dma->bytes >= 1 && dma->at + dma->bytes <= HB_DMA_BYTES && dma->done < dma->bytes &&
                     in_ram(blk, dma->address, dma->bytes));
}

static bool disk_is_sound(struct hb_soundness *soundness) {
    const struct hb_machine *machine = soundness->machine;
    const struct hb_virtio_blk *blk = &machine->saved->devices.virtio_blk;
    uint64_t sectors = machine->bus.disk ? machine->bus.disk->sectors : 0;
    uint64_t ram_bytes = machine->bus.disk ? machine->ram.size_bytes : 0;
    return HB_IN_BOUNDS(soundness, disk_bounds, blk, "disk", 0) &&
           hb_should(soundness, blk->sectors == sectors && blk->ram_bytes == ram_bytes, "disk", 0, "sectors") &&
           hb_should(soundness, sectors || blk->step == HB_BLK_IDLE, "disk", 0, "step") &&
           hb_should(soundness, (blk->step == HB_BLK_ACCESS) == (blk->due_cycle != UINT64_MAX), "disk", 0,
                     "due_cycle") &&
           hb_should(soundness, queue_is_sound(blk), "disk", 0, "queue") &&
           hb_should(soundness, dma_is_sound(blk), "disk", 0, "dma") &&
           hb_should(soundness, blk->step == HB_BLK_IDLE || segments_are_sound(blk), "disk", 0, "segment") &&
           hb_should(soundness, step_is_sound(blk), "disk", 0, "request");
}

/* ---- All devices ----------------------------------------------------------------------------------------------- */

static bool interrupts_are_sound(struct hb_soundness *soundness) {
    const struct hb_devices *devices = &soundness->machine->saved->devices;
    for (uint32_t source = 0; source < HB_PLIC_SOURCES; source++)
        if (!hb_should(soundness, devices->plic.priority[source] <= HB_PLIC_PRIORITY_MAX, "PLIC", source, "priority"))
            return false;
    for (uint32_t h = 0; h < devices->harts; h++)
        if (!hb_should(soundness, devices->clint.msip[h] <= 1, "CLINT, hart", h, "msip") ||
            !hb_should(soundness, devices->clint.held[h] <= (HB_CLINT_SOFTWARE | HB_CLINT_TIMER), "CLINT, hart", h,
                       "held") ||
            !hb_should(soundness, devices->clint.losing[h] <= 1, "CLINT, hart", h, "losing"))
            return false;
    return true;
}

bool hb_devices_are_sound(struct hb_soundness *soundness) {
    const struct hb_config *config = &soundness->machine->config;
    const struct hb_devices *devices = &soundness->machine->saved->devices;
    const struct hb_uart *uart = &devices->uart;
    if (!HB_IN_BOUNDS(soundness, board_bounds, devices, "board", 0) ||
        !hb_should(soundness, devices->harts == config->harts, "board", 0, "harts") ||
        !hb_should(soundness, devices->clint.cycles_per_tick == config->cycles_per_tick, "CLINT", 0,
                   "cycles_per_tick") ||
        !hb_should(soundness, uart->received - uart->taken <= HB_UART_QUEUE, "UART", 0, "received"))
        return false;
    for (uint32_t h = 0; h < devices->harts; h++)
        if (!HB_IN_BOUNDS(soundness, power_bounds, &devices->power.hart[h], "power controller, hart", h))
            return false;
    return interrupts_are_sound(soundness) && disk_is_sound(soundness);
}
