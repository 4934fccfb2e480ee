/* Physical memory protection. */
#ifndef HB_CPU_PMP_H
#define HB_CPU_PMP_H

#include "cpu/hart/core.h"

#define HB_PMP_R 1u
#define HB_PMP_W 2u
#define HB_PMP_X 4u

/* May an access of `bytes` at `address` in `mode` do what `need` (HB_PMP_*) says? */
bool hb_pmp_allows(const struct hb_hart *hart, uint64_t address, uint64_t bytes, uint8_t mode, uint8_t need);

/* What may be done with every byte of the range: rights that hold only for a part of it are left out. */
uint8_t hb_pmp_rights(const struct hb_hart *hart, uint64_t address, uint64_t bytes, uint8_t mode);

/* The addresses around `address` over which `mode` may do the same. */
struct hb_pmp_span hb_pmp_span(const struct hb_hart *hart, uint64_t address, uint8_t mode);

/* Addresses that include all on which entry `i` or the next one, which may begin at its address, has a say. */
struct hb_pmp_span hb_pmp_reach(const struct hb_hart *hart, uint32_t i);

/* All addresses of either, and those between them. */
static inline struct hb_pmp_span hb_pmp_span_of_both(struct hb_pmp_span a, struct hb_pmp_span b) {
    if (a.last < a.first || b.last < b.first)
        return a.last < a.first ? b : a;
    return (struct hb_pmp_span){.first = a.first < b.first ? a.first : b.first,
                                .last = a.last > b.last ? a.last : b.last};
}

static inline bool hb_pmp_span_has(const struct hb_pmp_span *span, uint64_t address) {
    return span->first <= address && address <= span->last;
}

static inline void hb_pmp_span_add(struct hb_pmp_span *span, uint64_t address) {
    *span = hb_pmp_span_of_both(*span, (struct hb_pmp_span){.first = address, .last = address});
}

/* hb_pmp_rights() of a hart's core, which remembers where it was asked last. */
static inline uint8_t hb_core_rights(struct hb_core *core, uint64_t address, uint64_t bytes, uint8_t mode) {
    struct hb_pmp_span *span = &core->pmp_span[mode];
    if (address - span->first > span->last - span->first || span->last < span->first)
        *span = hb_pmp_span(core->hart, address, mode);
    return address + bytes - 1 <= span->last ? span->rights : hb_pmp_rights(core->hart, address, bytes, mode);
}

/* Protection has changed: nothing is remembered. */
static inline void hb_core_forget_rights(struct hb_core *core) {
    for (uint32_t mode = 0; mode <= HB_PRIV_M; mode++)
        core->pmp_span[mode] = (struct hb_pmp_span){.first = 1};
}

/* M mode is bound by the PMP, too: some entry is locked, or matches only a part of some line, and an access that it
 * matches in part fails whatever the entry says (section 3.7.1). */
bool hb_pmp_binds_m(const struct hb_hart *hart, uint32_t line_bytes);

#endif
