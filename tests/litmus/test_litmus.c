/* The outcomes of litmus shapes lie inside what the memory model allows, and reach what makes it weaker than the next.
 *
 *     litmus [--full]    few timings under two protocols, or many under all of them, atomic and split
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine.h"

#define HARTS  4
#define SHAPES 10
#define SYNCS  3

enum model { MODEL_SC, MODEL_TSO, MODEL_WEAK, MODELS };

static const char *const models[MODELS] = {"sequential", "total store order", "weak"};
static const char *const syncs[SYNCS] = {"plain", "acquire/release", "fences"};

/* May the relaxed outcome be seen? Harts are in-order and stores reach all at once, so loads are never reordered: LB,
 * IRIW, WRC and coherence are safe in every model. TSO lets a load pass an earlier store; acquire and release do not
 * forbid that. RVWMO (The RISC-V Instruction Set Manual, chapter 14) lets plain stores pass each other, too. */
#define NEVER                                                                                                          \
    { false, false, false }
#define PASS_STORE                                                                                                     \
    { true, true, false }
#define PLAIN_ONLY                                                                                                     \
    { true, false, false }

static const struct {
    const char *name;
    bool allowed[MODELS][SYNCS];
    bool reached[MODELS]; /* plain: must be seen */
} shapes[SHAPES] = {
    {"SB", {NEVER, PASS_STORE, PASS_STORE}, {false, true, true}},
    {"MP", {NEVER, NEVER, PLAIN_ONLY}, {false, false, true}},
    {"LB", {NEVER, NEVER, NEVER}, {false, false, false}},
    {"S", {NEVER, NEVER, PLAIN_ONLY}, {false, false, false}},
    {"R", {NEVER, PASS_STORE, PASS_STORE}, {false, false, false}},
    {"2+2W", {NEVER, NEVER, PLAIN_ONLY}, {false, false, true}},
    {"IRIW", {NEVER, NEVER, NEVER}, {false, false, false}},
    {"WRC", {NEVER, NEVER, NEVER}, {false, false, false}},
    {"CoRR", {NEVER, NEVER, NEVER}, {false, false, false}},
    {"CoWR", {NEVER, NEVER, NEVER}, {false, false, false}},
};

struct tally {
    uint64_t relaxed[SHAPES][SYNCS];
    uint64_t runs; /* of each shape */
};

static void configure(struct hb_config *config, enum model model, uint32_t protocol, bool split,
                      uint32_t drain_cycles) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/tests/bare/litmus.elf", HB_BINARY_DIR);
    config->harts = HARTS;
    config->memory.size_bytes = 1 << 20;
    config->stop_cycles = UINT64_MAX;
    config->bus.protocol = (uint8_t)protocol;
    config->bus.split = split;
    config->bus.seed = 1 + drain_cycles;
    config->bus.store_depth = model == MODEL_SC ? 0 : 8;
    config->bus.store_order = model == MODEL_WEAK ? HB_STORES_ANY : HB_STORES_FIFO;
    config->bus.store_drain_cycles = drain_cycles;
    for (uint32_t h = 0; h < HARTS; h++)
        config->hart[h].l1d.write_through = hb_protocol_find((enum hb_protocol_id)protocol)->write_through;
}

static bool poke(struct hb_machine *machine, const char *symbol, uint64_t value) {
    uint64_t address;
    return hb_symbols_find(&machine->symbols, symbol, &address, NULL) &&
           hb_bus_debug_write(&machine->bus, address, &value, sizeof value);
}

/* One run of the program: all shapes, `iterations` times each. */
static bool run(const struct hb_config *config, uint64_t iterations, uint64_t seed, struct tally *tally) {
    struct hb_error error = {""};
    uint64_t relaxed[SHAPES][SYNCS], address;
    struct hb_machine *machine = hb_machine_create(config, &error);
    if (!machine || !poke(machine, "iterations", iterations) || !poke(machine, "seed", seed)) {
        printf("%s\n", error.text);
        return false;
    }
    hb_machine_run(machine, UINT64_MAX);
    bool ok = machine->saved->outcome == HB_OUTCOME_PASSED &&
              hb_symbols_find(&machine->symbols, "relaxed", &address, NULL) &&
              hb_bus_debug_read(&machine->bus, address, relaxed, sizeof relaxed);
    for (uint32_t i = 0; ok && i < SHAPES * SYNCS; i++)
        tally->relaxed[i / SYNCS][i % SYNCS] += relaxed[i / SYNCS][i % SYNCS];
    tally->runs += iterations;
    hb_machine_destroy(machine);
    return ok;
}

static bool judge(enum model model, const struct tally *tally) {
    bool good = true;
    printf("%s, %" PRIu64 " runs of each shape; the relaxed outcome was seen\n", models[model], tally->runs);
    for (uint32_t i = 0; i < SHAPES; i++) {
        printf("  %-5s", shapes[i].name);
        for (uint32_t sync = 0; sync < SYNCS; sync++) {
            uint64_t seen = tally->relaxed[i][sync];
            bool wrong = seen > 0 && !shapes[i].allowed[model][sync];
            bool missed = seen == 0 && sync == 0 && shapes[i].reached[model];
            printf("  %s %6" PRIu64 "%s", syncs[sync], seen,
                   wrong                            ? " FORBIDDEN"
                   : missed                         ? " NOT REACHED"
                   : shapes[i].allowed[model][sync] ? " (allowed)"
                                                    : "");
            good &= !wrong && !missed;
        }
        putchar('\n');
    }
    return good;
}

int main(int argc, char **argv) {
    static struct hb_config config;
    static const uint32_t drains[] = {0, 3, 40};
    bool full = argc > 1 && strcmp(argv[1], "--full") == 0, good = true;
    for (uint32_t model = 0; model < MODELS; model++) {
        struct tally tally = {0};
        for (uint32_t protocol = 0; protocol < HB_PROTOCOL_NONE; protocol++)
            for (uint32_t split = 0; split < 2; split++)
                for (uint32_t i = 0; i < (model == MODEL_SC ? 1 : 3); i++) {
                    bool chosen = protocol == (split ? HB_PROTOCOL_DRAGON : HB_PROTOCOL_MESI);
                    if (!full && !chosen)
                        continue;
                    configure(&config, (enum model)model, protocol, split, drains[i]);
                    good &= run(&config, full ? 400 : 200, protocol * 7 + split + i, &tally);
                }
        good &= judge((enum model)model, &tally);
    }
    return good ? 0 : 1;
}
