/* Loads and stores of a hart that runs ahead: its own lines, by the host lookups. */
#ifndef HB_CPU_PRIVATE_ACCESS_H
#define HB_CPU_PRIVATE_ACCESS_H

#include "cpu/alu.h"
#include "cpu/decode.h"
#include "cpu/load_store.h"
#include "cpu/private/log.h"

#define HB_NARROW(name, bytes, type)                                                                                   \
    case HB_OP_##name: return (uint64_t)(type)value;

/* What rd gets of the `value` that a load of an x register, an LR or an AMO has read. */
static inline uint64_t hb_narrowed(const struct hb_op *op, uint64_t value) {
    switch (op->code) {
        HB_LOAD_OPS(HB_NARROW)
    default: return hb_op_access_bytes(op) == 4 ? (uint64_t)(int32_t)value : value;
    }
}

#undef HB_NARROW

/* Fill the lookup for an access of `bytes` at virtual `address`, if all that it takes is at hand: translation, rights,
 * and the line in a state that serves it. An exclusive line becomes modified for a store, which must follow. */
bool hb_ahead_fill(struct hb_core *core, uint64_t address, uint8_t bytes, bool write);

/* Make `line` one that may be written, if nobody need be asked: a store to an exclusive line makes it modified. The
 * store must follow. */
bool hb_ahead_own(struct hb_core *core, struct hb_line *line);

/* The load or store of cycle `t`. False: not without the slow way; nothing has changed. */
HB_ALWAYS_INLINE bool hb_ahead_load(struct hb_core *core, uint64_t address, uint8_t bytes, uint64_t t,
                                    uint64_t *value) {
    struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    if (unlikely((address & (core->line_mask | (bytes - 1u))) != lookup->read_tag ||
                 lookup->slot->address != lookup->address)) {
        if (!hb_ahead_fill(core, address, bytes, false))
            return false;
    }
    hb_ahead_read(core->ahead, lookup->slot, t << 4);
    core->hart->lookup_hits[0]++;
    *value = 0;
    memcpy(value, hb_line_data(lookup->slot) + (address & ~core->line_mask), bytes);
    return true;
}

HB_ALWAYS_INLINE bool hb_ahead_store(struct hb_core *core, uint64_t address, uint8_t bytes, uint64_t operand,
                                     uint64_t t) {
    const uint8_t owned = HB_LINE_WRITABLE | HB_LINE_DIRTY;
    struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    if (unlikely((address & (core->line_mask | (bytes - 1u))) != lookup->write_tag ||
                 lookup->slot->address != lookup->address || (lookup->slot->attributes & owned) != owned)) {
        if (!hb_ahead_fill(core, address, bytes, true))
            return false;
    }
    hb_ahead_write(core->ahead, lookup->slot, t << 4);
    core->hart->lookup_hits[1]++;
    memcpy(hb_line_data(lookup->slot) + (address & ~core->line_mask), &operand, bytes);
    return true;
}

#endif
