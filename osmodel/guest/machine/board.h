/* The board: what the device tree says about it, and where its devices are (the map of QEMU's `virt`). */
#ifndef HB_GUEST_BOARD_H
#define HB_GUEST_BOARD_H

#include <stdint.h>

#define HB_FINISHER_BASE 0x100000ull
#define HB_CLINT_BASE    0x2000000ull
#define HB_PLIC_BASE     0xc000000ull
#define HB_UART_BASE     0x10000000ull

struct hb_board {
    uint32_t harts;       /* ids are 0 .. harts - 1 */
    uint32_t clean_bytes; /* of a line that cbo.clean cleans; 0: there is no Zicbom */
    uint64_t ram_base;
    uint64_t ram_bytes;
    uint64_t power_base; /* of the power controller; 0: there is none, so no hart can be fenced */
};

/* Filled from the device tree by lib/devicetree.h; one hart and no memory until then. */
extern struct hb_board hb_board;

#endif
