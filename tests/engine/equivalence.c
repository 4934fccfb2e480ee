/* equivalence FIRST COUNT [ENGINE]: machines drawn at random, each run by lockstep and by the fast engine, or ENGINE.
 *
 * Every key of an experiment may be drawn (sim/config/keys.h), so that a new one enters by itself: one in four is given
 * a value, and those that do not go together are left out. Both machines run to the same random cycles, where their
 * state hashes must be equal, and at the end their results, but for the engine's name. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/config/keys.h"
#include "sim/engine/run.h"
#include "sim/experiment/experiment.h"
#include "sim/machine/machine.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"
#include "sim/result/result.h"

#define SETS_MAX    200
#define SET_BYTES   200
#define STOPS       12
#define CYCLES_MOST 600000

static uint64_t seed, drawn;

static uint64_t draw(uint64_t below) {
    return hb_choice(seed, 77, drawn++) % below;
}

/* ---- A configuration ------------------------------------------------------------------------------------------- */

struct sets {
    char text[SETS_MAX][SET_BYTES];
    const char *set[SETS_MAX];
    uint32_t n;
};

/* Decided below, of no effect on the machine, or of files that are not here. */
static bool is_left_alone(const struct hb_key *key) {
    static const char *const alone[] = {"engine",
                                        "image",
                                        "name",
                                        "$schema",
                                        "variants",
                                        "expect",
                                        "stop",
                                        "input",
                                        "faults",
                                        "machine.disk",
                                        "machine.memory.size",
                                        "machine.check",
                                        "machine.bus.mutation",
                                        "os.workload.tasks"};
    for (uint32_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
        if (strncmp(key->path, alone[i], strlen(alone[i])) == 0)
            return true;
    return strchr(key->path, '*') != NULL;
}

static uint64_t power_near(uint64_t value, uint64_t minimum, uint64_t maximum) {
    int shift = (int)draw(9) - 5;
    uint64_t near = shift < 0 ? value >> -shift : value << shift;
    if (near < minimum)
        near = minimum;
    return near > maximum ? maximum : near;
}

static bool draw_value(const struct hb_key *key, char *text, size_t bytes) {
    uint64_t fallback = 0;
    uint32_t names = 0;
    switch (key->type) {
    case HB_KEY_INTEGER:
    case HB_KEY_SIZE:
        hb_key_default(key, &fallback);
        uint64_t value = draw(4) == 0 ? key->minimum : power_near(fallback ? fallback : 8, key->minimum, key->maximum);
        if (!key->power_of_two && value > key->minimum && draw(2))
            value -= 1;
        snprintf(text, bytes, "%s=%" PRIu64, key->path, value);
        return true;
    case HB_KEY_BOOL: snprintf(text, bytes, "%s=%s", key->path, draw(2) ? "true" : "false"); return true;
    case HB_KEY_ENUM:
    case HB_KEY_PROTOCOL:
        while (key->names[names].name)
            names++;
        snprintf(text, bytes, "%s=%s", key->path, key->names[draw(names)].name);
        return true;
    case HB_KEY_HARTS: snprintf(text, bytes, "%s=%" PRIu64, key->path, 1 + draw(draw(4) ? 4 : 12)); return true;
    default: return false;
    }
}

static bool loads(const char *image, const struct sets *sets, struct hb_experiment *experiment) {
    struct hb_error error;
    if (!hb_experiment_load(image, sets->set, sets->n, experiment, &error))
        return false;
    if (hb_experiment_check_images(experiment, &error))
        return true;
    hb_experiment_free(experiment);
    return false;
}

/* Keep a set if the experiment still loads with it. */
static bool try_set(const char *base, struct sets *sets) {
    struct hb_experiment experiment;
    sets->set[sets->n] = sets->text[sets->n];
    sets->n++;
    if (loads(base, sets, &experiment)) {
        hb_experiment_free(&experiment);
        return true;
    }
    sets->n--;
    return false;
}

static void set(const char *base, struct sets *sets, const char *text) {
    snprintf(sets->text[sets->n], sizeof sets->text[0], "%s", text);
    try_set(base, sets);
}

/* One that dies, freezes or becomes slow, for a time or for ever. */
static void draw_fault(const char *base, struct sets *sets) {
    static const char *const models[] = {"\"fail_stop\",\"cache_on_death\":\"snoopable\"",
                                         "\"fail_stop\",\"cache_on_death\":\"lost\"",
                                         "\"freeze\",\"duration\":{\"cycles\":60000}", "\"fail_slow\",\"factor\":3",
                                         "\"fail_slow\",\"factor\":2,\"duration\":{\"cycles\":90000}"};
    char text[SET_BYTES];
    snprintf(text, sizeof text,
             "faults=[{\"model\":%s,\"target\":{\"hart\":%" PRIu64 "},\"trigger\":{\"cycle\":%" PRIu64 "}}]",
             models[draw(sizeof models / sizeof models[0])], draw(4), draw(CYCLES_MOST));
    set(base, sets, text);
}

static void draw_sets(const char *base, struct sets *sets) {
    sets->n = 0;
    set(base, sets, "os.workload.tasks=24");
    for (size_t i = 0; i < hb_keys_n && sets->n < SETS_MAX - 8; i++) {
        const struct hb_key *key = &hb_keys[i];
        if (is_left_alone(key) || draw(4) || !draw_value(key, sets->text[sets->n], sizeof sets->text[0]))
            continue;
        try_set(base, sets);
    }
    if (draw(3) == 0)
        draw_fault(base, sets);
}

/* ---- Two engines ----------------------------------------------------------------------------------------------- */

static struct hb_machine *make(const char *base, struct sets *sets, const char *engine,
                               struct hb_experiment *experiment) {
    struct hb_error error;
    char text[64];
    snprintf(text, sizeof text, "engine=%s", engine);
    sets->set[sets->n] = text;
    sets->n++;
    bool loaded = loads(base, sets, experiment);
    sets->n--;
    struct hb_machine *machine = loaded ? hb_machine_create(&experiment->variant[0].config, &error) : NULL;
    if (loaded && !machine)
        hb_experiment_free(experiment);
    return machine;
}

static char *result_of(struct hb_machine *machine) {
    struct hb_run_result *result = hb_result_gather(machine);
    result->engine = 0;
    result->engine_notes = 0;
    char *json = hb_result_json(result, NULL, 0);
    hb_result_free(result);
    return json;
}

static bool compare(struct hb_machine *a, struct hb_machine *b) {
    uint64_t cycle = 0;
    for (uint32_t i = 0; i < STOPS; i++) {
        cycle += 1 + draw(draw(3) ? CYCLES_MOST / STOPS : 50);
        hb_machine_run(a, cycle);
        hb_machine_run(b, cycle);
        uint64_t x = hb_state_hash(a), y = hb_state_hash(b);
        if (x != y || a->saved->cycle != b->saved->cycle) {
            printf("differ before cycle %" PRIu64 " (%" PRIu64 ", %" PRIu64 ")\n", cycle, a->saved->cycle,
                   b->saved->cycle);
            return false;
        }
    }
    char *x = result_of(a), *y = result_of(b);
    bool same = strcmp(x, y) == 0;
    if (!same)
        printf("results differ\n%s\n%s\n", x, y);
    free(x);
    free(y);
    return same;
}

static bool one(const char *base, const char *engine) {
    struct sets sets;
    struct hb_experiment first, second;
    draw_sets(base, &sets);
    struct hb_machine *a = make(base, &sets, "lockstep", &first);
    struct hb_machine *b = make(base, &sets, engine, &second);
    bool same = !a == !b && (!a || compare(a, b)); /* one that is refused is refused to both */
    if (!same) {
        printf("FAILED seed %" PRIu64 " %s:", seed, base);
        for (uint32_t i = 0; i < sets.n; i++)
            printf(" --set '%s'", sets.text[i]);
        printf("\n");
    }
    if (a) {
        hb_machine_destroy(a);
        hb_experiment_free(&first);
    }
    if (b) {
        hb_machine_destroy(b);
        hb_experiment_free(&second);
    }
    return same;
}

int main(int argc, char **argv) {
    static const char *const bases[] = {"smp4", "contend4", "amp4", "smp4-kill", "patterns", "false-sharing"};
    uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 10) : 1, count = argc > 2 ? strtoull(argv[2], NULL, 10) : 20;
    uint64_t failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (seed = from; seed < from + count; seed++) {
        drawn = 0;
        failed += !one(bases[seed % (sizeof bases / sizeof bases[0])], argc > 3 ? argv[3] : "fast");
    }
    printf("%" PRIu64 " configurations, %" PRIu64 " failed\n", count, failed);
    return failed != 0;
}
