/* The boot ROM: where every hart starts, with the few instructions that take it to the image.
 *
 * At the image's entry: a0 = hart id, a1 = address of the device tree, a2 = address of OpenSBI's fw_dynamic_info (which
 * any other image ignores). t0 is clobbered; the other registers are as after reset.
 */
#ifndef HB_BUS_DEVICES_BOOTROM_H
#define HB_BUS_DEVICES_BOOTROM_H

#include <stdint.h>

#include "bus/devices/memory_map.h"

#define HB_NEXT_MODE_S 1u

struct hb_bootrom_config {
    uint64_t entry;        /* where the harts go */
    uint64_t device_tree;  /* its address */
    uint64_t next_address; /* where the firmware continues, in S mode; 0 when there is no firmware */
};

/* Fill the ROM; the unused part is zero. Harts start at HB_ROM_BASE. */
void hb_bootrom_build(const struct hb_bootrom_config *config, uint8_t rom[HB_ROM_BYTES]);

#endif
