/* Every bundled experiment opens with a picture at once; what it shows is searched for behind it. Its variants can be
 * shown in turn, and the way leads to its own fault. */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/experiment/experiment.h"
#include "ui/dashboard/app/app.h"
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

static void begin(const char *path) {
    struct hb_error error;
    struct hb_metrics metrics;
    hb_metrics_fixed(&metrics, 18);
    ck_assert_msg(hb_experiment_load(path, NULL, 0, &experiment, &error), "%s", error.text);
    session = hb_session_open(&experiment.variant[0].config, &error);
    ck_assert_msg(session != NULL, "%s", error.text);
    app = calloc(1, sizeof *app);
    ck_assert(app != NULL && hb_app_begin(app, session, &metrics));
    hb_app_draw(app, 1600, 900);
}

static void end(void) {
    hb_app_close(app);
    free(app);
    hb_session_close(session);
    hb_experiment_free(&experiment);
}

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
    tcase_add_test(tests, each_opens_with_a_picture_at_once);
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
