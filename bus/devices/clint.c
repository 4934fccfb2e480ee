#include "bus/devices/clint.h"

#include "bus/devices/memory_map.h"

#include <stddef.h>

#define MTIMECMP 0x4000u
#define MTIME    0xbff8u
#define END      0xc000u

void hb_clint_reset(struct hb_clint *clint, uint32_t cycles_per_tick) {
    *clint = (struct hb_clint){.cycles_per_tick = cycles_per_tick};
    for (uint32_t hart = 0; hart < HB_HARTS_LIMIT; hart++)
        clint->mtimecmp[hart] = UINT64_MAX; /* no timer until software sets one */
}

uint64_t hb_clint_mtime(const struct hb_clint *clint, uint64_t now) {
    return now / clint->cycles_per_tick + clint->offset;
}

bool hb_clint_timer_pending(const struct hb_clint *clint, uint32_t hart, uint64_t now) {
    return hb_clint_mtime(clint, now) >= clint->mtimecmp[hart] && !(clint->held[hart] & HB_CLINT_TIMER);
}

uint64_t hb_clint_tick_cycle(const struct hb_clint *clint, uint64_t ticks, uint64_t now) {
    uint64_t at = ticks - clint->offset;
    if (hb_clint_mtime(clint, now) >= ticks || at > UINT64_MAX / clint->cycles_per_tick)
        return UINT64_MAX;
    return at * clint->cycles_per_tick;
}

uint64_t hb_clint_next_timer_cycle(const struct hb_clint *clint, uint32_t harts, uint64_t now) {
    uint64_t next = UINT64_MAX;
    for (uint32_t hart = 0; hart < harts; hart++) {
        uint64_t cycle = hb_clint_tick_cycle(clint, clint->mtimecmp[hart], now);
        next = cycle < next ? cycle : next;
    }
    return next;
}

/* A 64-bit register can be accessed whole or by halves. */
static uint64_t part_of(uint64_t whole, uint64_t offset, uint32_t bytes) {
    return bytes == 8 ? whole : (uint32_t)(whole >> (8 * (offset & 4)));
}

static void write_part(uint64_t *whole, uint64_t offset, uint32_t bytes, uint64_t value) {
    uint32_t shift = 8 * (offset & 4);
    if (bytes == 8)
        *whole = value;
    else
        *whole = (*whole & ~(0xffffffffull << shift)) | (value & 0xffffffffull) << shift;
}

/* Every 4 bytes are a hart's software interrupt, every 8 its timer, whether the hart is present or not. */
static bool has_width(uint64_t offset, uint32_t bytes) {
    return offset < MTIMECMP ? bytes == 4 : offset < END && (bytes == 4 || bytes == 8);
}

bool hb_clint_read(const struct hb_clint *clint, uint64_t offset, uint32_t bytes, uint64_t now, uint32_t harts,
                   uint64_t *value) {
    *value = 0;
    if (!has_width(offset, bytes))
        return false;
    if (offset / 4 < harts)
        *value = clint->msip[offset / 4];
    else if (offset - MTIMECMP < 8ull * harts)
        *value = part_of(clint->mtimecmp[(offset - MTIMECMP) / 8], offset, bytes);
    else if (offset - MTIME < 8)
        *value = part_of(hb_clint_mtime(clint, now), offset, bytes);
    return true;
}

static void write_mtime(struct hb_clint *clint, uint64_t offset, uint32_t bytes, uint64_t value, uint64_t now) {
    uint64_t mtime = hb_clint_mtime(clint, now);
    write_part(&mtime, offset, bytes, value);
    clint->offset = mtime - now / clint->cycles_per_tick;
}

static void write_msip(struct hb_clint *clint, uint32_t hart, uint8_t value) {
    const bool is_lost = value && clint->losing[hart];
    clint->losing[hart] &= !is_lost;
    clint->msip[hart] = value && !is_lost;
}

bool hb_clint_write(struct hb_clint *clint, uint64_t offset, uint32_t bytes, uint64_t value, uint64_t now,
                    uint32_t harts) {
    if (!has_width(offset, bytes))
        return false;
    if (offset / 4 < harts)
        write_msip(clint, (uint32_t)(offset / 4), value & 1);
    else if (offset - MTIMECMP < 8ull * harts)
        write_part(&clint->mtimecmp[(offset - MTIMECMP) / 8], offset, bytes, value);
    else if (offset - MTIME < 8)
        write_mtime(clint, offset, bytes, value, now);
    return true;
}

bool hb_clint_is_mtime(uint64_t address) {
    return address - HB_CLINT_BASE - MTIME < 8;
}

void hb_clint_lose(struct hb_clint *clint, uint32_t hart, bool timer) {
    if (timer) {
        clint->mtimecmp[hart] = UINT64_MAX;
        return;
    }
    clint->losing[hart] = !clint->msip[hart];
    clint->msip[hart] = 0;
}

void hb_clint_raise(struct hb_clint *clint, uint32_t hart, bool timer, uint64_t now) {
    if (timer)
        clint->mtimecmp[hart] = hb_clint_mtime(clint, now);
    else
        clint->msip[hart] = 1;
}
