/* Where things are: the physical address map, that of QEMU's `virt` board with one device of ours besides.
 *
 * One table, hb_memory_map, for everybody who needs it: the devices, the device tree, the help text. Its rows are in
 * the order of addresses, and row HB_REGION_X describes region X. Boot ROM and RAM are cacheable memory; the rest are
 * device registers. An address outside every region is an access fault.
 */
#ifndef HB_BUS_DEVICES_MEMORY_MAP_H
#define HB_BUS_DEVICES_MEMORY_MAP_H

#include <stdint.h>

#define HB_ROM_BASE       0x1000ull
#define HB_ROM_BYTES      0xf000u
#define HB_FINISHER_BASE  0x100000ull
#define HB_FINISHER_BYTES 0x1000u
#define HB_POWER_BASE     0x500000ull
#define HB_POWER_BYTES    0x1000u
#define HB_CLINT_BASE     0x2000000ull
#define HB_CLINT_BYTES    0x10000u
#define HB_UART_BASE      0x10000000ull
#define HB_UART_BYTES     0x100u
#define HB_RAM_BASE       0x80000000ull

enum hb_region {
    HB_REGION_ROM,
    HB_REGION_FINISHER,
    HB_REGION_POWER,
    HB_REGION_CLINT,
    HB_REGION_UART,
    HB_REGION_RAM,
    HB_REGIONS, /* also: no region */
};

struct hb_region_info {
    const char *name; /* as in the device tree */
    const char *what; /* a few words for people */
    uint64_t base;
    uint64_t size_bytes; /* 0: as large as configured (RAM) */
};

extern const struct hb_region_info hb_memory_map[HB_REGIONS];

/* The region that `address` lies in, HB_REGIONS if in none. What lies at HB_RAM_BASE or above counts as RAM, whatever
 * its configured size. */
enum hb_region hb_memory_map_find(uint64_t address);

#endif
