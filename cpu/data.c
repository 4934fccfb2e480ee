/* Loads, stores, atomics and cache-block operations on the slow way: the definition, and what fills the lookups. */
#include "cpu/internal.h"

enum hb_progress hb_one_access(struct hb_core *core, struct hb_request *request, enum hb_stall cause, uint64_t now,
                               uint64_t *value) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    uint8_t index = core->access_index++;
    if (index < flight->latched) {
        *value = flight->latch[index];
        return HB_PROGRESS_DONE;
    }
    if (flight->faulted) {
        flight->faulted = false;
        return HB_PROGRESS_FAULT;
    }
    request->order = flight->order++;
    if (hb_bus_access(core->bus, hart->id, request, now, value)) {
        flight->latch[flight->latched++] = *value;
        return HB_PROGRESS_DONE;
    }
    flight->cause = cause;
    flight->since = now;
    hart->ready_at = HB_NEVER;
    return HB_PROGRESS_WAIT;
}

void hb_core_answered(struct hb_core *core, uint64_t now) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    struct hb_port *port = &core->bus->state->port[hart->id];
    hb_stall(hart, flight->cause, now - flight->since);
    switch (port->response) {
    case HB_RESPONSE_DONE: flight->latch[flight->latched++] = port->value; break;
    case HB_RESPONSE_FAULT: flight->faulted = true; break;
    default: flight->order--; break; /* not performed: its number is free again */
    }
    port->response = HB_RESPONSE_NONE;
    hart->ready_at = now;
}

/* ---- One instruction's data ----------------------------------------------------------------------------------- */

static bool is_cache_block(uint8_t kind) { return kind >= HB_ACCESS_CLEAN && kind <= HB_ACCESS_INVALIDATE; }

static bool is_load(uint8_t kind) { return kind == HB_ACCESS_LOAD || kind == HB_ACCESS_LR; }

static bool needs_alignment(uint8_t kind) {
    return kind == HB_ACCESS_LR || kind == HB_ACCESS_SC || kind == HB_ACCESS_AMO;
}

static enum hb_stall stall_cause(uint8_t kind) {
    switch (kind) {
    case HB_ACCESS_LOAD: return HB_STALL_LOAD;
    case HB_ACCESS_STORE: return HB_STALL_STORE;
    case HB_ACCESS_LR:
    case HB_ACCESS_SC:
    case HB_ACCESS_AMO: return HB_STALL_ATOMIC;
    case HB_ACCESS_DEVICE_READ:
    case HB_ACCESS_DEVICE_WRITE: return HB_STALL_DEVICE;
    default: return HB_STALL_CACHE_BLOCK;
    }
}

static bool refuse(struct hb_core *core, const struct hb_data_access *access, bool misaligned, uint64_t now) {
    uint64_t load = misaligned ? HB_EXC_LOAD_MISALIGNED : HB_EXC_LOAD_ACCESS;
    hb_trap(core, is_load(access->kind) ? load : load + 2, access->address, now);
    return false;
}

static bool protection_allows(const struct hb_core *core, const struct hb_data_access *access) {
    uint8_t mode = hb_data_mode(core->hart);
    uint8_t rights = hb_pmp_rights(core->hart, access->address, access->bytes, mode);
    switch (access->kind) {
    case HB_ACCESS_LOAD:
    case HB_ACCESS_LR: return rights & HB_PMP_R;
    case HB_ACCESS_STORE:
    case HB_ACCESS_SC: return rights & HB_PMP_W;
    case HB_ACCESS_AMO: return (rights & (HB_PMP_R | HB_PMP_W)) == (HB_PMP_R | HB_PMP_W);
    default: return rights & (HB_PMP_R | HB_PMP_W); /* cache-block management: CMO specification, section 2.5.2 */
    }
}

/* An instruction that starts on the fast way becomes one in flight when it has to wait. */
static void note_waiting(struct hb_core *core) {
    struct hb_in_flight *flight = &core->hart->in_flight;
    core->hart->attention |= HB_ATTEND_IN_FLIGHT;
    if (flight->active)
        return;
    flight->active = true;
    flight->fetched = true;
    flight->bits = hb_fetch_bits(core);
}

static bool piece(struct hb_core *core, const struct hb_data_access *access, uint32_t from, uint32_t bytes, uint64_t now,
                  uint64_t *value) {
    struct hb_request request = {
        .kind = access->kind,
        .address = access->address + from,
        .operand = from ? access->operand >> (8 * from) : access->operand,
        .bytes = (uint8_t)bytes,
        .amo = access->amo,
    };
    switch (hb_one_access(core, &request, stall_cause(access->kind), now, value)) {
    case HB_PROGRESS_DONE: return true;
    case HB_PROGRESS_WAIT: note_waiting(core); return false;
    default: return refuse(core, access, false, now);
    }
}

static bool device_access(struct hb_core *core, const struct hb_data_access *access, uint64_t now, uint64_t *value) {
    bool plain = access->kind == HB_ACCESS_LOAD || access->kind == HB_ACCESS_STORE;
    if (!plain || access->address & (access->bytes - 1u))
        return refuse(core, access, false, now);
    struct hb_data_access device = *access;
    device.kind = access->kind == HB_ACCESS_LOAD ? HB_ACCESS_DEVICE_READ : HB_ACCESS_DEVICE_WRITE;
    struct hb_request request = {
        .kind = device.kind, .address = device.address, .operand = device.operand, .bytes = device.bytes};
    switch (hb_one_access(core, &request, HB_STALL_DEVICE, now, value)) {
    case HB_PROGRESS_DONE: return true;
    case HB_PROGRESS_WAIT: note_waiting(core); return false;
    default: return refuse(core, access, false, now);
    }
}

/* ---- After it is done ----------------------------------------------------------------------------------------- */

static bool overlaps_tohost(const struct hb_core *core, uint64_t address, uint64_t bytes) {
    uint64_t tohost = core->shared->tohost;
    return tohost != HB_NO_LINE && address < tohost + 8 && tohost < address + bytes;
}

static void fill_lookup(struct hb_core *core, uint64_t address) {
    struct hb_hart *hart = core->hart;
    struct hb_line *line = hb_cache_find(&core->bus->l1d[hart->id], address);
    if (!line || !core->shared->host_lookups)
        return;
    uint64_t tag = address & core->line_mask;
    uint8_t rights = hb_pmp_rights(hart, tag, core->bus->line_bytes, hb_data_mode(hart));
    bool watched = overlaps_tohost(core, tag, core->bus->line_bytes);
    core->data[(address >> core->line_shift) % HB_DATA_LOOKUPS] = (struct hb_data_lookup){
        .read_tag = rights & HB_PMP_R ? tag : HB_NO_TAG,
        .write_tag = rights & HB_PMP_W && !watched && !core->bus->protocol->write_through ? tag : HB_NO_TAG,
        .address = line->address,
        .slot = line,
    };
}

static void note_successful_sc(struct hb_core *core, const struct hb_data_access *access, uint64_t now) {
    struct hb_hart *hart = core->hart;
    if (!core->shared->trace_sc || core->traces == HB_TRACE_RECORDS)
        return;
    core->trace[core->traces++] = (struct hb_trace_record){
        .kind = HB_TRACE_SC, .cycle = now, .hart = hart->id, .id = access->bytes,
        .address = access->address, .value = access->operand, .privilege = hart->privilege,
    };
    core->shared->traced = true;
}

static void note_done(struct hb_core *core, const struct hb_data_access *access, uint64_t value, uint64_t now) {
    if (access->kind == HB_ACCESS_SC && value == 0)
        note_successful_sc(core, access, now);
    if (!is_load(access->kind) && access->operand && overlaps_tohost(core, access->address, access->bytes))
        core->shared->tohost_written = true;
}

/* ---- The whole ------------------------------------------------------------------------------------------------ */

bool hb_data_access(struct hb_core *core, const struct hb_data_access *access, uint64_t now, uint64_t *value) {
    struct hb_hart *hart = core->hart;
    if (!hart->in_flight.active) {
        core->access_index = 0;
        hart->in_flight.latched = 0;
        hart->in_flight.order = 0;
    }
    if (needs_alignment(access->kind) && access->address & (access->bytes - 1u))
        return refuse(core, access, true, now);
    if (!protection_allows(core, access))
        return refuse(core, access, false, now);
    if (!hb_bus_cacheable(core->bus, access->address, access->bytes))
        return is_cache_block(access->kind) ? refuse(core, access, false, now)
                                            : device_access(core, access, now, value);
    if (!is_load(access->kind) && hb_bus_is_rom(access->address) && !is_cache_block(access->kind))
        return refuse(core, access, false, now);
    uint32_t left = (uint32_t)(core->bus->line_bytes - (access->address & ~core->line_mask));
    uint32_t first = access->bytes < left ? access->bytes : left;
    if (!piece(core, access, 0, first, now, value))
        return false;
    if (first < access->bytes) {
        uint64_t upper;
        if (!piece(core, access, first, access->bytes - first, now, &upper))
            return false;
        *value |= upper << (8 * first);
    } else if (access->kind == HB_ACCESS_LOAD || access->kind == HB_ACCESS_STORE) {
        fill_lookup(core, access->address);
    }
    note_done(core, access, *value, now);
    return true;
}
