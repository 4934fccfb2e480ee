#include "cpu/hart/lookups.h"

#include "cpu/hart/checkpoint.h"
#include "cpu/hart/pmp.h"

static const struct hb_pmp_span nowhere = {.first = 1}, everywhere = {.last = UINT64_MAX};

/* Of lines, of which a part may be in it. */
static bool is_in(const struct hb_core *core, uint64_t line, const struct hb_pmp_span *span) {
    return line <= span->last && (line | ~core->line_mask) >= span->first;
}

static void drop_data_between(struct hb_core *core, uint32_t mode, const struct hb_pmp_span *span) {
    for (uint32_t i = 0; i < HB_DATA_LOOKUPS; i++) {
        struct hb_data_lookup *lookup = &core->data_lookup[mode][i];
        if (is_in(core, lookup->address, span))
            lookup->read_tag = lookup->write_tag = HB_NO_TAG;
    }
}

static void drop_code_between(struct hb_core *core, uint32_t mode, const struct hb_pmp_span *span) {
    const struct hb_pmp_span *coded = &core->coded[mode];
    if (coded->first > span->last || (coded->last | ~core->line_mask) < span->first)
        return;
    for (uint32_t i = 0; i < HB_FETCH_LOOKUPS; i++)
        if (is_in(core, core->fetch_lookup[mode][i].address, span))
            core->fetch_lookup[mode][i].tag = HB_NO_TAG;
}

static void drop_between(struct hb_core *core, uint32_t mode, const struct hb_pmp_span *span) {
    drop_data_between(core, mode, span);
    drop_code_between(core, mode, span);
    core->stale[mode] = nowhere;
}

/* All lookups of `mode`, those included that have never been made. */
static void drop_mode(struct hb_core *core, uint32_t mode) {
    core->coded[mode] = everywhere;
    drop_between(core, mode, &everywhere);
    core->coded[mode] = nowhere;
}

void hb_lookups_refresh(struct hb_core *core, uint32_t mode) {
    const struct hb_pmp_span stale = core->stale[mode];
    if (stale.first <= stale.last)
        drop_between(core, mode, &stale);
}

static void refresh_those_in_use(struct hb_core *core) {
    hb_fetch_forget(core);
    hb_lookups_refresh(core, hb_lookup_mode(core->hart->privilege));
    hb_lookups_refresh(core, hb_data_lookup_mode(core->hart));
}

static void note_stale(struct hb_core *core, uint32_t mode, struct hb_pmp_span where) {
    core->stale[mode] = hb_pmp_span_of_both(core->stale[mode], where);
}

/* What has been looked up since the checkpoint may hold no longer after it has been gone back to. */
static void note_for_checkpoint(struct hb_core *core) {
    if (core->ahead)
        core->ahead->rights_changed = true;
}

/* Lookups of a mode that is not in use are dropped when it is entered: a context switch writes
 * several PMP registers. */
void hb_lookups_protection_changed(struct hb_core *core, struct hb_pmp_span where) {
    hb_core_forget_rights(core);
    note_for_checkpoint(core);
    for (uint32_t mode = 0; mode < HB_PRIV_M; mode++)
        note_stale(core, mode, where);
    if (hb_pmp_binds_m(core->hart, core->bus->line_bytes))
        note_stale(core, HB_PRIV_M, where);
    refresh_those_in_use(core);
}

void hb_lookups_translation_changed(struct hb_core *core) {
    note_for_checkpoint(core);
    for (uint32_t mode = 0; mode < HB_PRIV_M; mode++)
        core->stale[mode] = everywhere;
    refresh_those_in_use(core);
}

void hb_lookups_mode_restored(struct hb_core *core) {
    hb_fetch_forget(core);
    core->data = core->data_lookup[hb_data_lookup_mode(core->hart)];
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
