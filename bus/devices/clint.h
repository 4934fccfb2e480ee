/* CLINT: software interrupts and timers of the harts (the layout of SiFive's core-local interruptor).
 *
 *     0x0000 + 4 h   msip       32 bits, bit 0
 *     0x4000 + 8 h   mtimecmp   64 bits
 *     0xbff8         mtime      64 bits
 *
 * msip is 4 bytes wide; the others are accessed whole or by halves. Registers of absent harts read 0 and ignore writes,
 * as on QEMU's board.
 */
#ifndef HB_BUS_DEVICES_CLINT_H
#define HB_BUS_DEVICES_CLINT_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/config.h"

struct hb_clint {
    uint32_t cycles_per_tick;
    uint64_t offset; /* mtime = cycle / cycles_per_tick + offset */
    uint8_t msip[HB_HARTS_LIMIT];
    uint64_t mtimecmp[HB_HARTS_LIMIT];
    uint8_t held[HB_HARTS_LIMIT];   /* faults: lines that stay low, HB_CLINT_* */
    uint8_t losing[HB_HARTS_LIMIT]; /* a fault: 1: the next software interrupt is lost on its way */
};

#define HB_CLINT_SOFTWARE 1u
#define HB_CLINT_TIMER    2u

void hb_clint_reset(struct hb_clint *clint, uint32_t cycles_per_tick);
uint64_t hb_clint_mtime(const struct hb_clint *clint, uint64_t now);

/* Register at `offset` from the base; the machine has `harts`. False: no register of this width. */
bool hb_clint_read(const struct hb_clint *clint, uint64_t offset, uint32_t bytes, uint64_t now, uint32_t harts,
                   uint64_t *value);
bool hb_clint_write(struct hb_clint *clint, uint64_t offset, uint32_t bytes, uint64_t value, uint64_t now,
                    uint32_t harts);

static inline bool hb_clint_software_pending(const struct hb_clint *clint, uint32_t hart) {
    return clint->msip[hart] && !(clint->held[hart] & HB_CLINT_SOFTWARE);
}
bool hb_clint_timer_pending(const struct hb_clint *clint, uint32_t hart, uint64_t now);

/* The first cycle after `now` in which mtime reaches `ticks`; UINT64_MAX: it already has, or never will. */
uint64_t hb_clint_tick_cycle(const struct hb_clint *clint, uint64_t ticks, uint64_t now);

/* The first cycle after `now` in which some hart's timer line rises; UINT64_MAX: none. */
uint64_t hb_clint_next_timer_cycle(const struct hb_clint *clint, uint32_t harts, uint64_t now);

/* Faults. A pending interrupt of `hart` is lost, else the next software interrupt, or what its timer is set to. Or one
 * comes at once: registers read as if it had been sent, or set. */
void hb_clint_lose(struct hb_clint *clint, uint32_t hart, bool timer);
void hb_clint_raise(struct hb_clint *clint, uint32_t hart, bool timer, uint64_t now);

/* Is there a byte of mtime at physical `address`? */
bool hb_clint_is_mtime(uint64_t address);

#endif
