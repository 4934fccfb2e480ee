/* The device tree: what the machine tells its software about itself.
 *
 * Names, compatible strings and addresses are those of QEMU's `virt` board, so that software written for it finds what
 * it looks for; the eight virtio slots are listed whether or not there is a disk in the first. Ours in addition:
 * /soc/power@500000 ("hartbeat,power") and, under /chosen, one 64-bit property for each parameter of osmodel/abi.h,
 * "hartbeat," plus its name with '-' for '_'.
 *
 *     uint8_t tree[HB_DEVICETREE_BYTES];
 *     size_t used;
 *     if (!hb_devicetree_build(&desc, tree, sizeof tree, &used)) ...desc.bootargs is too long...
 */
#ifndef HB_SIM_DEVICETREE_H
#define HB_SIM_DEVICETREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "osmodel/abi.h"

#define HB_CLOCK_HZ               100000000u /* what a cycle counts as: 10 ns */
#define HB_DEVICETREE_BYTES       65536u     /* room for 64 harts, and for bootargs of some KiB */
#define HB_DEVICETREE_SLACK_BYTES 4096u      /* left free at the end, for firmware that adds nodes in place */

struct hb_devicetree_desc {
    uint32_t harts;
    uint32_t cycles_per_tick;  /* timebase-frequency = HB_CLOCK_HZ / cycles_per_tick */
    uint64_t memory_bytes;     /* from HB_RAM_BASE */
    const char *isa;           /* of the harts: hb_isa_string() */
    const char *mmu_type;      /* "riscv,none", "riscv,sv39" */
    uint32_t cbom_block_bytes; /* the line that Zicbom works on; 0: no Zicbom */
    uint32_t cboz_block_bytes; /* the same of Zicboz */
    const char *bootargs;      /* NULL: none */
    uint64_t initrd_start;     /* where the initial RAM disk is, and the first address after it; 0: there is none */
    uint64_t initrd_end;
    bool has_power;                 /* there is a power controller */
    const struct hb_params *params; /* NULL: none are passed */
};

/* Write the tree to `buffer`, which is `size_bytes` large. `*used_bytes` is the size of the finished tree, its slack
 * included: what must be copied into RAM and kept free there. False: it does not fit. */
bool hb_devicetree_build(const struct hb_devicetree_desc *desc, void *buffer, size_t size_bytes, size_t *used_bytes);

#endif
