/* The board: which device answers at which physical address.
 *
 * All devices are plain data without pointers and are part of the machine's saved state. A register access is performed
 * by the finish of its bus transaction; what it asks of the machine (an interrupt line, the end of the run, a fence) is
 * left here as data, and `changed` tells the machine to look. The addresses are those of QEMU's `virt` board; the power
 * controller is hartbeat's own.
 *
 * Not modelled yet: PLIC, virtio, the UART's interrupt.
 */
#ifndef HB_BUS_DEVICES_DEVICES_H
#define HB_BUS_DEVICES_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/devices/clint.h"
#include "bus/devices/finisher.h"
#include "bus/devices/memory_map.h"
#include "bus/devices/power.h"
#include "bus/devices/uart.h"

struct hb_devices {
    bool changed; /* a register was written that the machine must look at */
    uint32_t harts;
    struct hb_clint clint;
    struct hb_uart uart;
    struct hb_finisher finisher;
    struct hb_power power;
};

/* The state after reset. */
void hb_devices_reset(struct hb_devices *devices, uint32_t harts, uint32_t cycles_per_tick);

/* Read or write a register at `address`, `bytes` wide (1, 2, 4 or 8, aligned), in cycle `now`. False: there is none, or
 * not of this width: an access fault. */
bool hb_devices_read(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t now, uint64_t *value);
bool hb_devices_write(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t value, uint64_t now);

/* mtime in cycle `now`. */
uint64_t hb_devices_mtime(const struct hb_devices *devices, uint64_t now);

/* True if something waits to be taken: a command to the power controller, the end of the run. */
bool hb_devices_has_request(const struct hb_devices *devices);

/* Give every field of the state, in a fixed order, to `put`; times are taken relative to `now`. */
void hb_devices_visit(const struct hb_devices *devices, uint64_t now, void (*put)(void *context, uint64_t value),
                      void *context);

#endif
