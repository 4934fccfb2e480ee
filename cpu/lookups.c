/* Host lookups: what can be dropped at any time and is made again from the saved state. */
#include "cpu/internal.h"

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

/* Lookups of a mode that is not in use are dropped when it is entered: a context switch writes several PMP registers. */
void hb_lookups_protection_changed(struct hb_core *core) {
    core->lookups_stale[0] = true;
    core->lookups_stale[1] = hb_pmp_binds_m(core->hart);
    hb_fetch_forget(core);
    hb_lookups_refresh(core, hb_lookup_mode(core->hart->privilege));
    hb_lookups_refresh(core, hb_lookup_mode(hb_data_mode(core->hart)));
}

void hb_core_drop_lookups(struct hb_core *core) {
    for (uint32_t mode = 0; mode < HB_LOOKUP_MODES; mode++)
        drop_mode(core, mode);
    hb_fetch_forget(core);
    core->data = core->data_lookup[hb_lookup_mode(hb_data_mode(core->hart))];
}

void hb_cores_drop_lookups(struct hb_cores *cores) {
    for (uint32_t i = 0; i < cores->harts; i++)
        hb_core_drop_lookups(&cores->core[i]);
}
