/* Loads and stores of an instruction: by the host lookups, where they know the line, or by definition, through the L1D.
 *
 * Inline, since `bytes` and `slow` are constants at every call. */
#ifndef HB_CPU_LOAD_STORE_H
#define HB_CPU_LOAD_STORE_H

#include <string.h>

#include "cpu/data.h"

#define HB_ALWAYS_INLINE static inline __attribute__((always_inline))
#define HB_NEVER_INLINE  static __attribute__((noinline))

/* A misaligned address keeps low bits and so never equals a tag. */
HB_ALWAYS_INLINE struct hb_data_lookup *hb_lookup_of(struct hb_core *core, uint64_t address) {
    return &core->data[(address >> core->line_shift) % HB_DATA_LOOKUPS];
}

/* False: no lookup covers the line; nothing has changed. */
HB_ALWAYS_INLINE bool hb_look_up_load(struct hb_core *core, uint64_t address, uint8_t bytes, uint64_t now,
                                      uint64_t *value) {
    struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    if (unlikely((address & (core->line_mask | (bytes - 1u))) != lookup->read_tag ||
                 lookup->slot->address != lookup->address))
        return false;
    lookup->slot->last_read = now << 4;
    core->hart->lookup_hits[0]++;
    *value = 0;
    memcpy(value, hb_line_data(lookup->slot) + (address & ~core->line_mask), bytes);
    return true;
}

/* The same for a store. */
HB_ALWAYS_INLINE bool hb_look_up_store(struct hb_core *core, uint64_t address, uint8_t bytes, uint64_t operand,
                                       uint64_t now) {
    const uint8_t owned = HB_LINE_WRITABLE | HB_LINE_DIRTY;
    struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    if (unlikely((address & (core->line_mask | (bytes - 1u))) != lookup->write_tag ||
                 lookup->slot->address != lookup->address || (lookup->slot->attributes & owned) != owned))
        return false;
    lookup->slot->last_write = now << 4;
    core->hart->lookup_hits[1]++;
    memcpy(hb_line_data(lookup->slot) + (address & ~core->line_mask), &operand, bytes);
    return true;
}

/* By the lookups unless `slow`, else by definition. False: the instruction cannot go on in this turn. */
HB_ALWAYS_INLINE bool hb_load(struct hb_core *core, uint64_t address, uint8_t bytes, uint64_t now, bool slow,
                              uint64_t *value) {
    if (!slow && hb_look_up_load(core, address, bytes, now, value))
        return true;
    struct hb_data_access access = {.kind = HB_ACCESS_LOAD, .address = address, .bytes = bytes};
    return hb_data_access(core, &access, now, value);
}

HB_ALWAYS_INLINE bool hb_store(struct hb_core *core, uint64_t address, uint8_t bytes, uint64_t operand, uint64_t now,
                               bool slow) {
    if (!slow && hb_look_up_store(core, address, bytes, operand, now))
        return true;
    struct hb_data_access access = {.kind = HB_ACCESS_STORE, .address = address, .bytes = bytes, .operand = operand};
    uint64_t nothing;
    return hb_data_access(core, &access, now, &nothing);
}

#endif
