/* What a CPU does and why, in a sentence: made-up moments, and a run in which a CPU dies. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/experiment/experiment.h"
#include "ui/dashboard/model/why.h"
#include "ui/dashboard/source/machine_session.h"

static struct hb_view view;
static char text[HB_WHY_BYTES];

static const char *why(const struct hb_view_hart *hart, const char *source) {
    view.hart[1] = *hart;
    hb_why(&view, 1, source, text, sizeof text);
    return text;
}

static void setup(void) {
    memset(&view, 0, sizeof view);
    view.machine.harts = 4;
    view.machine.switches = 1;
    snprintf(view.machine.cause[2], sizeof view.machine.cause[2], "data from memory");
    view.hart[3].state = HB_VIEW_DEAD;
}

START_TEST(each_state_has_its_sentence) {
    struct hb_view_hart hart = {
        .state = HB_VIEW_STALLED, .cause = 2, .task = 3, .queue = 0, .left_running = -1, .wanted_from = -1};
    snprintf(hart.symbol, sizeof hart.symbol, "hb_batch_run+0x1c");
    ck_assert_str_eq(why(&hart, "batch.c:88"),
                     "CPU 1 waits for data from memory, for task 3, at hb_batch_run+0x1c (batch.c:88).");
    hart.task = -1;
    hart.state = HB_VIEW_RUNNING;
    ck_assert_str_eq(why(&hart, ""), "CPU 1 executes, at hb_batch_run+0x1c.");
    hart.state = HB_VIEW_IDLE;
    ck_assert_str_eq(why(&hart, ""), "CPU 1 sleeps until an interrupt: it has no task, and none waits in its queue.");
    hart.queue = 2;
    ck_assert_str_eq(why(&hart, ""), "CPU 1 sleeps, although 2 tasks wait in its queue.");
    view.machine.amp = true;
    view.master = 1;
    ck_assert_str_eq(why(&hart, ""), "CPU 1 sleeps until an interrupt; 2 tasks wait to be given out.");
    view.master = 0;
    ck_assert_str_eq(why(&hart, ""),
                     "CPU 1 sleeps until an interrupt: it has no task, and waits for one from the master.");
    view.machine.amp = false;
    view.machine.switches = 0;
    hart.queue = 0;
    ck_assert_str_eq(why(&hart, ""), "CPU 1 sleeps until an interrupt.");
    hart.state = HB_VIEW_SPINS;
    hart.symbol[0] = '\0';
    hart.wanted_from = 3;
    snprintf(hart.wanted, sizeof hart.wanted, "mutex 2");
    ck_assert_str_eq(why(&hart, ""), "CPU 1 spins for mutex 2, held by CPU 3, which is dead.");
    hart = (struct hb_view_hart){
        .state = HB_VIEW_FENCED, .stopped_cycle = 1000, .fenced_cycle = 2000, .left_running = -1, .left_queued = 8};
    ck_assert_str_eq(why(&hart, ""),
                     "CPU 1 is fenced since cycle 2,000, and executed nothing after cycle 1,000; 8 of its "
                     "tasks still wait in its queue.");
    hart.left_queued = 1;
    ck_assert_ptr_nonnull(strstr(why(&hart, ""), "; 1 of its tasks still waits in its queue."));
    hart.left_queued = 8;
    view.machine.amp = true;
    ck_assert_str_eq(why(&hart, ""),
                     "CPU 1 is fenced since cycle 2,000, and executed nothing after cycle 1,000; 8 of its "
                     "tasks still wait to be given out or run.");
    hart.left_running = 3;
    ck_assert_str_eq(why(&hart, ""),
                     "CPU 1 is fenced since cycle 2,000, and executed nothing after cycle 1,000; task 3 is still with "
                     "it; 8 of its tasks still wait to be given out or run.");
}
END_TEST

/* The sentences of a run agree with its faults. */
START_TEST(a_dead_cpu_is_told) {
    struct hb_experiment experiment;
    struct hb_error error;
    ck_assert_msg(hb_experiment_load(HB_SOURCE_DIR "/configs/smp4-kill.json", NULL, 0, &experiment, &error), "%s",
                  error.text);
    struct hb_session *session = hb_session_open(&experiment.variant[0].config, &error);
    ck_assert_msg(session != NULL, "%s", error.text);
    session->ops->machine(session->self, &view.machine);
    session->ops->run_to(session->self, 6000000);
    session->ops->fill(session->self, &view);
    hb_why(&view, 2, "", text, sizeof text);
    ck_assert_msg(strstr(text, "dead") == NULL, "%s", text);
    session->ops->run_to(session->self, 6000001);
    session->ops->fill(session->self, &view);
    hb_why(&view, 2, "", text, sizeof text);
    ck_assert_msg(strncmp(text, "CPU 2 is dead: it executed nothing after cycle 6,000,000; ", 58) == 0, "%s", text);
    ck_assert_msg(strstr(text, "; task ") != NULL || strstr(text, " of its tasks still ") != NULL, "%s", text);
    session->ops->run_to(session->self, 7000000);
    session->ops->fill(session->self, &view);
    hb_why(&view, 2, "", text, sizeof text);
    ck_assert_msg(strncmp(text, "CPU 2 is fenced since cycle ", 28) == 0, "%s", text);
    hb_session_close(session);
    hb_experiment_free(&experiment);
}
END_TEST

int main(void) {
    if (access(HB_BINARY_DIR "/images/smp.elf", R_OK) != 0) {
        puts("images/smp.elf is not built: there is no guest to run");
        return 77;
    }
    TCase *tests = tcase_create("why");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, each_state_has_its_sentence);
    tcase_add_test(tests, a_dead_cpu_is_told);
    Suite *suite = suite_create("why");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
