/* The board: which device answers at which physical address.
 *
 * All devices are plain data without pointers and are part of the machine's saved state. A register access is performed
 * by the finish of its bus transaction; what it asks of the machine (an interrupt line, the end of the run, a fence) is
 * left here as data, and `changed` makes the machine look. The addresses are those of QEMU's `virt` board; the power
 * controller is hartbeat's own. A disk, if there is one, is in the first virtio slot; what it wants moved is moved by
 * bus/shared/dma.h.
 */
#ifndef HB_BUS_DEVICES_DEVICES_H
#define HB_BUS_DEVICES_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/devices/clint.h"
#include "bus/devices/finisher.h"
#include "bus/devices/memory_map.h"
#include "bus/devices/plic.h"
#include "bus/devices/power.h"
#include "bus/devices/uart.h"
#include "bus/devices/virtio_blk.h"

struct hb_devices {
    bool changed; /* the machine must look: at interrupt lines, times, requests, the console */
    uint32_t harts;
    struct hb_clint clint;
    struct hb_uart uart;
    struct hb_finisher finisher;
    struct hb_power power;
    struct hb_plic plic;
    struct hb_virtio_blk virtio_blk;
};

typedef void hb_device_visitor(void *context, uint64_t value);

/* A device: a row of the table in devices.c. From it come the dispatch of addresses, the interrupt source, reset, the
 * state hash and the node in the device tree. A new one is a file, a field of struct hb_devices and a row. */
struct hb_device {
    const char *name; /* of its node in the device tree */
    uint64_t base;
    uint32_t bytes;
    uint32_t slots;         /* so many of `bytes` after each other, each with a node and an interrupt; 0: one */
    const char *compatible; /* parted by NULs */
    uint32_t compatible_bytes;
    uint32_t irq;                              /* source of the PLIC; 0: none */
    void (*reset)(struct hb_devices *devices); /* NULL: all zeros */
    /* A register at `offset`, as hb_devices_read() and hb_devices_write() have it; *value is 0. */
    bool (*read)(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t now, uint64_t *value);
    bool (*write)(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t value, uint64_t now);
    bool (*take_signal)(struct hb_devices *devices); /* its interrupt has been raised since this was asked last */
    /* Every field of its state: of one hart, of all; NULL: there is none. */
    void (*visit_hart)(const struct hb_devices *devices, uint32_t hart, uint64_t now, hb_device_visitor *put,
                       void *context);
    void (*visit)(const struct hb_devices *devices, uint64_t now, hb_device_visitor *put, void *context);
};

#define HB_DEVICES 6

extern const struct hb_device hb_device[HB_DEVICES];

/* All of its slots. */
uint64_t hb_device_bytes(const struct hb_device *device);

/* The state after reset. */
void hb_devices_reset(struct hb_devices *devices, uint32_t harts, uint32_t cycles_per_tick);

/* After hb_devices_reset(): put a disk of `sectors` into the first virtio slot of a machine with `ram_bytes` of RAM. */
void hb_devices_add_disk(struct hb_devices *devices, uint64_t sectors, uint64_t ram_bytes);

/* Reset in cycle `now`: mtime is 0 again; the disk's contents stay, and so does input that waits on the UART's line. */
void hb_devices_restart(struct hb_devices *devices, uint64_t now);

/* A byte comes in on the UART's line. */
void hb_devices_receive(struct hb_devices *devices, uint8_t byte);

/* Take the oldest received byte, in place of the guest. False: none waits. */
bool hb_devices_take(struct hb_devices *devices, uint8_t *byte);

/* Read or write a register at `address`, `bytes` wide (1, 2, 4 or 8, aligned), in cycle `now`. False: no register
 * there, or not of this width: an access fault. */
bool hb_devices_read(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t now, uint64_t *value);
bool hb_devices_write(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t value, uint64_t now);

/* mtime in cycle `now`. */
uint64_t hb_devices_mtime(const struct hb_devices *devices, uint64_t now);

/* Hand the devices' signals to the PLIC; for code that changed a device other than by these functions. */
void hb_devices_settle(struct hb_devices *devices);

/* The external interrupt lines of a hart, from the PLIC: for its machine mode, for its supervisor mode. */
static inline bool hb_devices_external_m(const struct hb_devices *devices, uint32_t hart) {
    return !hb_plic_is_idle(&devices->plic) && hb_plic_interrupts(&devices->plic, 2 * hart);
}
static inline bool hb_devices_external_s(const struct hb_devices *devices, uint32_t hart) {
    return !hb_plic_is_idle(&devices->plic) && hb_plic_interrupts(&devices->plic, 2 * hart + 1);
}

/* The cycle in which a device is due to continue by itself; UINT64_MAX: none is. */
static inline uint64_t hb_devices_due_cycle(const struct hb_devices *devices) {
    return devices->virtio_blk.due_cycle;
}

/* True if something waits to be taken: a command to the power controller, the end of the run. */
bool hb_devices_has_request(const struct hb_devices *devices);

/* Give every field of the state, in a fixed order, to `put`; times are taken relative to `now`. */
void hb_devices_visit(const struct hb_devices *devices, uint64_t now, hb_device_visitor *put, void *context);

#endif
