/* The random coherence tester: 8 harts' worth of accesses, tiny caches, all on a few falsely shared lines; under every
 * protocol but `none`, on the atomic and the split bus, with every arbiter and replacement in turn.
 *
 * Three oracles: the checker of bus/checker.h (one writer or many readers, copies equal, every read gives what was last
 * written); each hart's own byte in every line, which only it writes and which must read back as it left it; and a
 * word that all harts add to by AMO and by LR/SC, whose sum is known at the end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/bus.h"
#include "bus/checker.h"
#include "memory/hash.h"

#define HARTS 8
#define LINES 12
#define RAM_BYTES 65536u
#define COUNTER_ADDRESS (HB_RAM_BASE + 32768u) /* a line of its own, in the same sets as the others */

struct variant {
    enum hb_protocol_id protocol;
    enum hb_arbiter arbiter;
    bool split;
    uint8_t store_depth;
    uint8_t store_order;
    struct hb_cache_config cache;
    struct hb_cache_config l2; /* size_bytes 0: there is none */
};

struct bench {
    struct hb_bus bus;
    struct hb_bus_state state;
    struct hb_devices devices;
    struct hb_ram ram;
    struct hb_checker checker;
    uint8_t *blocks;
    uint8_t *l2_block;
    uint8_t own[HARTS][LINES]; /* what each hart last wrote into its byte of each line */
    uint64_t added;            /* to the counter, by accesses that were performed */
    uint64_t draws;
    uint64_t performed;
    uint64_t sc_tried, sc_done;
    struct hb_request request[HARTS];
    bool waiting[HARTS];
    bool reserved[HARTS];      /* LR done: the next access is the SC with this value */
    uint64_t reserved_value[HARTS];
    uint8_t rom[HB_ROM_BYTES];
};

static uint64_t draw(struct bench *b, uint64_t below) { return hb_choice(7, 1, b->draws++) % below; }

static void set_up(struct bench *b, const struct variant *g) {
    memset(b, 0, sizeof *b);
    if (!hb_ram_init(&b->ram, RAM_BYTES))
        abort();
    b->bus = (struct hb_bus){
        .config = {.arbiter = (uint8_t)g->arbiter, .protocol = (uint8_t)g->protocol, .split = g->split,
                   .outstanding = 4, .store_depth = g->store_depth, .store_order = g->store_order, .width_bytes = 8, .arbitration_cycles = 1, .address_cycles = 1,
                   .cache_supply_cycles = 2, .device_cycles = 2, .seed = 7, .tickets = {1, 2, 3, 4, 1, 2, 3, 4}},
        .harts = HARTS, .line_bytes = g->cache.line_bytes,
        .memory_latency_cycles = 5, .state = &b->state, .devices = &b->devices, .ram = &b->ram, .rom = b->rom,
        .checker = &b->checker, .cycles_per_tick = 10,
    };
    size_t block = hb_cache_block_bytes(&g->cache);
    b->blocks = malloc(2 * HARTS * block);
    b->checker.shadow = calloc(1, RAM_BYTES);
    b->checker.shadow_bytes = RAM_BYTES;
    if (!b->blocks || !b->checker.shadow)
        abort();
    for (uint32_t h = 0; h < HARTS; h++) {
        hb_cache_init(&b->bus.l1d[h], &g->cache, b->blocks + 2 * h * block);
        hb_cache_init(&b->bus.l1i[h], &g->cache, b->blocks + (2 * h + 1) * block);
    }
    if (g->l2.size_bytes) {
        b->l2_block = malloc(hb_cache_block_bytes(&g->l2));
        if (!b->l2_block)
            abort();
        hb_cache_init(&b->bus.l2, &g->l2, b->l2_block);
    }
    hb_bus_reset(&b->bus);
}

static void tear_down(struct bench *b) {
    free(b->l2_block);
    hb_ram_free(&b->ram);
    free(b->blocks);
    free(b->checker.shadow);
}

static uint64_t line_address(const struct bench *b, uint64_t line) { return HB_RAM_BASE + line * b->bus.line_bytes; }

static struct hb_request invent(struct bench *b, uint32_t hart) {
    uint64_t line = draw(b, LINES);
    struct hb_request r = {.address = line_address(b, line) + hart, .bytes = 1};
    if (b->reserved[hart]) {
        b->reserved[hart] = false;
        return (struct hb_request){.kind = HB_ACCESS_SC, .address = COUNTER_ADDRESS, .bytes = 8, .operand = b->reserved_value[hart] + 1};
    }
    switch (draw(b, 16)) {
    case 0: case 1: case 2: case 3: r.kind = HB_ACCESS_LOAD; break; /* the hart's own byte */
    case 4: case 5: case 6: case 7: r.kind = HB_ACCESS_STORE; r.operand = draw(b, 256); break;
    case 8: r.kind = HB_ACCESS_LOAD; r.address = line_address(b, line) + 8; r.bytes = 8; break; /* everybody's */
    case 9: r.kind = HB_ACCESS_STORE; r.address = line_address(b, line) + 8; r.bytes = 8; r.operand = b->draws; break;
    case 10: r.kind = HB_ACCESS_AMO; r.amo = HB_AMO_ADD; r.address = COUNTER_ADDRESS; r.bytes = 8; r.operand = 1; break;
    case 11: r.kind = HB_ACCESS_LR; r.address = COUNTER_ADDRESS; r.bytes = 8; break;
    case 12: case 13: r.kind = HB_ACCESS_FETCH; r.address &= ~1ull; r.bytes = 2; break;
    case 14: r.kind = HB_ACCESS_CLEAN; break;
    default: r.kind = HB_ACCESS_FLUSH; break;
    }
    return r;
}

static void done(struct bench *b, uint32_t hart, uint64_t value, uint64_t now) {
    const struct hb_request *r = &b->request[hart];
    uint64_t line = (r->address - HB_RAM_BASE) / b->bus.line_bytes;
    bool own = r->bytes == 1 && line < LINES;
    b->performed++;
    if (own && r->kind == HB_ACCESS_STORE)
        b->own[hart][line] = (uint8_t)r->operand;
    if (own && r->kind == HB_ACCESS_LOAD && value != b->own[hart][line] && !b->bus.protocol->incoherent) {
        printf("cycle %" PRIu64 ": hart %u reads %" PRIu64 " from its own byte of line %" PRIu64 ", and wrote %u\n", now,
               hart, value, line, b->own[hart][line]);
        exit(1);
    }
    if (r->kind == HB_ACCESS_AMO)
        b->added++;
    if (r->kind == HB_ACCESS_LR) {
        b->reserved[hart] = true;
        b->reserved_value[hart] = value;
    }
    if (r->kind == HB_ACCESS_SC) {
        b->sc_tried++;
        b->sc_done += value == 0;
        b->added += value == 0;
    }
}

static void try_access(struct bench *b, uint32_t hart, uint64_t now) {
    uint64_t value;
    if (hb_bus_access(&b->bus, hart, &b->request[hart], now, &value))
        done(b, hart, value, now);
    else
        b->waiting[hart] = true;
}

static void collect(struct bench *b, uint64_t now) {
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        struct hb_port *port = &b->state.port[hart];
        if (!b->waiting[hart] || port->response == HB_RESPONSE_NONE)
            continue;
        enum hb_response response = port->response;
        port->response = HB_RESPONSE_NONE;
        b->waiting[hart] = false;
        if (response == HB_RESPONSE_RETRY)
            try_access(b, hart, now);
        else
            done(b, hart, port->value, now);
    }
    b->state.hart_wake = 0;
}

/* False: the checker has found something. */
static bool run(struct bench *b, uint64_t accesses) {
    for (uint64_t now = 0; b->performed < accesses; now++) {
        if (b->state.next_cycle <= now)
            hb_bus_step(&b->bus, now);
        collect(b, now);
        for (uint32_t hart = 0; hart < HARTS; hart++) {
            if (b->waiting[hart] || draw(b, 4) == 0)
                continue;
            b->request[hart] = invent(b, hart);
            try_access(b, hart, now);
        }
        if (b->checker.first.found) {
            printf("cycle %" PRIu64 ": line 0x%" PRIx64 ", hart %u: %s\n", b->checker.first.cycle,
                   b->checker.first.address, b->checker.first.hart, b->checker.first.what);
            return false;
        }
    }
    return true;
}

/* Accesses of a hart may be performed on the bus and not be answered yet: let all come in before counting. */
static void drain(struct bench *b) {
    for (uint64_t now = 1ull << 40, left = 1; left; now++) {
        hb_bus_step(&b->bus, now);
        collect(b, now);
        left = 0;
        for (uint32_t hart = 0; hart < HARTS; hart++)
            left += b->waiting[hart];
    }
}

static void check_sum(struct bench *b) {
    uint64_t counter = 0;
    drain(b);
    hb_bus_debug_read(&b->bus, COUNTER_ADDRESS, &counter, sizeof counter);
    if (counter == b->added && b->sc_done > 0 && b->sc_done < b->sc_tried)
        return;
    printf("the counter holds %" PRIu64 " after %" PRIu64 " additions (%" PRIu64 " of %" PRIu64 " SC succeeded)\n",
           counter, b->added, b->sc_done, b->sc_tried);
    exit(1);
}

static const char *const arbiters[] = {"fixed", "round-robin", "fcfs", "tdma", "lottery", "random"};

/* False: the checker has found something. */
static bool try_variant(struct bench *b, const struct variant *v, uint64_t accesses) {
    static const char *const replacements[] = {"lru", "plru", "fifo", "random"};
    set_up(b, v);
    bool good = run(b, accesses);
    if (good)
        check_sum(b);
    printf("%s, %s, %s, %u stores %s, %u-way x %u, lines of %u, %s%s: %" PRIu64 " accesses, %" PRIu64 " of %" PRIu64 " SC succeeded\n",
           b->bus.protocol->name, v->split ? "split" : "atomic", arbiters[v->arbiter], v->store_depth,
           v->store_order == HB_STORES_ANY ? "in any order" : "in order", v->cache.ways,
           v->cache.size_bytes / v->cache.ways / v->cache.line_bytes, v->cache.line_bytes,
           replacements[v->cache.replacement], v->l2.size_bytes ? ", L2" : "", b->performed, b->sc_done, b->sc_tried);
    tear_down(b);
    return good;
}

/* How many variants there are of a protocol, and the n-th. */
#define VARIANTS 16

static struct variant variant_of(enum hb_protocol_id protocol, uint32_t n) {
    static const struct hb_cache_config caches[] = {
        {.size_bytes = 32, .ways = 1, .line_bytes = 16, .hit_cycles = 1},
        {.size_bytes = 128, .ways = 2, .line_bytes = 32, .hit_cycles = 1},
        {.size_bytes = 256, .ways = 4, .line_bytes = 64, .hit_cycles = 1},
        {.size_bytes = 256, .ways = 1, .line_bytes = 64, .hit_cycles = 1},
    };
    struct variant v = {.protocol = protocol, .split = n % 2, .cache = caches[n / 2 % 4]};
    v.store_depth = n < 8 ? 0 : 8;
    v.store_order = n < 12 ? HB_STORES_FIFO : HB_STORES_ANY;
    v.arbiter = (enum hb_arbiter)((n + (uint32_t)protocol) % 6);
    v.cache.replacement = (uint8_t)((n + (uint32_t)protocol) % 4);
    if (n % 4 >= 2) /* far smaller than what is held above it: every fill takes lines away */
        v.l2 = (struct hb_cache_config){
            .size_bytes = 8 * v.cache.line_bytes, .ways = 4, .line_bytes = v.cache.line_bytes, .hit_cycles = 1};
    v.cache.write_through = hb_protocol_find(protocol)->write_through;
    return v;
}

int main(int argc, char **argv) {
    uint64_t accesses = argc > 1 ? strtoull(argv[1], NULL, 10) : 10200000;
    static struct bench b;
    for (uint32_t protocol = 0; protocol < HB_PROTOCOL_NONE; protocol++)
        for (uint32_t n = 0; n < VARIANTS; n++) {
            struct variant v = variant_of((enum hb_protocol_id)protocol, n);
            if (!try_variant(&b, &v, accesses / HB_PROTOCOL_NONE / VARIANTS))
                return 1;
        }
    for (uint32_t n = 0; n < VARIANTS; n++) {
        struct variant v = variant_of(HB_PROTOCOL_NONE, n);
        if (try_variant(&b, &v, accesses)) {
            printf("none: nothing was found wrong, although nothing keeps the caches coherent\n");
            return 1;
        }
    }
    return 0;
}
