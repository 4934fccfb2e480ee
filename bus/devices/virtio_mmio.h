/* virtio over MMIO, version 2: the registers of a device with one queue (Virtual I/O Device, version 1.2, section 4.2).
 *
 * Negotiation, the queue's place and the interrupt are kept here; what the device does with the queue is up to it
 * (bus/devices/virtio_blk.h). A write returns what it means for the device.
 *
 *     FEATURES_OK is refused when the driver accepts what was not offered.
 *     A queue's size must be a power of two up to 1024; others are ignored, and a queue without a size is never ready.
 *     After an error of the driver the status says DEVICE_NEEDS_RESET, and nothing happens until it is reset.
 *
 * A slot without a device identifies itself, with device number 0. As on QEMU's board, registers are read and written
 * by words; other widths read as 0 and write nothing. The configuration space takes any width.
 */
#ifndef HB_BUS_DEVICES_VIRTIO_MMIO_H
#define HB_BUS_DEVICES_VIRTIO_MMIO_H

#include <stdbool.h>
#include <stdint.h>

#define HB_VIRTIO_QUEUE_MAX 1024u
#define HB_VIRTIO_REGISTERS 0x200u /* bytes */

#define HB_VIRTIO_F_INDIRECT_DESC (1ull << 28)
#define HB_VIRTIO_F_VERSION_1     (1ull << 32)

#define HB_VIRTIO_STATUS_DRIVER_OK   0x04u
#define HB_VIRTIO_STATUS_FEATURES_OK 0x08u
#define HB_VIRTIO_STATUS_NEEDS_RESET 0x40u

struct hb_virtio_queue {
    bool ready;
    uint32_t size; /* descriptors; 0: not set yet */
    uint64_t descriptors;
    uint64_t driver_ring; /* available */
    uint64_t device_ring; /* used */
};

struct hb_virtio_mmio {
    uint8_t status;
    uint8_t interrupt_status; /* bit 0: a buffer was used; 1: the configuration changed */
    bool signals;             /* to the PLIC; taken at once */
    uint32_t device_features_select;
    uint32_t driver_features_select;
    uint32_t queue_select;
    uint64_t driver_features; /* accepted */
    struct hb_virtio_queue queue;
};

/* What the device is; built whenever it is needed. */
struct hb_virtio_identity {
    uint32_t device;   /* 2: block device */
    uint64_t features; /* offered */
    const uint8_t *config;
    uint32_t config_bytes;
};

/* What a write meant. */
enum hb_virtio_event {
    HB_VIRTIO_NOTHING,
    HB_VIRTIO_NOTIFIED, /* look at the queue */
    HB_VIRTIO_STOPPED,  /* reset, or the queue was taken away: forget what is under way */
};

/* Register at `offset` (below HB_VIRTIO_REGISTERS) from the slot's base. */
uint64_t hb_virtio_mmio_read(const struct hb_virtio_mmio *mmio, const struct hb_virtio_identity *identity,
                             uint64_t offset, uint32_t bytes);
enum hb_virtio_event hb_virtio_mmio_write(struct hb_virtio_mmio *mmio, const struct hb_virtio_identity *identity,
                                          uint64_t offset, uint32_t bytes, uint64_t value);

/* The same for a slot without a device. */
uint64_t hb_virtio_mmio_read_empty(uint64_t offset, uint32_t bytes);

/* The interrupt: its reason, bit 0 or 1 of interrupt_status. */
void hb_virtio_mmio_interrupt(struct hb_virtio_mmio *mmio, uint8_t reason);

/* A new reason for an interrupt has come up, or one was left when the driver acknowledged others: take the signal. */
bool hb_virtio_mmio_take_signal(struct hb_virtio_mmio *mmio);

/* The driver has made a mistake from which the device cannot continue. */
void hb_virtio_mmio_break(struct hb_virtio_mmio *mmio);

/* True if the device may work on the queue. */
bool hb_virtio_mmio_runs(const struct hb_virtio_mmio *mmio);

#endif
