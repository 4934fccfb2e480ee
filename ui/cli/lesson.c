#include "ui/cli/lesson.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/output.h"
#include "sim/lesson/grade.h"
#include "sim/lesson/pages.h"
#include "sim/lesson/play.h"
#include "ui/cli/terminal/progress.h"

#ifdef HB_HAS_GUI
#include "ui/dashboard/dashboard.h"
#include "ui/dashboard/model/deck.h"
#include "ui/dashboard/model/scene.h"
#include "ui/dashboard/source/machine_session.h"
#endif

/* ---- Pictures -------------------------------------------------------------------------------------------------- */

#ifdef HB_HAS_GUI

static uint8_t scene_of(const struct hb_lesson_step *step) {
    return hb_scene_named(hb_lesson_scenes[step->scene]);
}

static void fill_page(const struct hb_lesson_step *step, const struct hb_played_step *played,
                      struct hb_deck_page *page) {
    *page = (struct hb_deck_page){.run = step->run,
                                  .cycle = played->cycle,
                                  .pending = !played->known,
                                  .trouble = played->trouble[0] ? played->trouble : NULL,
                                  .scene = scene_of(step),
                                  .hart = step->focus == HB_LESSON_NOWHERE ? -1 : (int32_t)step->focus,
                                  .say = step->say,
                                  .ask = step->ask,
                                  .why = step->why,
                                  .note = step->note,
                                  .choices = step->choices,
                                  .right = played->right};
    for (uint32_t i = 0; i < step->choices; i++)
        page->choice[i] = (struct hb_deck_choice){.text = step->choice[i].text, .why = step->choice[i].why};
    if (played->known)
        hb_lesson_answer_text(step, played, page->answer, sizeof page->answer);
}

/* A question about a later moment is put at the moment before; about the end of a run that it enters, half-way. */
static uint64_t asked_cycle(const struct hb_lesson_step *step, const struct hb_deck_page *page, bool enters) {
    if (!step->ask || step->until.kind == HB_GOAL_STAY || page->pending || page->trouble)
        return 0;
    if (!enters)
        return page[-1].cycle < page->cycle ? page[-1].cycle : 0;
    return step->until.kind == HB_GOAL_END ? page->cycle / 2 : 0;
}

void hb_lesson_fill_pages(const struct hb_lesson *lesson, const struct hb_lesson_play *play,
                          struct hb_deck_page *page) {
    for (uint32_t i = 0; i < lesson->steps; i++) {
        const enum hb_goal_kind goal = lesson->step[i].until.kind;
        fill_page(&lesson->step[i], &play->step[i], &page[i]);
        page[i].asked_cycle =
            asked_cycle(&lesson->step[i], &page[i], i == 0 || page[i].run != page[i - 1].run || page[i - 1].pending);
        page[i].whole = goal == HB_GOAL_END ||
                        (goal == HB_GOAL_STAY && i > 0 && page[i - 1].whole && page[i].cycle == page[i - 1].cycle);
    }
}

struct hb_deck_page *hb_lesson_pages(const struct hb_lesson *lesson, const struct hb_lesson_play *play) {
    struct hb_deck_page *page = calloc(lesson->steps, sizeof *page);
    if (!page)
        abort();
    hb_lesson_fill_pages(lesson, play, page);
    return page;
}

/* The lesson's runs side by side, for a scene that shows them; to be freed. */
static struct hb_race *race_of(const struct hb_lesson *lesson, uint8_t scene) {
    const bool shown = scene == HB_SCENE_RACE || scene == HB_SCENE_SPEEDUP;
    struct hb_race *race = shown ? calloc(1, sizeof *race) : NULL;
    for (uint32_t i = 0; race && i < lesson->runs; i++)
        if (hb_lesson_races(lesson, i))
            hb_race_add(race, i, lesson->run[i].name, &lesson->run[i].variant->config);
    return race;
}

static bool draw(void *context, const struct hb_lesson *lesson, uint32_t step, uint64_t cycle, const char *path,
                 struct hb_error *error) {
    const struct hb_lesson_step *shown = &lesson->step[step];
    const uint8_t scene = scene_of(shown);
    struct hb_dashboard_options options = {
        .width = 1280, .height = 720, .shot_path = path, .shot_cycle = cycle ? cycle : 1, .scene = scene};
    struct hb_session *session = hb_session_open(&lesson->run[shown->run].variant->config, error);
    (void)context;
    if (!session)
        return false;
    options.race = race_of(lesson, scene);
    const int status = hb_dashboard_run(session, &options, error);
    if (options.race)
        hb_race_end(options.race);
    free(options.race);
    hb_session_close(session);
    return status == HB_EXIT_OK;
}

static const struct hb_lesson_artist artist = {.draw = draw};

#else

static const struct hb_lesson_artist artist = {.draw = NULL};

#endif

/* ---- Playing --------------------------------------------------------------------------------------------------- */

static void show_run(void *context, const char *run) {
    struct hb_progress_line *line = context;
    if (!line->shown)
        return;
    line->dirty = true;
    fprintf(stderr, "\r\033[Krunning \"%s\"", run);
    fflush(stderr);
}

static void print_step(const struct hb_lesson *lesson, const struct hb_lesson_play *play, uint32_t i) {
    const struct hb_lesson_step *step = &lesson->step[i];
    const struct hb_played_step *played = &play->step[i];
    char answer[80];
    hb_lesson_answer_text(step, played, answer, sizeof answer);
    if (played->trouble[0])
        fprintf(stderr, "%s: steps.%" PRIu32 ": %s\n", lesson->path, i, played->trouble);
    else
        printf("%3" PRIu32 "  %s, cycle %" PRIu64 ": %s%s%s\n", i + 1, lesson->run[step->run].name, played->cycle,
               step->ask   ? step->ask
               : step->say ? step->say
                           : "(shown)",
               step->ask ? " " : "", step->ask ? answer : "");
}

static void print_steps(const struct hb_lesson *lesson, const struct hb_lesson_play *play, bool quiet) {
    if (!quiet)
        printf("%s: %" PRIu32 " steps, %" PRIu32 " questions, seed %" PRIu64 "\n", lesson->title, lesson->steps,
               play->questions, lesson->seed);
    for (uint32_t i = 0; i < lesson->steps; i++)
        if (!quiet || play->step[i].trouble[0])
            print_step(lesson, play, i);
}

static bool write_pages(const struct hb_lesson *lesson, const struct hb_lesson_play *play,
                        const struct hb_options *options, struct hb_error *error) {
    if (!options->out)
        return true;
    if (!hb_output_folder(options->out, error))
        return false;
    return lesson->student ? hb_lesson_write_worksheet(lesson, options->argument[0], options->out, error)
                           : hb_lesson_write_handout(lesson, play, options->out, options->notes, &artist, error);
}

static int status_of(const struct hb_error *error) {
    fprintf(stderr, "%s\n", error->text);
    return hb_error_is_the_hosts(error) ? HB_EXIT_INTERNAL : HB_EXIT_USAGE;
}

static int play_lesson(const struct hb_lesson *lesson, const struct hb_options *options) {
    struct hb_error error;
    struct hb_progress_line line;
    hb_progress_begin(&line, options->quiet);
    const struct hb_lesson_options chosen = {.begins = show_run, .context = &line};
    struct hb_lesson_play *play = hb_lesson_play(lesson, &chosen, &error);
    hb_progress_end(&line);
    if (!play)
        return status_of(&error);
    print_steps(lesson, play, options->quiet);
    int status = play->troubles ? HB_EXIT_FAILED : HB_EXIT_OK;
    if (!play->troubles && !write_pages(lesson, play, options, &error))
        status = status_of(&error);
    hb_lesson_play_free(play);
    return status;
}

/* The first option that a lesson has no use for; NULL: there is none. */
static const char *unfit_option(const struct hb_options *options) {
    const struct {
        bool given;
        const char *name;
    } unfit[] = {{options->csv, "--csv"},
                 {options->record != NULL, "--record"},
                 {options->replay != NULL, "--replay"},
                 {options->why, "--describe"},
                 {options->trace != NULL, "--trace"},
                 {options->from != NULL, "--from"},
                 {options->save_at[0] != NULL, "--save-at"},
                 {options->log_commits != NULL, "--log-commits"},
                 {options->cycles != NULL, "--cycles"}};
    for (size_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++)
        if (unfit[i].given)
            return unfit[i].name;
    return NULL;
}

int hb_run_lesson(const struct hb_options *options) {
    struct hb_lesson lesson;
    struct hb_error error;
    const char *unfit = unfit_option(options);
    if (unfit) {
        fprintf(stderr, "hartbeat run: %s: is for experiments; %s is a lesson\n", unfit, options->argument[0]);
        return HB_EXIT_USAGE;
    }
    if (!hb_lesson_load(options->argument[0], options->set, options->sets, &lesson, &error))
        return status_of(&error);
    int status = HB_EXIT_USAGE;
    if (lesson.student && options->notes)
        fputs("hartbeat run: --notes: a student's folder gets no notes; leave out student=N, or --notes\n", stderr);
    else
        status = play_lesson(&lesson, options);
    hb_lesson_free(&lesson);
    return status;
}

/* ---- Checking -------------------------------------------------------------------------------------------------- */

int hb_check_lesson(const char *path, const struct hb_options *options) {
    struct hb_lesson lesson;
    struct hb_error error;
    uint32_t questions = 0;
    if (!hb_lesson_load(path, options->set, options->sets, &lesson, &error))
        return status_of(&error);
    for (uint32_t i = 0; i < lesson.steps; i++)
        questions += hb_lesson_asks(&lesson.step[i]);
    printf("%s: ok: the lesson %s, %" PRIu32 " steps, %" PRIu32 " questions\n", path, lesson.name, lesson.steps,
           questions);
    hb_lesson_free(&lesson);
    return HB_EXIT_OK;
}

static bool write_grade(const struct hb_grade *grade, const char *dir, struct hb_error *error) {
    char path[HB_OUTPUT_PATH_BYTES];
    if (!dir)
        return true;
    if (!hb_output_folder(dir, error) || snprintf(path, sizeof path, "%s/grade.json", dir) >= (int)sizeof path)
        return false;
    char *text = hb_grade_json(grade);
    const bool ok = hb_output_write(path, text, strlen(text), error);
    free(text);
    return ok;
}

int hb_check_answers(const char *path, const struct hb_options *options) {
    struct hb_grade grade;
    struct hb_error error;
    if (!hb_grade_answers(path, &grade, &error))
        return status_of(&error);
    for (uint32_t i = 0; i < grade.questions; i++)
        printf("%s\n   %s\n", grade.question[i].question, grade.question[i].verdict);
    printf("%" PRIu32 " of %" PRIu32 " right\n", grade.right, grade.questions);
    int status = grade.right == grade.questions ? HB_EXIT_OK : HB_EXIT_FAILED;
    if (!write_grade(&grade, options->out, &error))
        status = status_of(&error);
    hb_grade_free(&grade);
    return status;
}
