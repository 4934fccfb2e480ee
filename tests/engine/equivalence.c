/* Machines drawn at random (tests/engine/draw.h), each run by lockstep and by the fast engine.
 *
 *     engine_equivalence FIRST COUNT [ENGINE]   run those of these seeds
 *     engine_equivalence keys MOST              draw so many at most: is every key among what is drawn?
 *
 * Both machines run to the same random cycles, where their state hashes must be equal, and at the end their results but
 * for the engine's name and notes. Some are watched or traced on the way.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/hart/checkpoint.h"
#include "tests/engine/draw.h"
#include "tests/engine/pair.h"

#define STOPS         12
#define TRACED_CYCLES 40000 /* a trace is written cycle by cycle */

/* ---- Running --------------------------------------------------------------------------------------------------- */

static enum pair_watch draw_watch(struct dice *thrown) {
    static const enum pair_watch watches[] = {WATCH_NOTHING, WATCH_NOTHING, WATCH_NOTHING, WATCH_RECORDS,
                                              WATCH_RECORDS, WATCH_BUS,     WATCH_RETIRED};
    return watches[dice(thrown, sizeof watches / sizeof watches[0])];
}

static bool run_pair(struct pair *pair, struct dice *thrown) {
    static const char *const suffixes[] = {"json", "vcd", "csv", "grants"};
    bool traced = dice_one_in(thrown, 12) && pair_trace(pair, suffixes[dice(thrown, 4)]);
    uint64_t cycle = 0, cycles = traced ? TRACED_CYCLES : DRAWN_CYCLES;
    for (uint32_t i = 0; i < STOPS; i++) {
        cycle += 1 + dice(thrown, dice(thrown, 3) ? cycles / STOPS : 50);
        if (!pair_run(pair, cycle))
            return false;
    }
    return pair_same_end(pair);
}

struct counts {
    uint64_t refused, failed, hindered, instructions, taken_back;
};

static void count(const struct hb_machine *machine, struct counts *counts) {
    counts->hindered += machine->engine_notes != 0;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        counts->instructions += machine->hart[h].instructions;
        counts->taken_back += machine->cores.core[h].ahead->taken_back;
    }
}

static void run_config(struct drawn *drawn, const struct hb_config *config, enum hb_engine engine,
                       struct counts *counts) {
    struct pair pair;
    if (!pair_make(&pair, config, engine, draw_watch(&drawn->dice))) {
        counts->refused++;
        return;
    }
    if (!run_pair(&pair, &drawn->dice)) {
        counts->failed++;
        printf("FAILED seed %" PRIu64 ": ", drawn->dice.seed);
        drawn_print(drawn);
    }
    count(pair.machine[1], counts);
    pair_free(&pair);
}

static void run_seed(uint64_t seed, enum hb_engine engine, struct counts *counts) {
    static struct drawn drawn;
    struct hb_experiment experiment;
    struct hb_error error;
    draw_experiment(seed, &drawn);
    if (!drawn_load(&drawn, "lockstep", &experiment, &error)) {
        counts->refused++;
        return;
    }
    run_config(&drawn, &experiment.variant[drawn.variant % experiment.variants].config, engine, counts);
    hb_experiment_free(&experiment);
}

static bool run(uint64_t first, uint64_t n, enum hb_engine engine) {
    struct counts counts = {0};
    for (uint64_t seed = first; seed < first + n; seed++)
        run_seed(seed, engine, &counts);
    printf("%" PRIu64 " machines, of them %" PRIu64 " refused, %" PRIu64 " at times left to lockstep; %" PRIu64
           " instructions, %" PRIu64 " times taken back; %" PRIu64 " failed\n",
           n, counts.refused, counts.hindered, counts.instructions, counts.taken_back, counts.failed);
    return counts.failed == 0 && counts.refused <= n / 4;
}

/* ---- Keys ------------------------------------------------------------------------------------------------------ */

/* How many keys have neither been drawn by now nor a reason why not. */
static uint32_t missing(bool print) {
    uint32_t n = 0;
    for (size_t i = 0; i < hb_keys_n; i++) {
        if (draw_left_alone(&hb_keys[i]) || draw_was_drawn(&hb_keys[i]))
            continue;
        n++;
        if (print)
            printf("%s is never drawn: give it values in tests/engine/draw_value.c, or a reason in draw_left_alone()\n",
                   hb_keys[i].path);
    }
    return n;
}

/* What is drawn, is drawn soon: no key is so rare that runs would hardly meet it. */
static bool all_keys_are_drawn(uint64_t most) {
    static struct drawn drawn;
    uint64_t seed = 0;
    while (seed < most && missing(false))
        draw_experiment(++seed, &drawn);
    printf("%zu keys, all among %" PRIu64 " machines but %" PRIu32 "\n", hb_keys_n, seed, missing(true));
    return missing(false) == 0;
}

static enum hb_engine engine_called(const char *name) {
    for (const struct hb_key_name *known = hb_key_find("engine")->names; known->name; known++)
        if (strcmp(known->name, name) == 0)
            return (enum hb_engine)known->value;
    return HB_ENGINE_FAST;
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 20;
    if (argc > 1 && strcmp(argv[1], "keys") == 0)
        return !all_keys_are_drawn(count);
    return !run(argc > 1 ? strtoull(argv[1], NULL, 10) : 1, count, engine_called(argc > 3 ? argv[3] : "fast"));
}
