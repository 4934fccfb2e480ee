#include "bus/shared/memory.h"

#include <string.h>

#include "bus/shared/l2.h"

void hb_memory_read(const struct hb_bus *bus, uint64_t address, void *to, uint64_t bytes) {
    const uint8_t *l2 = hb_l2_find(bus, address);
    if (l2)
        memcpy(to, l2, bytes);
    else if (hb_bus_is_rom(address))
        memcpy(to, bus->rom + (address - HB_ROM_BASE), bytes);
    else
        hb_ram_read(bus->ram, address - HB_RAM_BASE, to, bytes);
}

void hb_memory_write(struct hb_bus *bus, uint64_t address, const void *from, uint64_t bytes) {
    if (hb_bus_is_rom(address))
        return; /* what a lost requester was to receive: memory has it already */
    if (!hb_l2_write(bus, address, from, bytes))
        hb_ram_write(bus->ram, address - HB_RAM_BASE, from, bytes);
}
