/* Loads and stores of an instruction: by the host lookups, if `slow` is false and they know the line, else on the slow way.
 *
 * Inline, for `slow` and `bytes` are constants where they are called. False: the instruction cannot go on in this turn. */
#ifndef HB_CPU_LOAD_STORE_H
#define HB_CPU_LOAD_STORE_H

#include <string.h>

#include "cpu/internal.h"

#define HB_ALWAYS_INLINE static inline __attribute__((always_inline))

HB_ALWAYS_INLINE bool hb_load(struct hb_core *core, uint64_t address, uint8_t bytes, uint64_t now, bool slow, uint64_t *value) {
    if (!slow) {
        /* A misaligned address keeps low bits and so never equals a tag. */
        struct hb_data_lookup *lookup = &core->data[(address >> core->line_shift) % HB_DATA_LOOKUPS];
        if (likely((address & (core->line_mask | (bytes - 1u))) == lookup->read_tag &&
                   lookup->slot->address == lookup->address)) {
            lookup->slot->last_read = now << 4;
            core->hart->lookup_hits++;
            *value = 0;
            memcpy(value, hb_line_data(lookup->slot) + (address & ~core->line_mask), bytes);
            return true;
        }
    }
    struct hb_data_access access = {.kind = HB_ACCESS_LOAD, .address = address, .bytes = bytes};
    return hb_data_access(core, &access, now, value);
}

HB_ALWAYS_INLINE bool hb_store(struct hb_core *core, uint64_t address, uint8_t bytes, uint64_t operand, uint64_t now, bool slow) {
    const uint8_t owned = HB_LINE_WRITABLE | HB_LINE_DIRTY;
    if (!slow) {
        struct hb_data_lookup *lookup = &core->data[(address >> core->line_shift) % HB_DATA_LOOKUPS];
        if (likely((address & (core->line_mask | (bytes - 1u))) == lookup->write_tag &&
                   lookup->slot->address == lookup->address && (lookup->slot->attributes & owned) == owned)) {
            lookup->slot->last_write = now << 4;
            core->hart->lookup_hits++;
            memcpy(hb_line_data(lookup->slot) + (address & ~core->line_mask), &operand, bytes);
            return true;
        }
    }
    struct hb_data_access access = {.kind = HB_ACCESS_STORE, .address = address, .bytes = bytes, .operand = operand};
    uint64_t nothing;
    return hb_data_access(core, &access, now, &nothing);
}

#endif
