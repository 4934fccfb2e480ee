/* Both kernels keep a task's floating-point registers for it: sliced, handed over and started again. */
#include <check.h>
#include <stdio.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/result/gather.h"

#define TASKS 24u

static void configure(struct hb_config *config, const char *kernel) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/images/%s_floating.elf", HB_BINARY_DIR, kernel);
    config->harts = 3;
    config->os.workload_tasks = config->os.group[0].tasks = TASKS;
    config->os.quantum_cycles = 3000;
    config->stop_cycles = 20000000;
}

/* The checksums are not those of a batch; that no task stops itself is what counts. */
static void check_all_end(const struct hb_config *config, uint32_t restarted_min) {
    struct hb_error error = {.text = ""};
    struct hb_machine *machine = hb_machine_create(config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_uint_eq(machine->saved->os.tasks_lost, 0);
    ck_assert_uint_eq(machine->saved->os.tasks_done, TASKS);
    ck_assert_uint_ge(machine->saved->os.tasks_restarted, restarted_min);
    hb_machine_destroy(machine);
}

START_TEST(floating_point_registers_survive_slices_and_yields) {
    struct hb_config config;
    configure(&config, _i == 0 ? "smp" : "amp");
    check_all_end(&config, 0);
}
END_TEST

START_TEST(a_restarted_task_finds_them_zero) {
    struct hb_config config;
    configure(&config, _i == 0 ? "smp" : "amp");
    struct hb_fault_config *fault = &config.faults[config.n_faults++];
    *fault = (struct hb_fault_config){.hart = 1, .trigger = HB_TRIGGER_SYMBOL, .count = 5};
    snprintf(fault->symbol, sizeof fault->symbol, "let_others_run");
    check_all_end(&config, 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("floating");
    TCase *tests = tcase_create("floating");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, floating_point_registers_survive_slices_and_yields, 0, 2);
    tcase_add_loop_test(tests, a_restarted_task_finds_them_zero, 0, 2);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
