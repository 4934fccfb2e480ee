#include "bus/devices/virtio_mmio.h"

#include <stddef.h>

enum {
    MAGIC = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    VENDOR_ID = 0x00c,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SELECT = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SELECT = 0x024,
    QUEUE_SELECT = 0x030,
    QUEUE_SIZE_MAX = 0x034,
    QUEUE_SIZE = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    DESCRIPTORS_LOW = 0x080,
    DESCRIPTORS_HIGH = 0x084,
    DRIVER_RING_LOW = 0x090,
    DRIVER_RING_HIGH = 0x094,
    DEVICE_RING_LOW = 0x0a0,
    DEVICE_RING_HIGH = 0x0a4,
    SHARED_MEMORY = 0x0b0, /* length and base, 16 bytes: no shared memory */
    SHARED_MEMORY_END = 0x0c0,
    CONFIG = 0x100,
};

#define MAGIC_VALUE  0x74726976u /* "virt" */
#define VENDOR_VALUE 0x554d4551u /* "QEMU": drivers look for it */

#define INTERRUPT_CONFIG_CHANGED 2u

bool hb_virtio_mmio_runs(const struct hb_virtio_mmio *mmio) {
    const uint8_t wanted = HB_VIRTIO_STATUS_DRIVER_OK | HB_VIRTIO_STATUS_FEATURES_OK;
    return (mmio->status & (wanted | HB_VIRTIO_STATUS_NEEDS_RESET)) == wanted && mmio->queue.ready;
}

void hb_virtio_mmio_interrupt(struct hb_virtio_mmio *mmio, uint8_t reason) {
    mmio->interrupt_status |= reason;
    mmio->signals = true;
}

bool hb_virtio_mmio_take_signal(struct hb_virtio_mmio *mmio) {
    bool signals = mmio->signals;
    mmio->signals = false;
    return signals;
}

static void acknowledge(struct hb_virtio_mmio *mmio, uint32_t reasons) {
    mmio->interrupt_status &= (uint8_t)~reasons;
    mmio->signals |= mmio->interrupt_status != 0;
}

void hb_virtio_mmio_break(struct hb_virtio_mmio *mmio) {
    mmio->status |= HB_VIRTIO_STATUS_NEEDS_RESET;
    hb_virtio_mmio_interrupt(mmio, INTERRUPT_CONFIG_CHANGED);
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

static uint64_t read_config(const struct hb_virtio_identity *identity, uint64_t offset, uint32_t bytes) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        if (offset + i < identity->config_bytes)
            value |= (uint64_t)identity->config[offset + i] << (8 * i);
    return value;
}

static uint32_t features_word(uint64_t features, uint32_t select) {
    return select == 0 ? (uint32_t)features : select == 1 ? (uint32_t)(features >> 32) : 0;
}

/* The only queue, or NULL when another is selected. */
static struct hb_virtio_queue *selected(struct hb_virtio_mmio *mmio) {
    return mmio->queue_select == 0 ? &mmio->queue : NULL;
}

uint64_t hb_virtio_mmio_read_empty(uint64_t offset, uint32_t bytes) {
    if (bytes != 4)
        return 0;
    switch (offset) {
    case MAGIC: return MAGIC_VALUE;
    case VERSION: return 2;
    case VENDOR_ID: return VENDOR_VALUE;
    default: return 0;
    }
}

uint64_t hb_virtio_mmio_read(const struct hb_virtio_mmio *mmio, const struct hb_virtio_identity *identity,
                             uint64_t offset, uint32_t bytes) {
    if (offset >= CONFIG)
        return read_config(identity, offset - CONFIG, bytes);
    if (bytes != 4)
        return 0;
    if (offset >= SHARED_MEMORY && offset < SHARED_MEMORY_END)
        return UINT32_MAX;
    switch (offset) {
    case DEVICE_ID: return identity->device;
    case DEVICE_FEATURES: return features_word(identity->features, mmio->device_features_select);
    case QUEUE_SIZE_MAX: return mmio->queue_select == 0 ? HB_VIRTIO_QUEUE_MAX : 0;
    case QUEUE_READY: return mmio->queue_select == 0 && mmio->queue.ready;
    case INTERRUPT_STATUS: return mmio->interrupt_status;
    case STATUS: return mmio->status;
    default: return hb_virtio_mmio_read_empty(offset, bytes);
    }
}

/* ---- Writing --------------------------------------------------------------------------------------------------- */

static enum hb_virtio_event set_status(struct hb_virtio_mmio *mmio, const struct hb_virtio_identity *identity,
                                       uint32_t value) {
    if (value == 0) {
        *mmio = (struct hb_virtio_mmio){0};
        return HB_VIRTIO_STOPPED;
    }
    uint8_t status = (uint8_t)value & (uint8_t)~HB_VIRTIO_STATUS_NEEDS_RESET;
    if (mmio->driver_features & ~identity->features)
        status &= (uint8_t)~HB_VIRTIO_STATUS_FEATURES_OK;
    mmio->status = status | (mmio->status & HB_VIRTIO_STATUS_NEEDS_RESET);
    return HB_VIRTIO_NOTHING;
}

static void accept_features(struct hb_virtio_mmio *mmio, uint32_t value) {
    uint32_t shift = 32 * mmio->driver_features_select;
    if (mmio->driver_features_select > 1 || mmio->status & HB_VIRTIO_STATUS_FEATURES_OK)
        return;
    mmio->driver_features &= ~(0xffffffffull << shift);
    mmio->driver_features |= (uint64_t)value << shift;
}

static enum hb_virtio_event set_ready(struct hb_virtio_queue *queue, uint32_t value) {
    bool was_ready = queue->ready;
    queue->ready = value & 1 && queue->size != 0;
    return was_ready && !queue->ready ? HB_VIRTIO_STOPPED : HB_VIRTIO_NOTHING;
}

static void set_size(struct hb_virtio_queue *queue, uint32_t value) {
    if (value != 0 && value <= HB_VIRTIO_QUEUE_MAX && (value & (value - 1)) == 0)
        queue->size = value;
}

static void set_half(uint64_t *address, uint64_t offset, uint32_t value) {
    uint32_t shift = 8 * (offset & 4);
    *address = (*address & ~(0xffffffffull << shift)) | (uint64_t)value << shift;
}

/* The queue can be described only while it is not in use. */
static void describe_queue(struct hb_virtio_queue *queue, uint64_t offset, uint32_t value) {
    if (queue->ready)
        return;
    switch (offset) {
    case QUEUE_SIZE: set_size(queue, value); break;
    case DESCRIPTORS_LOW:
    case DESCRIPTORS_HIGH: set_half(&queue->descriptors, offset, value); break;
    case DRIVER_RING_LOW:
    case DRIVER_RING_HIGH: set_half(&queue->driver_ring, offset, value); break;
    case DEVICE_RING_LOW:
    case DEVICE_RING_HIGH: set_half(&queue->device_ring, offset, value); break;
    default: break;
    }
}

enum hb_virtio_event hb_virtio_mmio_write(struct hb_virtio_mmio *mmio, const struct hb_virtio_identity *identity,
                                          uint64_t offset, uint32_t bytes, uint64_t value64) {
    uint32_t value = (uint32_t)value64;
    if (bytes != 4)
        return HB_VIRTIO_NOTHING;
    switch (offset) {
    case DEVICE_FEATURES_SELECT: mmio->device_features_select = value; break;
    case DRIVER_FEATURES: accept_features(mmio, value); break;
    case DRIVER_FEATURES_SELECT: mmio->driver_features_select = value; break;
    case QUEUE_SELECT: mmio->queue_select = value; break;
    case QUEUE_READY: return selected(mmio) ? set_ready(&mmio->queue, value) : HB_VIRTIO_NOTHING;
    case QUEUE_NOTIFY: return value == 0 && hb_virtio_mmio_runs(mmio) ? HB_VIRTIO_NOTIFIED : HB_VIRTIO_NOTHING;
    case INTERRUPT_ACK: acknowledge(mmio, value); break;
    case STATUS: return set_status(mmio, identity, value);
    default:
        if (selected(mmio))
            describe_queue(&mmio->queue, offset, value);
        break;
    }
    return HB_VIRTIO_NOTHING;
}
