/* Does the model that is searched (bus/verify/model.h) cover the machine? Three harts run at random on the machine's
 * own bus, caches and store buffers; at the close of every cycle what they, the bus and memory are in, of one line, is
 * made into a state of the model and looked up among those that the search has found. With two harts the same for two
 * lines of one set. One that is not among them means that the machine does what nobody has verified.
 */
#define RIG_HARTS 3
#include "bus/protocol/mutations.h"
#include "bus/shared/memory.h"
#include "bus/shared/watch.h"
#include "bus/verify/search.h"
#include "tests/coherence/random_rig.h"

struct look {
    struct rig *rig;
    struct hb_search search;
    uint64_t line[HB_MODEL_LINES_MAX]; /* addresses */
    bool overtaken[RIG_HARTS];         /* an SC waits whose line somebody else has written */
    uint8_t *seen;
    uint32_t distinct;
};

/* ---- The machine as a state of the model ----------------------------------------------------------------------- */

static uint32_t line_index(const struct look *look, uint64_t address) {
    for (uint32_t i = 0; i < look->search.model.lines; i++)
        if (address - look->line[i] < look->rig->bus.line_bytes)
            return i;
    return UINT32_MAX;
}

static bool is_newest(const struct look *look, uint32_t line, const void *bytes) {
    const struct rig *r = look->rig;
    return memcmp(bytes, r->checker.shadow + (look->line[line] - HB_RAM_BASE), r->bus.line_bytes) == 0;
}

static struct hb_model_copy copy_in(const struct look *look, const struct hb_cache *cache, uint32_t line) {
    struct hb_line *found = hb_cache_find(cache, look->line[line]);
    if (!found)
        return (struct hb_model_copy){0};
    return (struct hb_model_copy){found->state, is_newest(look, line, hb_line_data(found))};
}

/* The access, to the other line, that an eviction makes place for. */
static uint8_t wanted_by(const struct look *look, uint32_t hart, const struct hb_port *port) {
    if (look->search.model.lines == 1 || port->request.kind != HB_ACCESS_EVICT)
        return HB_ACCESS_NONE;
    uint8_t kind = port->draining ? HB_ACCESS_STORE : look->rig->request[hart].kind;
    return kind == HB_ACCESS_AMO && look->search.model.atomic_is_write ? HB_ACCESS_STORE : kind;
}

static void take_transaction(const struct look *look, const struct hb_transaction *t, uint32_t line,
                             struct hb_model_port *to) {
    to->phase = t->snooped || t->kind == HB_TXN_WRITE_BACK ? HB_PHASE_SNOOPED : HB_PHASE_GRANTED;
    to->before = t->before;
    to->shared = t->shared;
    to->broadcast = t->broadcast;
    to->memory_takes = t->memory_takes;
    to->carries = t->carries;
    to->newest = t->carries && is_newest(look, line, t->data);
}

static struct hb_model_port port_of(const struct look *look, uint32_t hart) {
    const struct hb_bus_state *state = &look->rig->state;
    const struct hb_port *port = &state->port[hart];
    uint32_t line = line_index(look, port->request.address), reserved = line_index(look, port->reservation);
    struct hb_model_port to = {0};
    if (port->reservation != HB_NO_LINE && reserved != UINT32_MAX)
        to.reserved = (uint8_t)(reserved + 1);
    if (port->request.kind == HB_ACCESS_NONE || line == UINT32_MAX)
        return to;
    to.kind = port->request.kind;
    if (to.kind == HB_ACCESS_AMO && look->search.model.atomic_is_write)
        to.kind = HB_ACCESS_STORE;
    to.line = (uint8_t)line;
    to.wanted = wanted_by(look, hart, port);
    to.overtaken = look->overtaken[hart];
    to.phase = HB_PHASE_POSTED;
    for (uint32_t i = 0; i < look->rig->bus.limit; i++)
        if (state->transaction[i].active && state->transaction[i].port == hart)
            take_transaction(look, &state->transaction[i], line, &to);
    return to;
}

/* A device's request that waits is none: nobody can tell. */
static struct hb_model_port device_port(const struct look *look) {
    const struct hb_bus_state *state = &look->rig->state;
    const struct hb_port *port = &state->port[look->rig->bus.harts];
    uint32_t line = line_index(look, port->request.address);
    struct hb_model_port to = {0};
    if (!look->rig->bus.disk || !port->granted || line == UINT32_MAX)
        return to;
    to.kind = port->request.kind;
    to.line = (uint8_t)line;
    for (uint32_t i = 0; i < look->rig->bus.limit; i++)
        if (state->transaction[i].active && state->transaction[i].port == look->rig->bus.harts)
            take_transaction(look, &state->transaction[i], line, &to);
    return to;
}

static void abstract(const struct look *look, struct hb_model_state *to) {
    const struct rig *r = look->rig;
    memset(to, 0, sizeof *to);
    for (uint32_t line = 0; line < look->search.model.lines; line++) {
        uint8_t bytes[HB_LINE_BYTES_MAX];
        for (uint32_t hart = 0; hart < r->bus.harts; hart++) {
            to->l1d[hart][line] = copy_in(look, &r->bus.l1d[hart], line);
            to->l1i[hart][line] = copy_in(look, &r->bus.l1i[hart], line);
        }
        hb_memory_read(&r->bus, look->line[line], bytes, r->bus.line_bytes);
        to->memory_newest[line] = is_newest(look, line, bytes);
    }
    for (uint32_t hart = 0; hart < r->bus.harts; hart++)
        to->port[hart] = port_of(look, hart);
    to->port[r->bus.harts] = device_port(look);
}

static void tell_state(const struct look *look, const struct hb_model_state *state) {
    for (uint32_t hart = 0; hart < look->rig->bus.harts; hart++) {
        const struct hb_model_port *port = &state->port[hart];
        printf("  hart %u:", hart);
        for (uint32_t line = 0; line < look->search.model.lines; line++)
            printf(" L1D %u%s L1I %u%s,", state->l1d[hart][line].state, state->l1d[hart][line].newest ? " newest" : "",
                   state->l1i[hart][line].state, state->l1i[hart][line].newest ? " newest" : "");
        printf(" kind %u line %u wanted %u phase %u before %u shared %d broadcast %d takes %d carries %d newest %d "
               "reserved "
               "%u overtaken %d\n",
               port->kind, port->line, port->wanted, port->phase, port->before, port->shared, port->broadcast,
               port->memory_takes, port->carries, port->newest, port->reserved, port->overtaken);
    }
    printf("  memory newest: %d %d\n", state->memory_newest[0], state->memory_newest[1]);
}

static bool is_known(struct look *look, uint64_t now) {
    struct hb_model_state state;
    uint64_t key[HB_MODEL_KEY_WORDS];
    abstract(look, &state);
    hb_model_pack(&look->search.model, &state, key, NULL);
    uint32_t i = hb_search_find(&look->search, key);
    if (i == UINT32_MAX) {
        printf("%s, cycle %" PRIu64 ": the search knows no such state:\n", look->rig->bus.protocol->name, now);
        tell_state(look, &state);
        return false;
    }
    look->distinct += !look->seen[i];
    look->seen[i] = 1;
    return true;
}

/* ---- Who has overtaken an SC ----------------------------------------------------------------------------------- */

static void overtake(struct look *look, uint32_t by, uint64_t address) {
    const struct hb_bus *bus = &look->rig->bus;
    for (uint32_t hart = 0; hart < bus->harts; hart++) {
        const struct hb_request *waits = &bus->state->port[hart].request;
        if (hart != by && waits->kind == HB_ACCESS_SC && waits->address / bus->line_bytes == address / bus->line_bytes)
            look->overtaken[hart] = true;
    }
}

static void on_finished(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    (void)now;
    if (t->kind == HB_TXN_DMA_WRITE)
        overtake(context, bus->harts, t->line);
}

static void on_access(void *context, const struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                      uint64_t value, enum hb_access_way way, uint64_t now) {
    (void)bus;
    (void)value;
    (void)now;
    if (hb_access_writes(request->kind) && way != HB_WAY_BUFFERED)
        overtake(context, hart, request->address);
}

static void forget_overtaken(struct look *look) {
    for (uint32_t hart = 0; hart < look->rig->bus.harts; hart++)
        look->overtaken[hart] &= look->rig->state.port[hart].request.kind == HB_ACCESS_SC;
}

/* ---- Runs ------------------------------------------------------------------------------------------------------ */

/* Whole words of a value that is never written twice, so that stale and newest bytes differ. */
static struct hb_request invent(struct look *look) {
    static const uint8_t kinds[] = {HB_ACCESS_LOAD, HB_ACCESS_STORE, HB_ACCESS_STORE, HB_ACCESS_FETCH, HB_ACCESS_LR,
                                    HB_ACCESS_SC,   HB_ACCESS_SC,    HB_ACCESS_AMO,   HB_ACCESS_CLEAN, HB_ACCESS_FLUSH};
    struct rig *r = look->rig;
    bool watched = look->search.model.lines == 2 || rig_draw(r, 3) > 0;
    uint64_t line = watched ? look->line[rig_draw(r, look->search.model.lines)] : rig_line(r, 4 + rig_draw(r, 8));
    struct hb_request q = {.kind = kinds[rig_draw(r, sizeof kinds)], .address = line + 8 * rig_draw(r, 2), .bytes = 8};
    q.operand = r->draws;
    q.amo = HB_AMO_SWAP;
    return q;
}

static void try_access(struct look *look, uint32_t hart, uint64_t now) {
    struct rig *r = look->rig;
    uint64_t value;
    r->waiting[hart] = !hb_bus_access(&r->bus, hart, &r->request[hart], now, &value);
}

static void ask_device(struct look *look, uint64_t now) {
    struct rig *r = look->rig;
    struct hb_dma *dma = &r->devices.virtio_blk.dma;
    if (!r->bus.disk || dma->kind != HB_DMA_NONE || rig_draw(r, 24) != 0)
        return;
    dma->kind = rig_draw(r, 2) ? HB_DMA_READ : HB_DMA_WRITE;
    dma->address = look->line[rig_draw(r, look->search.model.lines)] + 8;
    dma->bytes = 8;
    dma->at = dma->done = 0;
    memcpy(dma->data, &r->draws, 8);
    hb_dma_post(&r->bus, now);
}

static void collect(struct look *look, uint64_t now) {
    struct rig *r = look->rig;
    for (uint32_t hart = 0; hart < r->bus.harts; hart++) {
        enum hb_response response = r->state.port[hart].response;
        if (!r->waiting[hart] || response == HB_RESPONSE_NONE)
            continue;
        r->state.port[hart].response = HB_RESPONSE_NONE;
        r->waiting[hart] = false;
        if (response == HB_RESPONSE_RETRY)
            try_access(look, hart, now);
    }
}

static bool run(struct look *look, uint64_t cycles) {
    struct rig *r = look->rig;
    for (uint64_t now = 0; now < cycles; now++) {
        if (r->state.next_cycle <= now)
            hb_bus_step(&r->bus, now);
        collect(look, now);
        for (uint32_t hart = 0; hart < r->bus.harts; hart++) {
            if (r->waiting[hart] || rig_draw(r, 8) < 3)
                continue;
            r->request[hart] = invent(look);
            try_access(look, hart, now);
        }
        ask_device(look, now);
        forget_overtaken(look);
        if (!is_known(look, now))
            return false;
    }
    return true;
}

static bool try_variant(const struct rig_variant *v, uint32_t lines, uint64_t cycles) {
    static struct rig r;
    struct look look = {.rig = &r};
    struct hb_verify_options options = {.protocol = hb_protocol_find((enum hb_protocol_id)v->protocol),
                                        .caches = lines == 1 ? RIG_HARTS : 2,
                                        .lines = (uint8_t)lines,
                                        .split = v->split};
    struct hb_bus_watch watch = {.context = &look, .access = on_access, .finished = on_finished};
    rig_set_up(&r, v);
    r.bus.harts = options.caches;
    hb_bus_watch_add(&r.bus, &watch);
    look.line[0] = rig_line(&r, 0);
    look.line[1] = rig_line(&r, 2); /* the same set of two */
    if (!hb_search_begin(&look.search, &options))
        abort();
    hb_search_all(&look.search);
    look.seen = calloc(look.search.states, 1);
    bool good = look.seen && look.search.found == HB_FOUND_NOTHING && run(&look, cycles);
    printf("%s, %u lines, %s, %u stores%s%s: seen in %u of %u states\n", options.protocol->name, lines,
           v->split ? "split" : "atomic", v->store_depth, v->l2.size_bytes ? ", L2" : "", v->device ? ", device" : "",
           look.distinct, look.search.states);
    free(look.seen);
    hb_search_end(&look.search);
    rig_tear_down(&r);
    return good;
}

static struct rig_variant variant_of(uint32_t protocol, uint32_t n) {
    struct rig_variant v = {
        .protocol = (uint8_t)protocol,
        .arbiter = HB_ARBITER_RANDOM,
        .split = n % 2,
        .device = n % 3 != 1,
        .store_depth = n % 4 < 2 ? 0 : 4,
        .store_order = HB_STORES_ANY,
        .cache = {.size_bytes = 32, .ways = 1, .line_bytes = 16, .hit_cycles = 1},
    };
    v.cache.write_through = hb_protocol_find((enum hb_protocol_id)protocol)->write_through;
    if (n % 3 == 0)
        v.l2 = (struct hb_cache_config){.size_bytes = 128, .ways = 4, .line_bytes = 16, .hit_cycles = 1};
    return v;
}

/* A machine that does what the protocol does not say must be noticed. */
static bool notices_a_mutation(void) {
    struct rig_variant v = variant_of(HB_PROTOCOL_MESI, 3);
    v.mutation = (uint8_t)(hb_mutation_find("no-invalidation-on-upgrade") + 1);
    return !try_variant(&v, 1, 100000);
}

/* test_model [full]: two of the eight variants of each protocol, or all. */
int main(int argc, char **argv) {
    bool full = argc > 1 && strcmp(argv[1], "full") == 0;
    for (uint32_t protocol = 0; protocol < HB_PROTOCOL_NONE; protocol++)
        for (uint32_t n = 0; n < 8; n++) {
            struct rig_variant v = variant_of(protocol, n);
            if ((full || n == 3 || n == 4) && !try_variant(&v, n < 4 ? 1 : 2, full ? 1000000 : 100000))
                return 1;
        }
    if (notices_a_mutation())
        return 0;
    puts("a mutated machine goes unnoticed");
    return 1;
}
