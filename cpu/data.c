/* Loads, stores, atomics and cache-block operations on the slow path: the definition, and what fills the lookups. */
#include "cpu/data.h"

#include "cpu/fetch.h"
#include "cpu/hart/lookups.h"
#include "cpu/hart/pmp.h"
#include "cpu/hart/trap.h"
#include "cpu/latch.h"
#include "cpu/mmu.h"

/* What few accesses do is kept out of line, so that the others save no registers for it. */
#define SELDOM __attribute__((noinline))

static bool is_load(uint8_t kind) {
    return kind == HB_ACCESS_LOAD || kind == HB_ACCESS_LR;
}

static enum hb_stall stall_cause(uint8_t kind) {
    switch (kind) {
    case HB_ACCESS_LOAD: return HB_STALL_LOAD;
    case HB_ACCESS_STORE: return HB_STALL_STORE;
    default: return HB_STALL_ATOMIC;
    }
}

/* `offset`: from the first byte to the faulting part. */
static SELDOM bool refuse(struct hb_core *core, const struct hb_data_access *access, uint32_t offset, bool misaligned,
                          uint64_t now) {
    uint64_t load = misaligned ? HB_EXC_LOAD_MISALIGNED : HB_EXC_LOAD_ACCESS;
    hb_trap(core, is_load(access->kind) ? load : load + 2, access->address + offset, now);
    return false;
}

static bool protection_allows(struct hb_core *core, uint8_t kind, uint64_t physical, uint64_t bytes) {
    uint8_t rights = hb_core_rights(core, physical, bytes, hb_data_mode(core->hart));
    switch (kind) {
    case HB_ACCESS_LOAD:
    case HB_ACCESS_LR: return rights & HB_PMP_R;
    case HB_ACCESS_STORE:
    case HB_ACCESS_SC: return rights & HB_PMP_W;
    case HB_ACCESS_AMO: return (rights & (HB_PMP_R | HB_PMP_W)) == (HB_PMP_R | HB_PMP_W);
    default: return rights & (HB_PMP_R | HB_PMP_W); /* cache-block management: CMO specification, section 2.5.2 */
    }
}

/* An instruction that starts on the fast path goes in flight when it has to wait. */
static void note_waiting(struct hb_core *core) {
    struct hb_in_flight *flight = &core->hart->in_flight;
    core->hart->attention |= HB_ATTEND_IN_FLIGHT;
    if (flight->active)
        return;
    flight->active = true;
    flight->fetched = true;
    flight->bits = hb_fetch_bits(core);
}

/* An instruction in flight resumes where it was. */
static void begin(struct hb_core *core) {
    struct hb_in_flight *flight = &core->hart->in_flight;
    if (flight->active)
        return;
    core->access_index = 0;
    core->resume.placed = core->resume.asks = core->resume.plain = false;
    flight->latched = 0;
    flight->order = 0;
    flight->translated = 0;
}

/* ---- Where it goes --------------------------------------------------------------------------------------------- */

static enum hb_intent intent_of(uint8_t kind) {
    return hb_access_writes(kind) ? HB_INTENT_WRITE : HB_INTENT_READ;
}

/* Cache-block operations need only the right to read, but their faults are those of stores (CMO specification, section
 * 2.5.2). */
static uint64_t cause_for(uint8_t kind, uint64_t cause) {
    if (!hb_access_is_cache_block(kind))
        return cause;
    return cause == HB_EXC_LOAD_PAGE ? HB_EXC_STORE_PAGE : HB_EXC_STORE_ACCESS;
}

static bool translate_one(struct hb_core *core, uint8_t kind, uint64_t address, uint32_t place, uint64_t now,
                          uint64_t *physical) {
    uint64_t cause = 0;
    uint8_t mode = hb_data_mode(core->hart);
    *physical = address;
    if (!hb_mmu_is_on(core->hart, mode))
        return true;
    switch (hb_mmu_translate(core, address, mode, intent_of(kind), place, now, physical, &cause)) {
    case HB_PROGRESS_DONE: return true;
    case HB_PROGRESS_WAIT: note_waiting(core); return false;
    default: hb_trap(core, cause_for(kind, cause), address, now); return false;
    }
}

/* The access, and where it goes. */
struct target {
    const struct hb_data_access *access;
    struct hb_data_place *place; /* kept until the instruction has retired */
};

/* May these bytes of the access, which are not all in RAM, lie at `physical`? False: `*at` is the first that may not.
 *
 * ROM takes no stores; a device takes aligned loads and stores. Regions begin and end at page boundaries, and no region
 * that follows memory could take the rest of an access that begins in it. */
static bool may_lie(const struct hb_core *core, struct target *target, uint64_t physical, uint64_t bytes,
                    uint32_t *at) {
    const struct hb_data_access *access = target->access;
    if (!hb_bus_cacheable(core->bus, physical, 1)) {
        bool plain = access->kind == HB_ACCESS_LOAD || access->kind == HB_ACCESS_STORE;
        target->place->device = plain && (access->address & (access->bytes - 1u)) == 0;
        return target->place->device;
    }
    if (hb_bus_is_rom(physical) && hb_access_writes(access->kind))
        return false;
    *at = (uint32_t)(4096 - (physical & 4095));
    return hb_bus_cacheable(core->bus, physical, bytes);
}

/* A part of the access, of one page if addresses are translated: where it is, and whether it may be there. */
static inline bool find_part(struct hb_core *core, struct target *target, uint32_t place, uint32_t offset,
                             uint64_t bytes, uint64_t now) {
    const struct hb_data_access *access = target->access;
    if (!translate_one(core, access->kind, access->address + offset, place, now, &target->place->physical[place]))
        return false;
    uint32_t at = 0;
    uint64_t physical = target->place->physical[place];
    bool allowed =
        protection_allows(core, access->kind, physical, bytes) &&
        (hb_ram_contains(core->bus->ram, physical - HB_RAM_BASE, bytes) || may_lie(core, target, physical, bytes, &at));
    return allowed || refuse(core, access, offset + at, false, now);
}

/* What lies in the next page. */
static SELDOM bool find_rest(struct hb_core *core, struct target *target, uint64_t now) {
    const uint32_t first = target->place->in_page;
    return find_part(core, target, 1, first, target->access->bytes - first, now);
}

/* The parts are checked in order, before anything is touched: of two faults the first is taken, and reports the address
 * of its part (section 3.1.16). */
static bool find(struct hb_core *core, struct target *target, uint64_t now) {
    const struct hb_data_access *access = target->access;
    bool translated = hb_mmu_is_on(core->hart, hb_data_mode(core->hart));
    uint64_t left = translated ? 4096 - (access->address & 4095) : access->bytes;
    target->place->device = false;
    target->place->in_page = access->bytes < left ? access->bytes : (uint32_t)left;
    if (!find_part(core, target, 0, 0, target->place->in_page, now))
        return false;
    return target->place->in_page == access->bytes || find_rest(core, target, now);
}

static uint64_t physical_at(const struct target *target, uint32_t offset) {
    return offset < target->place->in_page ? target->place->physical[0] + offset
                                           : target->place->physical[1] + (offset - target->place->in_page);
}

static bool post_one(struct hb_core *core, const struct target *target, struct hb_request *request, enum hb_stall cause,
                     uint64_t now, uint64_t *value) {
    switch (hb_one_access(core, request, cause, now, value)) {
    case HB_PROGRESS_DONE: return true;
    case HB_PROGRESS_WAIT: note_waiting(core); return false;
    default: return refuse(core, target->access, 0, false, now);
    }
}

static inline bool piece(struct hb_core *core, const struct target *target, uint32_t from, uint32_t bytes, uint64_t now,
                         uint64_t *value) {
    const struct hb_data_access *access = target->access;
    if (hb_latched(core, value))
        return true;
    struct hb_request request = {
        .kind = access->kind,
        .address = physical_at(target, from),
        .operand = from ? access->operand >> (8 * from) : access->operand,
        .bytes = (uint8_t)bytes,
        .amo = access->amo,
        .unbuffered = hb_overlaps_host_words(core, physical_at(target, from), bytes),
    };
    return post_one(core, target, &request, stall_cause(access->kind), now, value);
}

static SELDOM bool device_access(struct hb_core *core, const struct target *target, uint64_t now, uint64_t *value) {
    const struct hb_data_access *access = target->access;
    struct hb_request request = {.kind =
                                     access->kind == HB_ACCESS_LOAD ? HB_ACCESS_DEVICE_READ : HB_ACCESS_DEVICE_WRITE,
                                 .address = target->place->physical[0],
                                 .operand = access->operand,
                                 .bytes = access->bytes};
    return post_one(core, target, &request, HB_STALL_DEVICE, now, value);
}

/* ---- After it is done ------------------------------------------------------------------------------------------ */

/* `tag`: the line's virtual address. */
static inline void set_lookup(struct hb_core *core, uint64_t tag, struct hb_line *line, bool read, bool write) {
    core->data[(tag >> core->line_shift) % HB_DATA_LOOKUPS] = (struct hb_data_lookup){
        .read_tag = read ? tag : HB_NO_TAG,
        .write_tag = write && !core->bus->protocol->write_through ? tag : HB_NO_TAG,
        .address = line->address,
        .slot = line,
    };
}

void hb_lookup_fill(struct hb_core *core, uint64_t address, uint64_t physical) {
    struct hb_hart *hart = core->hart;
    struct hb_line *line = hb_cache_find(&core->bus->l1d[hart->id], physical);
    if (!line || !core->shared->host_lookups || core->bus->config.store_depth)
        return; /* with a store buffer every load asks it first */
    uint8_t mode = hb_data_mode(hart);
    uint64_t nothing;
    uint8_t rights = hb_core_rights(core, line->address, core->bus->line_bytes, mode);
    bool translated = hb_mmu_is_on(hart, mode);
    bool read = rights & HB_PMP_R && (!translated || hb_mmu_look_up(hart, address, mode, HB_INTENT_READ, &nothing));
    bool write = rights & HB_PMP_W && (!translated || hb_mmu_look_up(hart, address, mode, HB_INTENT_WRITE, &nothing));
    bool watched = hb_overlaps_host_words(core, line->address, core->bus->line_bytes);
    set_lookup(core, address & core->line_mask, line, read, write && !watched);
}

void hb_lookup_set_plain(struct hb_core *core, struct hb_line *line, uint8_t rights) {
    set_lookup(core, line->address, line, rights & HB_PMP_R, rights & HB_PMP_W);
}

void hb_lookup_fill_plain(struct hb_core *core, uint64_t address, uint8_t rights) {
    struct hb_line *line = hb_cache_find(&core->bus->l1d[core->hart->id], address);
    if (line)
        hb_lookup_set_plain(core, line, rights);
}

static SELDOM void note_successful_sc(struct hb_core *core, const struct target *target, uint64_t now) {
    struct hb_hart *hart = core->hart;
    if (!core->shared->trace_sc || core->traces == HB_TRACE_RECORDS)
        return;
    core->trace[core->traces++] = (struct hb_trace_record){
        .kind = HB_TRACE_SC,
        .cycle = now,
        .hart = hart->id,
        .id = target->access->bytes,
        .address = target->place->physical[0],
        .value = target->access->operand,
        .privilege = hart->privilege,
    };
    core->shared->told.traced = true;
}

static void note_done(struct hb_core *core, const struct target *target, uint64_t value, uint64_t now) {
    const struct hb_data_access *access = target->access;
    if (access->kind == HB_ACCESS_SC && value == 0)
        note_successful_sc(core, target, now);
    if (!is_load(access->kind) && hb_overlaps_host_words(core, target->place->physical[0], access->bytes))
        core->shared->told.tohost_written = true;
}

/* ---- Whole accesses -------------------------------------------------------------------------------------------- */

static SELDOM bool in_two_lines(struct hb_core *core, const struct target *target, uint32_t first, uint64_t now,
                                uint64_t *value) {
    uint64_t upper;
    if (!piece(core, target, 0, first, now, value) ||
        !piece(core, target, first, target->access->bytes - first, now, &upper))
        return false;
    *value |= upper << (8 * first);
    note_done(core, target, *value, now);
    return true;
}

static inline bool memory_access(struct hb_core *core, const struct target *target, uint64_t now, uint64_t *value) {
    const struct hb_data_access *access = target->access;
    uint32_t left = (uint32_t)(core->bus->line_bytes - (access->address & ~core->line_mask));
    if (access->bytes > left)
        return in_two_lines(core, target, left, now, value);
    if (!piece(core, target, 0, access->bytes, now, value))
        return false;
    if (access->kind == HB_ACCESS_LOAD || access->kind == HB_ACCESS_STORE)
        hb_lookup_fill(core, access->address, target->place->physical[0]);
    note_done(core, target, *value, now);
    return true;
}

bool hb_data_access(struct hb_core *core, const struct hb_data_access *access, uint64_t now, uint64_t *value) {
    struct target target = {.access = access, .place = &core->resume.place};
    begin(core);
    if (!core->resume.placed) {
        if (hb_access_is_atomic(access->kind) && access->address & (access->bytes - 1u))
            return refuse(core, access, 0, true, now);
        if (!find(core, &target, now))
            return false;
        core->resume.placed = true;
    }
    return target.place->device ? device_access(core, &target, now, value) : memory_access(core, &target, now, value);
}

/* ---- Cache blocks ---------------------------------------------------------------------------------------------- */

/* The specification leaves open whether the bytes of a block are zeroed in one step. Zeroing store by store, as here,
 * needs nothing new from protocols, the store buffer or those who watch stores. */
static bool store_zeros(struct hb_core *core, const struct target *target, uint64_t line, uint64_t now) {
    for (uint32_t at = 0; at < core->bus->line_bytes; at += 8) {
        struct hb_request request = {.kind = HB_ACCESS_STORE,
                                     .address = line + at,
                                     .bytes = 8,
                                     .unbuffered = hb_overlaps_host_words(core, line + at, 8)};
        uint64_t nothing;
        if (!post_one(core, target, &request, HB_STALL_CACHE_BLOCK, now, &nothing))
            return false;
    }
    if (hb_overlaps_host_words(core, line, core->bus->line_bytes))
        core->shared->told.tohost_written = true;
    return true;
}

static bool manage(struct hb_core *core, const struct target *target, uint64_t line, uint64_t now) {
    struct hb_request request = {.kind = target->access->kind, .address = line, .bytes = 1};
    uint64_t nothing;
    return post_one(core, target, &request, HB_STALL_CACHE_BLOCK, now, &nothing);
}

/* Every fault reports the address as given (CMO specification, section 2.5.2). */
bool hb_block_access(struct hb_core *core, uint8_t kind, uint64_t address, uint64_t now) {
    const struct hb_data_access access = {.kind = kind, .address = address};
    struct target target = {.access = &access, .place = &core->resume.place};
    uint32_t bytes = core->bus->line_bytes;
    bool zeros = kind == HB_ACCESS_STORE;
    begin(core);
    if (!translate_one(core, kind, address, 0, now, &target.place->physical[0]))
        return false;
    uint64_t line = target.place->physical[0] & core->line_mask;
    if (!protection_allows(core, kind, line, bytes) || !hb_bus_cacheable(core->bus, line, bytes) ||
        (zeros && hb_bus_is_rom(line)))
        return refuse(core, target.access, 0, false, now);
    return zeros ? store_zeros(core, &target, line, now) : manage(core, &target, line, now);
}

bool hb_wait_for_stores(struct hb_core *core, uint64_t now) {
    struct hb_request request = {.kind = HB_ACCESS_FENCE};
    uint64_t nothing;
    if (!core->bus->config.store_depth)
        return true;
    begin(core);
    if (hb_one_access(core, &request, HB_STALL_STORE, now, &nothing) == HB_PROGRESS_DONE)
        return true;
    note_waiting(core);
    return false;
}
