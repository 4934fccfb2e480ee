/* Fetching instructions: through the L1I on the slow path, from decoded lines on the fast one. */
#ifndef HB_CPU_FETCH_H
#define HB_CPU_FETCH_H

#include "cpu/hart/core.h"
#include "cpu/hart/lookups.h"

/* Fetch the instruction at pc on the slow path. False: it waits, or has trapped. */
bool hb_fetch_slow(struct hb_core *core, uint64_t now, uint32_t *bits);

/* Point core->fetch at the line that holds pc, if the L1I has it and it may be executed whole. */
bool hb_fetch_line(struct hb_core *core);

/* The lookup of the line that holds `address`, if it is known and the L1I still has the line; else NULL. */
static inline struct hb_fetch_lookup *hb_fetch_known(struct hb_core *core, uint64_t address) {
    struct hb_fetch_lookup *lookup =
        &core->fetch_lookup[hb_lookup_mode(core->hart->privilege)][(address >> core->line_shift) % HB_FETCH_LOOKUPS];
    bool known = lookup->tag == (address & core->line_mask) && lookup->slot->address == lookup->address;
    return likely(known) ? lookup : NULL;
}

/* The operation at pc, in core->fetch: decoded and kept, or across two lines. NULL: the slow path must be taken. */
const struct hb_op *hb_fetch_decode(struct hb_core *core, uint64_t now);

/* The bits of the instruction that is being executed from core->fetch. */
uint32_t hb_fetch_bits(struct hb_core *core);

/* Does the instruction at pc, in core->fetch, reach into the next line? That line, if it is at hand; else NULL. */
bool hb_fetch_reaches_on(const struct hb_core *core);
struct hb_line *hb_fetch_upper(struct hb_core *core);

/* hb_decode() with x0 as destination turned into HB_X_SINK; kept in `cores`. */
const struct hb_op *hb_decode_for_execution(struct hb_cores *cores, uint32_t bits);

#endif
