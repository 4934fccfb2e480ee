#include "bus/devices/devices.h"

void hb_devices_reset(struct hb_devices *devices, uint32_t harts, uint32_t cycles_per_tick) {
    *devices = (struct hb_devices){.harts = harts};
    hb_clint_reset(&devices->clint, cycles_per_tick);
    hb_uart_reset(&devices->uart);
    hb_virtio_blk_reset(&devices->virtio_blk, 0, 0);
}

void hb_devices_add_disk(struct hb_devices *devices, uint64_t sectors, uint64_t ram_bytes) {
    hb_virtio_blk_reset(&devices->virtio_blk, sectors, ram_bytes);
}

void hb_devices_restart(struct hb_devices *devices, uint64_t now) {
    const struct hb_uart line = devices->uart;
    uint64_t sectors = devices->virtio_blk.sectors, ram_bytes = devices->virtio_blk.ram_bytes;
    hb_devices_reset(devices, devices->harts, devices->clint.cycles_per_tick);
    hb_devices_add_disk(devices, sectors, ram_bytes);
    devices->clint.offset = 0 - now / devices->clint.cycles_per_tick;
    for (uint32_t i = line.taken; i != line.received; i++)
        hb_uart_receive(&devices->uart, line.queue[i % HB_UART_QUEUE]);
    devices->changed = true;
}

void hb_devices_settle(struct hb_devices *devices) {
    if (hb_uart_take_signal(&devices->uart))
        devices->changed |= hb_plic_signal(&devices->plic, HB_UART_IRQ);
    if (hb_virtio_mmio_take_signal(&devices->virtio_blk.mmio))
        devices->changed |= hb_plic_signal(&devices->plic, HB_VIRTIO_BLK_IRQ);
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

static bool inside(uint64_t address, uint64_t base, uint64_t bytes) {
    return address - base < bytes;
}

/* ---- Reading: some registers change the state when they are read ----------------------------------------------- */

/* As on QEMU's board the register is read, however wide the access. */
static bool read_uart(struct hb_devices *devices, uint64_t number, uint64_t *value) {
    if (number < 8) {
        *value = hb_uart_read(&devices->uart, (uint32_t)number);
        hb_devices_settle(devices);
    }
    return true;
}

static bool read_plic(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t *value) {
    devices->changed |= hb_plic_read_claims(offset);
    return hb_plic_read(&devices->plic, offset, bytes, 2 * devices->harts, value);
}

static bool read_virtio(const struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t *value) {
    uint64_t slot = offset / HB_VIRTIO_STRIDE, at = offset % HB_VIRTIO_STRIDE;
    if (at >= HB_VIRTIO_REGISTERS)
        return false;
    bool there = slot == 0 && devices->virtio_blk.sectors != 0;
    *value = there ? hb_virtio_blk_read(&devices->virtio_blk, at, bytes) : hb_virtio_mmio_read_empty(at, bytes);
    return true;
}

bool hb_devices_read(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t now, uint64_t *value) {
    *value = 0;
    if (inside(address, HB_CLINT_BASE, HB_CLINT_BYTES))
        return hb_clint_read(&devices->clint, address - HB_CLINT_BASE, bytes, now, devices->harts, value);
    if (inside(address, HB_UART_BASE, HB_UART_BYTES))
        return read_uart(devices, address - HB_UART_BASE, value);
    if (inside(address, HB_PLIC_BASE, HB_PLIC_BYTES))
        return read_plic(devices, address - HB_PLIC_BASE, bytes, value);
    if (inside(address, HB_VIRTIO_BASE, HB_VIRTIO_SLOTS * HB_VIRTIO_STRIDE))
        return read_virtio(devices, address - HB_VIRTIO_BASE, bytes, value);
    if (inside(address, HB_POWER_BASE, HB_POWER_BYTES))
        return hb_power_read(&devices->power, address - HB_POWER_BASE, bytes, devices->harts, value);
    return inside(address, HB_FINISHER_BASE, HB_FINISHER_BYTES);
}

/* ---- Writing --------------------------------------------------------------------------------------------------- */

static bool write_uart(struct hb_devices *devices, uint64_t number, uint64_t value) {
    if (number < 8)
        hb_uart_write(&devices->uart, (uint32_t)number, (uint8_t)value);
    hb_devices_settle(devices);
    return true;
}

static bool write_virtio(struct hb_devices *devices, uint64_t offset, uint32_t bytes, uint64_t value) {
    uint64_t slot = offset / HB_VIRTIO_STRIDE, at = offset % HB_VIRTIO_STRIDE;
    if (at >= HB_VIRTIO_REGISTERS)
        return false;
    if (slot == 0 && devices->virtio_blk.sectors != 0)
        hb_virtio_blk_write(&devices->virtio_blk, at, bytes, value);
    hb_devices_settle(devices);
    return true;
}

static bool write_device(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t value, uint64_t now) {
    if (inside(address, HB_CLINT_BASE, HB_CLINT_BYTES))
        return hb_clint_write(&devices->clint, address - HB_CLINT_BASE, bytes, value, now, devices->harts);
    if (inside(address, HB_UART_BASE, HB_UART_BYTES))
        return write_uart(devices, address - HB_UART_BASE, value);
    if (inside(address, HB_PLIC_BASE, HB_PLIC_BYTES))
        return hb_plic_write(&devices->plic, address - HB_PLIC_BASE, bytes, value, 2 * devices->harts);
    if (inside(address, HB_VIRTIO_BASE, HB_VIRTIO_SLOTS * HB_VIRTIO_STRIDE))
        return write_virtio(devices, address - HB_VIRTIO_BASE, bytes, value);
    if (inside(address, HB_POWER_BASE, HB_POWER_BYTES))
        return hb_power_write(&devices->power, address - HB_POWER_BASE, bytes, value, devices->harts);
    if (!inside(address, HB_FINISHER_BASE, HB_FINISHER_BYTES))
        return false;
    if (address == HB_FINISHER_BASE)
        hb_finisher_write(&devices->finisher, (uint32_t)value);
    return true;
}

bool hb_devices_write(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t value, uint64_t now) {
    devices->changed = true;
    if (bytes < 8)
        value &= (1ull << (8 * bytes)) - 1; /* a register of the hart is wider than what it stores */
    return write_device(devices, address, bytes, value, now);
}

bool hb_devices_has_request(const struct hb_devices *devices) {
    return devices->finisher.requested || hb_power_waits(&devices->power, devices->harts);
}

/* ---- For the state hash ---------------------------------------------------------------------------------------- */

static void visit_uart(const struct hb_uart *uart, void (*put)(void *, uint64_t), void *context) {
    const uint8_t registers[] = {uart->ier, uart->lcr, uart->mcr, uart->scr,
                                 uart->fcr, uart->dll, uart->dlm, uart->sent_pending};
    for (uint32_t i = 0; i < sizeof registers; i++)
        put(context, registers[i]);
    put(context, uart->received - uart->taken);
    for (uint32_t i = uart->taken; i != uart->received; i++)
        put(context, uart->queue[i % HB_UART_QUEUE]);
}

static void visit_plic(const struct hb_plic *plic, uint32_t contexts, void (*put)(void *, uint64_t), void *context) {
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

void hb_devices_visit(const struct hb_devices *devices, uint64_t now, void (*put)(void *context, uint64_t value),
                      void *context) {
    put(context, devices->clint.offset + now / devices->clint.cycles_per_tick);
    for (uint32_t hart = 0; hart < devices->harts; hart++) {
        const struct hb_power_hart *power = &devices->power.hart[hart];
        uint64_t timer = devices->clint.mtimecmp[hart];
        put(context, devices->clint.msip[hart]);
        put(context, timer == UINT64_MAX ? timer : timer - hb_clint_mtime(&devices->clint, now));
        put(context, (uint64_t)(power->command | power->state << 8 | power->requested << 16));
        put(context, power->entry);
        put(context, power->argument);
    }
    visit_uart(&devices->uart, put, context);
    visit_plic(&devices->plic, 2 * devices->harts, put, context);
    hb_virtio_blk_visit(&devices->virtio_blk, now, put, context);
    put(context, (uint64_t)devices->finisher.value << 1 | devices->finisher.requested);
}
