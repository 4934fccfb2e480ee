#include "sim/lesson/grade.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/json_fields.h"
#include "sim/base/json_write.h"
#include "sim/lesson/play.h"

static const cJSON *get(const cJSON *node, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(node, name);
}

bool hb_grade_is(const char *path) {
    struct hb_error error;
    cJSON *root = strcmp(path, "-") != 0 ? hb_json_read(path, &error) : NULL;
    const bool is = cJSON_IsObject(root) && get(root, "answers") && get(root, "lesson");
    cJSON_Delete(root);
    return is;
}

/* ---- One answer ------------------------------------------------------------------------------------------------ */

static bool is_unanswered(const cJSON *answer) {
    return !answer || cJSON_IsNull(answer) || (cJSON_IsString(answer) && !answer->valuestring[0]);
}

/* The place of the choice that was named; HB_LESSON_NOWHERE: it is no letter of one. */
static uint32_t chosen(const struct hb_lesson_step *step, const cJSON *answer) {
    const char *text = cJSON_IsString(answer) ? answer->valuestring : "";
    const int letter = tolower((unsigned char)text[0]);
    const bool one = text[0] && text[1] == 0 && letter >= 'a' && letter < 'a' + (int)step->choices;
    return one ? (uint32_t)(letter - 'a') : HB_LESSON_NOWHERE;
}

static void grade_choice(const struct hb_lesson_step *step, const struct hb_played_step *played, const cJSON *answer,
                         struct hb_graded *graded) {
    const uint32_t choice = chosen(step, answer);
    graded->right = choice != HB_LESSON_NOWHERE && choice == played->right;
    if (choice == HB_LESSON_NOWHERE)
        snprintf(graded->verdict, sizeof graded->verdict, "wrong: should be a letter from a to %c",
                 (char)('a' + step->choices - 1));
    else
        snprintf(graded->verdict, sizeof graded->verdict, "%s: %.300s", graded->right ? "right" : "wrong",
                 step->choice[choice].why);
}

/* Numbers may be written as texts, with commas: "34,211". */
static bool read_number(const cJSON *answer, double *number) {
    char text[64], rest;
    size_t n = 0;
    if (cJSON_IsNumber(answer)) {
        *number = answer->valuedouble;
        return true;
    }
    for (const char *at = cJSON_IsString(answer) ? answer->valuestring : ""; *at && n + 1 < sizeof text; at++)
        if (*at != ',')
            text[n++] = *at;
    text[n] = 0;
    return sscanf(text, "%lf%c", number, &rest) == 1;
}

static void grade_number(const struct hb_lesson_step *step, const struct hb_played_step *played, const cJSON *answer,
                         struct hb_graded *graded) {
    double number = 0;
    const bool is = read_number(answer, &number);
    graded->right = is && fabs(number - played->answer) <= step->within * fabs(played->answer);
    snprintf(graded->verdict, sizeof graded->verdict, "%s",
             graded->right ? "right"
             : is          ? "wrong: your run gives another number"
                           : "wrong: should be a number");
}

static void grade(const struct hb_lesson_step *step, const struct hb_played_step *played, const cJSON *answer,
                  uint32_t number, struct hb_graded *graded) {
    snprintf(graded->question, sizeof graded->question, "%" PRIu32 ". %.140s", number, step->ask);
    if (is_unanswered(answer))
        snprintf(graded->verdict, sizeof graded->verdict, "not answered");
    else if (step->choices)
        grade_choice(step, played, answer, graded);
    else
        grade_number(step, played, answer, graded);
}

/* ---- All of them ----------------------------------------------------------------------------------------------- */

/* The file of answers with its lesson, loaded for its student. */
struct sheet {
    struct hb_fields fields;
    cJSON *document;
    struct hb_lesson lesson;
    bool loaded;
};

/* A lesson that is named by a path stands relative to the file of answers, or to where the command runs. */
static void find_lesson(const char *answers, const char *name, char path[HB_PATH_BYTES]) {
    const char *slash = strrchr(answers, '/');
    char beside[HB_PATH_BYTES];
    const int folder = slash && name[0] != '/' ? (int)(slash + 1 - answers) : 0;
    if (snprintf(beside, sizeof beside, "%.*s%s", folder, answers, name) < (int)sizeof beside && hb_lesson_is(beside))
        snprintf(path, HB_PATH_BYTES, "%s", beside);
    else
        snprintf(path, HB_PATH_BYTES, "%s", name);
}

static bool open_sheet(struct sheet *sheet, const char *path) {
    static const char *const names[] = {"schema", "lesson", "student", "answers", NULL};
    char found[HB_PATH_BYTES], student[40];
    const char *lesson = NULL, *sets[] = {student};
    uint64_t number = 0;
    if (!hb_fields_only(&sheet->fields, "", sheet->document, names) ||
        !hb_fields_text_needed(&sheet->fields, "lesson", get(sheet->document, "lesson"), &lesson) ||
        !hb_fields_whole(&sheet->fields, "student", get(sheet->document, "student"), 0, 1000000, &number))
        return false;
    find_lesson(path, lesson, found);
    if (!hb_lesson_is(found))
        return hb_fields_refuse(&sheet->fields, "lesson", "\"%.200s\" is no lesson", lesson);
    snprintf(student, sizeof student, "student=%" PRIu64, number);
    sheet->loaded = hb_lesson_load(found, sets, number ? 1 : 0, &sheet->lesson, sheet->fields.error);
    return sheet->loaded;
}

/* Every answer belongs to a question. */
static bool check_answers(const struct sheet *sheet, uint32_t questions) {
    const cJSON *answers = get(sheet->document, "answers");
    if (!cJSON_IsObject(answers))
        return hb_fields_refuse(&sheet->fields, "answers", "is %s, should be an object {\"1\": ..., \"2\": ...}",
                                hb_json_kind(answers));
    for (const cJSON *answer = answers->child; answer; answer = answer->next) {
        char rest;
        uint32_t number = 0;
        if (sscanf(answer->string, "%" SCNu32 "%c", &number, &rest) != 1 || number < 1 || number > questions)
            return hb_fields_refuse(&sheet->fields, "answers", "\"%.40s\" is no question; they are 1 to %" PRIu32,
                                    answer->string, questions);
    }
    return true;
}

static void grade_all(const struct sheet *sheet, const struct hb_lesson_play *play, struct hb_grade *grades) {
    const cJSON *answers = get(sheet->document, "answers");
    for (uint32_t i = 0; i < sheet->lesson.steps; i++) {
        char key[16];
        if (!hb_lesson_asks(&sheet->lesson.step[i]))
            continue;
        struct hb_graded *graded = &grades->question[grades->questions++];
        snprintf(key, sizeof key, "%" PRIu32, grades->questions);
        grade(&sheet->lesson.step[i], &play->step[i], get(answers, key), grades->questions, graded);
        grades->right += graded->right;
    }
}

static bool play_and_grade(const struct sheet *sheet, struct hb_grade *grades) {
    struct hb_lesson_play *play = hb_lesson_play(&sheet->lesson, &(struct hb_lesson_options){0}, sheet->fields.error);
    if (!play)
        return false;
    bool ok = check_answers(sheet, play->questions);
    for (uint32_t i = 0; ok && i < sheet->lesson.steps; i++)
        if (play->step[i].trouble[0])
            ok = hb_fields_refuse(&sheet->fields, "lesson", "step %" PRIu32 " has no answer: %.240s", i + 1,
                                  play->step[i].trouble);
    if (ok) {
        grades->question = calloc(play->questions + 1, sizeof *grades->question);
        if (!grades->question)
            abort();
        grade_all(sheet, play, grades);
    }
    hb_lesson_play_free(play);
    return ok;
}

bool hb_grade_answers(const char *path, struct hb_grade *grades, struct hb_error *error) {
    struct sheet sheet = {.fields = {.file = path, .error = error}};
    memset(grades, 0, sizeof *grades);
    sheet.document = hb_json_read(path, error);
    const bool ok = sheet.document && open_sheet(&sheet, path) && play_and_grade(&sheet, grades);
    if (sheet.loaded)
        hb_lesson_free(&sheet.lesson);
    cJSON_Delete(sheet.document);
    return ok;
}

char *hb_grade_json(const struct hb_grade *grades) {
    struct hb_json_writer json = {.broken = 3};
    hb_json_open(&json, NULL, '{');
    hb_json_number(&json, "score", grades->right);
    hb_json_number(&json, "max_score", grades->questions);
    hb_json_open(&json, "tests", '[');
    for (uint32_t i = 0; i < grades->questions; i++) {
        hb_json_open(&json, NULL, '{');
        hb_json_string(&json, "name", grades->question[i].question);
        hb_json_number(&json, "score", grades->question[i].right);
        hb_json_number(&json, "max_score", 1);
        hb_json_string(&json, "output", grades->question[i].verdict);
        hb_json_close(&json, '}');
    }
    hb_json_close(&json, ']');
    hb_json_close(&json, '}');
    return hb_json_take(&json);
}

void hb_grade_free(struct hb_grade *grades) {
    free(grades->question);
    memset(grades, 0, sizeof *grades);
}
