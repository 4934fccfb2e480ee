#include "cpu/private/access.h"

#include "cpu/data.h"
#include "cpu/mmu.h"

bool hb_ahead_own(struct hb_core *core, struct hb_line *line) {
    const uint8_t owned = HB_LINE_WRITABLE | HB_LINE_DIRTY;
    if ((line->attributes & owned) == owned)
        return true;
    struct hb_ahead *ahead = core->ahead;
    const struct hb_bus *bus = core->bus;
    const struct hb_protocol *protocol = hb_bus_protocol_at(bus, line->address);
    const struct hb_row *row = &protocol->row[line->state][HB_EVENT_WRITE];
    if (bus->watch || hb_bus_is_rom(line->address) || row->transaction != HB_TXN_NONE)
        return false;
    ahead->own[ahead->owned++] = (struct hb_ahead_line){line, *line};
    line->state = row->next;
    line->attributes = protocol->state[row->next].attributes;
    return true;
}

/* The lookup has it already, and all that a store lacks is that the line becomes modified. */
static bool is_known_for_stores(struct hb_core *core, uint64_t address, uint8_t bytes) {
    const struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    return (address & (core->line_mask | (bytes - 1u))) == lookup->write_tag &&
           lookup->slot->address == lookup->address;
}

bool hb_ahead_fill(struct hb_core *core, uint64_t address, uint8_t bytes, bool write) {
    const struct hb_hart *hart = core->hart;
    if (write && is_known_for_stores(core, address, bytes))
        return hb_ahead_own(core, hb_lookup_of(core, address)->slot);
    uint8_t mode = hb_data_mode(hart);
    uint64_t physical = address;
    if (core->bus->watch || address & (bytes - 1u))
        return false;
    if (hb_mmu_is_on(hart, mode) &&
        !hb_mmu_look_up(hart, address, mode, write ? HB_INTENT_WRITE : HB_INTENT_READ, &physical))
        return false;
    struct hb_line *line = hb_cache_find(&core->bus->l1d[hart->id], physical);
    if (!line || !(line->attributes & HB_LINE_READABLE))
        return false;
    hb_lookup_fill(core, address, physical);
    const struct hb_data_lookup *lookup = hb_lookup_of(core, address);
    uint64_t tag = address & core->line_mask;
    if (!write)
        return lookup->read_tag == tag;
    return lookup->write_tag == tag && hb_ahead_own(core, line);
}
