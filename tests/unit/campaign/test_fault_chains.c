/* Faults that wait for another, and those that strike whoever has a part in what follows from it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/run.h"
#include "sim/experiment/experiment.h"
#include "sim/result/gather.h"

static struct hb_machine *machine;
static struct hb_run_result *result;

/* contend-short with these settings, run to its end. */
static void run(const char *const *sets, size_t n) {
    struct hb_experiment experiment;
    struct hb_error error;
    ck_assert_msg(hb_experiment_load(HB_SOURCE_DIR "/configs/contend-short.json", sets, n, &experiment, &error), "%s",
                  error.text);
    machine = hb_machine_create(&experiment.variant->config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    while (machine->saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_run(machine, UINT64_MAX);
    result = hb_result_gather(machine);
    hb_experiment_free(&experiment);
}

static void end(void) {
    hb_result_free(result);
    hb_machine_destroy(machine);
    result = NULL;
}

#define FIRST "faults.0.target.hart=2", "faults.0.trigger.cycle=100000", "os.workload.work=30"

static void all_is_done(void) {
    ck_assert_int_eq(result->outcome, HB_OUTCOME_PASSED);
    ck_assert_uint_eq(result->os.tasks_completed, 24);
}

START_TEST(cycles_count_from_the_other_fault) {
    static const char *const sets[] = {FIRST, "faults.1.target.hart=1", "faults.1.after=0",
                                       "faults.1.trigger.cycle=1234"};
    run(sets, 6);
    ck_assert_uint_eq(result->fault[1].cycle, 101234);
    ck_assert(result->fault[1].activated);
    all_is_done();
    end();
}
END_TEST

START_TEST(both_in_one_cycle) {
    static const char *const sets[] = {FIRST, "faults.1.target.hart=1", "faults.1.after=0", "faults.1.trigger.cycle=0"};
    run(sets, 6);
    ck_assert_uint_eq(result->fault[1].cycle, 100000);
    all_is_done();
    end();
}
END_TEST

START_TEST(instructions_count_from_the_other_fault) {
    static const char *const sets[] = {FIRST, "faults.1.target.hart=1", "faults.1.after=0",
                                       "faults.1.trigger.instructions=500"};
    run(sets, 6);
    uint64_t later = result->fault[1].instructions_at_death;
    end();
    static const char *const at_once[] = {FIRST, "faults.1.target.hart=1", "faults.1.after=0",
                                          "faults.1.trigger.cycle=0"};
    run(at_once, 6);
    ck_assert_uint_eq(later, result->fault[1].instructions_at_death + 500);
    end();
}
END_TEST

START_TEST(the_recoverer_dies_in_its_second_phase) {
    static const char *const sets[] = {FIRST, "faults.1.target.hart=recoverer", "faults.1.after=0",
                                       "faults.1.trigger.tracepoint=recovery_phase", "faults.1.trigger.count=2"};
    run(sets, 7);
    ck_assert(result->fault[1].activated);
    ck_assert_uint_ne(result->fault[1].hart, 2);
    ck_assert_uint_gt(result->fault[1].cycle, result->fault[0].recovery.suspected_cycle);
    all_is_done();
    end();
}
END_TEST

/* In a ring of four, hart 1 watches hart 2. */
START_TEST(the_watcher_hangs_before_it_has_seen_anything) {
    static const char *const sets[] = {FIRST, "faults.1.target.hart=watcher", "faults.1.model=hang", "faults.1.after=0",
                                       "faults.1.trigger.cycle=100"};
    run(sets, 7);
    ck_assert_uint_eq(result->fault[1].hart, 1);
    ck_assert_uint_eq(result->hart[1].run_state, HB_HART_FENCED);
    all_is_done();
    end();
}
END_TEST

/* Nobody recovers anybody, so nobody is struck. */
START_TEST(a_part_that_nobody_has) {
    static const char *const sets[] = {FIRST,
                                       "faults.1.target.hart=recoverer",
                                       "faults.1.after=0",
                                       "faults.1.trigger.cycle=0",
                                       "os.recovery.detect=none",
                                       "stop.quiet_cycles=500000"};
    run(sets, 8);
    ck_assert(!result->fault[1].struck);
    ck_assert_str_eq(result->fault[1].part, "recoverer");
    char *json = hb_result_json(result, NULL, 0);
    ck_assert_ptr_nonnull(strstr(json, "\"hart\": null"));
    free(json);
    end();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("fault_chains");
    TCase *tests = tcase_create("fault_chains");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, cycles_count_from_the_other_fault);
    tcase_add_test(tests, both_in_one_cycle);
    tcase_add_test(tests, instructions_count_from_the_other_fault);
    tcase_add_test(tests, the_recoverer_dies_in_its_second_phase);
    tcase_add_test(tests, the_watcher_hangs_before_it_has_seen_anything);
    tcase_add_test(tests, a_part_that_nobody_has);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
