/* virtio block device: a disk on virtio-mmio, with one split queue (Virtual I/O Device, version 1.2, 2.7 and 5.2).
 *
 * Requests: IN, OUT, FLUSH, GET_ID; others are answered with UNSUPP. Offered: VERSION_1, INDIRECT_DESC, FLUSH,
 * BLK_SIZE, SEG_MAX. One request is under way at a time. The whole queue is read and written by DMA
 * (bus/devices/dma.h), one piece after another; the access time of the disk passes between the request's header and its
 * data.
 *
 * Nothing that the driver puts into memory is trusted: a chain is read whole and checked before anything is done with
 * it. Sectors that do not exist and lengths that are not whole sectors are answered with IOERR. Where there is no
 * status byte for an answer (a chain that loops, is in the wrong order, is too short, or reaches out of RAM; rings
 * outside RAM; an index that jumps ahead by more than the queue has) the device asks to be reset and leaves the queue
 * alone from then on.
 *
 * Plain data: the disk comes with each call. Not modelled: several requests at once, EVENT_IDX, discard, topology.
 */
#ifndef HB_BUS_DEVICES_VIRTIO_BLK_H
#define HB_BUS_DEVICES_VIRTIO_BLK_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/devices/dma.h"
#include "bus/devices/virtio_mmio.h"
#include "memory/disk.h"

#define HB_VIRTIO_BLK_IRQ           1u    /* source of the PLIC: slot 0 */
#define HB_VIRTIO_BLK_ACCESS_CYCLES 1000u /* 10 microseconds of a fast SSD */
#define HB_VIRTIO_BLK_SEGMENTS_MAX  1024u

/* What the present DMA, or the wait, is for. */
enum hb_virtio_blk_step {
    HB_BLK_IDLE,
    HB_BLK_AVAILABLE, /* flags and index of the available ring */
    HB_BLK_ENTRY,     /* its next entry */
    HB_BLK_DESCRIPTOR,
    HB_BLK_HEADER,
    HB_BLK_ACCESS, /* waiting for the disk */
    HB_BLK_DATA,
    HB_BLK_STATUS,
    HB_BLK_USED_ENTRY,
    HB_BLK_USED_INDEX,
};

struct hb_virtio_blk_segment {
    uint64_t address;
    uint32_t bytes;
};

/* The chain of descriptors that makes a request. */
struct hb_virtio_blk_chain {
    uint16_t head;
    bool indirect;       /* the table is the driver's own */
    uint16_t descriptor; /* being read */
    uint32_t table_size;
    uint64_t table;
    uint32_t seen; /* descriptors of this table */
    uint32_t readable, segments;
    uint64_t readable_bytes, writable_bytes;
    struct hb_virtio_blk_segment segment[HB_VIRTIO_BLK_SEGMENTS_MAX]; /* the readable ones first */
};

struct hb_virtio_blk {
    uint64_t sectors;   /* 0: there is no disk */
    uint64_t ram_bytes; /* DMA stays inside */
    struct hb_virtio_mmio mmio;
    uint8_t step;             /* enum hb_virtio_blk_step */
    bool completed;           /* a request came since the available ring was last read */
    uint16_t available, used; /* indices: taken from the available ring, put into the used ring */
    uint32_t type;            /* of the request */
    uint8_t status;           /* its answer */
    uint64_t sector, left_bytes, written_bytes;
    uint32_t chunk_bytes, chunk_done; /* of what is moved through dma.data */
    uint32_t cursor_segment, cursor_bytes;
    uint64_t due_cycle; /* when the disk's access time is over; UINT64_MAX: it is not waiting */
    struct hb_virtio_blk_chain chain;
    struct hb_dma dma;
};

/* The state after reset: a disk of `sectors` (0: none) in a machine with `ram_bytes` of RAM. */
void hb_virtio_blk_reset(struct hb_virtio_blk *blk, uint64_t sectors, uint64_t ram_bytes);

/* The interrupt line. */
bool hb_virtio_blk_interrupts(const struct hb_virtio_blk *blk);

/* Register at `offset` of its slot. A write may leave a DMA to be done, or withdraw one. */
uint64_t hb_virtio_blk_read(const struct hb_virtio_blk *blk, uint64_t offset, uint32_t bytes);
void hb_virtio_blk_write(struct hb_virtio_blk *blk, uint64_t offset, uint32_t bytes, uint64_t value);

/* The DMA has been done (its kind is NONE again): go on, in cycle `now`. */
void hb_virtio_blk_moved(struct hb_virtio_blk *blk, struct hb_disk *disk, uint64_t now);

/* due_cycle has come. */
void hb_virtio_blk_due(struct hb_virtio_blk *blk, struct hb_disk *disk);

/* Give every field of the state to `put`; times are taken relative to `now`. */
void hb_virtio_blk_visit(const struct hb_virtio_blk *blk, uint64_t now, void (*put)(void *context, uint64_t value),
                         void *context);

#endif
