/* A task that does what it must not is stopped alone; one that never gives its hart away has its share of it, and no
 * more; the others finish, and find their memory untouched. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"

#define TASKS        12u
#define HOG          0u
#define FIRST_HONEST 5u

static struct hb_machine *start(uint32_t harts) {
    static struct hb_config config;
    struct hb_error error = {.text = ""};
    hb_config_defaults(&config);
    snprintf(config.image, sizeof config.image, "%s/images/isolation.elf", HB_BINARY_DIR);
    config.harts = harts;
    config.os.workload_tasks = config.os.group[0].tasks = TASKS;
    config.os.group[0].sets = HB_SETS_SMALL;
    config.os.quantum_cycles = 10000;
    config.stop_cycles = 20000000;
    struct hb_machine *machine = hb_machine_create(&config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    return machine;
}

static const struct hb_os_task *task(const struct hb_machine *machine, uint32_t id) {
    return &machine->saved->os.tasks[id];
}

START_TEST(who_does_what_must_not_be_done_is_stopped_alone) {
    static const uint32_t harts[] = {1, 2, 4};
    struct hb_machine *machine = start(harts[_i]);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_uint_eq(machine->saved->outcome, HB_OUTCOME_FAILED);
    ck_assert(!machine->saved->panicked);
    for (uint32_t id = 0; id < TASKS; id++) {
        bool stopped = id != HOG && id < FIRST_HONEST;
        ck_assert_msg(task(machine, id)->state == (stopped ? HB_OS_TASK_LOST : HB_OS_TASK_DONE), "task %u is %s", id,
                      hb_os_task_state_name(task(machine, id)->state));
    }
    hb_machine_destroy(machine);
}
END_TEST

/* On one hart, with the others always ready: it runs as long as each of them, and they end before it. */
START_TEST(who_never_yields_has_its_share) {
    struct hb_machine *machine = start(1);
    hb_machine_run(machine, UINT64_MAX);
    uint64_t last = 0, most = 0;
    for (uint32_t id = FIRST_HONEST; id < TASKS; id++) {
        last = task(machine, id)->completed_cycle > last ? task(machine, id)->completed_cycle : last;
        most = task(machine, id)->instructions > most ? task(machine, id)->instructions : most;
    }
    ck_assert_uint_lt(last, task(machine, HOG)->completed_cycle);
    hb_machine_destroy(machine);
    machine = start(1);
    hb_machine_run(machine, last);
    ck_assert_uint_gt(task(machine, HOG)->instructions, most / 2);
    hb_machine_destroy(machine);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("isolation");
    TCase *tests = tcase_create("isolation");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, who_does_what_must_not_be_done_is_stopped_alone, 0, 3);
    tcase_add_test(tests, who_never_yields_has_its_share);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
