#include "cpu/hart/lookups.h"

#include "cpu/hart/pmp.h"

static void drop_mode(struct hb_core *core, uint32_t mode) {
    for (uint32_t i = 0; i < HB_DATA_LOOKUPS; i++) {
        core->data_lookup[mode][i].read_tag = HB_NO_TAG;
        core->data_lookup[mode][i].write_tag = HB_NO_TAG;
    }
    for (uint32_t i = 0; i < HB_FETCH_LOOKUPS; i++)
        core->fetch_lookup[mode][i].tag = HB_NO_TAG;
    core->lookups_stale[mode] = false;
}

void hb_lookups_refresh(struct hb_core *core, uint32_t mode) {
    if (core->lookups_stale[mode])
        drop_mode(core, mode);
}

static void refresh_those_in_use(struct hb_core *core) {
    hb_fetch_forget(core);
    hb_lookups_refresh(core, hb_lookup_mode(core->hart->privilege));
    hb_lookups_refresh(core, hb_data_lookup_mode(core->hart));
}

/* Lookups of a mode that is not in use are dropped when it is entered: a context switch writes
 * several PMP registers. */
void hb_lookups_protection_changed(struct hb_core *core) {
    hb_core_forget_rights(core);
    for (uint32_t mode = 0; mode < HB_PRIV_M; mode++)
        core->lookups_stale[mode] = true;
    core->lookups_stale[HB_PRIV_M] |= hb_pmp_binds_m(core->hart, core->bus->line_bytes);
    refresh_those_in_use(core);
}

void hb_lookups_translation_changed(struct hb_core *core) {
    for (uint32_t mode = 0; mode < HB_PRIV_M; mode++)
        core->lookups_stale[mode] = true;
    refresh_those_in_use(core);
}

static void drop_data(struct hb_core *core, uint32_t mode, uint64_t line) {
    struct hb_data_lookup *lookup = &core->data_lookup[mode][(line >> core->line_shift) % HB_DATA_LOOKUPS];
    if (lookup->read_tag == line)
        lookup->read_tag = HB_NO_TAG;
    if (lookup->write_tag == line)
        lookup->write_tag = HB_NO_TAG;
}

static void drop_code(struct hb_core *core, uint32_t mode, uint64_t line) {
    struct hb_fetch_lookup *lookup = &core->fetch_lookup[mode][(line >> core->line_shift) % HB_FETCH_LOOKUPS];
    if (lookup->tag == line)
        lookup->tag = HB_NO_TAG;
}

void hb_lookups_drop_page(struct hb_core *core, uint64_t page, enum hb_tlb tlb) {
    for (uint32_t mode = 0; mode < HB_PRIV_M; mode++)
        for (uint64_t line = page; line < page + 4096; line += core->bus->line_bytes)
            tlb == HB_TLB_CODE ? drop_code(core, mode, line) : drop_data(core, mode, line);
    if (tlb == HB_TLB_CODE)
        hb_fetch_forget(core);
}

void hb_core_drop_lookups(struct hb_core *core) {
    hb_core_forget_rights(core);
    for (uint32_t mode = 0; mode < HB_LOOKUP_MODES; mode++)
        drop_mode(core, mode);
    hb_fetch_forget(core);
    core->resume.placed = core->resume.asked = core->resume.asks = core->resume.plain = false;
    core->data = core->data_lookup[hb_data_lookup_mode(core->hart)];
}

void hb_cores_drop_lookups(struct hb_cores *cores) {
    for (uint32_t i = 0; i < cores->harts; i++)
        hb_core_drop_lookups(&cores->core[i]);
}
