#include "bus/shared/state.h"

bool hb_bus_is_rom(uint64_t address) {
    return address - HB_ROM_BASE < HB_ROM_BYTES;
}

bool hb_bus_cacheable(const struct hb_bus *bus, uint64_t address, uint64_t bytes) {
    return hb_ram_contains(bus->ram, address - HB_RAM_BASE, bytes) ||
           (hb_bus_is_rom(address) && bytes <= HB_ROM_BYTES - (address - HB_ROM_BASE));
}
