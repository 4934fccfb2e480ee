#include "bus/devices/devices.h"

#include <stddef.h>
#include <string.h>

void hb_devices_add_disk(struct hb_devices *devices, uint64_t sectors, uint64_t ram_bytes) {
    hb_virtio_blk_reset(&devices->virtio_blk, sectors, ram_bytes);
}

void hb_devices_restart(struct hb_devices *devices, uint64_t now) {
    const struct hb_uart line = devices->uart;
    const struct hb_clint before = devices->clint;
    uint64_t sectors = devices->virtio_blk.sectors, ram_bytes = devices->virtio_blk.ram_bytes;
    hb_devices_reset(devices, devices->harts, devices->clint.cycles_per_tick);
    memcpy(devices->clint.held, before.held, sizeof before.held); /* faults are none of software's */
    memcpy(devices->clint.losing, before.losing, sizeof before.losing);
    hb_devices_add_disk(devices, sectors, ram_bytes);
    devices->clint.offset = 0 - now / devices->clint.cycles_per_tick;
    for (uint32_t i = line.taken; i != line.received; i++)
        hb_uart_receive(&devices->uart, line.queue[i % HB_UART_QUEUE]);
    devices->uart.overruns = line.overruns;
    devices->changed = true;
}

void hb_devices_settle(struct hb_devices *devices) {
    for (const struct hb_device *device = hb_device; device < hb_device + HB_DEVICES; device++)
        if (device->take_signal && device->take_signal(devices))
            devices->changed |= hb_plic_signal(&devices->plic, device->irq);
}

void hb_devices_receive(struct hb_devices *devices, uint8_t byte) {
    hb_uart_receive(&devices->uart, byte);
    hb_devices_settle(devices);
}

bool hb_devices_take(struct hb_devices *devices, uint8_t *byte) {
    bool any = hb_uart_take(&devices->uart, byte);
    hb_devices_settle(devices);
    return any;
}

uint64_t hb_devices_mtime(const struct hb_devices *devices, uint64_t now) {
    return hb_clint_mtime(&devices->clint, now);
}

/* ---- CLINT ----------------------------------------------------------------------------------------------------- */

static bool read_clint(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t now, uint64_t *value) {
    return hb_clint_read(&devices->clint, offset, bytes, now, devices->harts, value);
}

static bool write_clint(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t value, uint64_t now) {
    return hb_clint_write(&devices->clint, offset, bytes, value, now, devices->harts);
}

static void visit_clint(const struct hb_devices *devices, uint32_t hart, uint64_t now, hb_device_visitor *put,
                        void *context) {
    uint64_t timer = devices->clint.mtimecmp[hart];
    put(context, devices->clint.msip[hart] | (uint64_t)devices->clint.held[hart] << 8 |
                     (uint64_t)devices->clint.losing[hart] << 16);
    put(context, timer == UINT64_MAX ? timer : timer - hb_clint_mtime(&devices->clint, now));
}

/* ---- Power controller ------------------------------------------------------------------------------------------ */

static bool read_power(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t now, uint64_t *value) {
    (void)now;
    return hb_power_read(&devices->power, offset, bytes, devices->harts, value);
}

static bool write_power(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t value, uint64_t now) {
    (void)now;
    return hb_power_write(&devices->power, offset, bytes, value, devices->harts);
}

static void visit_power(const struct hb_devices *devices, uint32_t hart, uint64_t now, hb_device_visitor *put,
                        void *context) {
    const struct hb_power_hart *power = &devices->power.hart[hart];
    (void)now;
    put(context, (uint64_t)(power->command | power->state << 8 | power->requested << 16));
    put(context, power->entry);
    put(context, power->argument);
}

/* ---- UART ------------------------------------------------------------------------------------------------------ */

/* As on QEMU's board the register is read, however wide the access; some change the state when they are. */
static bool read_uart(struct hb_devices *devices, uint64_t number, uint32_t bytes, uint64_t now, uint64_t *value) {
    (void)bytes;
    (void)now;
    if (number < 8) {
        *value = hb_uart_read(&devices->uart, (uint32_t)number);
        hb_devices_settle(devices);
    }
    return true;
}

static bool write_uart(struct hb_devices *devices, uint64_t number, uint32_t bytes, uint64_t value, uint64_t now) {
    (void)bytes;
    (void)now;
    if (number < 8)
        hb_uart_write(&devices->uart, (uint32_t)number, (uint8_t)value);
    hb_devices_settle(devices);
    return true;
}

static bool take_signal_of_uart(struct hb_devices *devices) {
    return hb_uart_take_signal(&devices->uart);
}

static void visit_uart(const struct hb_devices *devices, uint64_t now, hb_device_visitor *put, void *context) {
    const struct hb_uart *uart = &devices->uart;
    const uint8_t registers[] = {uart->ier, uart->lcr, uart->mcr, uart->scr,
                                 uart->fcr, uart->dll, uart->dlm, uart->sent_pending};
    (void)now;
    for (uint32_t i = 0; i < sizeof registers; i++)
        put(context, registers[i]);
    put(context, uart->received - uart->taken);
    for (uint32_t i = uart->taken; i != uart->received; i++)
        put(context, uart->queue[i % HB_UART_QUEUE]);
}

/* ---- PLIC ------------------------------------------------------------------------------------------------------ */

static bool read_plic(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t now, uint64_t *value) {
    (void)now;
    devices->changed |= hb_plic_read_claims(offset);
    return hb_plic_read(&devices->plic, offset, bytes, 2 * devices->harts, value);
}

static bool write_plic(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t value, uint64_t now) {
    (void)now;
    return hb_plic_write(&devices->plic, offset, bytes, value, 2 * devices->harts);
}

static void visit_plic(const struct hb_devices *devices, uint64_t now, hb_device_visitor *put, void *context) {
    const struct hb_plic *plic = &devices->plic;
    const uint32_t contexts = 2 * devices->harts;
    (void)now;
    for (uint32_t source = 1; source < HB_PLIC_SOURCES; source++)
        put(context, plic->priority[source]);
    for (uint32_t word = 0; word < HB_PLIC_WORDS; word++) {
        put(context, plic->pending[word]);
        put(context, plic->claimed[word]);
        for (uint32_t i = 0; i < contexts; i++)
            put(context, plic->context[i].enabled[word]);
    }
    for (uint32_t i = 0; i < contexts; i++)
        put(context, plic->context[i].threshold);
}

/* ---- Virtio ---------------------------------------------------------------------------------------------------- */

/* A disk is in the first slot. */
static bool has_disk(const struct hb_devices *devices, uint64_t offset) {
    return offset < HB_VIRTIO_STRIDE && devices->virtio_blk.sectors != 0;
}

static bool read_virtio(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t now, uint64_t *value) {
    uint64_t at = offset % HB_VIRTIO_STRIDE;
    (void)now;
    if (at >= HB_VIRTIO_REGISTERS)
        return false;
    *value = has_disk(devices, offset) ? hb_virtio_blk_read(&devices->virtio_blk, at, bytes)
                                       : hb_virtio_mmio_read_empty(at, bytes);
    return true;
}

static bool write_virtio(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t value, uint64_t now) {
    uint64_t at = offset % HB_VIRTIO_STRIDE;
    (void)now;
    if (at >= HB_VIRTIO_REGISTERS)
        return false;
    if (has_disk(devices, offset))
        hb_virtio_blk_write(&devices->virtio_blk, at, bytes, value);
    hb_devices_settle(devices);
    return true;
}

static bool take_signal_of_virtio(struct hb_devices *devices) {
    return hb_virtio_mmio_take_signal(&devices->virtio_blk.mmio);
}

static void visit_virtio(const struct hb_devices *devices, uint64_t now, hb_device_visitor *put, void *context) {
    hb_virtio_blk_visit(&devices->virtio_blk, now, put, context);
}

/* ---- Finisher -------------------------------------------------------------------------------------------------- */

static bool read_finisher(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t now, uint64_t *value) {
    (void)devices, (void)offset, (void)bytes, (void)now, (void)value;
    return true; /* it reads as 0 */
}

static bool write_finisher(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t value, uint64_t now) {
    (void)bytes;
    (void)now;
    if (offset == 0)
        hb_finisher_write(&devices->finisher, (uint32_t)value);
    return true;
}

static void visit_finisher(const struct hb_devices *devices, uint64_t now, hb_device_visitor *put, void *context) {
    (void)now;
    put(context, (uint64_t)devices->finisher.value << 1 | devices->finisher.requested);
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

static void reset_uart(struct hb_devices *devices) {
    hb_uart_reset(&devices->uart);
}

static void reset_virtio(struct hb_devices *devices) {
    hb_virtio_blk_reset(&devices->virtio_blk, 0, 0);
}

#define COMPATIBLE(text) .compatible = (text), .compatible_bytes = sizeof(text)

/* What is in the order of these rows: the state hash and the device tree. */
const struct hb_device hb_device[HB_DEVICES] = {
    {.name = "serial",
     .base = HB_UART_BASE,
     .bytes = HB_UART_BYTES,
     COMPATIBLE("ns16550a"),
     .irq = HB_UART_IRQ,
     .reset = reset_uart,
     .read = read_uart,
     .write = write_uart,
     .take_signal = take_signal_of_uart,
     .visit = visit_uart},
    {.name = "plic",
     .base = HB_PLIC_BASE,
     .bytes = HB_PLIC_BYTES,
     COMPATIBLE("sifive,plic-1.0.0\0riscv,plic0"),
     .read = read_plic,
     .write = write_plic,
     .visit = visit_plic},
    {.name = "virtio_mmio",
     .base = HB_VIRTIO_BASE,
     .bytes = HB_VIRTIO_STRIDE,
     .slots = HB_VIRTIO_SLOTS,
     COMPATIBLE("virtio,mmio"),
     .irq = HB_VIRTIO_BLK_IRQ,
     .reset = reset_virtio,
     .read = read_virtio,
     .write = write_virtio,
     .take_signal = take_signal_of_virtio,
     .visit = visit_virtio},
    {.name = "test",
     .base = HB_FINISHER_BASE,
     .bytes = HB_FINISHER_BYTES,
     COMPATIBLE("sifive,test1\0sifive,test0\0syscon"),
     .read = read_finisher,
     .write = write_finisher,
     .visit = visit_finisher},
    {.name = "clint",
     .base = HB_CLINT_BASE,
     .bytes = HB_CLINT_BYTES,
     COMPATIBLE("sifive,clint0\0riscv,clint0"),
     .read = read_clint,
     .write = write_clint,
     .visit_hart = visit_clint},
    {.name = "power",
     .base = HB_POWER_BASE,
     .bytes = HB_POWER_BYTES,
     COMPATIBLE("hartbeat,power"),
     .read = read_power,
     .write = write_power,
     .visit_hart = visit_power},
};

void hb_devices_reset(struct hb_devices *devices, uint32_t harts, uint32_t cycles_per_tick) {
    *devices = (struct hb_devices){.harts = harts};
    hb_clint_reset(&devices->clint, cycles_per_tick);
    for (const struct hb_device *device = hb_device; device < hb_device + HB_DEVICES; device++)
        if (device->reset)
            device->reset(devices);
}

uint64_t hb_device_bytes(const struct hb_device *device) {
    return (uint64_t)device->bytes * (device->slots ? device->slots : 1);
}

static const struct hb_device *device_at(uint64_t address) {
    for (const struct hb_device *device = hb_device; device < hb_device + HB_DEVICES; device++)
        if (address - device->base < hb_device_bytes(device))
            return device;
    return NULL;
}

bool hb_devices_read(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t now, uint64_t *value) {
    const struct hb_device *device = device_at(address);
    *value = 0;
    return device && device->read(devices, address - device->base, bytes, now, value);
}

bool hb_devices_write(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t value, uint64_t now) {
    const struct hb_device *device = device_at(address);
    devices->changed = true;
    if (bytes < 8)
        value &= (1ull << (8 * bytes)) - 1; /* a hart's register is wider than what it stores */
    return device && device->write(devices, address - device->base, bytes, value, now);
}

bool hb_devices_has_request(const struct hb_devices *devices) {
    return devices->finisher.requested || hb_power_waits(&devices->power, devices->harts);
}

/* The clock first, then what each hart has of its own, then the rest. */
void hb_devices_visit(const struct hb_devices *devices, uint64_t now, hb_device_visitor *put, void *context) {
    put(context, devices->clint.offset + now / devices->clint.cycles_per_tick);
    for (uint32_t hart = 0; hart < devices->harts; hart++)
        for (const struct hb_device *device = hb_device; device < hb_device + HB_DEVICES; device++)
            if (device->visit_hart)
                device->visit_hart(devices, hart, now, put, context);
    for (const struct hb_device *device = hb_device; device < hb_device + HB_DEVICES; device++)
        if (device->visit)
            device->visit(devices, now, put, context);
}
