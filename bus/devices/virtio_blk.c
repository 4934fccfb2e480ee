#include "bus/devices/virtio_blk.h"

#include <string.h>

#include "bus/devices/memory_map.h"

#define F_SEG_MAX  (1ull << 2)
#define F_BLK_SIZE (1ull << 6)
#define F_FLUSH    (1ull << 9)
#define FEATURES   (F_SEG_MAX | F_BLK_SIZE | F_FLUSH | HB_VIRTIO_F_INDIRECT_DESC | HB_VIRTIO_F_VERSION_1)

#define DEVICE_BLOCK  2u
#define SEGMENTS_TOLD 254u

enum { CONFIG_CAPACITY = 0, CONFIG_SEG_MAX = 12, CONFIG_BLK_SIZE = 20, CONFIG_BYTES = 60 };
enum { REQUEST_IN = 0, REQUEST_OUT = 1, REQUEST_FLUSH = 4, REQUEST_GET_ID = 8 };
enum { STATUS_OK, STATUS_IOERR, STATUS_UNSUPP };

#define DESCRIPTOR_BYTES       16u
#define DESCRIPTOR_NEXT        1u
#define DESCRIPTOR_WRITE       2u
#define DESCRIPTOR_INDIRECT    4u
#define AVAILABLE_NO_INTERRUPT 1u
#define INTERRUPT_USED         1u
#define HEADER_BYTES           16u
#define ID_BYTES               20u

static uint64_t load(const uint8_t *at, uint32_t bytes) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static void store(uint8_t *at, uint32_t bytes, uint64_t value) {
    for (uint32_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

/* ---- DMA ------------------------------------------------------------------------------------------------------- */

static bool in_ram(const struct hb_virtio_blk *blk, uint64_t address, uint64_t bytes) {
    uint64_t offset = address - HB_RAM_BASE;
    return bytes <= blk->ram_bytes && offset <= blk->ram_bytes - bytes;
}

static void stop(struct hb_virtio_blk *blk) {
    blk->step = HB_BLK_IDLE;
    blk->completed = false;
    blk->due_cycle = UINT64_MAX;
    blk->dma.kind = HB_DMA_NONE;
}

static void give_up(struct hb_virtio_blk *blk) {
    stop(blk);
    hb_virtio_mmio_break(&blk->mmio);
}

static void ask(struct hb_virtio_blk *blk, enum hb_virtio_blk_step step, enum hb_dma_kind kind, uint64_t address,
                uint32_t bytes, uint32_t at) {
    blk->step = (uint8_t)step;
    blk->dma.kind = (uint8_t)kind;
    blk->dma.address = address;
    blk->dma.bytes = bytes;
    blk->dma.at = at;
    blk->dma.done = 0;
}

/* ---- The next request ------------------------------------------------------------------------------------------ */

static bool rings_are_in_ram(const struct hb_virtio_blk *blk) {
    const struct hb_virtio_queue *queue = &blk->mmio.queue;
    return in_ram(blk, queue->descriptors, 16ull * queue->size) &&
           in_ram(blk, queue->driver_ring, 6 + 2ull * queue->size) &&
           in_ram(blk, queue->device_ring, 6 + 8ull * queue->size);
}

static void look_for_request(struct hb_virtio_blk *blk) {
    if (!rings_are_in_ram(blk))
        give_up(blk);
    else
        ask(blk, HB_BLK_AVAILABLE, HB_DMA_READ, blk->mmio.queue.driver_ring, 4, 0);
}

static void take_available(struct hb_virtio_blk *blk) {
    const struct hb_virtio_queue *queue = &blk->mmio.queue;
    uint16_t flags = (uint16_t)load(blk->dma.data, 2);
    uint16_t waiting = (uint16_t)(load(blk->dma.data + 2, 2) - blk->available);
    if (blk->completed && !(flags & AVAILABLE_NO_INTERRUPT))
        hb_virtio_mmio_interrupt(&blk->mmio, INTERRUPT_USED);
    blk->completed = false;
    if (waiting > queue->size)
        give_up(blk);
    else if (waiting > 0)
        ask(blk, HB_BLK_ENTRY, HB_DMA_READ, queue->driver_ring + 4 + 2ull * (blk->available % queue->size), 2, 0);
    else
        blk->step = HB_BLK_IDLE;
}

/* ---- Its chain of descriptors ---------------------------------------------------------------------------------- */

static void read_descriptor(struct hb_virtio_blk *blk, uint32_t number) {
    struct hb_virtio_blk_chain *chain = &blk->chain;
    if (number >= chain->table_size || chain->seen == chain->table_size) { /* out of range, or a loop */
        give_up(blk);
        return;
    }
    chain->seen++;
    chain->descriptor = (uint16_t)number;
    ask(blk, HB_BLK_DESCRIPTOR, HB_DMA_READ, chain->table + DESCRIPTOR_BYTES * (uint64_t)number, DESCRIPTOR_BYTES, 0);
}

static void take_entry(struct hb_virtio_blk *blk) {
    struct hb_virtio_blk_chain *chain = &blk->chain;
    blk->available++;
    chain->head = (uint16_t)load(blk->dma.data, 2);
    chain->indirect = false;
    chain->table = blk->mmio.queue.descriptors;
    chain->table_size = blk->mmio.queue.size;
    chain->seen = chain->readable = chain->segments = 0;
    chain->readable_bytes = chain->writable_bytes = 0;
    read_descriptor(blk, chain->head);
}

static void enter_table(struct hb_virtio_blk *blk, uint64_t address, uint32_t bytes, uint16_t flags) {
    struct hb_virtio_blk_chain *chain = &blk->chain;
    bool accepted = blk->mmio.driver_features & HB_VIRTIO_F_INDIRECT_DESC;
    if (!accepted || chain->indirect || flags & DESCRIPTOR_NEXT || bytes == 0 || bytes % DESCRIPTOR_BYTES ||
        bytes / DESCRIPTOR_BYTES > HB_VIRTIO_QUEUE_MAX || !in_ram(blk, address, bytes)) {
        give_up(blk);
        return;
    }
    chain->indirect = true;
    chain->table = address;
    chain->table_size = bytes / DESCRIPTOR_BYTES;
    chain->seen = 0;
    read_descriptor(blk, 0);
}

/* False: the driver must not ask for this. */
static bool add_segment(struct hb_virtio_blk *blk, uint64_t address, uint32_t bytes, bool writable) {
    struct hb_virtio_blk_chain *chain = &blk->chain;
    bool in_order = writable || chain->segments == chain->readable;
    if (!in_order || bytes == 0 || !in_ram(blk, address, bytes) || chain->segments == HB_VIRTIO_BLK_SEGMENTS_MAX)
        return false;
    chain->segment[chain->segments++] = (struct hb_virtio_blk_segment){address, bytes};
    if (writable) {
        chain->writable_bytes += bytes;
    } else {
        chain->readable++;
        chain->readable_bytes += bytes;
    }
    return true;
}

static void begin_chunk(struct hb_virtio_blk *blk, enum hb_virtio_blk_step step, uint32_t bytes);

static void set_cursor(struct hb_virtio_blk *blk, uint32_t segment) {
    blk->cursor_segment = segment;
    blk->cursor_bytes = 0;
}

static void begin_request(struct hb_virtio_blk *blk) {
    if (blk->chain.readable_bytes < HEADER_BYTES || blk->chain.writable_bytes < 1) {
        give_up(blk);
        return;
    }
    blk->written_bytes = 0;
    set_cursor(blk, 0);
    begin_chunk(blk, HB_BLK_HEADER, HEADER_BYTES);
}

static void take_descriptor(struct hb_virtio_blk *blk) {
    uint64_t address = load(blk->dma.data, 8);
    uint32_t bytes = (uint32_t)load(blk->dma.data + 8, 4);
    uint16_t flags = (uint16_t)load(blk->dma.data + 12, 2), next = (uint16_t)load(blk->dma.data + 14, 2);
    if (flags & DESCRIPTOR_INDIRECT)
        enter_table(blk, address, bytes, flags);
    else if (!add_segment(blk, address, bytes, flags & DESCRIPTOR_WRITE))
        give_up(blk);
    else if (flags & DESCRIPTOR_NEXT)
        read_descriptor(blk, next);
    else
        begin_request(blk);
}

/* ---- Moving a chunk through dma.data, segment by segment ------------------------------------------------------- */

/* Header and OUT data come from memory; IN data and the identity go there. */
static enum hb_dma_kind direction(const struct hb_virtio_blk *blk) {
    return blk->step == HB_BLK_DATA && blk->type != REQUEST_OUT ? HB_DMA_WRITE : HB_DMA_READ;
}

static void move_piece(struct hb_virtio_blk *blk) {
    const struct hb_virtio_blk_segment *segment = &blk->chain.segment[blk->cursor_segment];
    uint32_t bytes = segment->bytes - blk->cursor_bytes, wanted = blk->chunk_bytes - blk->chunk_done;
    ask(blk, blk->step, direction(blk), segment->address + blk->cursor_bytes, bytes < wanted ? bytes : wanted,
        blk->chunk_done);
}

static void begin_chunk(struct hb_virtio_blk *blk, enum hb_virtio_blk_step step, uint32_t bytes) {
    blk->step = (uint8_t)step;
    blk->chunk_bytes = bytes;
    blk->chunk_done = 0;
    move_piece(blk);
}

/* A piece has been moved. True: the chunk is complete. */
static bool chunk_is_moved(struct hb_virtio_blk *blk) {
    blk->chunk_done += blk->dma.bytes;
    blk->cursor_bytes += blk->dma.bytes;
    if (blk->cursor_bytes == blk->chain.segment[blk->cursor_segment].bytes)
        set_cursor(blk, blk->cursor_segment + 1);
    if (blk->chunk_done == blk->chunk_bytes)
        return true;
    move_piece(blk);
    return false;
}

/* ---- The request ----------------------------------------------------------------------------------------------- */

static void answer(struct hb_virtio_blk *blk, uint8_t status) {
    const struct hb_virtio_blk_segment *last = &blk->chain.segment[blk->chain.segments - 1];
    blk->status = status;
    blk->dma.data[0] = status;
    ask(blk, HB_BLK_STATUS, HB_DMA_WRITE, last->address + last->bytes - 1, 1, 0);
}

static bool sectors_exist(const struct hb_virtio_blk *blk, uint64_t bytes) {
    return bytes % HB_SECTOR_BYTES == 0 && blk->sector <= blk->sectors &&
           bytes / HB_SECTOR_BYTES <= blk->sectors - blk->sector;
}

static void take_header(struct hb_virtio_blk *blk, uint64_t now) {
    blk->type = (uint32_t)load(blk->dma.data, 4);
    blk->sector = load(blk->dma.data + 8, 8);
    bool moves = blk->type == REQUEST_IN || blk->type == REQUEST_OUT;
    if (!moves && blk->type != REQUEST_FLUSH && blk->type != REQUEST_GET_ID) {
        answer(blk, STATUS_UNSUPP);
        return;
    }
    blk->left_bytes =
        blk->type == REQUEST_OUT ? blk->chain.readable_bytes - HEADER_BYTES : blk->chain.writable_bytes - 1;
    if (moves && !sectors_exist(blk, blk->left_bytes)) {
        answer(blk, STATUS_IOERR);
        return;
    }
    blk->step = HB_BLK_ACCESS;
    blk->due_cycle = now + HB_VIRTIO_BLK_ACCESS_CYCLES;
}

/* The next sector of the data, or the end of the request. */
static void next_sector(struct hb_virtio_blk *blk, struct hb_disk *disk) {
    if (blk->left_bytes == 0)
        answer(blk, STATUS_OK);
    else if (blk->type == REQUEST_IN && !hb_disk_read(disk, blk->sector, blk->dma.data))
        answer(blk, STATUS_IOERR);
    else
        begin_chunk(blk, HB_BLK_DATA, HB_SECTOR_BYTES);
}

static void give_identity(struct hb_virtio_blk *blk) {
    uint32_t bytes = blk->left_bytes < ID_BYTES ? (uint32_t)blk->left_bytes : ID_BYTES;
    memset(blk->dma.data, 0, ID_BYTES);
    memcpy(blk->dma.data, "hartbeat disk", sizeof "hartbeat disk");
    blk->left_bytes = bytes;
    if (bytes == 0)
        answer(blk, STATUS_OK);
    else
        begin_chunk(blk, HB_BLK_DATA, bytes);
}

void hb_virtio_blk_due(struct hb_virtio_blk *blk, struct hb_disk *disk) {
    blk->due_cycle = UINT64_MAX;
    switch (blk->type) {
    case REQUEST_FLUSH: answer(blk, STATUS_OK); break;
    case REQUEST_GET_ID:
        set_cursor(blk, blk->chain.readable);
        give_identity(blk);
        break;
    case REQUEST_IN:
        set_cursor(blk, blk->chain.readable);
        next_sector(blk, disk);
        break;
    default: next_sector(blk, disk); break;
    }
}

static void take_chunk(struct hb_virtio_blk *blk, struct hb_disk *disk) {
    bool ok = blk->type != REQUEST_OUT || hb_disk_write(disk, blk->sector, blk->dma.data);
    blk->left_bytes -= blk->chunk_bytes;
    blk->written_bytes += blk->type != REQUEST_OUT ? blk->chunk_bytes : 0;
    blk->sector++;
    if (ok)
        next_sector(blk, disk);
    else
        answer(blk, STATUS_IOERR);
}

/* ---- The used ring --------------------------------------------------------------------------------------------- */

static void put_used_entry(struct hb_virtio_blk *blk) {
    uint64_t written = blk->written_bytes + 1;
    store(blk->dma.data, 4, blk->chain.head);
    store(blk->dma.data + 4, 4, written < UINT32_MAX ? written : UINT32_MAX);
    uint64_t at = blk->mmio.queue.device_ring + 4 + 8ull * (blk->used % blk->mmio.queue.size);
    ask(blk, HB_BLK_USED_ENTRY, HB_DMA_WRITE, at, 8, 0);
}

static void put_used_index(struct hb_virtio_blk *blk) {
    store(blk->dma.data, 2, ++blk->used);
    ask(blk, HB_BLK_USED_INDEX, HB_DMA_WRITE, blk->mmio.queue.device_ring + 2, 2, 0);
}

/* ---- The device as a whole ------------------------------------------------------------------------------------- */

void hb_virtio_blk_moved(struct hb_virtio_blk *blk, struct hb_disk *disk, uint64_t now) {
    switch (blk->step) {
    case HB_BLK_AVAILABLE: take_available(blk); break;
    case HB_BLK_ENTRY: take_entry(blk); break;
    case HB_BLK_DESCRIPTOR: take_descriptor(blk); break;
    case HB_BLK_HEADER:
        if (chunk_is_moved(blk))
            take_header(blk, now);
        break;
    case HB_BLK_DATA:
        if (chunk_is_moved(blk))
            take_chunk(blk, disk);
        break;
    case HB_BLK_STATUS: put_used_entry(blk); break;
    case HB_BLK_USED_ENTRY: put_used_index(blk); break;
    case HB_BLK_USED_INDEX:
        blk->completed = true;
        look_for_request(blk);
        break;
    default: break;
    }
}

void hb_virtio_blk_reset(struct hb_virtio_blk *blk, uint64_t sectors, uint64_t ram_bytes) {
    *blk = (struct hb_virtio_blk){.sectors = sectors, .ram_bytes = ram_bytes, .due_cycle = UINT64_MAX};
}

bool hb_virtio_blk_interrupts(const struct hb_virtio_blk *blk) {
    return blk->mmio.interrupt_status != 0;
}

static struct hb_virtio_identity identity_of(const struct hb_virtio_blk *blk, uint8_t config[CONFIG_BYTES]) {
    memset(config, 0, CONFIG_BYTES);
    store(config + CONFIG_CAPACITY, 8, blk->sectors);
    store(config + CONFIG_SEG_MAX, 4, SEGMENTS_TOLD);
    store(config + CONFIG_BLK_SIZE, 4, HB_SECTOR_BYTES);
    return (struct hb_virtio_identity){DEVICE_BLOCK, FEATURES, config, CONFIG_BYTES};
}

uint64_t hb_virtio_blk_read(const struct hb_virtio_blk *blk, uint64_t offset, uint32_t bytes) {
    uint8_t config[CONFIG_BYTES];
    struct hb_virtio_identity identity = identity_of(blk, config);
    return hb_virtio_mmio_read(&blk->mmio, &identity, offset, bytes);
}

void hb_virtio_blk_write(struct hb_virtio_blk *blk, uint64_t offset, uint32_t bytes, uint64_t value) {
    uint8_t config[CONFIG_BYTES];
    struct hb_virtio_identity identity = identity_of(blk, config);
    switch (hb_virtio_mmio_write(&blk->mmio, &identity, offset, bytes, value)) {
    case HB_VIRTIO_NOTIFIED:
        if (blk->step == HB_BLK_IDLE) /* otherwise it looks again before it rests */
            look_for_request(blk);
        break;
    case HB_VIRTIO_STOPPED:
        stop(blk);
        blk->available = blk->used = 0;
        break;
    default: break;
    }
}

/* ---- For the state hash ---------------------------------------------------------------------------------------- */

static void visit_mmio(const struct hb_virtio_mmio *mmio, void (*put)(void *, uint64_t), void *context) {
    const uint64_t registers[] = {
        mmio->status,
        mmio->interrupt_status,
        mmio->device_features_select,
        mmio->driver_features_select,
        mmio->queue_select,
        mmio->driver_features,
        mmio->queue.ready,
        mmio->queue.size,
        mmio->queue.descriptors,
        mmio->queue.driver_ring,
        mmio->queue.device_ring,
    };
    for (uint32_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
        put(context, registers[i]);
}

static void visit_chain(const struct hb_virtio_blk_chain *chain, void (*put)(void *, uint64_t), void *context) {
    const uint64_t fields[] = {chain->head,  chain->indirect, chain->descriptor, chain->table_size,
                               chain->table, chain->seen,     chain->readable,   chain->segments};
    for (uint32_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        put(context, fields[i]);
    for (uint32_t i = 0; i < chain->segments; i++) {
        put(context, chain->segment[i].address);
        put(context, chain->segment[i].bytes);
    }
}

static void visit_work(const struct hb_virtio_blk *blk, uint64_t now, void (*put)(void *, uint64_t), void *context) {
    const uint64_t fields[] = {
        blk->completed,      blk->type,
        blk->status,         blk->sector,
        blk->left_bytes,     blk->written_bytes,
        blk->chunk_bytes,    blk->chunk_done,
        blk->cursor_segment, blk->cursor_bytes,
        blk->dma.kind,       blk->dma.address,
        blk->dma.bytes,      blk->dma.at,
        blk->dma.done,       blk->due_cycle == UINT64_MAX ? blk->due_cycle : blk->due_cycle - now,
    };
    for (uint32_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        put(context, fields[i]);
    for (uint32_t i = 0; i < HB_DMA_BYTES; i += 8)
        put(context, load(blk->dma.data + i, 8));
}

void hb_virtio_blk_visit(const struct hb_virtio_blk *blk, uint64_t now, void (*put)(void *context, uint64_t value),
                         void *context) {
    if (blk->sectors == 0)
        return;
    visit_mmio(&blk->mmio, put, context);
    put(context, blk->available);
    put(context, blk->used);
    put(context, blk->step);
    if (blk->step == HB_BLK_IDLE)
        return;
    visit_chain(&blk->chain, put, context);
    visit_work(blk, now, put, context);
}
