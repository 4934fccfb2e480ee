/* Reading the steps of a lesson. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/keys.h"
#include "sim/lesson/reader.h"
#include "sim/observe/marks.h"
#include "sim/result/expect.h"

const char *const hb_lesson_scenes[] = {"overview", "cpus",   "lanes",   "throughput", "events",   "lines",
                                        "bus",      "queues", "locks",   "failure",    "computer", "server",
                                        "machine",  "race",   "speedup", NULL};

static const cJSON *get(const cJSON *node, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(node, name);
}

/* Write "PLACE.NAME". */
static const char *below(char at[HB_FIELD_PLACE_BYTES], const char *place, const char *name) {
    snprintf(at, HB_FIELD_PLACE_BYTES, "%.120s.%s", place, name);
    return at;
}

/* ---- Expressions ----------------------------------------------------------------------------------------------- */

static bool check_formula(const struct hb_lesson_reader *reader, const char *place, struct hb_expect *tree) {
    const struct hb_lesson *lesson = reader->lesson;
    const char *names[HB_LESSON_RUNS_MAX + HB_LESSON_MOMENTS];
    struct hb_error error;
    for (uint32_t i = 0; i < lesson->runs; i++)
        names[i] = lesson->run[i].name;
    for (uint32_t i = 0; i < HB_LESSON_MOMENTS; i++)
        names[lesson->runs + i] = hb_lesson_moments[i];
    return hb_expect_check_paths(tree, names, lesson->runs + HB_LESSON_MOMENTS, &error) ||
           hb_fields_refuse(&reader->fields, place, "%s", error.text);
}

/* `number`: it gives one; else it holds or does not. */
static bool read_formula(const struct hb_lesson_reader *reader, const char *place, const cJSON *node, bool number,
                         struct hb_formula *formula) {
    struct hb_error error;
    if (!node)
        return true;
    if (!hb_fields_text(&reader->fields, place, node, &formula->text))
        return false;
    formula->tree = number ? hb_expect_parse_number(formula->text, &error) : hb_expect_parse(formula->text, &error);
    if (!formula->tree)
        return hb_fields_refuse(&reader->fields, place, "%s", error.text);
    return check_formula(reader, place, formula->tree);
}

/* ---- Moments --------------------------------------------------------------------------------------------------- */

static bool read_event(const struct hb_lesson_reader *reader, const char *place, const cJSON *until,
                       struct hb_goal *goal) {
    const struct hb_key_name *names = hb_key_find("faults.*.trigger.tracepoint")->names;
    const struct hb_fields *fields = &reader->fields;
    const char *words[64];
    uint32_t n = 0, found = 0;
    for (; names[n].name && n + 1 < sizeof words / sizeof words[0]; n++)
        words[n] = names[n].name;
    words[n] = NULL;
    goal->count = 1;
    goal->hart = HB_MARKS_ANY_HART;
    if (!hb_fields_name(fields, place, get(until, "event"), words, &found) ||
        !hb_fields_whole(fields, place, get(until, "count"), 1, UINT32_MAX, &goal->count) ||
        !hb_fields_whole(fields, place, get(until, "hart"), 0, HB_HARTS_LIMIT - 1, &goal->hart))
        return false;
    goal->kind = HB_GOAL_EVENT;
    goal->tracepoint = names[found].value;
    goal->text = words[found];
    return true;
}

static bool read_fault(const struct hb_lesson_reader *reader, const char *place, const cJSON *until,
                       struct hb_goal *goal) {
    const struct hb_fields *fields = &reader->fields;
    const cJSON *before = get(until, "before"), *after = get(until, "after");
    goal->kind = HB_GOAL_FAULT;
    goal->text = "the fault";
    if (before && after)
        return hb_fields_refuse(fields, place, "has both before and after: one of them");
    return hb_fields_whole(fields, place, get(until, "fault"), 0, HB_CONFIG_FAULTS_MAX - 1, &goal->fault) &&
           hb_fields_whole(fields, place, before, 0, HB_KEY_INTEGER_MAX, &goal->before) &&
           hb_fields_whole(fields, place, after, 0, HB_KEY_INTEGER_MAX, &goal->after);
}

/* A number, an expression that gives one, or "+N". */
static bool read_cycle(const struct hb_lesson_reader *reader, const char *place, const cJSON *node,
                       struct hb_goal *goal) {
    char rest;
    const char *text = cJSON_IsString(node) ? node->valuestring : "";
    goal->kind = HB_GOAL_LATER;
    goal->text = "that cycle";
    if (sscanf(text, "+%" SCNu64 "%c", &goal->cycles, &rest) == 1)
        return true;
    goal->kind = HB_GOAL_CYCLE;
    if (cJSON_IsNumber(node))
        return hb_fields_whole(&reader->fields, place, node, 0, HB_KEY_INTEGER_MAX, &goal->cycles);
    return read_formula(reader, place, node, true, &goal->at);
}

static bool read_goal(const struct hb_lesson_reader *reader, const char *place, const cJSON *until,
                      struct hb_goal *goal) {
    static const char *const all[] = {"fault", "before", "after", "event", "count", "hart", "cycle", "end", NULL};
    static const char *const of_fault[] = {"fault", "before", "after", NULL};
    static const char *const of_event[] = {"event", "count", "hart", NULL};
    static const char *const of_cycle[] = {"cycle", NULL};
    static const char *const of_end[] = {"end", NULL};
    const struct hb_fields *fields = &reader->fields;
    if (!until)
        return true;
    if (!hb_fields_only(fields, place, until, all))
        return false;
    if (get(until, "fault"))
        return hb_fields_only(fields, place, until, of_fault) && read_fault(reader, place, until, goal);
    if (get(until, "event"))
        return hb_fields_only(fields, place, until, of_event) && read_event(reader, place, until, goal);
    if (get(until, "cycle"))
        return hb_fields_only(fields, place, until, of_cycle) && read_cycle(reader, place, get(until, "cycle"), goal);
    goal->kind = HB_GOAL_END;
    goal->text = "the end";
    if (cJSON_IsTrue(get(until, "end")))
        return hb_fields_only(fields, place, until, of_end);
    return hb_fields_refuse(fields, place,
                            "should be one of {\"fault\": I, \"before\": N}, {\"event\": NAME}, {\"cycle\": N}, "
                            "{\"cycle\": \"+N\"}, {\"end\": true}");
}

/* ---- Steps ----------------------------------------------------------------------------------------------------- */

static bool read_choice(const struct hb_lesson_reader *reader, const char *place, const cJSON *node,
                        struct hb_lesson_choice *choice) {
    static const char *const names[] = {"text", "when", "why", NULL};
    const struct hb_fields *fields = &reader->fields;
    char at[HB_FIELD_PLACE_BYTES];
    if (!hb_fields_only(fields, place, node, names) ||
        !hb_fields_text_needed(fields, below(at, place, "text"), get(node, "text"), &choice->text) ||
        !hb_fields_text_needed(fields, below(at, place, "why"), get(node, "why"), &choice->why) ||
        !read_formula(reader, below(at, place, "when"), get(node, "when"), false, &choice->when))
        return false;
    return choice->when.tree || hb_fields_refuse(fields, below(at, place, "when"), "is missing: when is this right?");
}

static bool read_choices(const struct hb_lesson_reader *reader, const char *place, const cJSON *list,
                         struct hb_lesson_step *step) {
    char at[HB_FIELD_PLACE_BYTES];
    const int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    if (!list)
        return true;
    if (n < 2 || n > (int)HB_LESSON_CHOICES_MAX)
        return hb_fields_refuse(&reader->fields, place, "should be a list of 2 to %u choices", HB_LESSON_CHOICES_MAX);
    for (const cJSON *node = list->child; node; node = node->next) {
        snprintf(at, sizeof at, "%.100s.%" PRIu32, place, step->choices);
        if (!read_choice(reader, at, node, &step->choice[step->choices++]))
            return false;
    }
    return true;
}

static bool read_within(const struct hb_lesson_reader *reader, const char *place, const cJSON *node,
                        struct hb_lesson_step *step) {
    if (!node)
        return true;
    if (!cJSON_IsNumber(node) || !(node->valuedouble > 0 && node->valuedouble < 1))
        return hb_fields_refuse(&reader->fields, place, "should be a part above 0 and below 1: 0.1 is a tenth");
    step->within = node->valuedouble;
    return step->answer.tree || hb_fields_refuse(&reader->fields, place, "belongs to an \"answer\", which is missing");
}

/* A question has one way to be answered; without a question there is none. */
static bool check_question(const struct hb_lesson_reader *reader, const char *place,
                           const struct hb_lesson_step *step) {
    const bool by_choice = step->choices != 0, by_number = step->answer.tree != NULL;
    if (step->ask && by_choice == by_number)
        return hb_fields_refuse(&reader->fields, place, "a question needs either \"choices\" or an \"answer\"");
    if (!step->ask && (by_choice || by_number))
        return hb_fields_refuse(&reader->fields, place, "there are answers, but nothing is asked: \"ask\" is missing");
    if (step->holds.tree && !step->say)
        return hb_fields_refuse(&reader->fields, place, "\"holds\" proves what is said: \"say\" is missing");
    return true;
}

/* The run of this name; HB_LESSON_NOWHERE: none, and `error` lists them. */
static uint32_t find_run(const struct hb_lesson_reader *reader, const char *place, const cJSON *node) {
    const char *names[HB_LESSON_RUNS_MAX + 1] = {NULL};
    uint32_t found = HB_LESSON_NOWHERE;
    for (uint32_t i = 0; i < reader->lesson->runs; i++)
        names[i] = reader->lesson->run[i].name;
    return hb_fields_name(&reader->fields, place, node, names, &found) ? found : HB_LESSON_NOWHERE;
}

static bool read_focus(const struct hb_lesson_reader *reader, const char *place, const cJSON *node,
                       struct hb_lesson_step *step) {
    static const char *const names[] = {"hart", "symbol", NULL};
    uint64_t hart = HB_LESSON_NOWHERE;
    if (!hb_fields_only(&reader->fields, place, node, names) ||
        !hb_fields_whole(&reader->fields, place, get(node, "hart"), 0, HB_HARTS_LIMIT - 1, &hart) ||
        !hb_fields_text(&reader->fields, place, get(node, "symbol"), &step->symbol))
        return false;
    step->focus = (uint32_t)hart;
    if (hart == HB_LESSON_NOWHERE || hart < reader->lesson->run[step->run].variant->config.harts)
        return true;
    return hb_fields_refuse(&reader->fields, place, "there is no hart %" PRIu64 "; the machine has %" PRIu32, hart,
                            reader->lesson->run[step->run].variant->config.harts);
}

struct text_field {
    const char *name;
    size_t offset;
};

static bool read_texts(const struct hb_lesson_reader *reader, const char *place, const cJSON *node,
                       struct hb_lesson_step *step) {
    static const struct text_field fields[] = {
        {"say", offsetof(struct hb_lesson_step, say)},   {"ask", offsetof(struct hb_lesson_step, ask)},
        {"why", offsetof(struct hb_lesson_step, why)},   {"note", offsetof(struct hb_lesson_step, note)},
        {"unit", offsetof(struct hb_lesson_step, unit)},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char at[HB_FIELD_PLACE_BYTES];
        const char **text = (const char **)((char *)step + fields[i].offset);
        snprintf(at, sizeof at, "%.100s.%s", place, fields[i].name);
        if (!hb_fields_text(&reader->fields, at, get(node, fields[i].name), text))
            return false;
    }
    return true;
}

static bool read_step(const struct hb_lesson_reader *reader, const char *place, const cJSON *node,
                      struct hb_lesson_step *step) {
    static const char *const names[] = {"say",  "ask",   "choices", "answer", "within", "why",   "note",
                                        "unit", "holds", "until",   "branch", "scene",  "focus", NULL};
    const struct hb_fields *fields = &reader->fields;
    char at[HB_FIELD_PLACE_BYTES];
    if (!hb_fields_only(fields, place, node, names) || !read_texts(reader, place, node, step))
        return false;
    step->run = get(node, "branch") ? find_run(reader, below(at, place, "branch"), get(node, "branch")) : step->run;
    return step->run != HB_LESSON_NOWHERE &&
           hb_fields_name(fields, below(at, place, "scene"), get(node, "scene"), hb_lesson_scenes, &step->scene) &&
           read_focus(reader, below(at, place, "focus"), get(node, "focus"), step) &&
           read_goal(reader, below(at, place, "until"), get(node, "until"), &step->until) &&
           read_formula(reader, below(at, place, "holds"), get(node, "holds"), false, &step->holds) &&
           read_choices(reader, below(at, place, "choices"), get(node, "choices"), step) &&
           read_formula(reader, below(at, place, "answer"), get(node, "answer"), true, &step->answer) &&
           read_within(reader, below(at, place, "within"), get(node, "within"), step) &&
           check_question(reader, place, step);
}

bool hb_lesson_read_steps(const struct hb_lesson_reader *reader) {
    struct hb_lesson *lesson = reader->lesson;
    const cJSON *list = get(lesson->document, "steps");
    const int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    if (n < 1 || n > (int)HB_LESSON_STEPS_MAX)
        return hb_fields_refuse(&reader->fields, "steps", "should be a list of 1 to %u steps", HB_LESSON_STEPS_MAX);
    lesson->step = calloc((size_t)n, sizeof *lesson->step);
    if (!lesson->step)
        abort();
    for (const cJSON *node = list->child; node; node = node->next) {
        char place[HB_FIELD_PLACE_BYTES];
        struct hb_lesson_step *step = &lesson->step[lesson->steps];
        snprintf(place, sizeof place, "steps.%" PRIu32, lesson->steps);
        *step = (struct hb_lesson_step){.focus = HB_LESSON_NOWHERE};
        if (lesson->steps) {
            step->run = step[-1].run;
            step->scene = step[-1].scene;
        }
        lesson->steps++;
        if (!read_step(reader, place, node, step))
            return false;
    }
    return true;
}
