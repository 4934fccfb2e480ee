/* The random coherence tester: 8 harts' worth of accesses and a device under every protocol, on the atomic and the
 * split bus, with store buffers and without, with every arbiter and replacement in turn; its oracles are in
 * random_rig.h. Under `none` it must fail. */
#include "tests/coherence/random_rig.h"

static const char *const arbiters[] = {"fixed", "round-robin", "fcfs", "tdma", "lottery", "random"};

/* False: the checker has found something. */
static bool try_variant(struct rig *r, const struct rig_variant *v, uint64_t accesses) {
    static const char *const replacements[] = {"lru", "plru", "fifo", "random"};
    rig_set_up(r, v);
    bool good = rig_run(r, accesses, UINT64_MAX);
    if (!good)
        puts(r->wrong);
    printf("%s, %s, %s, %u stores %s, %u-way x %u, lines of %u, %s%s%s: %" PRIu64 " accesses, %" PRIu64 " of %" PRIu64
           " SC succeeded\n",
           r->bus.protocol->name, v->split ? "split" : "atomic", arbiters[v->arbiter], v->store_depth,
           v->store_order == HB_STORES_ANY ? "in any order" : "in order", v->cache.ways,
           v->cache.size_bytes / v->cache.ways / v->cache.line_bytes, v->cache.line_bytes,
           replacements[v->cache.replacement], v->l2.size_bytes ? ", L2" : "", v->device ? ", a device" : "",
           r->performed, r->sc_done, r->sc_tried);
    rig_tear_down(r);
    return good;
}

/* How many variants there are of a protocol, and the n-th. */
#define VARIANTS 16

static struct rig_variant variant_of(enum hb_protocol_id protocol, uint32_t n) {
    static const struct hb_cache_config caches[] = {
        {.size_bytes = 32, .ways = 1, .line_bytes = 16, .hit_cycles = 1},
        {.size_bytes = 128, .ways = 2, .line_bytes = 32, .hit_cycles = 1},
        {.size_bytes = 256, .ways = 4, .line_bytes = 64, .hit_cycles = 1},
        {.size_bytes = 256, .ways = 1, .line_bytes = 64, .hit_cycles = 1},
    };
    struct rig_variant v = {
        .protocol = (uint8_t)protocol, .split = n % 2, .device = n % 4 == 0 || n % 4 == 3, .cache = caches[n / 2 % 4]};
    v.store_depth = n < 8 ? 0 : 8;
    v.store_order = n < 12 ? HB_STORES_FIFO : HB_STORES_ANY;
    v.arbiter = (uint8_t)((n + (uint32_t)protocol) % 6);
    v.cache.replacement = (uint8_t)((n + (uint32_t)protocol) % 4);
    if (n % 4 >= 2) /* far smaller than what is held above it: every fill takes lines away */
        v.l2 = (struct hb_cache_config){
            .size_bytes = 8 * v.cache.line_bytes, .ways = 4, .line_bytes = v.cache.line_bytes, .hit_cycles = 1};
    v.cache.write_through = hb_protocol_find(protocol)->write_through;
    return v;
}

int main(int argc, char **argv) {
    uint64_t accesses = argc > 1 ? strtoull(argv[1], NULL, 10) : 10200000;
    static struct rig r;
    for (uint32_t protocol = 0; protocol < HB_PROTOCOL_NONE; protocol++)
        for (uint32_t n = 0; n < VARIANTS; n++) {
            struct rig_variant v = variant_of((enum hb_protocol_id)protocol, n);
            if (!try_variant(&r, &v, accesses / HB_PROTOCOL_NONE / VARIANTS))
                return 1;
        }
    for (uint32_t n = 0; n < VARIANTS; n++) {
        struct rig_variant v = variant_of(HB_PROTOCOL_NONE, n);
        if (try_variant(&r, &v, accesses)) {
            printf("none: nothing was found wrong, although nothing keeps the caches coherent\n");
            return 1;
        }
    }
    return 0;
}
