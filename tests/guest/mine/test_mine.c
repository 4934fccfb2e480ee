/* A scheduler that is not the kernel's own: what it does wrong ends the run with a line that says so. */
#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "tests/guest/mine/mistakes.h"

static void configure(struct hb_config *config, uint64_t mistake) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/images/mine.elf", HB_BINARY_DIR);
    config->seed = mistake;
    config->os.seed = mistake;
    config->os.scheduler = HB_SCHED_MINE;
    config->os.quantum_cycles = 5000;
    config->os.workload_tasks = config->os.group[0].tasks = 24;
    config->os.group[0].work = 20;
    config->os.group[0].sets = HB_SETS_SMALL;
    config->stop_cycles = 20000000;
    config->stop_quiet_cycles = 3000000;
}

static bool console_has(const struct hb_machine *machine, const char *text) {
    size_t n = machine->saved->console_bytes;
    for (size_t i = 0; i + strlen(text) <= n; i++)
        if (memcmp(machine->console + i, text, strlen(text)) == 0)
            return true;
    return false;
}

static struct hb_machine *run(const struct hb_config *config) {
    struct hb_error error = {.text = ""};
    struct hb_machine *machine = hb_machine_create(config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    hb_machine_run(machine, UINT64_MAX);
    return machine;
}

static void check_blamed(const struct hb_config *config, const char *line) {
    struct hb_machine *machine = run(config);
    ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_CRASH);
    ck_assert_msg(console_has(machine, line), "%.*s", (int)machine->saved->console_bytes, machine->console);
    hb_machine_destroy(machine);
}

START_TEST(one_without_mistakes_passes) {
    struct hb_config config;
    configure(&config, MISTAKE_NONE);
    struct hb_machine *machine = run(&config);
    ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_PASSED);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(one_that_makes_a_mistake_is_blamed) {
    static const struct {
        uint64_t mistake;
        const char *line;
    } cases[] = {
        {MISTAKE_LOSES, "smp: scheduler \"mine\" lost task 17\n"},
        {MISTAKE_KEEPS_LAST, "smp: scheduler \"mine\" lost task "},
        {MISTAKE_INVENTS, "smp: scheduler \"mine\" returned task 5000, which does not wait in this queue\n"},
        {MISTAKE_REPEATS, "smp: scheduler \"mine\" returned task 17, which does not wait in this queue\n"},
    };
    struct hb_config config;
    configure(&config, cases[_i].mistake);
    check_blamed(&config, cases[_i].line);
}
END_TEST

/* Killed in the moment in which it has taken the lock of its queue, in which tasks wait. */
START_TEST(one_that_forgets_what_was_rebuilt_is_blamed_when_a_hart_dies) {
    struct hb_config config;
    configure(&config, MISTAKE_FORGETS_REBUILT);
    struct hb_fault_config *fault = &config.faults[config.n_faults++];
    *fault = (struct hb_fault_config){.hart = 0, .trigger = HB_TRIGGER_LOCK_HELD, .count = 12};
    snprintf(fault->symbol, sizeof fault->symbol, "hb_queues"); /* the lock of queue 0 is its first word */
    check_blamed(&config, "smp: scheduler \"mine\" lost task ");
}
END_TEST

/* Queues are put into the new order, and what one scheduler has noted is nothing to the next. */
START_TEST(the_scheduler_may_be_changed_in_mid_run) {
    struct hb_config config;
    configure(&config, MISTAKE_NONE);
    struct hb_error error;
    struct hb_machine *machine = hb_machine_create(&config, &error);
    for (uint64_t i = 0; i < 3 * HB_SCHEDULERS; i++)
        hb_machine_input(machine, &(struct hb_input){
                                      .cycle = 100000 + 17000 * i,
                                      .kind = HB_INPUT_PARAMETER,
                                      .parameter = offsetof(struct hb_params, scheduler) / sizeof(uint64_t),
                                      .value = i * 5 % HB_SCHEDULERS,
                                  });
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_PASSED);
    hb_machine_destroy(machine);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("mine");
    TCase *cases = tcase_create("mine");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, one_without_mistakes_passes);
    tcase_add_loop_test(cases, one_that_makes_a_mistake_is_blamed, 0, 4);
    tcase_add_test(cases, one_that_forgets_what_was_rebuilt_is_blamed_when_a_hart_dies);
    tcase_add_test(cases, the_scheduler_may_be_changed_in_mid_run);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
