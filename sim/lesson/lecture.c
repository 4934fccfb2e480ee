/* A lecture: steps of several lessons, one after the other, each with the runs and answers of its own lesson. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/lesson/reader.h"

#define STEPS_ONLY                                                                                                     \
    "a lecture takes everything else from its lessons: its steps should be {\"from\": NAME, \"steps\": [1, 2]}"

static const cJSON *get(const cJSON *node, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(node, name);
}

bool hb_lecture_is(const cJSON *document) {
    const cJSON *steps = get(document, "steps");
    return cJSON_IsArray(steps) && get(steps->child, "from");
}

/* ---- One of its lessons ---------------------------------------------------------------------------------------- */

/* The lesson beside the lecture, with or without ".json", or a bundled one. False: there is none. */
static bool find_lesson(const struct hb_lesson_reader *reader, const char *name, char path[HB_PATH_BYTES]) {
    static const char *const ends[] = {"", ".json"};
    const char *slash = strrchr(reader->lesson->path, '/');
    const int folder = slash && name[0] != '/' ? (int)(slash + 1 - reader->lesson->path) : 0;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (snprintf(path, HB_PATH_BYTES, "%.*s%s%s", folder, reader->lesson->path, name, ends[i]) < HB_PATH_BYTES &&
            hb_lesson_is(path))
            return true;
    return hb_lesson_find(name, path) && hb_lesson_is(path);
}

static bool is_lecture(const char *path) {
    struct hb_error error;
    cJSON *document = hb_json_read(path, &error);
    const bool is = hb_lecture_is(document);
    cJSON_Delete(document);
    return is;
}

/* The lesson that this part comes from, loaded if it is new; HB_LESSON_NOWHERE: error. */
static uint32_t load_source(const struct hb_lesson_reader *reader, const char *place, const char *name) {
    struct hb_lesson *lecture = reader->lesson;
    struct hb_lesson *source = &lecture->source[lecture->sources];
    char path[HB_PATH_BYTES];
    if (!find_lesson(reader, name, path) || is_lecture(path)) {
        hb_fields_refuse(&reader->fields, place, "\"%.200s\" is no lesson of its own", name);
        return HB_LESSON_NOWHERE;
    }
    for (uint32_t i = 0; i < lecture->sources; i++)
        if (strcmp(lecture->source[i].path, path) == 0)
            return i;
    if (!hb_lesson_load(path, reader->sets, reader->n_sets, source, reader->fields.error))
        return HB_LESSON_NOWHERE;
    return lecture->sources++;
}

/* Where the runs of a source begin among those of the lecture; it takes them over when it meets them first. */
static bool take_runs(const struct hb_lesson_reader *reader, const char *place, uint32_t number, uint32_t *first) {
    struct hb_lesson *lecture = reader->lesson;
    const struct hb_lesson *source = &lecture->source[number];
    for (*first = 0; *first < lecture->runs; ++*first)
        if (lecture->run[*first].variant == source->run[0].variant)
            return true;
    if (lecture->runs + source->runs > HB_LESSON_RUNS_MAX)
        return hb_fields_refuse(&reader->fields, place, "the lessons have more than %d runs", HB_LESSON_RUNS_MAX);
    for (uint32_t i = 0; i < source->runs; i++) {
        char *label = lecture->label[lecture->runs];
        lecture->run[lecture->runs] = source->run[i];
        lecture->run[lecture->runs++].name = label;
        snprintf(label, HB_LESSON_LABEL_BYTES, "%.40s %.40s", source->name, source->run[i].name);
    }
    return true;
}

/* ---- Its steps ------------------------------------------------------------------------------------------------- */

static bool add_step(const struct hb_lesson_reader *reader, const char *place, uint32_t number, uint32_t first_run,
                     uint64_t step) {
    struct hb_lesson *lecture = reader->lesson;
    const struct hb_lesson *source = &lecture->source[number];
    if (step < 1 || step > source->steps)
        return hb_fields_refuse(&reader->fields, place, "\"%.60s\" has no step %llu; they are 1 to %u", source->name,
                                (unsigned long long)step, (unsigned)source->steps);
    if (lecture->steps == HB_LESSON_STEPS_MAX)
        return hb_fields_refuse(&reader->fields, place, "there are more than %u steps", HB_LESSON_STEPS_MAX);
    lecture->origin[lecture->steps] = (struct hb_lesson_origin){number, (uint32_t)step - 1};
    lecture->step[lecture->steps] = source->step[step - 1];
    lecture->step[lecture->steps++].run += first_run;
    return true;
}

static bool add_part(const struct hb_lesson_reader *reader, const char *place, const cJSON *part) {
    static const char *const names[] = {"from", "steps", NULL};
    const struct hb_fields *fields = &reader->fields;
    const cJSON *steps = get(part, "steps");
    const char *name;
    uint32_t first_run = 0;
    char at[HB_FIELD_PLACE_BYTES];
    snprintf(at, sizeof at, "%.100s.from", place);
    if (!get(part, "from"))
        return hb_fields_refuse(fields, place, STEPS_ONLY);
    if (!hb_fields_only(fields, place, part, names) || !hb_fields_text_needed(fields, at, get(part, "from"), &name))
        return false;
    const uint32_t number = load_source(reader, at, name);
    if (number == HB_LESSON_NOWHERE || !take_runs(reader, at, number, &first_run))
        return false;
    snprintf(at, sizeof at, "%.100s.steps", place);
    if (steps && !cJSON_IsArray(steps))
        return hb_fields_refuse(fields, at, "should be a list of numbers of steps, from 1");
    bool ok = true;
    for (const cJSON *step = steps ? steps->child : NULL; ok && step; step = step->next) {
        uint64_t wanted = 0;
        ok = hb_fields_whole(fields, at, step, 1, HB_LESSON_STEPS_MAX, &wanted) &&
             add_step(reader, at, number, first_run, wanted);
    }
    for (uint32_t i = 0; ok && !steps && i < reader->lesson->source[number].steps; i++)
        ok = add_step(reader, at, number, first_run, i + 1);
    return ok;
}

static void *allocate(size_t n, size_t bytes) {
    void *memory = calloc(n ? n : 1, bytes);
    if (!memory)
        abort();
    return memory;
}

bool hb_lecture_read(const struct hb_lesson_reader *reader) {
    static const char *const not_its[] = {"experiment", "set", "draw", "branches"};
    struct hb_lesson *lecture = reader->lesson;
    const cJSON *parts = get(lecture->document, "steps");
    for (size_t i = 0; i < sizeof not_its / sizeof not_its[0]; i++)
        if (get(lecture->document, not_its[i]))
            return hb_fields_refuse(&reader->fields, not_its[i], STEPS_ONLY);
    if (lecture->student)
        return hb_fields_refuse(&reader->fields, "student", "a lecture has no worksheets; its lessons have");
    lecture->source = allocate((size_t)cJSON_GetArraySize(parts), sizeof *lecture->source);
    lecture->label = allocate(HB_LESSON_RUNS_MAX, sizeof *lecture->label);
    lecture->step = allocate(HB_LESSON_STEPS_MAX, sizeof *lecture->step);
    lecture->origin = allocate(HB_LESSON_STEPS_MAX, sizeof *lecture->origin);
    uint32_t number = 0;
    for (const cJSON *part = parts->child; part; part = part->next, number++) {
        char place[HB_FIELD_PLACE_BYTES];
        snprintf(place, sizeof place, "steps.%u", (unsigned)number);
        if (!add_part(reader, place, part))
            return false;
    }
    lecture->seed = lecture->source[0].seed;
    return lecture->steps > 0 || hb_fields_refuse(&reader->fields, "steps", "there is none");
}

void hb_lecture_free(struct hb_lesson *lecture) {
    for (uint32_t i = 0; i < lecture->sources; i++)
        hb_lesson_free(&lecture->source[i]);
    free(lecture->source);
    free(lecture->label);
    free(lecture->origin);
}
