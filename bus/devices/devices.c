#include "bus/devices/devices.h"

void hb_devices_reset(struct hb_devices *devices, uint32_t harts, uint32_t cycles_per_tick) {
    *devices = (struct hb_devices){.harts = harts};
    hb_clint_reset(&devices->clint, cycles_per_tick);
    hb_uart_reset(&devices->uart);
}

uint64_t hb_devices_mtime(const struct hb_devices *devices, uint64_t now) {
    return hb_clint_mtime(&devices->clint, now);
}

static bool inside(uint64_t address, uint64_t base, uint64_t bytes) {
    return address - base < bytes;
}

bool hb_devices_read(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t now, uint64_t *value) {
    *value = 0;
    if (inside(address, HB_CLINT_BASE, HB_CLINT_BYTES))
        return hb_clint_read(&devices->clint, address - HB_CLINT_BASE, bytes, now, devices->harts, value);
    if (inside(address, HB_UART_BASE, HB_UART_BYTES)) {
        *value = address - HB_UART_BASE < 8 ? hb_uart_read(&devices->uart, (uint32_t)(address - HB_UART_BASE)) : 0;
        return bytes == 1;
    }
    if (inside(address, HB_POWER_BASE, HB_POWER_BYTES))
        return hb_power_read(&devices->power, address - HB_POWER_BASE, bytes, devices->harts, value);
    return inside(address, HB_FINISHER_BASE, HB_FINISHER_BYTES);
}

static bool write_device(struct hb_devices *devices, uint64_t address, uint32_t bytes, uint64_t value, uint64_t now) {
    if (inside(address, HB_CLINT_BASE, HB_CLINT_BYTES))
        return hb_clint_write(&devices->clint, address - HB_CLINT_BASE, bytes, value, now, devices->harts);
    if (inside(address, HB_UART_BASE, HB_UART_BYTES)) {
        if (bytes == 1 && address - HB_UART_BASE < 8)
            hb_uart_write(&devices->uart, (uint32_t)(address - HB_UART_BASE), (uint8_t)value);
        return bytes == 1;
    }
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

static void visit_uart(const struct hb_uart *uart, void (*put)(void *, uint64_t), void *context) {
    const uint8_t registers[] = {uart->ier, uart->lcr, uart->mcr, uart->scr, uart->fcr, uart->dll, uart->dlm};
    for (uint32_t i = 0; i < sizeof registers; i++)
        put(context, registers[i]);
    put(context, uart->received - uart->taken);
    for (uint32_t i = uart->taken; i != uart->received; i++)
        put(context, uart->queue[i % HB_UART_QUEUE]);
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
    put(context, (uint64_t)devices->finisher.value << 1 | devices->finisher.requested);
}
