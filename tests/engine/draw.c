#include "tests/engine/draw.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/config/images.h"
#include "tests/engine/draw_value.h"

#define ALONE_TRIES 24 /* for a list, until one is accepted */
#define PAIR_TRIES  24
#define PENDING_MAX 64

static bool was_drawn[HB_KEYS_MOST];

uint64_t dice(struct dice *dice, uint64_t below) {
    return hb_choice(dice->seed, 77, dice->drawn++) % below;
}

bool dice_one_in(struct dice *thrown, uint64_t n) {
    return dice(thrown, n) == 0;
}

/* ---- What is never drawn --------------------------------------------------------------------------------------- */

const char *draw_left_alone(const struct hb_key *key) {
    static const struct {
        const char *path, *why;
    } alone[] = {
        {"$schema", "is not read"},
        {"name", "is a word in the result"},
        {"about", "is a word in a list"},
        {"engine", "is what is compared"},
        {"image", "is drawn with the base"},
        {"variants", "one of the bundled ones is drawn"},
        {"expect", "is judged after the run"},
    };
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
        if (strcmp(key->path, alone[i].path) == 0)
            return alone[i].why;
    if (key->type == HB_KEY_GROUP)
        return "holds keys that are drawn";
    if (key->names && !hb_key_name_of(key->names, key->names[0].value))
        return "has no value yet";
    return NULL;
}

bool draw_was_drawn(const struct hb_key *key) {
    return was_drawn[key - hb_keys];
}

/* ---- What is run ----------------------------------------------------------------------------------------------- */

static bool draw_file(struct dice *thrown, const char *pattern, char path[HB_PATH_BYTES]) {
    glob_t found;
    bool any = glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc;
    if (any)
        snprintf(path, HB_PATH_BYTES, "%s", found.gl_pathv[dice(thrown, found.gl_pathc)]);
    globfree(&found);
    return any;
}

static void draw_bundled(struct dice *thrown, struct base *base) {
    static char names[64][HB_NAME_BYTES];
    size_t n = hb_experiment_names(names, 64);
    base->kind = BASE_EXPERIMENT;
    snprintf(base->path[0], HB_PATH_BYTES, "%s", names[dice(thrown, n)]);
}

static void draw_traces(struct dice *thrown, struct base *base) {
    static const char *const patterns[] = {"configs/memory-traces/*.din", "configs/memory-traces/*.data",
                                           "configs/memory-traces/*.prg", "configs/memory-traces/*.order"};
    const uint64_t format = dice(thrown, sizeof patterns / sizeof patterns[0]);
    char pattern[HB_PATH_BYTES];
    snprintf(pattern, sizeof pattern, "%s/%s", HB_SOURCE_DIR, patterns[format]);
    base->kind = BASE_TRACES;
    base->files = format == 3 ? 1 : 1 + (uint32_t)dice(thrown, 4); /* an order is one file for all */
    for (uint32_t i = 0; i < base->files; i++)
        draw_file(thrown, pattern, base->path[i]);
}

void draw_base(struct dice *thrown, struct base *base) {
    static const char *const programs[] = {"images/*.elf", "tests/bare/*.elf", "tests/bench/*.elf",
                                           "tests/engine/*.elf"};
    char pattern[HB_PATH_BYTES];
    base->files = 1;
    if (dice_one_in(thrown, 24)) {
        draw_traces(thrown, base);
        return;
    }
    snprintf(pattern, sizeof pattern, "%s/%s", HB_BINARY_DIR, programs[dice(thrown, 4)]);
    if (dice(thrown, 2) && draw_file(thrown, pattern, base->path[0]))
        base->kind = BASE_PROGRAM;
    else
        draw_bundled(thrown, base);
}

/* ---- Whether it loads ------------------------------------------------------------------------------------------ */

static bool load_base(const struct base *base, const char *const *sets, size_t n, struct hb_experiment *experiment,
                      struct hb_error *error) {
    const char *paths[4] = {base->path[0], base->path[1], base->path[2], base->path[3]};
    const struct hb_trace_files files = {.path = paths, .n = base->files};
    switch (base->kind) {
    case BASE_EXPERIMENT: return hb_experiment_load(base->path[0], sets, n, experiment, error);
    case BASE_PROGRAM: return hb_experiment_for_program(base->path[0], NULL, sets, n, experiment, error);
    default: return hb_experiment_for_traces(&files, NULL, sets, n, experiment, error);
    }
}

bool drawn_load(struct drawn *drawn, const char *engine, struct hb_experiment *experiment, struct hb_error *error) {
    char text[64];
    snprintf(text, sizeof text, "engine=%s", engine);
    drawn->set[drawn->n] = text;
    if (!load_base(&drawn->base, drawn->set, drawn->n + 1, experiment, error))
        return false;
    if (hb_experiment_check_images(experiment, error))
        return true;
    hb_experiment_free(experiment);
    return false;
}

static bool loads(struct drawn *drawn, struct hb_error *error) {
    struct hb_experiment experiment;
    if (!drawn_load(drawn, "fast", &experiment, error))
        return false;
    hb_experiment_free(&experiment);
    return true;
}

/* ---- Sets ------------------------------------------------------------------------------------------------------ */

static bool push(struct drawn *drawn, const struct hb_key *key) {
    char *text = drawn->text[drawn->n];
    int n = snprintf(text, SET_BYTES, "%s=", key->path);
    if (drawn->n + 2 > SETS_MAX || !draw_value(drawn, key, text + n, SET_BYTES - (size_t)n))
        return false;
    drawn->set[drawn->n++] = text;
    return true;
}

static void note(const struct drawn *drawn, const struct hb_key *key) {
    was_drawn[key - hb_keys] = true;
    if (key->type == HB_KEY_LIST)
        draw_note_list(key, drawn->text[drawn->n - 1], was_drawn);
}

/* Does `message` have the word, as a value in quotes or a path? */
static bool names(const char *message, const char *word, bool quoted) {
    char text[HB_KEY_PATH_BYTES + 2];
    snprintf(text, sizeof text, quoted ? "\"%s\"" : "%s", word);
    return strstr(message, text) != NULL;
}

/* Set it to the value that the message names, or to `same` if it names the key itself. */
static bool push_named(struct drawn *drawn, const struct hb_key *key, const char *message, const char *same) {
    const char *value = !key->names && names(message, key->path, false) ? same : NULL;
    for (const struct hb_key_name *name = key->names; name && name->name; name++)
        if (name->built && names(message, name->name, true))
            value = name->name;
    if (!value || drawn->n + 2 > SETS_MAX)
        return false;
    snprintf(drawn->text[drawn->n], SET_BYTES, "%s=%s", key->path, value);
    drawn->set[drawn->n] = drawn->text[drawn->n];
    drawn->n++;
    return true;
}

/* The last set was refused with `error`, which says what it goes with: set that, too. */
static bool try_what_is_named(struct drawn *drawn, const struct hb_key *key, const struct hb_error *error) {
    const uint32_t n = drawn->n;
    const char *same = strchr(drawn->text[n - 1], '=') + 1;
    struct hb_error again;
    for (size_t i = 0; i < hb_keys_n; i++) {
        if (&hb_keys[i] == key || draw_left_alone(&hb_keys[i]) || strchr(hb_keys[i].path, '*') ||
            !push_named(drawn, &hb_keys[i], error->text, same))
            continue;
        if (loads(drawn, &again)) {
            was_drawn[i] = was_drawn[key - hb_keys] = true;
            return true;
        }
        drawn->n = n;
    }
    return false;
}

/* Keep a value of it if the experiment still loads. */
static bool try_key(struct drawn *drawn, const struct hb_key *key) {
    const uint32_t n = drawn->n;
    struct hb_error error;
    if (!push(drawn, key))
        return false;
    if (loads(drawn, &error)) {
        note(drawn, key);
        return true;
    }
    if (key->type != HB_KEY_LIST && try_what_is_named(drawn, key, &error))
        return true;
    drawn->n = n;
    return false;
}

static bool try_pair(struct drawn *drawn, const struct hb_key *a, const struct hb_key *b) {
    const uint32_t n = drawn->n;
    struct hb_error error;
    if (push(drawn, a) && push(drawn, b) && loads(drawn, &error)) {
        was_drawn[a - hb_keys] = was_drawn[b - hb_keys] = true;
        return true;
    }
    drawn->n = n;
    return false;
}

/* Mostly these leave a machine to lockstep, which says little about the fast engine. */
static bool is_slow(const struct hb_key *key) {
    static const char *const slow[] = {"machine.check", "machine.bus.mutation", "machine.store_buffer.depth",
                                       "stats.misses", "stats.lines"};
    for (size_t i = 0; i < sizeof slow / sizeof slow[0]; i++)
        if (strcmp(key->path, slow[i]) == 0)
            return true;
    return false;
}

static bool is_drawn_alone(const struct drawn *drawn, const struct hb_key *key) {
    return !draw_left_alone(key) && !strchr(key->path, '*') && (drawn->slow || !is_slow(key));
}

/* Many a list does not go together. */
static bool is_made_of_tries(const struct hb_key *key) {
    return key->type == HB_KEY_LIST || key->type == HB_KEY_GROUPS;
}

/* One key in four; those that cannot be set alone come back in `pending`. */
static uint32_t draw_alone(struct drawn *drawn, const struct hb_key *pending[PENDING_MAX]) {
    uint32_t n = 0;
    for (size_t i = 0; i < hb_keys_n; i++) {
        const struct hb_key *key = &hb_keys[i];
        if (!is_drawn_alone(drawn, key) || dice(&drawn->dice, 4))
            continue;
        bool kept = false;
        for (uint32_t k = is_made_of_tries(key) ? ALONE_TRIES : 1; k-- && !kept;)
            kept = try_key(drawn, key);
        if (!kept && n < PENDING_MAX)
            pending[n++] = key;
    }
    return n;
}

static void draw_pairs(struct drawn *drawn, const struct hb_key *pending[PENDING_MAX], uint32_t n) {
    for (uint32_t i = 0; i < PAIR_TRIES && n > 1; i++) {
        uint32_t a = (uint32_t)dice(&drawn->dice, n), b = (uint32_t)dice(&drawn->dice, n);
        if (a == b || !try_pair(drawn, pending[a], pending[b]))
            continue;
        pending[a] = pending[--n];
        if (b < n)
            pending[b] = pending[--n];
    }
}

static void first_set(struct drawn *drawn, const char *text) {
    snprintf(drawn->text[drawn->n], SET_BYTES, "%s", text);
    drawn->set[drawn->n] = drawn->text[drawn->n];
    drawn->n++;
}

void draw_experiment(uint64_t seed, struct drawn *drawn) {
    const struct hb_key *pending[PENDING_MAX];
    drawn->dice = (struct dice){.seed = seed};
    drawn->n = 0;
    draw_base(&drawn->dice, &drawn->base);
    drawn->variant = (uint32_t)dice(&drawn->dice, 1000);
    drawn->slow = dice_one_in(&drawn->dice, 4);
    if (drawn->base.kind == BASE_EXPERIMENT && dice(&drawn->dice, 4))
        first_set(drawn, "os.workload.tasks=24"); /* so that some runs come to their end */
    if (drawn->base.kind == BASE_PROGRAM && dice(&drawn->dice, 4))
        first_set(drawn, "machine.harts=4");
    draw_pairs(drawn, pending, draw_alone(drawn, pending));
}

void drawn_print(const struct drawn *drawn) {
    static const char *const verbs[] = {"run", "exec", "exec --mem-trace"};
    printf("hartbeat %s", verbs[drawn->base.kind]);
    for (uint32_t i = 0; i < drawn->base.files; i++)
        printf(" %s", drawn->base.path[i]);
    for (uint32_t i = 0; i < drawn->n; i++)
        printf(" --set '%s'", drawn->set[i]);
    printf(" (variant %" PRIu32 ")\n", drawn->variant);
}
