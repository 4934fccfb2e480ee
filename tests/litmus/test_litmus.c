/* What programs see of the memory model: each outcome of a litmus shape is one that the model allows, and those are
 * reached that make a model weaker than the one before.
 *
 *     litmus                          a few timings under two protocols
 *     litmus sequential|TSO|weak      many, under all of them, on both buses and with all arbiters, in one model
 *
 * Prints every outcome that was seen; those that sequential consistency forbids have a star.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "tests/litmus/model.h"

#define SHAPES_MAX 16
#define MANY_RUNS  10000u

static const char *const models[LITMUS_MODELS] = {"sequential", "TSO", "weak"};
static const char *const syncs[LITMUS_SYNCS] = {"plain", "acquire/release", "fences", "atomics"};

/* The published verdicts: may the relaxed outcome be seen, for each model and sync? TSO lets a load pass an earlier
 * store to another location, and acquire and release do not forbid that; the weak model lets plain stores pass each
 * other, too. LB, IRIW, WRC and coherence are safe in all of them: harts are in-order, and a store reaches all others
 * at once. Where it may be, must our timings reach it, with plain accesses? S is relaxed only if a store is later than
 * the line needs to another cache and back, which is seldom. */
enum reach { NOT_ASKED, IN_MANY_RUNS, ALWAYS };

#define NEVER                                                                                                          \
    { false, false, false, false }
#define PASS_STORE                                                                                                     \
    { true, true, false, false }
#define PLAIN_ONLY                                                                                                     \
    { true, false, false, false }

static const struct verdict {
    const char *name;
    bool allowed[LITMUS_MODELS][LITMUS_SYNCS];
    enum reach reach;
} verdicts[] = {
    {"SB", {NEVER, PASS_STORE, PASS_STORE}, ALWAYS}, {"SB_rfis", {NEVER, PASS_STORE, PASS_STORE}, ALWAYS},
    {"MP", {NEVER, NEVER, PLAIN_ONLY}, ALWAYS},      {"LB", {NEVER, NEVER, NEVER}, NOT_ASKED},
    {"S", {NEVER, NEVER, PLAIN_ONLY}, IN_MANY_RUNS}, {"R", {NEVER, PASS_STORE, PASS_STORE}, ALWAYS},
    {"2_2W", {NEVER, NEVER, PLAIN_ONLY}, ALWAYS},    {"IRIW", {NEVER, NEVER, NEVER}, NOT_ASKED},
    {"WRC", {NEVER, NEVER, NEVER}, NOT_ASKED},       {"CoRR", {NEVER, NEVER, NEVER}, NOT_ASKED},
    {"CoWW", {NEVER, NEVER, NEVER}, NOT_ASKED},      {"CoWR", {NEVER, NEVER, NEVER}, NOT_ASKED},
};

struct tally {
    uint64_t seen[SHAPES_MAX][LITMUS_SYNCS][LITMUS_OUTCOMES];
    uint64_t runs; /* of each shape with each sync */
};

/* ---- The machine ----------------------------------------------------------------------------------------------- */

struct timing {
    uint32_t protocol;
    uint32_t arbiter;
    bool split;
    uint32_t drain_cycles;
    uint64_t runs, seed;
};

static void configure(struct hb_config *config, enum litmus_model model, const struct timing *timing) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/tests/bare/litmus.elf", HB_BINARY_DIR);
    config->harts = LITMUS_HARTS;
    config->memory.size_bytes = 1 << 20;
    config->bus.protocol = (uint8_t)timing->protocol;
    config->bus.arbiter = (uint8_t)timing->arbiter;
    config->bus.split = timing->split;
    config->bus.seed = timing->seed;
    config->bus.store_depth = model == LITMUS_SC ? 0 : 8;
    config->bus.store_order = model == LITMUS_WEAK ? HB_STORES_ANY : HB_STORES_FIFO;
    config->bus.store_drain_cycles = timing->drain_cycles;
    for (uint32_t h = 0; h < LITMUS_HARTS; h++)
        config->hart[h].l1d.write_through = hb_protocol_find((enum hb_protocol_id)timing->protocol)->write_through;
}

static bool poke(struct hb_machine *machine, const char *symbol, uint64_t value) {
    uint64_t address;
    return hb_symbols_find(&machine->symbols, symbol, &address, NULL) &&
           hb_bus_debug_write(&machine->bus, address, &value, sizeof value);
}

static bool count(struct hb_machine *machine, uint64_t runs, struct tally *tally) {
    static uint16_t outcomes[SHAPES_MAX][LITMUS_SYNCS][LITMUS_RUNS_MAX];
    uint64_t address, bytes;
    if (!hb_symbols_find(&machine->symbols, "outcomes", &address, &bytes) ||
        bytes != litmus_shapes_n * sizeof outcomes[0] || !hb_bus_debug_read(&machine->bus, address, outcomes, bytes))
        return false;
    for (uint32_t shape = 0; shape < litmus_shapes_n; shape++)
        for (uint32_t sync = 0; sync < LITMUS_SYNCS; sync++)
            for (uint64_t i = 0; i < runs; i++)
                tally->seen[shape][sync][outcomes[shape][sync][i] % LITMUS_OUTCOMES]++;
    tally->runs += runs;
    return true;
}

/* One run of the program: all shapes with all syncs, `runs` times each. */
static bool run(enum litmus_model model, const struct timing *timing, struct tally *tally) {
    static struct hb_config config;
    struct hb_error error = {.text = "the program has no such symbols"};
    configure(&config, model, timing);
    struct hb_machine *machine = hb_machine_create(&config, &error);
    bool ok = machine && poke(machine, "runs", timing->runs) && poke(machine, "seed", timing->seed);
    if (ok) {
        hb_machine_run(machine, UINT64_MAX);
        ok = machine->saved->outcome == HB_OUTCOME_PASSED && count(machine, timing->runs, tally);
    }
    if (!ok)
        printf("protocol %" PRIu32 ": the program did not come to its end (%s)\n", timing->protocol, error.text);
    hb_machine_destroy(machine);
    return ok;
}

/* ---- Verdicts -------------------------------------------------------------------------------------------------- */

/* The name as the literature writes it: 2+2W. */
static void print_name(const struct litmus_shape *shape) {
    for (const char *at = shape->name; *at; at++)
        putchar(*at == '_' ? '+' : *at);
}

/* Only what the shape observes: registers that it loads, and in the end x and y. */
static void print_outcome(const struct litmus_shape *shape, uint32_t outcome) {
    for (uint32_t number = 0; number < LITMUS_REGISTERS; number++)
        for (uint32_t i = 0; i < LITMUS_HARTS * (LITMUS_ACCESSES_MAX + 1); i++) {
            const struct litmus_access *access =
                &shape->access[i / (LITMUS_ACCESSES_MAX + 1)][i % (LITMUS_ACCESSES_MAX + 1)];
            if (access->kind == LITMUS_LOAD && access->operand == number)
                printf("%" PRIu32, outcome >> 2 * number & 3);
        }
    printf(":%" PRIu32 "%" PRIu32, outcome >> 8 & 3, outcome >> 10 & 3);
}

static bool judge_shape(enum litmus_model model, uint32_t number, enum litmus_sync sync, const struct tally *tally) {
    const struct litmus_shape *shape = &litmus_shapes[number];
    bool allowed[LITMUS_OUTCOMES], good = true, reached = false;
    uint32_t seen = 0, possible = 0;
    litmus_search(shape, model, sync, allowed);
    printf("    %-16s", syncs[sync]);
    for (uint32_t outcome = 0; outcome < LITMUS_OUTCOMES; outcome++) {
        uint64_t times = tally->seen[number][sync][outcome];
        possible += allowed[outcome];
        if (!times)
            continue;
        seen++;
        good &= allowed[outcome];
        reached |= shape->is_relaxed(outcome);
        putchar(' ');
        print_outcome(shape, outcome);
        printf("%s x %" PRIu64 "%s", shape->is_relaxed(outcome) ? "*" : "", times,
               allowed[outcome] ? "" : " FORBIDDEN");
    }
    bool asked =
        verdicts[number].reach == ALWAYS || (verdicts[number].reach == IN_MANY_RUNS && tally->runs > MANY_RUNS);
    bool missed = asked && sync == LITMUS_PLAIN && verdicts[number].allowed[model][sync] && !reached;
    printf("  (%" PRIu32 " of %" PRIu32 ")%s\n", seen, possible, missed ? " NOT REACHED" : "");
    return good && !missed;
}

static bool judge(enum litmus_model model, const struct tally *tally) {
    bool good = true;
    printf("%s, %" PRIu64 " runs each; registers : x y, and how often\n", models[model], tally->runs);
    for (uint32_t shape = 0; shape < litmus_shapes_n; shape++) {
        printf("  ");
        print_name(&litmus_shapes[shape]);
        putchar('\n');
        for (uint32_t sync = 0; sync < LITMUS_SYNCS; sync++)
            good &= judge_shape(model, shape, (enum litmus_sync)sync, tally);
    }
    return good;
}

/* The search agrees with what is published: the relaxed outcome is possible where it should be, and sequential
 * consistency forbids it and nothing else. */
static bool model_is_as_published(uint32_t number, enum litmus_model model, enum litmus_sync sync) {
    bool allowed[LITMUS_OUTCOMES], relaxed = false;
    const struct litmus_shape *shape = &litmus_shapes[number];
    litmus_search(shape, model, sync, allowed);
    for (uint32_t outcome = 0; outcome < LITMUS_OUTCOMES; outcome++)
        relaxed |= allowed[outcome] && shape->is_relaxed(outcome);
    if (strcmp(shape->name, verdicts[number].name) == 0 && relaxed == verdicts[number].allowed[model][sync])
        return true;
    printf("%s, %s, %s: the search says %s\n", shape->name, models[model], syncs[sync], relaxed ? "allowed" : "never");
    return false;
}

static bool models_are_as_published(void) {
    bool good = litmus_shapes_n == sizeof verdicts / sizeof verdicts[0];
    for (uint32_t shape = 0; shape < litmus_shapes_n && good; shape++)
        for (uint32_t model = 0; model < LITMUS_MODELS; model++)
            for (uint32_t sync = 0; sync < LITMUS_SYNCS; sync++)
                good &= model_is_as_published(shape, (enum litmus_model)model, (enum litmus_sync)sync);
    return good;
}

/* ---- Timings --------------------------------------------------------------------------------------------------- */

static const uint32_t drains[] = {0, 3, 40};
#define DRAINS 3u

static bool run_short(enum litmus_model model, struct tally *tally) {
    bool good = true;
    for (uint32_t i = 0; i < 2 * (model == LITMUS_SC ? 1 : DRAINS); i++) {
        const struct timing timing = {.protocol = i % 2 ? HB_PROTOCOL_DRAGON : HB_PROTOCOL_MESI,
                                      .arbiter = HB_ARBITER_ROUND_ROBIN,
                                      .split = i % 2,
                                      .drain_cycles = drains[i / 2],
                                      .runs = 200,
                                      .seed = i + 1};
        good &= run(model, &timing, tally);
    }
    return good;
}

/* The other arbiters come by turns. */
static bool run_full(enum litmus_model model, struct tally *tally) {
    bool good = true;
    uint32_t number = 0;
    for (uint32_t protocol = 0; protocol < HB_PROTOCOL_NONE; protocol++)
        for (uint32_t i = 0; i < 2 * DRAINS; i++, number++) {
            const struct timing timing = {.protocol = protocol,
                                          .arbiter = number % HB_ARBITER_SCRIPT,
                                          .split = i % 2,
                                          .drain_cycles = drains[i / 2],
                                          .runs = 500,
                                          .seed = number + 1};
            good &= run(model, &timing, tally);
        }
    return good;
}

static bool test(enum litmus_model model, bool full) {
    static struct tally tally;
    tally = (struct tally){.runs = 0};
    bool good = full ? run_full(model, &tally) : run_short(model, &tally);
    return judge(model, &tally) && good;
}

int main(int argc, char **argv) {
    bool good = models_are_as_published(), any = false;
    for (uint32_t model = 0; model < LITMUS_MODELS; model++) {
        if (argc > 1 && strcmp(argv[1], models[model]) != 0)
            continue;
        good &= test((enum litmus_model)model, argc > 1);
        any = true;
    }
    return good && any ? 0 : 1;
}
