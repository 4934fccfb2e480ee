/* What a machine finds in its memory when it comes out of reset: images, initial RAM disk, device tree, boot ROM.
 *
 *     without firmware    the image (ELF) at its own addresses; the harts begin at its entry
 *     with firmware       the firmware (ELF, or raw at 0x80000000), where the harts begin; the image (ELF, or raw at
 *                         0x80200000), to which the firmware jumps: its entry is in OpenSBI's dynamic info
 *     RAM disk            half the RAM (128 MiB at most) above the image's entry, or above the image if that is higher
 *     device tree         in the last 64 KiB of RAM
 */
#ifndef HB_SIM_BOOT_H
#define HB_SIM_BOOT_H

#include <stdbool.h>

#include "sim/base/error.h"
#include "sim/machine/machine.h"

#define HB_BOOT_NEXT_ADDRESS 0x80200000ull /* where firmware expects its next stage */

/* Load everything into RAM and ROM, as machine->config says. False: `error`; nothing is usable then. */
bool hb_boot_load(struct hb_machine *machine, struct hb_error *error);

#endif
