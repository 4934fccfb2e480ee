/* Host lookups: what can be dropped at any time and is derived again from the saved state. */
#ifndef HB_CPU_LOOKUPS_H
#define HB_CPU_LOOKUPS_H

#include "cpu/hart/core.h"

/* Forget everything derived (after a restore, a change of code from outside, a start). */
void hb_core_drop_lookups(struct hb_core *core);
void hb_cores_drop_lookups(struct hb_cores *cores);

/* Which set of host lookups loads and stores use: U, S, S that may touch user pages, M. Fetches: U, S, M. */
static inline uint32_t hb_lookup_mode(uint8_t mode) {
    return mode;
}

static inline uint32_t hb_data_lookup_mode(const struct hb_hart *hart) {
    uint8_t mode = hb_data_mode(hart);
    return mode == HB_PRIV_S && hart->mstatus & HB_MSTATUS_SUM ? 2 : mode;
}

/* PMP entries changed, and with them what may be done in `where`: lookups of lines there are dropped before their next
 * use, of the modes that the PMP binds. */
void hb_lookups_protection_changed(struct hb_core *core, struct hb_pmp_span where);

/* The hart has gone back to a checkpoint, perhaps into another mode, and its rights are what they were. */
void hb_lookups_mode_restored(struct hb_core *core);

/* The TLB was emptied, or MXR changed: all but M mode's are dropped, M mode's own kept. */
void hb_lookups_translation_changed(struct hb_core *core);

/* The translation of one page leaves one of the TLBs: lookups of its lines, of data or of code, go with it. */
void hb_lookups_drop_page(struct hb_core *core, uint64_t page, enum hb_tlb tlb);

/* No line is being executed: the next turn looks for one. */
static inline void hb_fetch_forget(struct hb_core *core) {
    static struct hb_line none = {.address = HB_NO_LINE};
    core->fetch = (struct hb_fetch_lookup){.tag = HB_NO_TAG, .address = HB_NO_TAG, .slot = &none};
}

/* Drop those of `mode` now, if they are stale. */
void hb_lookups_refresh(struct hb_core *core, uint32_t mode);

#endif
