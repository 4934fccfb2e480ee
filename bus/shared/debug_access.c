/* Debug access: takes no time and leaves no trace in the caches. */
#include <string.h>

#include "bus/shared/bus.h"
#include "bus/shared/checker.h"
#include "bus/shared/memory.h"

/* Every line that holds the byte at `address`: a dirty one first, for it is the newest. */
static const uint8_t *newest_copy(const struct hb_bus *bus, uint64_t address) {
    for (uint32_t hart = 0; hart < bus->harts; hart++) {
        struct hb_line *line = hb_bus_copy(bus, hb_agent_l1d(hart), address);
        if (line && line->attributes & HB_LINE_DIRTY)
            return hb_line_data(line) + (address - line->address);
    }
    /* A line on its way from a cache to memory or to another cache is held only by the bus. */
    for (uint32_t i = 0; i < bus->limit; i++) {
        const struct hb_transaction *t = &bus->state->transaction[i];
        if (t->active && t->carries && address - t->line < bus->line_bytes)
            return t->data + (address - t->line);
    }
    return NULL;
}

static uint64_t piece(const struct hb_bus *bus, uint64_t address, uint64_t bytes) {
    uint64_t left = bus->line_bytes - (address & (bus->line_bytes - 1));
    return bytes < left ? bytes : left;
}

bool hb_bus_debug_read(const struct hb_bus *bus, uint64_t address, void *to, uint64_t bytes) {
    if (!hb_bus_cacheable(bus, address, bytes))
        return false;
    for (uint8_t *at = to; bytes;) {
        uint64_t n = piece(bus, address, bytes);
        const uint8_t *copy = newest_copy(bus, address);
        if (copy)
            memcpy(at, copy, n);
        else
            hb_memory_read(bus, address, at, n);
        at += n;
        address += n;
        bytes -= n;
    }
    return true;
}

static void write_copies(struct hb_bus *bus, uint64_t address, const void *from, uint64_t n) {
    for (uint32_t agent = 0; agent < 2 * bus->harts; agent++) {
        struct hb_line *line = hb_bus_copy(bus, (uint8_t)agent, address);
        if (line)
            memcpy(hb_line_data(line) + (address - line->address), from, n);
    }
    for (uint32_t i = 0; i < bus->limit; i++) {
        struct hb_transaction *t = &bus->state->transaction[i];
        if (t->active && address - t->line < bus->line_bytes)
            memcpy(t->data + (address - t->line), from, n);
    }
    hb_memory_write(bus, address, from, n);
    if (bus->checker)
        hb_checker_write(bus->checker, address, from, n);
}

bool hb_bus_debug_write(struct hb_bus *bus, uint64_t address, const void *from, uint64_t bytes) {
    if (!hb_ram_contains(bus->ram, address - HB_RAM_BASE, bytes))
        return false;
    for (const uint8_t *at = from; bytes;) {
        uint64_t n = piece(bus, address, bytes);
        write_copies(bus, address, at, n);
        at += n;
        address += n;
        bytes -= n;
    }
    return true;
}
