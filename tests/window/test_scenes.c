/* What the scenes show, held against the machine: each test brings a machine with a bundled kernel to a moment and
 * compares the view with what the machine itself says. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/experiment/experiment.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/source/machine_session.h"

static struct hb_experiment experiment;
static struct hb_session *session;
static const struct hb_machine *machine;
static struct hb_app *app;

static void open_at(const char *name, uint64_t cycle) {
    char path[512];
    struct hb_error error;
    struct hb_metrics metrics;
    hb_metrics_fixed(&metrics, 18);
    snprintf(path, sizeof path, "%s/configs/%s.json", HB_SOURCE_DIR, name);
    ck_assert_msg(hb_experiment_load(path, NULL, 0, &experiment, &error), "%s", error.text);
    session = hb_session_open(&experiment.variant[0].config, &error);
    if (session == NULL) {
        printf("%s\n", error.text);
        exit(77);
    }
    machine = hb_session_machine(session);
    app = calloc(1, sizeof *app);
    ck_assert(app != NULL && hb_app_begin(app, session, &metrics));
    app->search.active = false;
    hb_app_run_to(app, cycle, 0);
}

static void draw(uint8_t scene) {
    app->ui.scene = scene;
    app->ui.playing = false;
    hb_app_draw(app, 1600, 900);
}

static void close_it(void) {
    hb_app_close(app);
    free(app);
    hb_session_close(session);
    hb_experiment_free(&experiment);
}

/* ---- Failure --------------------------------------------------------------------------------------------------- */

START_TEST(the_ruler_is_that_of_the_recovery) {
    open_at("smp4-kill", 6100000);
    draw(HB_SCENE_FAILURE);
    const struct hb_view_story *story = &app->view.story;
    const struct hb_os_recovery *recovery = &machine->saved->os.harts[2].recovery;
    ck_assert_uint_eq(story->cycle[HB_STAGE_KILLED], 6000000);
    ck_assert_uint_eq(story->cycle[HB_STAGE_SUSPECTED], recovery->suspected_cycle);
    ck_assert_uint_eq(story->cycle[HB_STAGE_FENCED], recovery->fenced_cycle);
    ck_assert_uint_eq(story->cycle[HB_STAGE_WORKING], recovery->first_work_cycle);
    uint64_t before = story->cycle[HB_STAGE_FENCED];
    for (uint32_t i = 0; i < HB_VIEW_PHASES; i++)
        if (app->view.machine.phase[i][0] != '\0') {
            ck_assert_uint_lt(before, story->phase_cycle[i]);
            before = story->phase_cycle[i];
        }
    ck_assert_uint_lt(before, story->cycle[HB_STAGE_RECOVERED]);
    close_it();
}
END_TEST

START_TEST(lost_lines_have_names) {
    open_at("smp4", 2000000);
    hb_app_execute(app, hb_command_of(HB_COMMAND_KILL_LOST, 2));
    draw(HB_SCENE_FAILURE);
    const struct hb_view_loss *loss = &app->view.loss;
    uint32_t lines = loss->others;
    for (uint32_t i = 0; i < loss->groups; i++)
        lines += loss->group[i].lines;
    ck_assert(loss->known);
    ck_assert_uint_eq(loss->lines, machine->saved->fault[0].lines_lost);
    ck_assert_uint_gt(loss->lines, 0);
    ck_assert_uint_eq(lines, loss->lines);
    close_it();
}
END_TEST

/* The kernel finds what the user has switched, and nothing else has changed. */
START_TEST(switches_reach_the_kernel) {
    open_at("smp4", 500000);
    for (int64_t i = 0; i < HB_SWITCHES; i++) {
        for (int64_t on = 0; on <= 1; on++) {
            hb_app_execute(app, hb_command_of(HB_COMMAND_SWITCH, 2 * i + on));
            draw(HB_SCENE_FAILURE);
            for (int64_t j = 0; j < HB_SWITCHES; j++)
                ck_assert_msg(app->view.switch_on[j] == (j != i || on), "switch %d after %d", (int)j, (int)i);
        }
    }
    close_it();
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("scenes");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_ruler_is_that_of_the_recovery);
    tcase_add_test(tests, lost_lines_have_names);
    tcase_add_test(tests, switches_reach_the_kernel);
    Suite *suite = suite_create("scenes");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
