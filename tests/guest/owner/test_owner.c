/* A mutex says so, once, to whoever takes it next, when its owner has ended with it: by its exit, or with its hart. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"

#define TASKS       3u
#define OWNER       0u
#define TAKER       2u
#define OWNED_CYCLE 150000u /* the owner has the mutex by then, and the taker waits for it */
#define AFTER_EXIT  4u      /* what the taker is told: the second mutex, when it takes it for the first time */
#define AFTER_DEATH 1u      /* the same of the first one */

static struct hb_machine *start(void) {
    static struct hb_config config;
    struct hb_error error = {.text = ""};
    hb_config_defaults(&config);
    snprintf(config.image, sizeof config.image, "%s/images/owner.elf", HB_BINARY_DIR);
    config.os.workload_tasks = config.os.group[0].tasks = TASKS;
    config.os.group[0].kind = HB_KIND_PHILOSOPHERS; /* which has a mutex for each task */
    config.stop_cycles = 20000000;
    struct hb_machine *machine = hb_machine_create(&config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    hb_machine_run(machine, OWNED_CYCLE);
    ck_assert_int_eq(machine->saved->os.tasks[OWNER].state, HB_OS_TASK_RUNNING);
    ck_assert_int_eq(machine->saved->os.tasks[TAKER].state, HB_OS_TASK_BLOCKED);
    return machine;
}

static uint64_t told(struct hb_machine *machine) {
    struct hb_result slots[TASKS];
    hb_machine_run(machine, UINT64_MAX);
    for (uint32_t id = 0; id < TASKS; id++)
        ck_assert_int_eq(machine->saved->os.tasks[id].state, HB_OS_TASK_DONE);
    ck_assert(hb_bus_debug_read(&machine->bus, machine->results_address, slots, sizeof slots));
    return slots[TAKER].checksum;
}

START_TEST(who_takes_it_after_an_exit_is_told) {
    struct hb_machine *machine = start();
    ck_assert_uint_eq(told(machine), AFTER_EXIT);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(who_takes_it_after_a_death_is_told) {
    struct hb_machine *machine = start();
    hb_machine_input(machine, &(struct hb_input){.cycle = OWNED_CYCLE,
                                                 .kind = HB_INPUT_FAULT,
                                                 .hart = (uint8_t)machine->saved->os.tasks[OWNER].hart});
    ck_assert_uint_eq(told(machine), AFTER_EXIT | AFTER_DEATH);
    hb_machine_destroy(machine);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("owner");
    TCase *tests = tcase_create("owner");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, who_takes_it_after_an_exit_is_told);
    tcase_add_test(tests, who_takes_it_after_a_death_is_told);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
