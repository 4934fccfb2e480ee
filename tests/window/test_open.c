/* Every bundled experiment and lesson opens with a picture at once; what it shows is searched for, or worked out,
 * behind it. An experiment's variants can be shown in turn, and the way leads to its own fault. */
#include <check.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/experiment/experiment.h"
#include "sim/lesson/behind.h"
#include "sim/lesson/play.h"
#include "ui/cli/lesson.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/model/deck.h"
#include "ui/dashboard/source/machine_session.h"

#define FIRST_PICTURE_SECONDS 1.0 /* of the processor */
#define FRAME                 (1.0 / 60)
#define BUDGET                0.01

static struct hb_experiment experiment;
static struct hb_session *session;
static struct hb_app *app;

static double processor_seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

/* `setting`: KEY=VALUE; NULL: none. */
static void begin_with(const char *path, const char *setting) {
    struct hb_error error;
    struct hb_metrics metrics;
    hb_metrics_fixed(&metrics, 18);
    ck_assert_msg(hb_experiment_load(path, &setting, setting != NULL, &experiment, &error), "%s", error.text);
    session = hb_session_open(&experiment.variant[0].config, &error);
    ck_assert_msg(session != NULL, "%s", error.text);
    app = calloc(1, sizeof *app);
    ck_assert(app != NULL && hb_app_begin(app, session, &metrics));
    hb_app_draw(app, 1600, 900);
}

static void begin(const char *path) {
    begin_with(path, NULL);
}

static void end(void) {
    hb_app_close(app);
    free(app);
    hb_session_close(session);
    hb_experiment_free(&experiment);
}

/* At the end of a run its lanes reach from one edge of the picture to the other. */
START_TEST(a_run_that_is_over_fills_its_lanes) {
    begin(HB_SOURCE_DIR "/configs/claims/balance.json");
    app->search.active = false;
    hb_app_run_to(app, UINT64_MAX, 0);
    hb_app_key(app, '2');
    for (int width = 1024; width <= 1600; width += 288) {
        hb_app_execute(app, hb_command_of(HB_COMMAND_ZOOM, 0));
        hb_app_draw(app, width, 720);
        const struct hb_view_timeline *lanes = &app->view.timeline;
        ck_assert_uint_eq(lanes->from_cycle, 0);
        ck_assert_uint_le(lanes->columns * lanes->column_cycles, hb_app_cycle(app) + lanes->column_cycles);
        ck_assert_uint_gt(lanes->columns * lanes->column_cycles, hb_app_cycle(app));
    }
    end();
}
END_TEST

/* A bundled experiment, where the search for work has taken it. */
static void begin_at_work(const char *name) {
    char path[256];
    snprintf(path, sizeof path, HB_SOURCE_DIR "/configs/%s.json", name);
    begin(path);
    while (app->search.active)
        hb_app_search(app, 1);
}

/* Whoever talks about it for a minute still has CPUs at work. */
START_TEST(a_run_opens_with_a_minute_of_it_left) {
    static const char *const names[] = {"smp4", "amp4"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        begin_at_work(names[i]);
        const uint64_t opened = hb_app_cycle(app);
        for (uint32_t h = 0; h < 4; h++)
            ck_assert_uint_ne(app->view.hart[h].state, HB_VIEW_STOPPED);
        hb_app_run_to(app, UINT64_MAX, 0);
        const double seconds = (double)(hb_app_cycle(app) - opened) / app->normal_speed;
        ck_assert_msg(seconds > 60 && seconds < 300, "%s: %.0f s left", names[i], seconds);
        end();
    }
}
END_TEST

/* However short a run is: it opens at work, with half a minute of it left. */
START_TEST(a_short_run_opens_before_its_end) {
    static const char *const names[] = {"two-counters", "claims/lost-update", "contend-short", "claims/affinity"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        begin_at_work(names[i]);
        hb_app_draw(app, 1600, 900);
        const uint64_t opened = hb_app_cycle(app);
        ck_assert_msg(app->view.status == HB_VIEW_GOING, "%s opens at its end", names[i]);
        hb_app_run_to(app, UINT64_MAX, 0);
        const double seconds = (double)(hb_app_cycle(app) - opened) / app->normal_speed;
        ck_assert_msg(seconds > 30 && seconds < 1800, "%s: %.0f s left", names[i], seconds);
        end();
    }
}
END_TEST

/* ---- Lessons ---------------------------------------------------------------------------------------------------- */

static struct hb_lesson lesson;
static struct hb_lesson_behind behind;
static struct hb_deck_page *page;
static struct hb_deck deck;

static bool learn(void *self) {
    (void)self;
    if (!hb_lesson_behind_take(&behind, false))
        return false;
    hb_lesson_fill_pages(&lesson, behind.play, page);
    return true;
}

/* As `hartbeat gui` opens one, but for the window. */
static void begin_lesson(const char *path) {
    struct hb_error error;
    struct hb_metrics metrics;
    hb_metrics_fixed(&metrics, 18);
    ck_assert_msg(hb_lesson_load(path, NULL, 0, &lesson, &error), "%s", error.text);
    ck_assert_msg(hb_lesson_behind_begin(&behind, &lesson, &error), "%s", error.text);
    page = hb_lesson_pages(&lesson, behind.play);
    deck = (struct hb_deck){.title = lesson.title, .pages = lesson.steps, .page = page, .learn = learn};
    session = hb_session_open(&lesson.run[lesson.step[0].run].variant->config, &error);
    ck_assert_msg(session != NULL, "%s", error.text);
    app = calloc(1, sizeof *app);
    ck_assert(app != NULL && hb_app_begin(app, session, &metrics));
    app->ui.deck = &deck;
    app->ui.variant = lesson.step[0].run;
    hb_app_show_page(app);
    hb_app_draw(app, 1600, 900);
}

static void end_lesson(void) {
    hb_app_close(app);
    free(app);
    hb_session_close(session);
    hb_lesson_behind_end(&behind);
    free(page);
    hb_lesson_free(&lesson);
}

static bool is_drawn(const char *text) {
    const struct hb_draw_list *list = &app->list;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->item[i].kind == HB_DRAW_TEXT && strstr(hb_draw_string(list, list->item[i].text), text))
            return true;
    return false;
}

/* Sixty-four CPUs take a million cycles until they have begun. */
START_TEST(many_cpus_open_at_work) {
    begin_with(HB_SOURCE_DIR "/configs/smp4.json", "machine.harts=64");
    while (app->search.active)
        hb_app_search(app, 1);
    struct hb_counters before, after;
    session->ops->counters(session->self, &before);
    hb_app_run_to(app, before.cycle + 10000, 0);
    session->ops->counters(session->self, &after);
    uint32_t at_work = 0;
    for (uint32_t h = 0; h < 64; h++)
        at_work += after.hart[h].user_instructions > before.hart[h].user_instructions;
    ck_assert_uint_ge(at_work, 32);
    end();
}
END_TEST

/* Three workers of three are left when the master dies, and nothing comes of it: no part of the throughput before is
 * to be expected. What waits for a CPU is what its queue shows, also when the master counts no more. */
START_TEST(a_dead_masters_workers_promise_nothing) {
    begin(HB_SOURCE_DIR "/configs/amp4-kill-master.json");
    app->search.active = false;
    for (uint64_t cycle = 5900000; app->session->ops->status(session->self) == HB_VIEW_GOING; cycle += 2000000) {
        hb_app_run_to(app, cycle, 0);
        hb_app_execute(app, hb_command_of(HB_COMMAND_PAUSE, 0));
        hb_app_execute(app, hb_command_of(HB_COMMAND_SCENE, HB_SCENE_QUEUES));
        hb_app_draw(app, 1600, 900);
        for (uint32_t h = 0; h < 4; h++)
            ck_assert_int_eq(app->view.hart[h].queue, (int)app->view.queues.queue[h].count);
    }
    hb_app_execute(app, hb_command_of(HB_COMMAND_SCENE, HB_SCENE_ALL));
    hb_app_draw(app, 1600, 900);
    ck_assert(!is_drawn("queue 1"));
    ck_assert(is_drawn("before") && !is_drawn("of before"));
    end();
}
END_TEST

START_TEST(each_lesson_opens_with_its_first_page_at_once) {
    glob_t found;
    ck_assert_int_eq(glob(HB_SOURCE_DIR "/configs/lessons/*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        double from = processor_seconds();
        begin_lesson(found.gl_pathv[i]);
        double took = processor_seconds() - from;
        if (getenv("OPEN_SHOWS"))
            printf("%s: %.3f s\n", found.gl_pathv[i], took);
        ck_assert_msg(took < FIRST_PICTURE_SECONDS, "%s: %.2f s to the first page", found.gl_pathv[i], took);
        end_lesson();
    }
    globfree(&found);
}
END_TEST

/* What a lesson's race shows are its own runs: others of the experiment are of other work, and would win. */
START_TEST(a_lesson_races_its_own_runs) {
    uint32_t shown = 0;
    begin_lesson(HB_SOURCE_DIR "/configs/lessons/schedulers.json");
    for (uint32_t i = 0; i < lesson.runs; i++) {
        const char *name = lesson.run[i].name;
        const bool other_work = strncmp(name, "typing", 6) == 0 || strcmp(name, "tickets") == 0;
        const bool own = strcmp(name, "whole") != 0 && strcmp(name, "short-first") != 0 && !other_work;
        ck_assert_msg(hb_lesson_races(&lesson, i) == own, "%s", name);
        ck_assert(hb_lesson_shows(&lesson, i) || !other_work);
        shown += own;
    }
    ck_assert_uint_eq(shown, 4);
    end_lesson();
}
END_TEST

START_TEST(a_page_waits_for_its_answer_and_goes_to_its_moment) {
    begin_lesson(HB_SOURCE_DIR "/configs/lessons/mesi-by-hand.json");
    ck_assert(page[0].pending && is_drawn("working it out ..."));
    ck_assert_uint_eq(hb_app_cycle(app), 0);
    for (int i = 0; i < 3000 && page[0].pending; i++) {
        hb_app_learn(app);
        usleep(10000);
    }
    hb_app_draw(app, 1600, 900);
    ck_assert(!page[0].pending && !is_drawn("working it out ...") && page[0].cycle > 0);
    ck_assert_uint_eq(hb_app_cycle(app), page[0].cycle);
    ck_assert_msg(!is_drawn("Click a CPU"), "nothing fails in this lesson");
    end_lesson();
}
END_TEST

START_TEST(the_end_of_a_run_is_told_with_the_answer) {
    begin_lesson(HB_SOURCE_DIR "/configs/lessons/the-lock-that-died.json");
    while (page[3].pending && hb_lesson_behind_take(&behind, true))
        hb_lesson_fill_pages(&lesson, behind.play, page);
    ck_assert(page[3].whole && page[3].ask != NULL);
    for (int revealed = 0; revealed < 2; revealed++) {
        hb_app_turn(app, 3, revealed != 0);
        hb_app_draw(app, 1280, 720);
        ck_assert(is_drawn("The system hangs") == (revealed != 0));
        ck_assert_uint_eq(hb_app_cycle(app), page[2 + revealed].cycle);
    }
    end_lesson();
}
END_TEST

START_TEST(the_end_of_a_program_without_tasks_counts_none) {
    begin_lesson(HB_SOURCE_DIR "/configs/lessons/shared-line.json");
    hb_lesson_behind_take(&behind, true);
    hb_lesson_fill_pages(&lesson, behind.play, page);
    ck_assert(page[2].whole && page[2].run == page[0].run);
    hb_app_turn(app, 2, true);
    hb_app_draw(app, 1280, 720);
    ck_assert(is_drawn("It came to cycle ") && !is_drawn("0 of 0"));
    end_lesson();
}
END_TEST

START_TEST(what_is_worked_out_behind_is_what_the_lesson_says) {
    begin_lesson(HB_SOURCE_DIR "/configs/lessons/schedulers.json");
    struct hb_error error;
    struct hb_lesson_play *play = hb_lesson_play(&lesson, &(struct hb_lesson_options){0}, &error);
    ck_assert_msg(play != NULL, "%s", error.text);
    hb_lesson_behind_take(&behind, true);
    hb_lesson_fill_pages(&lesson, behind.play, page);
    ck_assert(page[3].asked_cycle == page[3].cycle / 2 && page[3].run != page[2].run);
    ck_assert_uint_eq(behind.play->troubles, 0);
    ck_assert_uint_eq(behind.play->questions, play->questions);
    for (uint32_t i = 0; i < lesson.steps; i++) {
        ck_assert(behind.play->step[i].known && behind.play->step[i].cycle == play->step[i].cycle);
        ck_assert(behind.play->step[i].right == play->step[i].right);
        ck_assert(behind.play->step[i].answer == play->step[i].answer);
    }
    hb_lesson_play_free(play);
    end_lesson();
}
END_TEST

START_TEST(a_step_that_cannot_come_says_so) {
    begin_lesson(HB_SOURCE_DIR "/configs/lessons/the-lock-that-died.json");
    kill(behind.child.pid, SIGKILL);
    hb_lesson_behind_take(&behind, true);
    hb_lesson_fill_pages(&lesson, behind.play, page);
    hb_app_draw(app, 1600, 900);
    ck_assert(!page[0].pending && is_drawn("could not be worked out"));
    end_lesson();
}
END_TEST

/* ---- Experiments ------------------------------------------------------------------------------------------------ */

static void open_each(const char *pattern) {
    glob_t found;
    ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        double from = processor_seconds();
        begin(found.gl_pathv[i]);
        double took = processor_seconds() - from;
        ck_assert_msg(took < FIRST_PICTURE_SECONDS, "%s: %.2f s to the first picture", found.gl_pathv[i], took);
        ck_assert(app->search.active);
        end();
    }
    globfree(&found);
}

START_TEST(each_opens_with_a_picture_at_once) {
    open_each(HB_SOURCE_DIR "/configs/*.json");
    open_each(HB_SOURCE_DIR "/configs/claims/*.json");
}
END_TEST

START_TEST(the_search_goes_on_in_frames_to_work_in_progress) {
    begin(HB_SOURCE_DIR "/configs/smp4-kill.json");
    int frames = 0;
    for (; app->search.active && frames < 10000; frames++)
        hb_app_advance(app, FRAME, BUDGET);
    ck_assert_int_gt(frames, 1);
    hb_app_draw(app, 1600, 900);
    ck_assert_uint_gt(app->view.throughput.tasks_done, 0);
    ck_assert_uint_lt(app->view.cycle, experiment.variant[0].config.faults[0].cycle);
    end();
}
END_TEST

START_TEST(a_command_ends_the_search_where_it_is) {
    begin(HB_SOURCE_DIR "/configs/smp4.json");
    hb_app_advance(app, FRAME, BUDGET);
    uint64_t cycle = hb_app_cycle(app);
    hb_app_execute(app, hb_command_of(HB_COMMAND_PAUSE, 0));
    hb_app_advance(app, FRAME, BUDGET);
    ck_assert(!app->search.active && !app->ui.playing);
    ck_assert_uint_eq(hb_app_cycle(app), cycle);
    end();
}
END_TEST

START_TEST(the_fault_to_come_is_announced_and_gone_to) {
    begin(HB_SOURCE_DIR "/configs/smp4-kill.json");
    uint64_t fault = experiment.variant[0].config.faults[0].cycle;
    hb_app_execute(app, hb_command_of(HB_COMMAND_PAUSE, 0));
    hb_app_draw(app, 1600, 900);
    ck_assert(strstr(app->view.story.reason, "CPU 2 is to die by itself in cycle ") != NULL);
    hb_app_execute(app, hb_command_of(HB_COMMAND_TO_FAULT, 0));
    ck_assert_uint_lt(hb_app_cycle(app), fault);
    ck_assert_uint_gt(hb_app_cycle(app), fault - 200000);
    ck_assert(app->ui.playing);
    end();
}
END_TEST

int main(void) {
    if (access(HB_BINARY_DIR "/images/smp.elf", R_OK) != 0 || access(HB_BINARY_DIR "/images/amp.elf", R_OK) != 0) {
        puts("images/smp.elf or images/amp.elf is not built: there is no guest to run");
        return 77;
    }
    TCase *tests = tcase_create("open");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, many_cpus_open_at_work);
    tcase_add_test(tests, a_dead_masters_workers_promise_nothing);
    tcase_add_test(tests, a_short_run_opens_before_its_end);
    tcase_add_test(tests, each_opens_with_a_picture_at_once);
    tcase_add_test(tests, a_run_that_is_over_fills_its_lanes);
    tcase_add_test(tests, a_run_opens_with_a_minute_of_it_left);
    tcase_add_test(tests, each_lesson_opens_with_its_first_page_at_once);
    tcase_add_test(tests, a_lesson_races_its_own_runs);
    tcase_add_test(tests, a_page_waits_for_its_answer_and_goes_to_its_moment);
    tcase_add_test(tests, the_end_of_a_run_is_told_with_the_answer);
    tcase_add_test(tests, the_end_of_a_program_without_tasks_counts_none);
    tcase_add_test(tests, what_is_worked_out_behind_is_what_the_lesson_says);
    tcase_add_test(tests, a_step_that_cannot_come_says_so);
    tcase_add_test(tests, the_search_goes_on_in_frames_to_work_in_progress);
    tcase_add_test(tests, a_command_ends_the_search_where_it_is);
    tcase_add_test(tests, the_fault_to_come_is_announced_and_gone_to);
    Suite *suite = suite_create("open");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
