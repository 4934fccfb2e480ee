#include "sim/lesson/pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/json_write.h"
#include "sim/base/output.h"

/* ---- Parts of a page ------------------------------------------------------------------------------------------- */

static void write_head(FILE *page, const struct hb_lesson *lesson, bool for_teacher) {
    fprintf(page, "# %s\n", lesson->title);
    if (lesson->minutes)
        fprintf(page, "\n%" PRIu64 " minutes.", lesson->minutes);
    if (lesson->objective)
        fprintf(page, "%sAfterwards you can %s.", lesson->minutes ? " " : "\n", lesson->objective);
    if (lesson->minutes || lesson->objective)
        fputs("\n", page);
    if (for_teacher && lesson->misconception)
        fprintf(page, "\nWhat many believe before: %s.\n", lesson->misconception);
}

static void write_choices(FILE *page, const struct hb_lesson_step *step) {
    for (uint32_t i = 0; i < step->choices; i++)
        fprintf(page, "%s%c) %s\n", i ? "" : "\n", (char)('a' + i), step->choice[i].text);
}

/* How a number is to be given. */
static void write_form(FILE *page, const struct hb_lesson_step *step) {
    if (step->answer.tree && step->within == 0)
        fprintf(page, "\nAnswer: the exact number%s%s.\n", step->unit ? " of " : "", step->unit ? step->unit : "");
    else if (step->answer.tree)
        fprintf(page, "\nAnswer: a number%s%s, within %.0f %%.\n", step->unit ? " of " : "",
                step->unit ? step->unit : "", 100 * step->within);
}

static void write_question(FILE *page, const struct hb_lesson_step *step, uint32_t number) {
    fprintf(page, "\n**Question %" PRIu32 ".** %s\n", number, step->ask);
    write_choices(page, step);
    write_form(page, step);
}

static void write_reasons(FILE *page, const struct hb_lesson_step *step, const struct hb_played_step *played) {
    char answer[80];
    hb_lesson_answer_text(step, played, answer, sizeof answer);
    fprintf(page, "\n*Right: %s.*\n", answer);
    if (step->answer.text)
        fprintf(page, "It is `%s`.\n", step->answer.text);
    for (uint32_t i = 0; i < step->choices; i++)
        fprintf(page, "- %c, %s (`%s`): %s\n", (char)('a' + i), i == played->right ? "right" : "wrong",
                step->choice[i].when.text, step->choice[i].why);
}

/* Does the step show something that the one before does not? */
static bool shows_more(const struct hb_lesson *lesson, const struct hb_lesson_play *play, uint32_t i) {
    const struct hb_lesson_step *step = &lesson->step[i];
    const bool looks_elsewhere = step->focus != HB_LESSON_NOWHERE && i > 0 && step->focus != step[-1].focus;
    return i == 0 || step->run != step[-1].run || step->scene != step[-1].scene || looks_elsewhere ||
           play->step[i].cycle != play->step[i - 1].cycle;
}

static void write_step(FILE *page, const struct hb_lesson *lesson, const struct hb_lesson_play *play, uint32_t i,
                       uint32_t question, bool for_teacher, bool pictures) {
    const struct hb_lesson_step *step = &lesson->step[i];
    const struct hb_played_step *played = &play->step[i];
    fprintf(page, "\n## %" PRIu32 "\n", i + 1);
    if (step->say)
        fprintf(page, "\n%s\n", step->say);
    if (pictures && shows_more(lesson, play, i))
        fprintf(page, "\n![step %" PRIu32 ", cycle %" PRIu64 "](step-%" PRIu32 ".png)\n", i + 1, played->cycle, i + 1);
    if (step->ask)
        write_question(page, step, question);
    if (step->ask && for_teacher)
        write_reasons(page, step, played);
    if (step->why && for_teacher)
        fprintf(page, "\n%s\n", step->why);
    if (step->note && for_teacher)
        fprintf(page, "\n> %s\n", step->note);
}

/* ---- Handout and notes ----------------------------------------------------------------------------------------- */

static bool open_page(struct hb_output *page, const char *dir, const char *name, struct hb_error *error) {
    char path[HB_PATH_BYTES];
    if (snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path)
        return hb_output_open(page, path, HB_OUTPUT_WHOLE, error);
    hb_error_set(error, "%.60s...: the path is too long", dir);
    return false;
}

static bool write_page(const struct hb_lesson *lesson, const struct hb_lesson_play *play, const char *dir,
                       bool for_teacher, bool pictures, struct hb_error *error) {
    struct hb_output page;
    uint32_t question = 0;
    if (!open_page(&page, dir, for_teacher ? "notes.md" : "handout.md", error))
        return false;
    write_head(page.file, lesson, for_teacher);
    for (uint32_t i = 0; i < lesson->steps; i++) {
        question += hb_lesson_asks(&lesson->step[i]);
        write_step(page.file, lesson, play, i, question, for_teacher, pictures);
    }
    return hb_output_close(&page, error);
}

static bool draw_all(const struct hb_lesson *lesson, const struct hb_lesson_play *play, const char *dir,
                     const struct hb_lesson_artist *artist, struct hb_error *error) {
    for (uint32_t i = 0; i < lesson->steps; i++) {
        char path[HB_PATH_BYTES];
        if (!shows_more(lesson, play, i))
            continue;
        if (snprintf(path, sizeof path, "%s/step-%" PRIu32 ".png", dir, i + 1) >= (int)sizeof path ||
            !artist->draw(artist->context, lesson, i, play->step[i].cycle, path, error))
            return false;
    }
    return true;
}

bool hb_lesson_write_handout(const struct hb_lesson *lesson, const struct hb_lesson_play *play, const char *dir,
                             bool notes, const struct hb_lesson_artist *artist, struct hb_error *error) {
    const bool pictures = artist && artist->draw;
    return (!pictures || draw_all(lesson, play, dir, artist, error)) &&
           write_page(lesson, play, dir, false, pictures, error) &&
           (!notes || write_page(lesson, play, dir, true, pictures, error));
}

/* ---- Worksheet ------------------------------------------------------------------------------------------------- */

/* The experiment as a command names it: a bundled one by its name in configs/. */
static const char *experiment_name(const struct hb_lesson *lesson) {
    const char *below = strstr(lesson->experiment, "configs/lessons/../");
    return below ? below + strlen("configs/lessons/../") : lesson->experiment;
}

/* " --set KEY=VALUE" for each member, quoted for a shell where it is more than a word. */
static void write_settings(FILE *page, const cJSON *object) {
    for (const cJSON *setting = object ? object->child : NULL; setting; setting = setting->next) {
        char *value = cJSON_PrintUnformatted(setting);
        if (!value)
            abort();
        const bool plain = cJSON_IsNumber(setting) || cJSON_IsBool(setting);
        fprintf(page, plain ? " --set %s=%s" : " --set '%s=%s'", setting->string, value);
        free(value);
    }
}

/* In the order in which the lesson sets them: the last setting of a key counts. */
static void write_command(FILE *page, const struct hb_lesson *lesson, const struct hb_lesson_run *run) {
    fprintf(page, "    hartbeat run %s", experiment_name(lesson));
    write_settings(page, cJSON_GetObjectItemCaseSensitive(lesson->document, "set"));
    write_settings(page, lesson->drawn);
    fprintf(page, " --set seed=%" PRIu64, lesson->seed);
    write_settings(page, run->settings);
    fprintf(page, " --out %s\n", run->name);
}

static void write_drawn(FILE *page, const struct hb_lesson *lesson) {
    for (const cJSON *drawn = lesson->drawn->child; drawn; drawn = drawn->next)
        fprintf(page, ", %s %.0f", drawn->string, drawn->valuedouble);
}

static void write_commands(FILE *page, const struct hb_lesson *lesson) {
    fprintf(page, "\nYour runs have the seed %" PRIu64, lesson->seed);
    write_drawn(page, lesson);
    fputs("; nobody else's do. They answer the questions that ask for exact numbers:\n\n", page);
    for (uint32_t i = 0; i < lesson->runs; i++)
        if (i == 0 || lesson->run[i].settings) /* one command runs all variants */
            write_command(page, lesson, &lesson->run[i]);
    fputs("\nThe results are in `result.json` of those folders. Write your answers into `answers.json` (the letter of "
          "a choice,\nor a number), and let `hartbeat check answers.json` grade them.\n",
          page);
}

static bool write_sheet(const struct hb_lesson *lesson, const char *dir, struct hb_error *error) {
    struct hb_output page;
    uint32_t question = 0;
    if (!open_page(&page, dir, "worksheet.md", error))
        return false;
    write_head(page.file, lesson, false);
    fprintf(page.file, "\nWorksheet of student %" PRIu64 ".\n", lesson->student);
    write_commands(page.file, lesson);
    for (uint32_t i = 0; i < lesson->steps; i++) {
        if (lesson->step[i].say)
            fprintf(page.file, "\n%s\n", lesson->step[i].say);
        if (lesson->step[i].ask)
            write_question(page.file, &lesson->step[i], ++question);
    }
    return hb_output_close(&page, error);
}

static bool write_answers(const struct hb_lesson *lesson, const char *given, const char *dir, struct hb_error *error) {
    struct hb_json_writer json = {.broken = 2};
    char path[HB_PATH_BYTES], key[16];
    uint32_t question = 0;
    hb_json_open(&json, NULL, '{');
    hb_json_string(&json, "schema", "hartbeat-answers/1");
    hb_json_string(&json, "lesson", given);
    hb_json_number(&json, "student", lesson->student);
    hb_json_open(&json, "answers", '{');
    for (uint32_t i = 0; i < lesson->steps; i++)
        if (hb_lesson_asks(&lesson->step[i])) {
            snprintf(key, sizeof key, "%" PRIu32, ++question);
            hb_json_null(&json, key);
        }
    hb_json_close(&json, '}');
    hb_json_close(&json, '}');
    char *text = hb_json_take(&json);
    bool ok = snprintf(path, sizeof path, "%s/answers.json", dir) < (int)sizeof path &&
              hb_output_write(path, text, strlen(text), error);
    free(text);
    return ok;
}

bool hb_lesson_write_worksheet(const struct hb_lesson *lesson, const char *given, const char *dir,
                               struct hb_error *error) {
    return write_sheet(lesson, dir, error) && write_answers(lesson, given, dir, error);
}
