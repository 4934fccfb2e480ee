#include "osmodel/guest/amp/walls.h"

#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/opening.h"
#include "osmodel/guest/amp/reign.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/riscv.h"

#define READ         0x01u
#define WRITE        0x02u
#define EXECUTE      0x04u
#define TOP_OF_RANGE 0x08u
#define LOCK         0x80u

/* A range that matches no entry is open to M mode and closed to U mode. So what belongs to the kernel of this hart
 * alone is a gap: an entry that is off, and gives the lower end of the next one. */
#define WALL   TOP_OF_RANGE
#define GAP    0u
#define CODE   (TOP_OF_RANGE | EXECUTE)
#define SHARED (TOP_OF_RANGE | READ | EXECUTE)
#define ROOM   (TOP_OF_RANGE | READ | WRITE)
#define LOCKED 14u

/* In the order of addresses: each says what holds from the address of the one before it up to its own. The last two,
 * for the room of the present task, are never locked. They can open nothing that a wall closes: of the entries that
 * match, the first decides. */
static const uint8_t entries[] = {WALL,   GAP,  WALL, GAP,  WALL, GAP,  WALL, CODE,
                                  SHARED, WALL, GAP,  WALL, GAP,  WALL, GAP,  ROOM};

#define DOOR_BYTES     4u
#define MSIP_BYTES     4u
#define MTIMECMP       (HB_CLINT_BASE + 0x4000)
#define MTIMECMP_BYTES 8u
#define EVERYTHING     (~0ull >> 10) /* the highest address that an entry holds */

extern char hb_kernel_text[], hb_kernel_text_end[], hb_shared_end[]; /* linker script */

/* All that a worker may write outside its memory, besides its own interrupt and timer. */
static uint64_t door(uint32_t hart) {
    return hb_has_failover() ? hb_opening.power + (uint64_t)HB_POWER_STRIDE * hart + HB_POWER_COMMAND : HB_CLINT_BASE;
}

/* Entries 0 to 6: the devices. */
static void set_devices(uint32_t hart) {
    uint64_t msip = HB_CLINT_BASE + (uint64_t)MSIP_BYTES * hart;
    uint64_t timer = MTIMECMP + (uint64_t)MTIMECMP_BYTES * hart;
    HB_CSR_WRITE(pmpaddr0, door(hart) >> 2);                /* wall */
    HB_CSR_WRITE(pmpaddr1, (door(hart) + DOOR_BYTES) >> 2); /* gap: the master's interrupt, or its own reset */
    HB_CSR_WRITE(pmpaddr2, msip >> 2);                      /* wall */
    HB_CSR_WRITE(pmpaddr3, (msip + MSIP_BYTES) >> 2);       /* gap: its own */
    HB_CSR_WRITE(pmpaddr4, timer >> 2);                     /* wall */
    HB_CSR_WRITE(pmpaddr5, (timer + MTIMECMP_BYTES) >> 2);  /* gap: its own */
    HB_CSR_WRITE(pmpaddr6, (uint64_t)hb_kernel_text >> 2);  /* wall */
}

/* Entries 7 to 13: the memory. */
static void set_memory(uint32_t hart) {
    uint64_t cell = (uint64_t)hb_cell(hart), part = hb_part_begin(hart);
    HB_CSR_WRITE(pmpaddr7, (uint64_t)hb_kernel_text_end >> 2);    /* code */
    HB_CSR_WRITE(pmpaddr8, (uint64_t)hb_shared_end >> 2);         /* what all may read */
    HB_CSR_WRITE(pmpaddr9, cell >> 2);                            /* wall */
    HB_CSR_WRITE(pmpaddr10, (cell + HB_STACK_BYTES) >> 2);        /* gap */
    HB_CSR_WRITE(pmpaddr11, part >> 2);                           /* wall */
    HB_CSR_WRITE(pmpaddr12, (part + hb_opening.part_bytes) >> 2); /* gap */
    HB_CSR_WRITE(pmpaddr13, EVERYTHING);                          /* wall */
}

/* What goes into the configuration register of entries `first` to `first` + 7. */
static uint64_t configuration(uint32_t first) {
    uint64_t value = 0;
    for (uint32_t i = first; i < first + 8; i++)
        value |= (uint64_t)(entries[i] | (i < LOCKED && hb_params.amp_locked ? LOCK : 0)) << 8 * (i - first);
    return value;
}

void hb_walls_raise(void) {
    set_devices(hb_hart_id());
    set_memory(hb_hart_id());
    hb_walls_set_room(0, 0);
    HB_CSR_WRITE(pmpcfg2, configuration(8));
    HB_CSR_WRITE(pmpcfg0, configuration(0));
}

void hb_walls_set_room(uint64_t begin, uint64_t end) {
    HB_CSR_WRITE(pmpaddr14, begin >> 2);
    HB_CSR_WRITE(pmpaddr15, end >> 2);
}
