#include "bus/devices/bootrom.h"

#include <string.h>

/* OpenSBI, include/sbi/fw_dynamic.h: six words of 64 bits. */
#define DYNAMIC_INFO_MAGIC   0x4942534full /* "OSBI" */
#define DYNAMIC_INFO_VERSION 2u

static const uint32_t code[] = {
    0xf1402573, /* csrr  a0, mhartid                    */
    0x00000297, /* auipc t0, 0        t0 = base + 4     */
    0x01c2b583, /* ld    a1, 0x1c(t0) the device tree   */
    0x02428613, /* addi  a2, t0, 0x24 the dynamic info  */
    0x0142b283, /* ld    t0, 0x14(t0) the entry         */
    0x00028067, /* jr    t0                             */
};

enum { ENTRY_AT = sizeof code, DEVICE_TREE_AT = ENTRY_AT + 8, DYNAMIC_INFO_AT = DEVICE_TREE_AT + 8 };

static void put(uint8_t *at, uint64_t value, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

void hb_bootrom_build(const struct hb_bootrom_config *config, uint8_t rom[HB_ROM_BYTES]) {
    memset(rom, 0, HB_ROM_BYTES);
    for (uint32_t i = 0; i < sizeof code / sizeof code[0]; i++)
        put(rom + 4 * i, code[i], 4);
    put(rom + ENTRY_AT, config->entry, 8);
    put(rom + DEVICE_TREE_AT, config->device_tree, 8);
    uint8_t *info = rom + DYNAMIC_INFO_AT;
    put(info, DYNAMIC_INFO_MAGIC, 8);
    put(info + 8, DYNAMIC_INFO_VERSION, 8);
    put(info + 16, config->next_address, 8);
    put(info + 24, HB_NEXT_MODE_S, 8);
    /* options and boot hart stay 0: no options, hart 0 */
}
