/* Programs written to break the fast engine (tests/engine/guest), by both engines, under every protocol and on several
 * kinds of bus.
 *
 *     engine_attack CYCLES [ENGINE [PROGRAM]]    each for so many cycles, or that one alone, until one fails
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/hart/checkpoint.h"
#include "memory/hash.h"
#include "sim/config/keys.h"
#include "sim/experiment/experiment.h"
#include "tests/engine/pair.h"

#define STOPS 10

static const char *const programs[] = {"spins", "dies",   "yields",     "snoops", "evict", "random",
                                       "ends",  "moves",  "interrupts", "power",  "low",   "host",
                                       "again", "floats", "takes",      "wakes",  "modes"};

static const char *const machines[][5] = {
    {"machine.harts=4", NULL},
    {"machine.harts=3", "machine.l1d.size=1KiB", "machine.l1d.ways=1", "machine.bus.arbiter=random", NULL},
    {"machine.harts=4", "machine.bus.split=true", "machine.bus.arbiter=random", NULL},
    {"machine.harts=4", "machine.l2.size=32KiB", "machine.l2.ways=8", NULL},
};

static uint64_t runs, taken_back;

static bool run(const struct hb_config *config, enum hb_engine engine, uint64_t cycles, uint64_t seed) {
    struct pair pair;
    if (!pair_make(&pair, config, engine, WATCH_NOTHING))
        return false;
    bool same = true;
    uint64_t cycle = 0;
    for (uint64_t i = 0; i < STOPS && same; i++) {
        cycle = i + 1 < STOPS ? cycle + 1 + hb_choice(seed, 5, i) % (2 * cycles / STOPS) : cycles;
        same = pair_run(&pair, cycle);
    }
    for (uint32_t h = 0; h < config->harts; h++)
        taken_back += pair.machine[1]->cores.core[h].ahead->taken_back;
    same = same && pair_same_end(&pair);
    pair_free(&pair);
    return same;
}

/* On machine `m` with this protocol. */
static bool attack(const char *program, uint32_t m, const char *protocol, enum hb_engine engine, uint64_t cycles) {
    char path[HB_PATH_BYTES], text[64];
    const char *sets[6] = {text, "machine.bus.incoherent=all"};
    size_t n = strcmp(protocol, "none") == 0 ? 2 : 1;
    struct hb_experiment experiment;
    struct hb_error error = {.text = "it cannot be created"};
    snprintf(path, sizeof path, "%s/tests/engine/%s.elf", HB_BINARY_DIR, program);
    snprintf(text, sizeof text, "machine.bus.protocol=%s", protocol);
    for (uint32_t i = 0; machines[m][i]; i++)
        sets[n++] = machines[m][i];
    bool loaded = hb_experiment_for_program(path, NULL, sets, n, &experiment, &error);
    bool same = loaded && run(&experiment.variant[0].config, engine, cycles, m);
    if (loaded)
        hb_experiment_free(&experiment);
    if (!same)
        printf("FAILED %s, %s, machine %" PRIu32 " %s\n", program, protocol, m, loaded ? "" : error.text);
    return same;
}

/* On every machine with every protocol. Gives how often the engines differed. */
static uint64_t attack_everywhere(const char *program, enum hb_engine engine, uint64_t cycles) {
    uint64_t failed = 0;
    for (uint32_t m = 0; m < sizeof machines / sizeof machines[0]; m++)
        for (const struct hb_key_name *name = hb_key_find("machine.bus.protocol")->names; name->name; name++) {
            runs++;
            failed += !attack(program, m, name->name, engine, cycles);
        }
    return failed;
}

int main(int argc, char **argv) {
    const uint64_t cycles = argc > 1 ? strtoull(argv[1], NULL, 10) : 200000;
    const bool interpreted = argc > 2 && strcmp(argv[2], "fast-interpreted") == 0;
    const enum hb_engine engine = interpreted ? HB_ENGINE_FAST_INTERPRETED : HB_ENGINE_FAST;
    uint64_t failed = 0;
    for (size_t p = 0; p < sizeof programs / sizeof programs[0]; p++)
        if (!failed && (argc < 4 || strcmp(argv[3], programs[p]) == 0))
            failed = attack_everywhere(programs[p], engine, cycles);
    printf("%" PRIu64 " runs, %" PRIu64 " times taken back, %" PRIu64 " failed\n", runs, taken_back, failed);
    return failed || taken_back < 50 * runs;
}
