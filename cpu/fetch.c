#include "cpu/fetch.h"

#include <string.h>

#include "cpu/decode.h"
#include "cpu/hart/lookups.h"
#include "cpu/hart/pmp.h"
#include "cpu/hart/trap.h"
#include "cpu/latch.h"
#include "cpu/mmu.h"
#include "memory/hash.h"

/* ---- The slow path: the definition ----------------------------------------------------------------------------- */

static bool may_execute(struct hb_core *core, uint64_t physical) {
    return hb_bus_cacheable(core->bus, physical, 2) &&
           hb_core_rights(core, physical, 2, core->hart->privilege) & HB_PMP_X;
}

/* Where the half-word at `address` is. False: the hart waits, or has trapped. */
static bool translate(struct hb_core *core, uint64_t address, uint32_t place, uint64_t now, uint64_t *physical) {
    uint64_t cause = HB_EXC_FETCH_ACCESS;
    switch (hb_mmu_translate(core, address, core->hart->privilege, HB_INTENT_EXECUTE, place, now, physical, &cause)) {
    case HB_PROGRESS_WAIT: return false;
    case HB_PROGRESS_DONE:
        if (may_execute(core, *physical))
            return true;
        cause = HB_EXC_FETCH_ACCESS;
        break;
    default: break;
    }
    hb_trap(core, cause, address, now);
    return false;
}

/* Its lookups stand where the offset in the page says, which is that of every virtual address. */
static void forget_line_in(struct hb_core *core, uint32_t mode, uint64_t line) {
    const uint32_t of_a_page = 4096 >> core->line_shift;
    const uint32_t step = of_a_page < HB_FETCH_LOOKUPS ? of_a_page : HB_FETCH_LOOKUPS;
    for (uint32_t i = (line >> core->line_shift) % step; i < HB_FETCH_LOOKUPS; i += step)
        if (core->fetch_lookup[mode][i].address == line)
            core->fetch_lookup[mode][i].tag = HB_NO_TAG;
}

/* The line will be fetched again, perhaps with other bytes, into the very slot that a lookup points to, and that lookup
 * would pass as valid. A line enters an L1I only by its own hart's fetch, so this is the only place to drop it. */
static void forget_line(struct hb_core *core, uint64_t physical) {
    uint64_t line = physical & core->line_mask;
    for (uint32_t mode = 0; mode < HB_LOOKUP_MODES; mode++)
        if (hb_pmp_span_has(&core->coded[mode], line))
            forget_line_in(core, mode, line);
    if (core->fetch.address == line)
        hb_fetch_forget(core);
}

/* Read `bytes` of one line; false: it waits. Fetches are never refused by the bus. */
static bool fetch_piece(struct hb_core *core, uint64_t physical, uint8_t bytes, uint64_t now, uint32_t *bits) {
    struct hb_request request = {.kind = HB_ACCESS_FETCH, .address = physical, .bytes = bytes};
    uint64_t value;
    if (hb_one_access(core, &request, HB_STALL_FETCH, now, &value) != HB_PROGRESS_DONE) {
        forget_line(core, physical);
        return false;
    }
    *bits = (uint32_t)value;
    return true;
}

static bool ends_line(const struct hb_core *core, uint64_t pc) {
    return ((pc + 2) & ~core->line_mask) == 0;
}

/* The whole instruction, or what of it stands in the line of pc: then the rest is a stage of its own. */
static bool fetch_first(struct hb_core *core, uint64_t now, uint32_t *bits, bool *whole) {
    uint64_t pc = core->hart->pc, physical;
    bool cut = ends_line(core, pc);
    if (!translate(core, pc, 0, now, &physical) || !fetch_piece(core, physical, cut ? 2 : 4, now, bits))
        return false;
    bool compressed = (*bits & 3) != 3;
    *whole = compressed || !cut;
    if (compressed)
        *bits &= 0xffff;
    if (compressed || cut || may_execute(core, physical + 2))
        return true;
    hb_trap(core, HB_EXC_FETCH_ACCESS, pc + 2, now);
    return false;
}

static void keep_half(struct hb_core *core, uint32_t bits) {
    struct hb_in_flight *flight = &core->hart->in_flight;
    flight->half = (uint16_t)bits;
    flight->half_fetched = true;
    flight->latched = 0;
    core->access_index = 0;
}

bool hb_fetch_slow(struct hb_core *core, uint64_t now, uint32_t *bits) {
    struct hb_in_flight *flight = &core->hart->in_flight;
    uint64_t second = core->hart->pc + 2, physical;
    bool whole = false;
    if (!flight->half_fetched) {
        if (!fetch_first(core, now, bits, &whole))
            return false;
        if (whole)
            return true;
        keep_half(core, *bits);
    }
    uint32_t upper;
    if (!translate(core, second, 1, now, &physical) || !fetch_piece(core, physical, 2, now, &upper))
        return false;
    *bits = flight->half | upper << 16;
    return true;
}

/* ---- The fast path --------------------------------------------------------------------------------------------- */

/* Decoding depends on nothing but the bits, so what was decoded once is kept: otherwise the slow path, and instructions
 * across two lines, would decode at every execution (20 times the cost of executing most of them). */
const struct hb_op *hb_decode_for_execution(struct hb_cores *cores, uint32_t bits) {
    struct hb_decoded_bits *kept = &cores->decoded_bits[hb_mix64(bits) % HB_DECODED_BITS];
    if (kept->bits != bits || kept->op.code == HB_OP_UNDECODED) {
        kept->bits = bits;
        kept->op = hb_decode(bits);
        if (kept->op.rd == 0 && !hb_op_writes_f(&kept->op))
            kept->op.rd = HB_X_SINK;
    }
    return &kept->op;
}

/* The decoded form of a line, shared by all harts. When it displaces another line's, the lookups of that one are
 * dropped, instead of checking the key at every instruction. */
static struct hb_decoded_line *decoded_line(struct hb_core *core, struct hb_line *line) {
    uint32_t line_bytes = core->bus->line_bytes;
    struct hb_decoded_line *decoded = &core->shared->decoded[(line->address >> core->line_shift) % HB_DECODED_LINES];
    if (decoded->address == line->address && memcmp(decoded->bytes, hb_line_data(line), line_bytes) == 0)
        return decoded;
    for (uint32_t h = 0; decoded->address && h < core->shared->harts; h++)
        forget_line(&core->shared->core[h], decoded->address);
    decoded->address = line->address;
    memcpy(decoded->bytes, hb_line_data(line), line_bytes);
    for (uint32_t i = 0; i < line_bytes / 2; i++)
        decoded->op[i].code = HB_OP_UNDECODED;
    for (uint32_t i = 0; i < core->shared->codes; i++)
        core->shared->code[i]->visits[decoded - core->shared->decoded] = 0;
    return decoded;
}

static struct hb_fetch_lookup *lookup_of(struct hb_core *core, uint64_t address) {
    return &core->fetch_lookup[hb_lookup_mode(core->hart->privilege)][(address >> core->line_shift) % HB_FETCH_LOOKUPS];
}

/* Its lookup, made anew. Out of line, since the line of most addresses is known. */
static __attribute__((noinline)) struct hb_fetch_lookup *fill_lookup(struct hb_core *core, uint64_t address) {
    struct hb_hart *hart = core->hart;
    struct hb_fetch_lookup *lookup = lookup_of(core, address);
    uint64_t tag = address & core->line_mask;
    uint64_t physical = tag;
    if (hb_mmu_is_on(hart, hart->privilege) &&
        !hb_mmu_look_up(hart, tag, hart->privilege, HB_INTENT_EXECUTE, &physical))
        return NULL;
    struct hb_line *line = hb_cache_find(&core->bus->l1i[hart->id], physical);
    if (!line || !(hb_core_rights(core, physical, core->bus->line_bytes, hart->privilege) & HB_PMP_X))
        return NULL;
    struct hb_decoded_line *decoded = decoded_line(core, line); /* may drop lookups, hence before the fill */
    *lookup = (struct hb_fetch_lookup){.tag = tag, .address = physical, .slot = line, .op = decoded->op};
    hb_pmp_span_add(&core->coded[hb_lookup_mode(hart->privilege)], physical);
    if (core->code)
        lookup->code = hb_code_of(core->code, (size_t)(decoded - core->shared->decoded));
    return lookup;
}

/* The line that holds `address`, if the L1I has it and all of it may be executed; else NULL. */
static inline struct hb_fetch_lookup *find_line(struct hb_core *core, uint64_t address) {
    struct hb_fetch_lookup *known = hb_fetch_known(core, address);
    return likely(known != NULL) ? known : fill_lookup(core, address);
}

bool hb_fetch_line(struct hb_core *core) {
    const struct hb_fetch_lookup *lookup = core->shared->host_lookups ? find_line(core, core->hart->pc) : NULL;
    if (lookup)
        core->fetch = *lookup;
    return lookup != NULL;
}

static uint32_t read_half(const struct hb_fetch_lookup *lookup, uint64_t address) {
    uint16_t half;
    memcpy(&half, hb_line_data(lookup->slot) + (address - lookup->tag), sizeof half);
    return half;
}

uint32_t hb_fetch_bits(struct hb_core *core) {
    uint64_t pc = core->hart->pc;
    uint32_t bits = read_half(&core->fetch, pc);
    if ((bits & 3) != 3)
        return bits;
    return bits | read_half(ends_line(core, pc) ? find_line(core, pc + 2) : &core->fetch, pc + 2) << 16;
}

bool hb_fetch_reaches_on(const struct hb_core *core) {
    return ends_line(core, core->hart->pc) && (read_half(&core->fetch, core->hart->pc) & 3) == 3;
}

/* Looking for it may drop lookups, the present line's among them. */
struct hb_line *hb_fetch_upper(struct hb_core *core) {
    struct hb_fetch_lookup *upper = find_line(core, core->hart->pc + 2);
    return upper && core->fetch.address != HB_NO_TAG ? upper->slot : NULL;
}

const struct hb_op *hb_fetch_decode(struct hb_core *core, uint64_t now) {
    uint64_t pc = core->hart->pc;
    bool last_half = ends_line(core, pc);
    if (!last_half || (read_half(&core->fetch, pc) & 3) != 3) {
        struct hb_op *op = &core->fetch.op[(pc - core->fetch.tag) / 2];
        *op = *hb_decode_for_execution(core->shared, hb_fetch_bits(core));
        return op;
    }
    /* It crosses the line's end: decoded anew each time, since the other line may change. */
    struct hb_fetch_lookup *upper = find_line(core, pc + 2);
    if (!upper || core->fetch.address == HB_NO_TAG)
        return NULL;
    upper->slot->last_read = now << 4 | 1;
    core->hart->fetches++;
    return hb_decode_for_execution(core->shared, hb_fetch_bits(core));
}
