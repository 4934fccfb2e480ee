#include "bus/shared/l1.h"

#include "bus/access/perform.h"
#include "bus/shared/checker.h"
#include "bus/shared/line.h"
#include "bus/shared/port.h"

static uint8_t posted_state(const struct hb_bus *bus, uint32_t hart, const struct hb_request *request) {
    if (!(bus->protocol->flaws & HB_FLAW_STALE_GRANT) || request->kind == HB_ACCESS_FETCH)
        return HB_STATE_I;
    const struct hb_line *line = hb_cache_find(&bus->l1d[hart], request->address);
    return line ? line->state : HB_STATE_I;
}

static void post(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    port->stats.requests++;
    hb_port_post(bus, hart, request, now);
    port->request.posted_state = posted_state(bus, hart, request);
}

/* A modified victim leaves by a transaction of its own before the new line is asked for. */
static bool post_write_back_of_victim(struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                                      uint64_t now) {
    const struct hb_cache *cache = hb_access_cache(bus, hart, request->kind);
    struct hb_line *victim = hb_cache_victim(cache, request->address);
    if (!(victim->attributes & HB_LINE_DIRTY) || bus->protocol->flaws & HB_FLAW_VICTIM_DROPPED) {
        if (bus->config.store_depth)
            bus->state->port[hart].victim = hb_cache_index(cache, victim);
        return false;
    }
    struct hb_request write_back = {.kind = HB_ACCESS_EVICT, .address = victim->address};
    post(bus, hart, &write_back, now);
    return true;
}

/* An access that the bus must help with is a hit all the same when the line is there: an upgrade, if it is a write
 * (a write-through, an update of other copies, ...: what the protocol says). */
static void count_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, bool hit,
                         bool needs_bus) {
    struct hb_port_stats *stats = &bus->state->port[hart].stats;
    if (hb_access_is_cache_block(request->kind))
        return;
    uint64_t *counter = hit ? stats->hits : stats->misses;
    counter[request->kind == HB_ACCESS_FETCH]++;
    if (!hb_access_writes(request->kind))
        return;
    stats->write_hits += hit;
    stats->write_misses += !hit;
    stats->upgrades += hit && needs_bus;
}

static const struct hb_row *row_for(const struct hb_bus *bus, const struct hb_request *request,
                                    const struct hb_line *line) {
    const struct hb_protocol *protocol = hb_access_protocol(bus, request->kind, request->address);
    return &protocol->row[line ? line->state : HB_STATE_I][hb_access_event(protocol, request->kind)];
}

uint64_t hb_l1_perform(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, struct hb_line *line,
                       enum hb_access_way way, uint64_t now) {
    struct hb_port *port = &bus->state->port[hart];
    uint64_t stamp = now << 4 | request->order;
    uint8_t *at = hb_line_data(line) + (request->address - line->address);
    uint64_t value = hb_perform(request, at);
    if (hb_access_writes(request->kind))
        line->last_write = stamp;
    else
        line->last_read = stamp;
    if (request->kind == HB_ACCESS_LR)
        port->reservation = line->address;
    if (request->kind == HB_ACCESS_SC)
        port->reservation = HB_NO_LINE;
    if (bus->checker)
        hb_checker_access(bus->checker, bus, hart, request, value, at, now);
    HB_TELL(bus, access, hart, request, value, way, now);
    return value;
}

bool hb_l1_post_plain(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now) {
    const struct hb_cache *cache = &bus->l1d[hart];
    const struct hb_line *line = hb_cache_find(cache, request->address);
    const enum hb_event event = hb_access_event(bus->protocol, request->kind);
    const uint8_t transaction = bus->protocol->row[line ? line->state : HB_STATE_I][event].transaction;
    if (transaction != HB_TXN_READ && transaction != HB_TXN_READ_X && transaction != HB_TXN_UPGRADE)
        return false;
    if (!line && post_write_back_of_victim(bus, hart, request, now))
        return true;
    count_access(bus, hart, request, line != NULL, true);
    post(bus, hart, request, now);
    return true;
}

bool hb_l1_hits(const struct hb_bus *bus, uint32_t hart, const struct hb_request *request) {
    const struct hb_line *line = hb_cache_find(hb_access_cache(bus, hart, request->kind), request->address);
    return row_for(bus, request, line)->transaction == HB_TXN_NONE;
}

bool hb_l1_access(struct hb_bus *bus, uint32_t hart, const struct hb_request *request, uint64_t now, uint64_t *value) {
    if (hb_access_is_device(request->kind)) {
        post(bus, hart, request, now);
        return false;
    }
    struct hb_port *port = &bus->state->port[hart];
    const struct hb_cache *cache = hb_access_cache(bus, hart, request->kind);
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
        count_access(bus, hart, request, line != NULL, true);
        post(bus, hart, request, now);
        return false;
    }
    count_access(bus, hart, request, true, false);
    *value = 0;
    if (line && !hb_access_is_cache_block(request->kind)) {
        hb_line_set_state(bus, hb_agent_l1d(hart) + (request->kind == HB_ACCESS_FETCH), line, row->next, NULL, now);
        *value = hb_l1_perform(bus, hart, request, line, HB_WAY_HIT, now);
    }
    return true;
}
