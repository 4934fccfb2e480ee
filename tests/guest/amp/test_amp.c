/* The AMP kernel on the machine: its service, its policies, and what ends with the master. */
#include <check.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/heartbeat.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/result/gather.h"

#define TASKS      32u
#define KILL_CYCLE 300000u
#define VICTIM     2u

static void configure(struct hb_config *config) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/images/amp.elf", HB_BINARY_DIR);
    config->harts = 4;
    config->os.workload_tasks = config->os.group[0].tasks = TASKS;
    config->os.group[0].work = 30;
    config->os.group[0].sets = HB_SETS_SMALL;
    config->stop_cycles = 20000000;
    config->stop_quiet_cycles = 2000000;
}

static void add_kill(struct hb_config *config, uint32_t hart, uint64_t cycle) {
    config->faults[config->n_faults++] =
        (struct hb_fault_config){.hart = hart, .trigger = HB_TRIGGER_CYCLE, .cycle = cycle, .count = 1};
}

static struct hb_machine *create(const struct hb_config *config) {
    struct hb_error error = {.text = ""};
    struct hb_machine *machine = hb_machine_create(config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    return machine;
}

static struct hb_run_result *run(const struct hb_config *config) {
    struct hb_machine *machine = create(config);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    hb_machine_destroy(machine);
    return result;
}

static void check_outcome(const struct hb_run_result *result, enum hb_outcome outcome, uint64_t completed) {
    ck_assert_msg(result->outcome == outcome, "%s: %s", hb_outcome_name(result->outcome), result->reason);
    ck_assert_uint_eq(result->os.tasks_completed, completed);
    ck_assert_uint_eq(result->os.tasks_wrong, 0);
}

/* ---- Service --------------------------------------------------------------------------------------------------- */

static void check_service(uint32_t harts) {
    struct hb_config config;
    configure(&config);
    config.harts = harts;
    struct hb_run_result *result = run(&config);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    ck_assert_uint_eq(result->os.tasks_restarted, 0);
    ck_assert_uint_eq(result->os.false_alarms, 0);
    for (uint32_t hart = 0; hart < harts; hart++) {
        bool works = harts == 1 || (hart > 0 && hart <= TASKS);
        ck_assert_msg((result->hart[hart].user_instructions > 0) == works, "hart %" PRIu32, hart);
    }
    hb_result_free(result);
}

START_TEST(test_service) {
    check_service(1);
    check_service(2);
    check_service(4);
    check_service(16);
    check_service(64);
}
END_TEST

/* All that is said goes from the master to a worker or back, each mail once. */
static void count_mail(void *context, const struct hb_trace_record *record) {
    uint32_t *mails = context;
    if (record->kind != HB_TRACE_POINT || (record->id != HB_TP_MAIL_SEND && record->id != HB_TP_MAIL_TAKE))
        return;
    uint32_t partner = (uint32_t)(record->value >> 32);
    ck_assert_msg((record->hart == 0) != (partner == 0), "hart %u and hart %u", record->hart, partner);
    mails[record->id == HB_TP_MAIL_TAKE]++;
}

START_TEST(test_mail) {
    struct hb_config config;
    uint32_t mails[2] = {0};
    configure(&config);
    struct hb_machine *machine = create(&config);
    struct hb_watcher watcher = {.context = mails, .record = count_mail};
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_PASSED);
    ck_assert_uint_eq(mails[0], 2 * TASKS);
    ck_assert_uint_eq(mails[1], 2 * TASKS);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(test_as_many_tasks_as_there_can_be) {
    struct hb_config config;
    configure(&config);
    config.os.workload_tasks = config.os.group[0].tasks = HB_TASKS_MAX;
    config.os.group[0].work = 1;
    struct hb_run_result *result = run(&config);
    check_outcome(result, HB_OUTCOME_PASSED, HB_TASKS_MAX);
    ck_assert_uint_lt(result->os.harts_up_cycle, 300000);
    hb_result_free(result);
}
END_TEST

/* A healthy hart's beats come when they are due, none is left out, and none is late by much. */
START_TEST(test_every_heartbeat_comes) {
    struct hb_config config;
    configure(&config);
    config.os.group[0].work = 200; /* most beats are owed to the timer, in the middle of a task */
    config.os.scheduler = HB_SCHED_FIFO;
    hb_heartbeat_settle(&config);
    struct hb_machine *machine = create(&config);
    hb_machine_run(machine, UINT64_MAX);
    const struct hb_os_view *view = &machine->saved->os;
    uint64_t period = config.os.heartbeat_period_cycles;
    uint64_t due = (machine->saved->cycle - view->harts_up_cycle) / period;
    for (uint32_t hart = 0; hart < config.harts; hart++) {
        ck_assert_msg(view->harts[hart].gap_beats >= due * 9 / 10, "hart %" PRIu32 ": %" PRIu64 " of %" PRIu64 " beats",
                      hart, view->harts[hart].gap_beats, due);
        ck_assert_msg(view->harts[hart].longest_gap_cycles <= period + period / 5, "hart %" PRIu32 ": %" PRIu64, hart,
                      view->harts[hart].longest_gap_cycles);
    }
    hb_machine_destroy(machine);
}
END_TEST

/* Of every 16 of its tasks, the kernel lets two come to their end: number 0, and number 3, which uses all that it has.
 * The others touch what is not theirs, or ask for what this kernel does not do. */
START_TEST(test_protection) {
    struct hb_config config;
    configure(&config);
    snprintf(config.image, sizeof config.image, "%s/images/amp_protect.elf", HB_BINARY_DIR);
    config.stop_quiet_cycles = 5000000; /* task 3 computes for 2,100,000 */
    struct hb_machine *machine = create(&config);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_FAILED);
    ck_assert_uint_eq(machine->saved->exit_code, 1);
    ck_assert(!machine->saved->panicked);
    for (uint32_t task = 0; task < TASKS; task++) {
        uint8_t state = task % 16 == 0 || task % 16 == 3 ? HB_OS_TASK_DONE : HB_OS_TASK_LOST;
        ck_assert_msg(machine->saved->os.tasks[task].state == state, "task %" PRIu32, task);
    }
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(test_refuses_contend) {
    struct hb_config config;
    configure(&config);
    config.os.group[0].kind = HB_KIND_CONTEND;
    struct hb_run_result *result = run(&config);
    ck_assert_msg(result->outcome == HB_OUTCOME_CRASH, "%s", hb_outcome_name(result->outcome));
    hb_result_free(result);
}
END_TEST

/* ---- Recovery -------------------------------------------------------------------------------------------------- */

static struct hb_run_result *run_with_kill(struct hb_config *config, uint64_t cycle) {
    add_kill(config, VICTIM, cycle);
    struct hb_run_result *result = run(config);
    ck_assert(result->fault[0].activated);
    return result;
}

START_TEST(test_recovers_in_time) {
    struct hb_config config;
    configure(&config);
    hb_heartbeat_settle(&config);
    struct hb_run_result *result = run_with_kill(&config, KILL_CYCLE);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    const struct hb_os_recovery *recovery = &result->fault[0].recovery;
    uint64_t latest =
        KILL_CYCLE + config.os.heartbeat_timeout_cycles + config.os.heartbeat_check_cycles + result->jitter_cycles;
    ck_assert_uint_le(recovery->suspected_cycle, latest);
    ck_assert_uint_lt(recovery->suspected_cycle, recovery->fenced_cycle);
    ck_assert_uint_lt(recovery->fenced_cycle, recovery->recovered_cycle);
    ck_assert_uint_lt(recovery->recovered_cycle, recovery->first_work_cycle);
    ck_assert_uint_ne(recovery->first_work_cycle, HB_OS_NONE);
    ck_assert_uint_gt(recovery->tasks_requeued, 0);
    ck_assert(!result->fault[0].false_alarm);
    hb_result_free(result);
}
END_TEST

static void check_silence_unnoticed(struct hb_config *config) {
    struct hb_run_result *result = run_with_kill(config, KILL_CYCLE);
    ck_assert_msg(result->outcome == HB_OUTCOME_HANG, "%s", hb_outcome_name(result->outcome));
    ck_assert_uint_lt(result->os.tasks_completed, TASKS);
    ck_assert_uint_eq(result->os.tasks_wrong, 0);
    ck_assert_uint_eq(result->fault[0].recovery.suspected_cycle, HB_OS_NONE);
    hb_result_free(result);
}

START_TEST(test_without_heartbeats_nothing_is_noticed) {
    struct hb_config config;
    configure(&config);
    config.os.heartbeat_period_cycles = 0;
    check_silence_unnoticed(&config);
}
END_TEST

START_TEST(test_without_detection_nothing_is_noticed) {
    struct hb_config config;
    configure(&config);
    config.os.recovery_detect = HB_DETECT_NONE;
    check_silence_unnoticed(&config);
}
END_TEST

START_TEST(test_without_restart_its_tasks_are_lost) {
    struct hb_config config;
    configure(&config);
    config.os.recovery_restart = HB_RESTART_NONE;
    struct hb_run_result *result = run_with_kill(&config, KILL_CYCLE);
    ck_assert_uint_ge(result->os.tasks_lost, 1);
    check_outcome(result, HB_OUTCOME_FAILED, TASKS - result->os.tasks_lost);
    ck_assert_uint_eq(result->os.tasks_restarted, 0);
    hb_result_free(result);
}
END_TEST

/* First in, first out: the second request has not begun. */
START_TEST(test_without_queues_what_waits_for_it_stays) {
    struct hb_config config;
    configure(&config);
    config.os.scheduler = HB_SCHED_FIFO;
    config.os.recovery_queues = HB_QUEUES_NONE;
    struct hb_run_result *result = run_with_kill(&config, KILL_CYCLE);
    check_outcome(result, HB_OUTCOME_HANG, TASKS - 1);
    ck_assert_uint_eq(result->os.tasks_restarted, 1);
    hb_result_free(result);
}
END_TEST

START_TEST(test_without_fence_none_is_asked_for) {
    struct hb_config config;
    configure(&config);
    config.os.recovery_fence = 0;
    struct hb_run_result *result = run_with_kill(&config, KILL_CYCLE);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    ck_assert_uint_eq(result->fault[0].recovery.fenced_cycle, HB_OS_NONE);
    ck_assert_int_eq(result->hart[VICTIM].run_state, HB_HART_DEAD);
    hb_result_free(result);
}
END_TEST

/* A policy that is changed in mid-run: watching is turned on long after the death. Nobody else is suspected. */
START_TEST(test_policies_are_read_anew) {
    struct hb_config config;
    configure(&config);
    config.os.heartbeat_period_cycles = 0;
    config.os.heartbeat_timeout_cycles = 30000; /* for the period that is set later */
    config.stop_quiet_cycles = 0;
    add_kill(&config, VICTIM, KILL_CYCLE);
    struct hb_machine *machine = create(&config);
    struct hb_input on = {.cycle = 5000000,
                          .kind = HB_INPUT_PARAMETER,
                          .parameter = offsetof(struct hb_params, heartbeat_period_cycles) / sizeof(uint64_t),
                          .value = 10000};
    hb_machine_input(machine, &on);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    ck_assert_uint_gt(result->fault[0].recovery.suspected_cycle, on.cycle);
    ck_assert_uint_ne(result->fault[0].recovery.fenced_cycle, HB_OS_NONE);
    for (uint32_t hart = 0; hart < config.harts; hart++)
        ck_assert_msg(result->hart[hart].run_state != HB_HART_FENCED, "hart %" PRIu32 " was alive", hart);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

/* Healthy workers that beat too seldom for the timeout: they are suspected at many moments, fenced alive, in the middle
 * of their tasks and of their reports. Their work is done once more, and nothing comes of the old attempts. */
START_TEST(test_the_living_are_fenced) {
    uint64_t alarms = 0, fenced;
    for (uint64_t timeout_cycles = 100; timeout_cycles < 12000; timeout_cycles += 350) {
        struct hb_config config;
        configure(&config);
        config.os.heartbeat_timeout_cycles = timeout_cycles;
        struct hb_machine *machine = create(&config);
        hb_machine_run(machine, UINT64_MAX);
        fenced = 0;
        for (uint32_t hart = 1; hart < config.harts; hart++)
            fenced += machine->hart[hart].run_state == HB_HART_FENCED;
        alarms += fenced;
        struct hb_run_result *result = hb_result_gather(machine);
        ck_assert_uint_ge(result->os.false_alarms, fenced);
        check_outcome(result, result->os.false_alarms ? HB_OUTCOME_FAILED : HB_OUTCOME_PASSED, TASKS);
        ck_assert_uint_eq(result->guest_outcome, HB_GUEST_PASSED);
        hb_result_free(result);
        hb_machine_destroy(machine);
    }
    ck_assert_uint_gt(alarms, 30);
}
END_TEST

struct report {
    uint32_t nth; /* counts down */
    uint32_t task;
    uint64_t cycle;
};

static void find_report(void *context, const struct hb_trace_record *record) {
    struct report *report = context;
    if (record->kind != HB_TRACE_POINT || record->id != HB_TP_MAIL_SEND || record->hart != VICTIM || report->nth == 0)
        return;
    report->nth--;
    report->task = (uint32_t)record->value;
    report->cycle = record->cycle;
}

/* Kill the worker `after` cycles after it has announced its report. Tells whether the task had to be run again. */
static bool is_run_again(const struct hb_config *undisturbed, const struct report *report, uint64_t after) {
    struct hb_config config = *undisturbed;
    add_kill(&config, VICTIM, report->cycle + after);
    struct hb_machine *machine = create(&config);
    hb_machine_run(machine, UINT64_MAX);
    uint32_t attempt = machine->saved->os.tasks[report->task].attempt;
    struct hb_run_result *result = hb_result_gather(machine);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    hb_result_free(result);
    hb_machine_destroy(machine);
    ck_assert_uint_le(attempt, 1);
    return attempt == 1;
}

/* A death before one certain store of the report has nothing of it counted, a death after it all. */
START_TEST(test_a_report_is_one_store) {
    struct hb_config config;
    struct report report = {.nth = 4};
    bool before = true;
    configure(&config);
    struct hb_machine *machine = create(&config);
    struct hb_watcher watcher = {.context = &report, .record = find_report};
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, UINT64_MAX);
    hb_machine_destroy(machine);
    ck_assert_uint_eq(report.nth, 0);
    uint32_t taken = 0; /* kills in a row that the report survived */
    for (uint64_t after = 0; after < 500 && taken < 40; after++) {
        bool again = is_run_again(&config, &report, after);
        ck_assert_msg(before || !again, "killed %" PRIu64 " cycles after a report that had been taken before", after);
        ck_assert(again || after > 0);
        before = again;
        taken = again ? 0 : taken + 1;
    }
    ck_assert_uint_eq(taken, 40);
}
END_TEST

START_TEST(test_no_worker_is_left) {
    struct hb_config config;
    configure(&config);
    for (uint32_t hart = 1; hart < config.harts; hart++)
        add_kill(&config, hart, KILL_CYCLE + 1000 * hart);
    struct hb_run_result *result = run(&config);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    ck_assert_uint_gt(result->hart[0].user_instructions, 0);
    hb_result_free(result);
}
END_TEST

START_TEST(test_the_service_ends_with_the_master) {
    struct hb_config config;
    configure(&config);
    add_kill(&config, 0, KILL_CYCLE);
    struct hb_run_result *result = run(&config);
    ck_assert_msg(result->outcome == HB_OUTCOME_HANG, "%s", hb_outcome_name(result->outcome));
    ck_assert_uint_gt(result->os.tasks_completed, 0);
    ck_assert_uint_lt(result->os.tasks_completed, TASKS);
    ck_assert_uint_eq(result->os.tasks_wrong, 0);
    ck_assert_uint_eq(result->fault[0].recovery.suspected_cycle, HB_OS_NONE);
    hb_result_free(result);
}
END_TEST

/* What had been dealt to it for good is dealt again. */
START_TEST(test_static_tasks_of_the_dead_go_to_others) {
    struct hb_config config;
    configure(&config);
    config.os.amp_assignment = HB_ASSIGN_STATIC;
    struct hb_run_result *result = run_with_kill(&config, KILL_CYCLE);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    hb_result_free(result);
}
END_TEST

/* The only worker that has the role dies: a slow service is better than none. */
START_TEST(test_a_role_without_workers_falls_to_all) {
    struct hb_config config;
    configure(&config);
    config.os.group[0].role = HB_ROLE_IO;
    config.os.amp_no_io = ~(1ull << VICTIM);
    struct hb_run_result *result = run_with_kill(&config, KILL_CYCLE);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    ck_assert_uint_gt(result->hart[1].user_instructions, 0);
    ck_assert_uint_gt(result->hart[3].user_instructions, 0);
    hb_result_free(result);
}
END_TEST

/* Large caches and a fast pipeline for the master, small and slow ones for the workers. */
START_TEST(test_a_big_master_with_little_workers) {
    struct hb_config config;
    configure(&config);
    config.hart[0].l1d.size_bytes = 64 << 10;
    config.hart[0].l1i.size_bytes = 64 << 10;
    for (uint32_t hart = 1; hart < config.harts; hart++) {
        config.hart[hart].l1d.size_bytes = 2 << 10;
        config.hart[hart].l1i.size_bytes = 2 << 10;
        config.hart[hart].cpu.mul_cycles = 20;
    }
    add_kill(&config, VICTIM, KILL_CYCLE);
    struct hb_run_result *result = run(&config);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    ck_assert_uint_eq(result->os.false_alarms, 0);
    hb_result_free(result);
}
END_TEST

static void note_result(void *context, const struct hb_trace_record *record) {
    uint64_t *last = context;
    if (record->kind == HB_TRACE_POINT && record->id == HB_TP_TASK_DONE)
        *last = record->cycle;
}

/* Workers go on with what they have, and report it; nobody takes it. */
START_TEST(test_no_result_counts_after_the_master) {
    struct hb_config config;
    uint64_t last_done = 0;
    configure(&config);
    add_kill(&config, 0, KILL_CYCLE);
    struct hb_machine *machine = create(&config);
    struct hb_watcher watcher = {.context = &last_done, .record = note_result};
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, KILL_CYCLE);
    uint64_t mails = machine->saved->os.mails_sent;
    struct hb_run_result *before = hb_result_gather(machine);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *after = hb_result_gather(machine);
    ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_HANG);
    ck_assert_uint_gt(machine->saved->os.mails_sent, mails);
    ck_assert_uint_lt(last_done, KILL_CYCLE);
    ck_assert_uint_eq(after->os.tasks_completed, before->os.tasks_completed);
    hb_result_free(before);
    hb_result_free(after);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(test_a_worker_that_never_reports_is_left_out) {
    struct hb_config config;
    configure(&config);
    add_kill(&config, VICTIM, 10);
    struct hb_machine *machine = create(&config);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_uint_eq(machine->saved->os.harts_up, config.harts - 1);
    ck_assert_uint_eq(machine->saved->os.harts_left_out, 1);
    struct hb_run_result *result = hb_result_gather(machine);
    check_outcome(result, HB_OUTCOME_PASSED, TASKS);
    ck_assert_uint_le(result->os.harts_up_cycle, 300000);
    ck_assert_uint_eq(machine->saved->devices.power.hart[VICTIM].state, HB_POWER_IS_FENCED);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(test_workers_may_die_at_any_time_of_the_boot) {
    for (uint64_t cycle = 100; cycle < 40000; cycle += 900) {
        struct hb_config config;
        configure(&config);
        add_kill(&config, 1 + (uint32_t)(cycle / 100 % 3), cycle);
        struct hb_run_result *result = run(&config);
        check_outcome(result, HB_OUTCOME_PASSED, TASKS);
        hb_result_free(result);
    }
}
END_TEST

static TCase *tests(const char *name, const TTest *const *list, size_t n) {
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, 120);
    for (size_t i = 0; i < n; i++)
        tcase_add_test(tcase, list[i]);
    return tcase;
}

int main(void) {
    const TTest *const service[] = {test_service,    test_as_many_tasks_as_there_can_be,
                                    test_mail,       test_every_heartbeat_comes,
                                    test_protection, test_refuses_contend};
    const TTest *const recovery[] = {
        test_recovers_in_time,
        test_without_heartbeats_nothing_is_noticed,
        test_without_detection_nothing_is_noticed,
        test_without_restart_its_tasks_are_lost,
        test_without_queues_what_waits_for_it_stays,
        test_without_fence_none_is_asked_for,
        test_policies_are_read_anew,
        test_the_living_are_fenced,
        test_a_report_is_one_store,
        test_static_tasks_of_the_dead_go_to_others,
        test_a_role_without_workers_falls_to_all,
        test_a_big_master_with_little_workers,
        test_no_worker_is_left,
        test_the_service_ends_with_the_master,
        test_no_result_counts_after_the_master,
        test_a_worker_that_never_reports_is_left_out,
        test_workers_may_die_at_any_time_of_the_boot,
    };
    Suite *suite = suite_create("amp");
    suite_add_tcase(suite, tests("service", service, sizeof service / sizeof *service));
    suite_add_tcase(suite, tests("recovery", recovery, sizeof recovery / sizeof *recovery));
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
