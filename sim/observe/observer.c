#include "sim/observe/observer.h"

#include <stdlib.h>
#include <string.h>

/* ---- What an access and a transaction are ---------------------------------------------------------------------- */

static uint8_t agent_of(uint32_t hart, uint8_t kind) {
    return kind == HB_ACCESS_FETCH ? hb_agent_l1i(hart) : hb_agent_l1d(hart);
}

/* By software; the transaction may be a write-back (of a modified line). */
static bool gives_up(uint8_t kind) {
    return kind == HB_ACCESS_FLUSH || kind == HB_ACCESS_INVALIDATE;
}

static bool is_about_a_line(uint8_t transaction) {
    return transaction != HB_TXN_DEVICE_READ && transaction != HB_TXN_DEVICE_WRITE;
}

/* A protocol whose writes update other copies removes none of them. */
static bool ends_copies(const struct hb_protocol *protocol) {
    for (uint32_t state = 0; state < protocol->states; state++) {
        uint8_t transaction = protocol->row[state][HB_EVENT_WRITE].transaction;
        if (transaction == HB_TXN_UPDATE || transaction == HB_TXN_READ_UPDATE)
            return false;
    }
    return !protocol->incoherent;
}

static bool ends_copies_at(const struct hb_observer *observer, uint64_t address) {
    return observer->ends_copies && !hb_bus_protocol_at(observer->bus, address)->incoherent;
}

/* ---- Misses ---------------------------------------------------------------------------------------------------- */

/* It ends without having brought a copy: performed in memory, or never. */
static void end_without_copy(struct hb_observer *observer, uint8_t agent) {
    struct hb_pending_miss *pending = &observer->pending[agent];
    if (pending->active && pending->counts)
        hb_misses_bypass(observer->misses, agent, pending->address, pending->bytes);
    pending->active = false;
}

/* The port shows whether a request is for a miss: it has counted the miss just before. */
static void posted(void *context, const struct hb_bus *bus, uint32_t port, uint64_t now) {
    struct hb_observer *observer = context;
    (void)now;
    if (port >= bus->harts)
        return;
    const struct hb_request *request = &bus->state->port[port].request;
    const bool l1i = request->kind == HB_ACCESS_FETCH;
    const uint64_t counted = bus->state->port[port].stats.misses[l1i];
    const uint8_t agent = agent_of(port, request->kind);
    if (observer->hart)
        observer->pc[port] = observer->hart[port].pc;
    if (observer->misses_seen[port][l1i] == counted)
        return;
    observer->misses_seen[port][l1i] = counted;
    if (!observer->misses)
        return;
    end_without_copy(observer, agent);
    observer->pending[agent] = (struct hb_pending_miss){
        .active = true, .counts = observer->counts, .bytes = request->bytes, .address = request->address};
}

/* A copy comes: that of the miss, or of an upgrade whose line was taken, which was counted as a hit. */
static void fill(struct hb_observer *observer, uint8_t agent, uint64_t line) {
    struct hb_pending_miss *pending = &observer->pending[agent];
    bool missed = pending->active && pending->address - line < observer->bus->line_bytes;
    hb_misses_fill(observer->misses, agent, line, missed && pending->counts);
    if (missed)
        pending->active = false;
}

/* True if the transaction is the agent's own. */
static bool is_own(const struct hb_bus *bus, const struct hb_transaction *t, uint8_t agent) {
    uint8_t kind = bus->state->port[t->port].request.kind;
    return t->port < bus->harts && agent_of(t->port, kind) == agent;
}

static enum hb_taker taker_of(const struct hb_bus *bus, const struct hb_transaction *t, uint8_t agent) {
    if (t->port >= bus->harts)
        return HB_TAKER_DEVICE;
    if (gives_up(bus->state->port[t->port].request.kind))
        return HB_TAKER_SOFTWARE;
    return t->port == agent / 2 ? HB_TAKER_OWN : HB_TAKER_OTHER;
}

static void line_changes(void *context, const struct hb_bus *bus, uint8_t agent, uint64_t address, uint8_t before,
                         uint8_t after, const struct hb_transaction *t, uint64_t now) {
    struct hb_observer *observer = context;
    (void)now;
    if (observer->misses && before == HB_STATE_I && after != HB_STATE_I)
        fill(observer, agent, address);
    if (after != HB_STATE_I || before == HB_STATE_I || !t)
        return;
    if (t->line != address && observer->misses)
        hb_misses_take_back(observer->misses, agent, address); /* the L2 evicts it for the transaction's line */
    if (t->line != address || is_own(bus, t, agent))
        return; /* no room: the unbounded cache keeps it */
    if (observer->misses && !gives_up(bus->state->port[t->port].request.kind))
        hb_misses_invalidate(observer->misses, agent, address);
    if (!observer->counts)
        return;
    observer->invalidations++;
    if (observer->lines)
        hb_lines_at(observer->lines, address)->taken[taker_of(bus, t, agent)]++;
}

/* ---- Accesses -------------------------------------------------------------------------------------------------- */

static bool holds(const struct hb_bus *bus, uint8_t agent, uint64_t address) {
    return hb_cache_find(hb_agent_is_l1i(agent) ? &bus->l1i[agent / 2] : &bus->l1d[agent / 2], address) != NULL;
}

static void tell_misses(struct hb_observer *observer, uint8_t agent, const struct hb_request *request,
                        enum hb_access_way way) {
    struct hb_misses *misses = observer->misses;
    if (way != HB_WAY_MEMORY || holds(observer->bus, agent, request->address))
        hb_misses_access(misses, agent, request->address, request->bytes);
    if (way == HB_WAY_MEMORY)
        end_without_copy(observer, agent);
    if (hb_access_writes(request->kind))
        hb_misses_write(misses, agent, request->address, request->bytes, ends_copies_at(observer, request->address));
}

static void accessed(void *context, const struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                     uint64_t value, enum hb_access_way way, uint64_t now) {
    struct hb_observer *observer = context;
    (void)bus;
    (void)now;
    bool failed = request->kind == HB_ACCESS_SC && value != 0;
    if (way == HB_WAY_BUFFERED && observer->lines && observer->hart)
        hb_lines_buffered(observer->lines, (uint8_t)hart, request->address, observer->hart[hart].pc);
    if (hb_access_is_cache_block(request->kind) || failed || way == HB_WAY_BUFFERED)
        return;
    if (observer->misses && way != HB_WAY_FORWARDED)
        tell_misses(observer, agent_of(hart, request->kind), request, way);
    if (observer->lines && observer->counts)
        hb_lines_touch(observer->lines, (uint8_t)hart, request->address, request->bytes, hb_access_reads(request->kind),
                       hb_access_writes(request->kind));
}

/* ---- Transactions ---------------------------------------------------------------------------------------------- */

static void granted(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    struct hb_observer *observer = context;
    uint64_t waited = now - bus->state->port[t->port].request.posted_cycle;
    if (observer->counts && waited > observer->wait_max_cycles[t->port])
        observer->wait_max_cycles[t->port] = waited;
}

/* The L1Ds that received the bytes of the store. */
static uint32_t copies_updated(const struct hb_bus *bus, const struct hb_transaction *t) {
    uint32_t copies = 0;
    for (uint32_t hart = 0; t->broadcast && hart < bus->harts; hart++)
        copies += hart != t->port && !bus->state->port[hart].lost && hb_cache_find(&bus->l1d[hart], t->line);
    return copies;
}

static void count_transaction(struct hb_observer *observer, const struct hb_bus *bus, const struct hb_transaction *t) {
    uint8_t kind = bus->state->port[t->port].request.kind;
    bool of_hart = t->port < bus->harts;
    uint32_t updates = copies_updated(bus, t);
    bool intervened = hb_txn_brings_line(t->kind) && t->supplier != HB_NO_AGENT;
    observer->updates += updates;
    observer->interventions += intervened;
    observer->memory_updates += t->kind == HB_TXN_WRITE_BACK || t->memory_takes;
    if (!observer->lines)
        return;
    if (!of_hart)
        hb_lines_transaction(observer->lines, t->line, t->kind, HB_LINES_NOBODY, 0);
    else if (bus->state->port[t->port].draining && kind != HB_ACCESS_EVICT)
        hb_lines_drained(observer->lines, t->line, t->kind, t->port);
    else
        hb_lines_transaction(observer->lines, t->line, t->kind, t->port,
                             kind == HB_ACCESS_EVICT ? 0 : observer->pc[t->port]);
    struct hb_line_counts *line = hb_lines_at(observer->lines, t->line);
    line->updates += updates;
    line->interventions += intervened;
}

static void finished(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    struct hb_observer *observer = context;
    const struct hb_request *request = &bus->state->port[t->port].request;
    (void)now;
    if (observer->misses && t->kind == HB_TXN_DMA_WRITE)
        hb_misses_write(observer->misses, HB_MISSES_NOBODY, request->address, request->bytes,
                        !hb_bus_protocol_at(bus, t->line)->incoherent);
    if (observer->misses && gives_up(request->kind))
        hb_misses_forget_line(observer->misses, hb_agent_l1d(t->port), t->line,
                              !hb_bus_protocol_at(bus, t->line)->incoherent);
    if (observer->counts && is_about_a_line(t->kind))
        count_transaction(observer, bus, t);
}

static void reservation_lost(void *context, const struct hb_bus *bus, uint32_t hart, uint64_t address, uint64_t now) {
    struct hb_observer *observer = context;
    (void)bus;
    (void)now;
    if (!observer->counts)
        return;
    observer->reservations_lost[hart]++;
    if (observer->lines)
        hb_lines_at(observer->lines, address)->reservations_lost++;
}

/* ---- Its life -------------------------------------------------------------------------------------------------- */

static uint64_t stamp(const struct hb_line *line) {
    return line->last_read > line->last_write ? line->last_read : line->last_write;
}

static int compare_stamps(const void *left, const void *right) {
    const struct hb_line *a = *(const struct hb_line *const *)left, *b = *(const struct hb_line *const *)right;
    return stamp(a) != stamp(b) ? (stamp(a) < stamp(b) ? -1 : 1) : a->address < b->address ? -1 : 1;
}

/* The lines that the cache holds, in the order in which they were used. */
static void take_for_known(struct hb_misses *misses, uint8_t agent, const struct hb_cache *cache) {
    uint32_t n = 0, room = cache->sets * cache->ways;
    const struct hb_line **held = malloc(room * sizeof(const struct hb_line *));
    if (!held)
        abort();
    for (uint32_t i = 0; i < room; i++) {
        const struct hb_line *line = hb_cache_line(cache, i);
        if (line->address != HB_NO_LINE)
            held[n++] = line;
    }
    qsort(held, n, sizeof(const struct hb_line *), compare_stamps);
    for (uint32_t i = 0; i < n; i++)
        hb_misses_access(misses, agent, held[i]->address, 1);
    free(held);
}

static struct hb_misses *start_misses(const struct hb_bus *bus) {
    uint32_t lines[HB_AGENTS_MAX];
    for (uint32_t h = 0; h < bus->harts; h++) {
        lines[hb_agent_l1d(h)] = bus->l1d[h].sets * bus->l1d[h].ways;
        lines[hb_agent_l1i(h)] = bus->l1i[h].sets * bus->l1i[h].ways;
    }
    struct hb_misses *misses = hb_misses_new(2 * bus->harts, bus->line_bytes, lines);
    for (uint32_t h = 0; h < bus->harts; h++) {
        take_for_known(misses, hb_agent_l1d(h), &bus->l1d[h]);
        take_for_known(misses, hb_agent_l1i(h), &bus->l1i[h]);
    }
    return misses;
}

void hb_observer_start(struct hb_observer *observer, struct hb_bus *bus, const struct hb_hart *hart, bool misses,
                       bool lines) {
    *observer = (struct hb_observer){
        .bus = bus,
        .hart = hart,
        .misses = misses ? start_misses(bus) : NULL,
        .lines = lines ? hb_lines_new(bus->line_bytes) : NULL,
        .ends_copies = ends_copies(bus->protocol),
    };
    for (uint32_t h = 0; h < bus->harts; h++)
        memcpy(observer->misses_seen[h], bus->state->port[h].stats.misses, sizeof observer->misses_seen[h]);
    observer->watch = (struct hb_bus_watch){
        .context = observer,
        .posted = posted,
        .granted = granted,
        .finished = finished,
        .line = line_changes,
        .access = misses || lines ? accessed : NULL,
        .reservation_lost = reservation_lost,
    };
    hb_bus_watch_add(bus, &observer->watch);
}

void hb_observer_stop(struct hb_observer *observer) {
    hb_bus_watch_remove(observer->bus, &observer->watch);
    hb_misses_free(observer->misses);
    hb_lines_free(observer->lines);
    *observer = (struct hb_observer){0};
}

void hb_observer_hart_started(struct hb_observer *observer, uint32_t hart) {
    if (!observer->misses)
        return;
    hb_misses_forget_agent(observer->misses, hb_agent_l1d(hart));
    hb_misses_forget_agent(observer->misses, hb_agent_l1i(hart));
}

void hb_observer_misses(const struct hb_observer *observer, uint8_t agent, uint64_t counts[HB_MISSES]) {
    const struct hb_pending_miss *pending = &observer->pending[agent];
    hb_misses_of_agent(observer->misses, agent, counts);
    if (pending->active && pending->counts)
        counts[hb_misses_judge(observer->misses, agent, pending->address, pending->bytes)]++;
}
