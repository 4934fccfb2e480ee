/* The L1 controller: what a hart's access does in its own caches, and what it posts. */
#include "bus/shared/bus.h"
#include "bus/shared/perform.h"
#include "bus/shared/store_buffer.h"

bool hb_bus_is_rom(uint64_t address) {
    return address - HB_ROM_BASE < HB_ROM_BYTES;
}

bool hb_bus_cacheable(const struct hb_bus *bus, uint64_t address, uint64_t bytes) {
    return hb_ram_contains(bus->ram, address - HB_RAM_BASE, bytes) ||
           (hb_bus_is_rom(address) && bytes <= HB_ROM_BYTES - (address - HB_ROM_BASE));
}

static uint8_t posted_state(const struct hb_bus *bus, uint32_t hart, const struct hb_request *request) {
    if (!(bus->protocol->flaws & HB_FLAW_STALE_GRANT) || request->kind == HB_ACCESS_FETCH)
        return HB_STATE_I;
    const struct hb_line *line = hb_cache_find(&bus->l1d[hart], request->address);
    return line ? line->state : HB_STATE_I;
}

static void post(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    port->request = *request;
    port->request.posted_cycle = now;
    port->request.posted_state = posted_state(bus, hart, request);
    port->granted = false;
    port->stats.requests++;
    hb_bus_posted(bus, hart, now);
}

static bool is_cache_block_operation(uint8_t kind) {
    return kind == HB_ACCESS_CLEAN || kind == HB_ACCESS_FLUSH || kind == HB_ACCESS_INVALIDATE;
}

/* A modified victim leaves by a transaction of its own before the new line is asked for. */
static bool post_write_back_of_victim(struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                                      uint64_t now) {
    struct hb_cache *cache = hb_access_cache(bus, hart, request->kind);
    struct hb_line *victim = hb_cache_victim(cache, request->address);
    if (!(victim->attributes & HB_LINE_DIRTY) || bus->protocol->flaws & HB_FLAW_VICTIM_DROPPED) {
        bus->state->port[hart].victim = hb_cache_index(cache, victim);
        return false;
    }
    struct hb_request write_back = {.kind = HB_ACCESS_EVICT, .address = victim->address};
    post(bus, hart, &write_back, now);
    return true;
}

/* An access that the bus must help with is a hit all the same when the line is there (an upgrade, a write-through). */
static void count_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, bool hit, bool upgrade) {
    struct hb_port_stats *stats = &bus->state->port[hart].stats;
    if (is_cache_block_operation(request->kind))
        return;
    uint64_t *counter = hit ? stats->hits : stats->misses;
    counter[request->kind == HB_ACCESS_FETCH]++;
    stats->upgrades += upgrade;
}

static const struct hb_row *row_for(const struct hb_bus *bus, const struct hb_request *request,
                                    const struct hb_line *line) {
    const struct hb_protocol *protocol = hb_access_protocol(bus, request->kind, request->address);
    return &protocol->row[line ? line->state : HB_STATE_I][hb_access_event(protocol, request->kind)];
}

bool hb_l1_hits(struct hb_bus *bus, uint32_t hart, const struct hb_request *request) {
    const struct hb_line *line = hb_cache_find(hb_access_cache(bus, hart, request->kind), request->address);
    return row_for(bus, request, line)->transaction == HB_TXN_NONE;
}

bool hb_l1_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value) {
    if (request->kind == HB_ACCESS_DEVICE_READ || request->kind == HB_ACCESS_DEVICE_WRITE) {
        post(bus, hart, request, now);
        return false;
    }
    struct hb_port *port = &bus->state->port[hart];
    struct hb_cache *cache = hb_access_cache(bus, hart, request->kind);
    if (request->kind == HB_ACCESS_SC && port->reservation != hb_cache_line_address(cache, request->address)) {
        port->reservation = HB_NO_LINE;
        *value = 1;
        return true;
    }
    struct hb_line *line = hb_cache_find(cache, request->address);
    const struct hb_row *row = row_for(bus, request, line);
    if (row->transaction != HB_TXN_NONE) {
        if (!line && hb_txn_reads_line(row->transaction) && post_write_back_of_victim(bus, hart, request, now))
            return false;
        count_access(bus, hart, request, line != NULL, row->transaction == HB_TXN_UPGRADE);
        post(bus, hart, request, now);
        return false;
    }
    count_access(bus, hart, request, true, false);
    *value = 0;
    if (line && !is_cache_block_operation(request->kind)) {
        hb_line_set_state(bus, hb_agent_l1d(hart) + (request->kind == HB_ACCESS_FETCH), line, row->next, NULL, now);
        *value = hb_perform_on_line(bus, hart, request, line, HB_WAY_HIT, now);
    }
    return true;
}

bool hb_bus_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value) {
    if (bus->config.store_depth)
        return hb_store_buffer_access(bus, hart, request, now, value);
    *value = 0;
    return request->kind == HB_ACCESS_FENCE || hb_l1_access(bus, hart, request, now, value);
}
