/* Reading a lesson's file. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory/hash.h"
#include "sim/base/json.h"
#include "sim/config/images.h"
#include "sim/lesson/reader.h"
#include "sim/result/expect.h"
#include "sim/result/known.h"

#define SETS_MAX      80u
#define DRAWS_MAX     8u
#define DRAWN_MAX     1000000000u
#define STUDENT_MAX   1000000u
#define STUDENT_SEEDS 999983u /* seeds of students are 1 to this, a prime */

static const cJSON *get(const cJSON *node, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(node, name);
}

/* ---- Runs ------------------------------------------------------------------------------------------------------ */

/* The experiment's file: relative to the lesson's, else a bundled one of that name. False: the path is too long. */
static bool find_experiment(const struct hb_lesson_reader *reader, const char *name, char path[HB_PATH_BYTES]) {
    const char *slash = strrchr(reader->lesson->path, '/');
    const int folder = slash && name[0] != '/' ? (int)(slash + 1 - reader->lesson->path) : 0;
    char bundled[HB_PATH_BYTES];
    if (snprintf(path, HB_PATH_BYTES, "%.*s%s", folder, reader->lesson->path, name) >= HB_PATH_BYTES)
        return false;
    if (access(path, R_OK) != 0 && hb_experiment_find(name, bundled))
        snprintf(path, HB_PATH_BYTES, "%s", bundled);
    return true;
}

static bool is_result_key(const char *name) {
    cJSON *specimen = hb_result_specimen();
    const bool is = get(specimen, name) != NULL;
    cJSON_Delete(specimen);
    return is;
}

const char *const hb_lesson_moments[HB_LESSON_MOMENTS] = {"before", "now", "next"};

static bool is_moment(const char *name) {
    bool is = false;
    for (uint32_t i = 0; i < HB_LESSON_MOMENTS; i++)
        is |= strcmp(name, hb_lesson_moments[i]) == 0;
    return is;
}

/* Add a run; its name is free and none that a path could begin with. */
static bool add_run(const struct hb_lesson_reader *reader, const char *place, const struct hb_lesson_run *run) {
    struct hb_lesson *lesson = reader->lesson;
    if (lesson->runs == HB_LESSON_RUNS_MAX)
        return hb_fields_refuse(&reader->fields, place, "there are more than %d variants and branches",
                                HB_LESSON_RUNS_MAX);
    for (uint32_t i = 0; i < lesson->runs; i++)
        if (strcmp(lesson->run[i].name, run->name) == 0)
            return hb_fields_refuse(&reader->fields, place, "\"%.60s\" is the name of another run", run->name);
    if (!hb_expect_is_name(run->name) || is_moment(run->name) || is_result_key(run->name))
        return hb_fields_refuse(&reader->fields, place, "\"%.60s\" cannot be a name in expressions", run->name);
    lesson->run[lesson->runs++] = *run;
    return true;
}

/* Texts KEY=VALUE: those of the lesson, of the command, and of a branch, the last of which win. */
struct settings {
    char *text[SETS_MAX];
    size_t n;
};

static void add_setting(struct settings *settings, const char *key, const char *value) {
    const size_t bytes = strlen(key) + strlen(value) + 2;
    char *text = malloc(bytes);
    if (!text)
        abort();
    snprintf(text, bytes, "%s%s%s", key, value[0] ? "=" : "", value);
    settings->text[settings->n++] = text;
}

static void free_settings(struct settings *settings) {
    while (settings->n)
        free(settings->text[--settings->n]);
}

/* Add the members of an object of dotted keys; NULL: none. */
static bool add_object(const struct hb_lesson_reader *reader, const char *place, const cJSON *object,
                       struct settings *settings) {
    if (object &&
        (!cJSON_IsObject(object) || settings->n + (size_t)cJSON_GetArraySize(object) + reader->n_sets > SETS_MAX))
        return hb_fields_refuse(&reader->fields, place, "should be an object of a few dotted keys and values");
    for (const cJSON *setting = object ? object->child : NULL; setting; setting = setting->next) {
        char *value = cJSON_PrintUnformatted(setting);
        if (!value)
            abort();
        add_setting(settings, setting->string, value);
        free(value);
    }
    return true;
}

/* The settings of a run; `branch`: its own, NULL for the main runs. What is set twice counts as its last setting. */
static bool collect(const struct hb_lesson_reader *reader, const char *place, const cJSON *branch,
                    struct settings *settings) {
    if (!add_object(reader, "set", get(reader->lesson->document, "set"), settings))
        return false;
    if (reader->lesson->student && !add_object(reader, "draw", reader->lesson->drawn, settings))
        return false;
    for (size_t i = 0; i < reader->n_sets; i++)
        add_setting(settings, reader->sets[i], "");
    return add_object(reader, place, branch, settings);
}

#define SET_PREFIX "--set: "

/* What is wrong with a key is said of "--set": if the key is of this object of the lesson, name the lesson's place. */
static void blame(const struct hb_lesson_reader *reader, const char *place, const cJSON *object) {
    struct hb_error *error = reader->fields.error;
    const char *key = error->text + strlen(SET_PREFIX);
    if (strncmp(error->text, SET_PREFIX, strlen(SET_PREFIX)) != 0)
        return;
    for (const cJSON *setting = object ? object->child : NULL; setting; setting = setting->next) {
        const size_t n = strlen(setting->string);
        if (strncmp(key, setting->string, n) == 0 && (key[n] == ':' || key[n] == '.')) {
            const struct hb_error said = *error;
            hb_error_set(error, "%.200s: %.80s.%s", reader->fields.file, place, said.text + strlen(SET_PREFIX));
            return;
        }
    }
}

/* Load the experiment once more. */
static struct hb_experiment *load_experiment(const struct hb_lesson_reader *reader, const struct settings *settings) {
    struct hb_lesson *lesson = reader->lesson;
    struct hb_experiment *experiment = &lesson->loaded[lesson->experiments];
    if (!hb_experiment_load(lesson->experiment, (const char *const *)settings->text, settings->n, experiment,
                            reader->fields.error)) {
        blame(reader, "set", get(lesson->document, "set"));
        return NULL;
    }
    lesson->experiments++;
    return experiment;
}

/* Would a student's runs load? */
static bool check_draws(const struct hb_lesson_reader *reader) {
    struct settings settings = {.n = 0};
    struct hb_experiment experiment;
    bool ok = collect(reader, "", NULL, &settings) && add_object(reader, "draw", reader->lesson->drawn, &settings) &&
              hb_experiment_load(reader->lesson->experiment, (const char *const *)settings.text, settings.n,
                                 &experiment, reader->fields.error);
    if (ok)
        hb_experiment_free(&experiment);
    else
        blame(reader, "draw", reader->lesson->drawn);
    free_settings(&settings);
    return ok;
}

static bool load_main(const struct hb_lesson_reader *reader) {
    struct hb_lesson *lesson = reader->lesson;
    const char *name;
    if (!hb_fields_text_needed(&reader->fields, "experiment", get(lesson->document, "experiment"), &name))
        return false;
    if (!find_experiment(reader, name, lesson->experiment))
        return hb_fields_refuse(&reader->fields, "experiment", "the path is too long");
    struct settings settings = {.n = 0};
    const struct hb_experiment *experiment =
        collect(reader, "", NULL, &settings) ? load_experiment(reader, &settings) : NULL;
    free_settings(&settings);
    if (!experiment)
        return false;
    lesson->seed = experiment->variant[0].config.seed;
    for (uint32_t i = 0; i < experiment->variants; i++) {
        const struct hb_variant *variant = &experiment->variant[i];
        const char *called = experiment->has_variants ? variant->name : "main";
        if (!add_run(reader, "experiment", &(struct hb_lesson_run){.name = called, .variant = variant}))
            return false;
    }
    return true;
}

static bool load_branch(const struct hb_lesson_reader *reader, const cJSON *branch) {
    char place[HB_FIELD_PLACE_BYTES];
    struct settings settings = {.n = 0};
    snprintf(place, sizeof place, "branches.%.60s", branch->string);
    const struct hb_experiment *experiment =
        collect(reader, place, branch, &settings) ? load_experiment(reader, &settings) : NULL;
    free_settings(&settings);
    if (!experiment)
        blame(reader, place, branch);
    return experiment &&
           add_run(reader, place,
                   &(struct hb_lesson_run){.name = branch->string, .variant = experiment->variant, .settings = branch});
}

static bool load_branches(const struct hb_lesson_reader *reader) {
    const cJSON *branches = get(reader->lesson->document, "branches");
    if (branches && !cJSON_IsObject(branches))
        return hb_fields_refuse(&reader->fields, "branches", "is %s, should be an object", hb_json_kind(branches));
    for (const cJSON *branch = branches ? branches->child : NULL; branch; branch = branch->next)
        if (!load_branch(reader, branch))
            return false;
    return true;
}

static bool load_runs(const struct hb_lesson_reader *reader) {
    const cJSON *branches = get(reader->lesson->document, "branches");
    const size_t n = 1 + (size_t)(branches ? cJSON_GetArraySize(branches) : 0);
    if (n > HB_LESSON_RUNS_MAX)
        return hb_fields_refuse(&reader->fields, "branches", "there are more than %d", HB_LESSON_RUNS_MAX - 1);
    reader->lesson->loaded = calloc(n, sizeof *reader->lesson->loaded);
    if (!reader->lesson->loaded)
        abort();
    return load_main(reader) && check_draws(reader) && load_branches(reader);
}

/* ---- The whole lesson ------------------------------------------------------------------------------------------ */

static bool read_head(const struct hb_lesson_reader *reader) {
    static const char *const names[] = {"$schema",    "lesson", "title", "minutes",  "objective", "misconception",
                                        "experiment", "set",    "draw",  "branches", "steps",     NULL};
    struct hb_lesson *lesson = reader->lesson;
    const struct hb_fields *fields = &reader->fields;
    const cJSON *root = lesson->document;
    return hb_fields_only(fields, "", root, names) &&
           hb_fields_text_needed(fields, "lesson", get(root, "lesson"), &lesson->name) &&
           hb_fields_text_needed(fields, "title", get(root, "title"), &lesson->title) &&
           hb_fields_text(fields, "objective", get(root, "objective"), &lesson->objective) &&
           hb_fields_text(fields, "misconception", get(root, "misconception"), &lesson->misconception) &&
           hb_fields_whole(fields, "minutes", get(root, "minutes"), 1, 600, &lesson->minutes);
}

/* The seed of a student: a hash of the lesson's name and the number. */
static uint64_t seed_of(const struct hb_lesson *lesson) {
    uint64_t hash = hb_hash_bytes(HB_HASH_SEED, (const uint8_t *)lesson->name, strlen(lesson->name));
    return 1 + hb_hash_u64(hash, lesson->student) % STUDENT_SEEDS;
}

/* Take student=N out of the settings, and put the seed in. False: it is no number. */
static bool take_student(struct hb_lesson_reader *reader, const char *const *sets, size_t n, const char **kept,
                         char *seed, size_t bytes) {
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++) {
        char rest;
        if (strncmp(sets[i], "student=", 8) != 0)
            kept[reader->n_sets++] = sets[i];
        else
            ok = sscanf(sets[i] + 8, "%" SCNu64 "%c", &reader->lesson->student, &rest) == 1 &&
                 reader->lesson->student >= 1 && reader->lesson->student <= STUDENT_MAX;
    }
    if (reader->lesson->student) {
        snprintf(seed, bytes, "seed=%" PRIu64, seed_of(reader->lesson));
        kept[reader->n_sets++] = seed;
    }
    reader->sets = kept;
    return ok || hb_fields_refuse(&reader->fields, "student", "should be a whole number from 1 to %u", STUDENT_MAX);
}

/* A student's number for one key of "draw": a hash of the seed and the key, between the two bounds. */
static bool draw_number(const struct hb_lesson_reader *reader, const cJSON *range, uint64_t seed) {
    char place[HB_FIELD_PLACE_BYTES];
    uint64_t least = 0, most = 0;
    snprintf(place, sizeof place, "draw.%.80s", range->string);
    if (!cJSON_IsArray(range) || cJSON_GetArraySize(range) != 2)
        return hb_fields_refuse(&reader->fields, place, "should be the least and the most: [300, 2000]");
    if (!hb_fields_whole(&reader->fields, place, cJSON_GetArrayItem(range, 0), 0, DRAWN_MAX - 1, &least) ||
        !hb_fields_whole(&reader->fields, place, cJSON_GetArrayItem(range, 1), least + 1, DRAWN_MAX, &most))
        return false;
    const uint64_t hash = hb_hash_bytes(seed, (const uint8_t *)range->string, strlen(range->string));
    const double number = (double)(least + hb_mix64(hash) % (most - least + 1));
    cJSON_AddNumberToObject(reader->lesson->drawn, range->string, number);
    return true;
}

/* What a student's runs have besides the seed. They are drawn for the class, too, whose runs do without: a wrong key is
 * then found before the first worksheet is given out. */
static bool draw_numbers(const struct hb_lesson_reader *reader) {
    struct hb_lesson *lesson = reader->lesson;
    const cJSON *draw = get(lesson->document, "draw");
    if (draw && (!cJSON_IsObject(draw) || cJSON_GetArraySize(draw) > (int)DRAWS_MAX))
        return hb_fields_refuse(&reader->fields, "draw", "should be an object of at most %u dotted keys", DRAWS_MAX);
    lesson->drawn = cJSON_CreateObject();
    if (!lesson->drawn)
        abort();
    for (const cJSON *range = draw ? draw->child : NULL; range; range = range->next)
        if (!draw_number(reader, range, seed_of(lesson)))
            return false;
    return true;
}

static bool read_document(struct hb_lesson_reader *reader, const char *const *sets, size_t n) {
    const char *kept[SETS_MAX];
    char seed[40];
    if (n + 1 > SETS_MAX / 2)
        return hb_fields_refuse(&reader->fields, "", "there are too many settings");
    if (!read_head(reader) || !take_student(reader, sets, n, kept, seed, sizeof seed) || !draw_numbers(reader))
        return false;
    return hb_lecture_is(reader->lesson->document) ? hb_lecture_read(reader)
                                                   : load_runs(reader) && hb_lesson_read_steps(reader);
}

bool hb_lesson_find(const char *name, char path[HB_PATH_BYTES]) {
    char below[HB_PATH_BYTES];
    return hb_experiment_find(name, path) ||
           (snprintf(below, sizeof below, "lessons/%s", name) < (int)sizeof below && hb_experiment_find(below, path));
}

bool hb_lesson_is(const char *path) {
    char found[HB_PATH_BYTES];
    struct hb_error error;
    cJSON *root = strcmp(path, "-") != 0 && hb_lesson_find(path, found) ? hb_json_read(found, &error) : NULL;
    const bool is = cJSON_IsObject(root) && get(root, "lesson") && get(root, "steps");
    cJSON_Delete(root);
    return is;
}

bool hb_lesson_about(const char *path, char *title, size_t title_bytes, char *about, size_t about_bytes) {
    struct hb_error error;
    cJSON *root = hb_lesson_is(path) ? hb_json_read(path, &error) : NULL;
    const cJSON *name = get(root, "title"), *objective = get(root, "objective"), *minutes = get(root, "minutes");
    const bool is = cJSON_IsString(name);
    snprintf(title, title_bytes, "%s", is ? name->valuestring : "");
    char takes[32] = "";
    if (cJSON_IsNumber(minutes))
        snprintf(takes, sizeof takes, "%.0f minutes%s", minutes->valuedouble, cJSON_IsString(objective) ? ": " : "");
    snprintf(about, about_bytes, "%s%s", takes, cJSON_IsString(objective) ? objective->valuestring : "");
    cJSON_Delete(root);
    return is;
}

bool hb_lesson_load(const char *path, const char *const *sets, size_t n, struct hb_lesson *lesson,
                    struct hb_error *error) {
    memset(lesson, 0, sizeof *lesson);
    struct hb_lesson_reader reader = {.lesson = lesson, .fields = {.file = lesson->path, .error = error}};
    hb_lesson_find(path, lesson->path);
    lesson->document = hb_json_read(lesson->path, error);
    if (lesson->document && read_document(&reader, sets, n))
        return true;
    hb_lesson_free(lesson);
    return false;
}

static void free_step(struct hb_lesson_step *step) {
    for (uint32_t i = 0; i < step->choices; i++)
        hb_expect_free(step->choice[i].when.tree);
    hb_expect_free(step->answer.tree);
    hb_expect_free(step->holds.tree);
    hb_expect_free(step->until.at.tree);
}

void hb_lesson_free(struct hb_lesson *lesson) {
    for (uint32_t i = 0; i < lesson->steps && !lesson->source; i++)
        free_step(&lesson->step[i]); /* those of a lecture are its lessons' */
    hb_lecture_free(lesson);
    for (uint32_t i = 0; i < lesson->experiments; i++)
        hb_experiment_free(&lesson->loaded[i]);
    free(lesson->step);
    free(lesson->loaded);
    cJSON_Delete(lesson->drawn);
    cJSON_Delete(lesson->document);
    memset(lesson, 0, sizeof *lesson);
}

bool hb_lesson_asks(const struct hb_lesson_step *step) {
    return step->ask != NULL;
}
