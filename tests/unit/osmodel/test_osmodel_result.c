/* The verdicts and the goodput, from sequences made by hand; every figure was worked out on paper. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/expected.h"
#include "osmodel/guest/workloads/workload.h"
#include "osmodel/os_result.h"

static struct hb_os_view view;
static struct hb_os_result result;
static struct hb_result slots[HB_TASKS_MAX];
static struct hb_params params;

static uint64_t expect_1000_plus_task(void *context, uint32_t task) {
    (void)context;
    return 1000 + task;
}

static struct hb_os_end end = {
    .slots = slots, .params = &params, .expected = expect_1000_plus_task, .cycle = 10000, .final = true};

static void start(void) {
    hb_os_view_init(&view, 10);
    memset(slots, 0, sizeof slots);
    params = (struct hb_params){
        .heartbeat_period_cycles = 1000, .recovery_detect = HB_DETECT_RING, .recovery_restart = HB_RESTART_START};
}

static void tp(uint64_t cycle, uint32_t hart, uint32_t id, uint32_t subject, uint32_t argument, uint64_t user) {
    hb_os_view_feed(&view, cycle, hart, id, subject | (uint64_t)argument << 32, user);
}

/* `task` runs on hart `task` from `from` to `to`, executes `instructions` and is announced as done. */
static void run(uint32_t task, uint64_t from, uint64_t to, uint64_t instructions) {
    tp(from, task, HB_TP_TASK_RUN, task, 0, 0);
    tp(to, task, HB_TP_TASK_DONE, task, 0, instructions);
}

static void bring(uint32_t task, uint64_t checksum, uint64_t attempt) {
    slots[task] = (struct hb_result){.checksum = checksum, .attempt_plus_1 = attempt + 1};
}

static void finish(bool final) {
    end.final = final;
    hb_os_view_finish(&view, &end, &result);
    ck_assert_uint_eq(result.tasks_created,
                      result.tasks_completed + result.tasks_wrong + result.tasks_lost + result.tasks_unfinished);
}

START_TEST(a_right_checksum_is_completed_and_a_wrong_one_never) {
    run(0, 100, 200, 50);
    run(1, 100, 300, 60);
    bring(0, 1000, 0);
    bring(1, 1000, 0);
    finish(false);
    ck_assert_uint_eq(result.verdicts[0], HB_OS_COMPLETED);
    ck_assert_uint_eq(result.verdicts[1], HB_OS_WRONG);
    ck_assert_uint_eq(result.last_completion_cycle, 200);
    ck_assert_uint_eq(result.instructions_completed, 50);
    ck_assert_uint_eq(result.tasks_created, 2);
}
END_TEST

/* The kernel says done, but the slot (its line died with a cache) is empty. */
START_TEST(the_kernels_word_is_not_taken) {
    run(0, 100, 200, 50);
    finish(false);
    ck_assert_uint_eq(result.verdicts[0], HB_OS_LOST);
    ck_assert_uint_eq(result.last_completion_cycle, HB_OS_NONE);
    ck_assert(!result.has_goodput);
}
END_TEST

/* The hart died after its store to the slot and before its tracepoint. */
START_TEST(a_result_that_nobody_announced_counts) {
    tp(100, 2, HB_TP_TASK_RUN, 2, 0, 0);
    hb_os_view_hart_stopped(&view, 190, 2, 80);
    bring(2, 1002, 0);
    finish(true);
    ck_assert_uint_eq(result.verdicts[2], HB_OS_COMPLETED);
    ck_assert_uint_eq(result.instructions_completed, 80);
}
END_TEST

/* Attempt 0 stored its result, its hart died before the table said so, attempt 1 has begun: attempt 0's 80 count. */
START_TEST(instructions_belong_to_the_attempt_that_brought_the_result) {
    tp(100, 2, HB_TP_TASK_RUN, 2, 0, 0);
    hb_os_view_hart_stopped(&view, 190, 2, 80);
    tp(500, 1, HB_TP_TASK_RUN, 2, 1, 0);
    tp(600, 1, HB_TP_TASK_STOP, 2, HB_STOP_PREEMPTED, 7);
    bring(2, 1002, 0);
    finish(false);
    ck_assert_uint_eq(result.instructions_completed, 80);
    bring(2, 1002, 1);
    finish(false);
    ck_assert_uint_eq(result.instructions_completed, 7);
}
END_TEST

START_TEST(what_is_cut_off_is_unfinished_and_what_never_runs_again_is_lost) {
    tp(100, 0, HB_TP_TASK_READY, 0, 0, 0);
    tp(100, 1, HB_TP_TASK_RUN, 1, 0, 0);
    tp(100, 2, HB_TP_TASK_RUN, 2, 0, 0);
    tp(110, 3, HB_TP_TASK_LOST, 3, 0, 0);
    hb_os_view_hart_stopped(&view, 200, 2, 10);
    finish(false);
    ck_assert_uint_eq(result.verdicts[0], HB_OS_UNFINISHED);
    ck_assert_uint_eq(result.verdicts[1], HB_OS_UNFINISHED);
    ck_assert_uint_eq(result.verdicts[2], HB_OS_UNFINISHED);
    ck_assert_uint_eq(result.verdicts[3], HB_OS_LOST);
    params.recovery_detect = HB_DETECT_NONE;
    finish(false);
    ck_assert_uint_eq(result.verdicts[1], HB_OS_UNFINISHED);
    ck_assert_uint_eq(result.verdicts[2], HB_OS_LOST);
    finish(true);
    ck_assert_uint_eq(result.tasks_lost, 4);
    ck_assert_uint_eq(result.tasks_unfinished, 0);
}
END_TEST

/* 600 + 200 + 200 instructions; harts up at 1000, last completion at 2000. In windows of 400: the first task spreads
 * over [1000, 1600) and gives 400 + 200; the others over [1400, 2000): 133.3 and 66.7 each. */
START_TEST(goodput_and_its_series) {
    tp(1000, 0, HB_TP_ALL_HARTS_UP, 3, 0, 0);
    tp(1000, 0, HB_TP_TASK_RUN, 0, 0, 0);
    tp(1400, 1, HB_TP_TASK_RUN, 1, 0, 0);
    tp(1400, 2, HB_TP_TASK_RUN, 2, 0, 0);
    tp(1600, 0, HB_TP_TASK_DONE, 0, 0, 600);
    tp(2000, 1, HB_TP_TASK_DONE, 1, 0, 200);
    tp(2000, 2, HB_TP_TASK_DONE, 2, 0, 200);
    for (uint32_t task = 0; task < 3; task++)
        bring(task, 1000 + task, 0);
    end.window_cycles = 400;
    finish(true);
    ck_assert(result.has_goodput);
    ck_assert_double_eq_tol(result.goodput, 1.0, 1e-12);
    ck_assert_uint_eq(result.windows_count, 3);
    ck_assert_uint_eq(result.windows[0].from_cycle, 1000);
    ck_assert_uint_eq(result.windows[2].to_cycle, 2000);
    ck_assert_double_eq_tol(result.windows[0].goodput, 400.0 / 400, 1e-9);
    ck_assert_double_eq_tol(result.windows[1].goodput, (200 + 2 * 400.0 / 3) / 400, 1e-9);
    ck_assert_double_eq_tol(result.windows[2].goodput, (2 * 200.0 / 3) / 200, 1e-9);
    ck_assert_uint_eq(result.windows[0].tasks_completed, 0);
    ck_assert_uint_eq(result.windows[1].tasks_completed, 1);
    ck_assert_uint_eq(result.windows[2].tasks_completed, 2);
    struct hb_os_window window;
    ck_assert_uint_eq(hb_os_view_series(&view, NULL, 1, 1000, 2000, 1000, &window, 1), 1);
    ck_assert_double_eq_tol(window.goodput, 0.2, 1e-9);
    ck_assert_uint_eq(window.tasks_completed, 1);
}
END_TEST

/* By hand: from 100 to 200 one task runs, to 300 two, to 400 one with one begun and waiting, to 500 one. */
/* ---- Groups ---------------------------------------------------------------------------------------------------- */

static void stop(uint64_t cycle, uint32_t hart, uint32_t task, uint32_t reason) {
    tp(cycle, hart, HB_TP_TASK_STOP, task, reason, 0);
}

static void two_groups(void) {
    params.workload_groups = 2;
    params.workload_tasks = 3;
    params.group[0] = (struct hb_group){.tasks = 2};
    params.group[1] = (struct hb_group){.first = 2, .tasks = 1};
    for (uint32_t task = 0; task < 3; task++)
        tp(50, 0, HB_TP_TASK_READY, task, 0, 0);
    tp(100, 0, HB_TP_ALL_HARTS_UP, 1, 0, 0);
}

/* One hart: task 0 from 110 to 200, task 2 from 210, asleep at 300, awake at 400, on again from 460 to 500, task 1 from
 * 500 to 700. */
START_TEST(groups_count_from_arrival_and_wake) {
    two_groups();
    tp(110, 0, HB_TP_TASK_RUN, 0, 0, 0);
    tp(200, 0, HB_TP_TASK_DONE, 0, 0, 0);
    tp(210, 0, HB_TP_TASK_RUN, 2, 0, 0);
    stop(300, 0, 2, HB_STOP_SLEEPING);
    tp(400, 0, HB_TP_TASK_READY, 2, 0, 0);
    tp(460, 0, HB_TP_TASK_RUN, 2, 0, 0);
    tp(500, 0, HB_TP_TASK_DONE, 2, 0, 0);
    tp(500, 0, HB_TP_TASK_RUN, 1, 0, 0);
    tp(700, 0, HB_TP_TASK_DONE, 1, 0, 0);
    hb_os_view_finish(&view, &end, &result);
    ck_assert_uint_eq(result.groups, 2);
    const struct hb_os_group *pair = &result.group[0], *single = &result.group[1];
    ck_assert_double_eq_tol(pair->cpu_share, 1, 1e-9); /* until task 0 was done */
    ck_assert_uint_eq(pair->response.n, 2);
    ck_assert_double_eq_tol(pair->response.mean, (10 + 400) / 2.0, 1e-9);
    ck_assert_uint_eq(pair->response.p50, 10);
    ck_assert_uint_eq(pair->response.p95, 400);
    ck_assert_uint_eq(pair->waiting.max, 400);
    ck_assert_uint_eq(pair->turnaround.p50, 100);
    ck_assert_uint_eq(pair->turnaround.max, 600);
    ck_assert_uint_eq(single->response.n, 2);
    ck_assert_uint_eq(single->response.p50, 60);
    ck_assert_uint_eq(single->response.max, 110);
    ck_assert_uint_eq(single->waiting.max, 110 + 60);
    ck_assert_uint_eq(single->turnaround.max, 400);
}
END_TEST

/* Slices are no activations, a second attempt is none, and who still waits at the end has waited so far. */
START_TEST(only_the_first_instruction_answers) {
    two_groups();
    tp(120, 0, HB_TP_TASK_RUN, 0, 0, 0);
    stop(200, 0, 0, HB_STOP_PREEMPTED);
    tp(250, 0, HB_TP_TASK_RUN, 0, 0, 0);
    tp(300, 0, HB_TP_TASK_RESTART, 0, 1, 0);
    tp(900, 0, HB_TP_TASK_RUN, 0, 1, 0);
    end.cycle = 1000;
    hb_os_view_finish(&view, &end, &result);
    end.cycle = 10000;
    ck_assert_uint_eq(result.group[0].response.n, 2);
    ck_assert_uint_eq(result.group[0].response.p50, 20);
    ck_assert_uint_eq(result.group[0].response.max, 900); /* task 1 has not run at all */
    ck_assert_uint_eq(result.group[0].turnaround.n, 0);
    ck_assert(!result.group[0].has_share);
}
END_TEST

START_TEST(shares_are_those_at_the_first_completion) {
    two_groups();
    tp(100, 0, HB_TP_TASK_RUN, 0, 0, 0);
    tp(100, 1, HB_TP_TASK_RUN, 2, 0, 0);
    stop(300, 0, 0, HB_STOP_PREEMPTED);
    tp(300, 0, HB_TP_TASK_RUN, 1, 0, 0);
    tp(400, 0, HB_TP_TASK_DONE, 1, 0, 0); /* 200 + 100 against 300 cycles */
    tp(900, 1, HB_TP_TASK_DONE, 2, 0, 0);
    hb_os_view_finish(&view, &end, &result);
    ck_assert_double_eq_tol(result.group[0].cpu_share, 0.5, 1e-9);
    ck_assert_double_eq_tol(result.group[1].cpu_share, 0.5, 1e-9);
}
END_TEST

/* More responses than there is room for: mean, number and maximum stay exact, and no percentile is invented. */
START_TEST(too_many_responses_have_no_percentiles) {
    two_groups();
    uint64_t cycle = 100;
    for (uint32_t i = 0; i <= HB_OS_SAMPLES_MAX; i++) {
        tp(cycle + 5, 0, HB_TP_TASK_RUN, 2, 0, 0);
        stop(cycle + 7, 0, 2, HB_STOP_BLOCKED);
        tp(cycle += 10, 0, HB_TP_TASK_READY, 2, 0, 0);
    }
    stop(cycle, 0, 2, HB_STOP_BLOCKED);
    tp(cycle, 0, HB_TP_TASK_RUN, 0, 0, 0);
    tp(cycle, 0, HB_TP_TASK_RUN, 1, 0, 0);
    end.cycle = cycle;
    hb_os_view_finish(&view, &end, &result);
    end.cycle = 10000;
    ck_assert(!result.group[1].response.has_percentiles);
    ck_assert_uint_ge(result.group[1].response.n, HB_OS_SAMPLES_MAX + 1);
    ck_assert_double_eq_tol(result.group[1].response.mean, 5, 0.01);
    ck_assert_uint_eq(result.group[1].response.max, 5);
    ck_assert(!result.group[0].response.has_percentiles); /* they came when there was no room any more */
    ck_assert_uint_eq(result.group[0].response.max, cycle - 100);
}
END_TEST

START_TEST(a_percentile_is_one_of_the_samples) {
    uint64_t values[200];
    struct hb_os_spread spread;
    for (uint64_t i = 0; i < 200; i++)
        values[i] = 200 - i;
    hb_os_spread_of(values, 200, &spread);
    ck_assert_uint_eq(spread.p50, 100);
    ck_assert_uint_eq(spread.p95, 190);
    ck_assert_uint_eq(spread.p99, 198);
    ck_assert_uint_eq(spread.max, 200);
    ck_assert_double_eq_tol(spread.mean, 100.5, 1e-9);
    values[0] = 7;
    hb_os_spread_of(values, 1, &spread);
    ck_assert_uint_eq(spread.p50, 7);
    ck_assert_uint_eq(spread.p99, 7);
}
END_TEST

START_TEST(parallelism_and_concurrency_are_areas_over_time) {
    tp(50, 0, HB_TP_TASK_RUN, 0, 0, 0);
    tp(100, 0, HB_TP_ALL_HARTS_UP, 2, 0, 0);
    tp(200, 1, HB_TP_TASK_RUN, 1, 0, 0);
    tp(300, 1, HB_TP_TASK_STOP, 1, HB_STOP_PREEMPTED, 10);
    tp(400, 0, HB_TP_TASK_STOP, 0, HB_STOP_SLEEPING, 10);
    tp(400, 1, HB_TP_TASK_RUN, 1, 0, 10);
    tp(500, 1, HB_TP_TASK_STOP, 1, HB_STOP_EXITED, 20);
    tp(500, 1, HB_TP_TASK_DONE, 1, 0, 20);
    tp(600, 0, HB_TP_TASK_RUN, 0, 0, 10);
    end.cycle = 900;
    finish(true);
    ck_assert(result.has_levels);
    ck_assert_double_eq_tol(result.parallelism_mean, (100 + 200 + 100 + 100) / 400.0, 1e-9);
    ck_assert_double_eq_tol(result.concurrency_mean, (100 + 200 + 200 + 100) / 400.0, 1e-9);
    ck_assert_uint_eq(result.parallelism_max, 2);
    ck_assert_uint_eq(result.concurrency_max, 2);
}
END_TEST

START_TEST(what_runs_on_a_dead_hart_is_neither_parallel_nor_concurrent) {
    tp(0, 0, HB_TP_ALL_HARTS_UP, 2, 0, 0);
    tp(0, 0, HB_TP_TASK_RUN, 0, 0, 0);
    tp(0, 1, HB_TP_TASK_RUN, 1, 0, 0);
    hb_os_view_hart_stopped(&view, 100, 1, 50);
    tp(200, 0, HB_TP_TASK_DONE, 0, 0, 20);
    end.cycle = 200;
    finish(true);
    ck_assert_double_eq_tol(result.parallelism_mean, 1.5, 1e-9);
    ck_assert_double_eq_tol(result.concurrency_mean, 1.5, 1e-9);
}
END_TEST

START_TEST(jains_index_is_1_for_equals_and_1_over_n_for_one) {
    ck_assert_double_eq_tol(hb_os_jain((const uint64_t[]){7, 7, 7, 7}, 4), 1, 1e-12);
    ck_assert_double_eq_tol(hb_os_jain((const uint64_t[]){9, 0, 0, 0}, 4), 0.25, 1e-12);
    ck_assert_double_eq_tol(hb_os_jain((const uint64_t[]){1, 3}, 2), 0.8, 1e-12);
    ck_assert_double_eq_tol(hb_os_jain((const uint64_t[]){0, 0}, 2), 0, 1e-12);
}
END_TEST

START_TEST(many_windows_become_fewer_longer_ones) {
    tp(0, 0, HB_TP_ALL_HARTS_UP, 1, 0, 0);
    run(0, 0, 1000000, 500000);
    bring(0, 1000, 0);
    end.window_cycles = 300;
    end.cycle = 1000000;
    finish(true);
    ck_assert_uint_eq(result.window_cycles, 1200);
    ck_assert_uint_eq(result.windows_count, 834);
    ck_assert_double_eq_tol(result.windows[833].goodput, 0.5, 1e-9);
}
END_TEST

START_TEST(the_host_computes_what_tasks_bring_home) {
    static uint8_t set[HB_WORKLOAD_SET_DEFAULT_BYTES] __attribute__((aligned(64)));
    params = (struct hb_params){.seed = 5, .workload_groups = 1, .group = {{.work = 30}}};
    struct hb_batch_plan plan = hb_batch_plan(5, &params.group[0], 3);
    ck_assert_uint_eq(hb_os_expected_checksum(&params, 3), hb_batch_run(5, 3, &plan, set));
    params.group[0].sets = HB_SETS_FRESH;
    plan.units = 30;
    params.group[0].lengths = HB_LENGTHS_EQUAL;
    plan.set_bytes = 30 * 128u;
    ck_assert_uint_eq(hb_os_expected_checksum(&params, 3), hb_batch_run(5, 3, &plan, set));
    params.group[0].kind = HB_KIND_CONTEND;
    ck_assert_uint_eq(hb_os_expected_checksum(&params, 3), hb_contend_checksum(5, 3, 30));
    end.expected = NULL;
    tp(1, 0, HB_TP_TASK_READY, 3, 0, 0);
    bring(3, hb_contend_checksum(5, 3, 30), 0);
    finish(true);
    ck_assert_uint_eq(result.tasks_completed, 1);
}
END_TEST

START_TEST(what_no_task_could_work_with_is_never_right) {
    static const uint64_t sizes[] = {1, 10, 127, (1 << 20) + 1, UINT64_MAX};
    end.expected = NULL;
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        params = (struct hb_params){.seed = 5, .workload_groups = 1, .group = {{.work = 30, .set_bytes = sizes[i]}}};
        bring(3, 0, 0);
        finish(true);
        ck_assert_uint_eq(result.tasks_completed, 0);
        ck_assert_uint_eq(result.tasks_wrong, 1);
    }
}
END_TEST

/* The host would have to compute for years; who did not execute an instruction for each unit cannot be right. */
START_TEST(work_that_cannot_have_been_done_is_not_computed) {
    params = (struct hb_params){.seed = 5, .workload_groups = 1, .group = {{.work = 1000000000000}}};
    end.expected = NULL;
    tp(0, 0, HB_TP_ALL_HARTS_UP, 1, 0, 0);
    run(3, 100, 200, 1000000);
    bring(3, 1, 0);
    bring(4, 1, 0);
    finish(true);
    ck_assert_uint_eq(result.verdicts[3], HB_OS_WRONG);
    ck_assert_uint_eq(result.verdicts[4], HB_OS_WRONG);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("os result");
    TCase *tests = tcase_create("os result");
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_test(tests, a_right_checksum_is_completed_and_a_wrong_one_never);
    tcase_add_test(tests, the_kernels_word_is_not_taken);
    tcase_add_test(tests, work_that_cannot_have_been_done_is_not_computed);
    tcase_add_test(tests, a_result_that_nobody_announced_counts);
    tcase_add_test(tests, instructions_belong_to_the_attempt_that_brought_the_result);
    tcase_add_test(tests, what_is_cut_off_is_unfinished_and_what_never_runs_again_is_lost);
    tcase_add_test(tests, goodput_and_its_series);
    tcase_add_test(tests, groups_count_from_arrival_and_wake);
    tcase_add_test(tests, only_the_first_instruction_answers);
    tcase_add_test(tests, shares_are_those_at_the_first_completion);
    tcase_add_test(tests, too_many_responses_have_no_percentiles);
    tcase_add_test(tests, a_percentile_is_one_of_the_samples);
    tcase_add_test(tests, parallelism_and_concurrency_are_areas_over_time);
    tcase_add_test(tests, what_runs_on_a_dead_hart_is_neither_parallel_nor_concurrent);
    tcase_add_test(tests, jains_index_is_1_for_equals_and_1_over_n_for_one);
    tcase_add_test(tests, many_windows_become_fewer_longer_ones);
    tcase_add_test(tests, the_host_computes_what_tasks_bring_home);
    tcase_add_test(tests, what_no_task_could_work_with_is_never_right);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
