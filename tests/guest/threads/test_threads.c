/* Groups of threads under the SMP kernel: what they find is what the host computes, on any number of harts, with
 * either barrier, and when one of them dies. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/result/gather.h"

#define HARTS     4u
#define THREADS   5u      /* one more than harts: one of them waits for its turn */
#define UP_CYCLES 150000u /* all harts are up by then, which they are about cycle 131,000 with a grid to fill */

static void configure(struct hb_config *config, uint64_t kind) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/images/smp.elf", HB_BINARY_DIR);
    config->harts = HARTS;
    config->os.workload_tasks = THREADS;
    config->os.group[0].kind = kind;
    config->os.group[0].tasks = THREADS;
    config->os.group[0].work = 30;
    config->os.group[0].serial = 100;
    config->stop_cycles = 60000000;
    config->stop_quiet_cycles = 3000000;
}

static struct hb_run_result *run(const struct hb_config *config) {
    struct hb_error error = {.text = ""};
    struct hb_machine *machine = hb_machine_create(config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    hb_machine_destroy(machine);
    return result;
}

static uint64_t check_passes(const struct hb_config *config) {
    struct hb_run_result *result = run(config);
    uint64_t restarted = result->os.tasks_restarted;
    ck_assert_msg(result->outcome == HB_OUTCOME_PASSED, "%s: %s", hb_outcome_name(result->outcome), result->reason);
    ck_assert_uint_eq(result->os.tasks_completed, config->os.workload_tasks);
    hb_result_free(result);
    return restarted;
}

static const uint64_t kinds[] = {HB_KIND_STENCIL, HB_KIND_MATMUL, HB_KIND_MAPREDUCE, HB_KIND_PIPELINE,
                                 HB_KIND_PHILOSOPHERS};
#define KINDS (int)(sizeof kinds / sizeof *kinds)

START_TEST(threads_find_what_the_host_computes) {
    static const uint32_t harts[] = {1, 2, HARTS};
    for (int i = 0; i < 3; i++) {
        struct hb_config config;
        configure(&config, kinds[_i]);
        config.harts = harts[i];
        config.os.scheduler = i == 1 ? HB_SCHED_FIFO : HB_SCHED_ROUND_ROBIN;
        check_passes(&config);
    }
}
END_TEST

static bool console_has(const struct hb_machine *machine, const char *text) {
    size_t n = machine->saved->console_bytes;
    for (size_t i = 0; i + strlen(text) <= n; i++)
        if (memcmp(machine->console + i, text, strlen(text)) == 0)
            return true;
    return false;
}

START_TEST(the_kernel_keeps_its_promises) {
    static const uint32_t harts[] = {1, 2, 4, 8};
    struct hb_error error = {.text = ""};
    struct hb_config config;
    configure(&config, HB_KIND_SELFTEST);
    config.harts = harts[_i];
    config.stop_quiet_cycles = 10000000;
    struct hb_machine *machine = hb_machine_create(&config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    ck_assert(!console_has(machine, "FAILED"));
    ck_assert(console_has(machine, "selftest: ok     signal_wakes_one\n"));
    ck_assert_msg(result->outcome == HB_OUTCOME_PASSED, "%s: %s", hb_outcome_name(result->outcome), result->reason);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

static void add_kill(struct hb_config *config, uint32_t hart, uint64_t cycle) {
    config->faults[config->n_faults++] =
        (struct hb_fault_config){.hart = hart, .trigger = HB_TRIGGER_CYCLE, .cycle = cycle, .count = 1};
}

/* When the hart comes to `symbol` for the time number `count`. */
static void add_kill_at(struct hb_config *config, uint32_t hart, const char *symbol, uint32_t count) {
    struct hb_fault_config *fault = &config->faults[config->n_faults++];
    *fault = (struct hb_fault_config){.hart = hart, .trigger = HB_TRIGGER_SYMBOL, .count = count};
    snprintf(fault->symbol, sizeof fault->symbol, "%s", symbol);
}

/* Somewhere a thread dies in the middle, and somewhere another hart is about to wake it, waits for it or has
 * finished. */
static uint64_t kill_here_and_there(struct hb_config *config) {
    uint64_t restarted = 0;
    for (uint32_t i = 0; i < 8; i++) {
        config->n_faults = 0;
        if (i % 2 == 0)
            add_kill(config, i % HARTS, UP_CYCLES + 23456 * i);
        else
            add_kill_at(config, i % HARTS, "hb_syscall_serve", 2 + i); /* with a task in its hands */
        restarted += check_passes(config);
    }
    return restarted;
}

START_TEST(a_death_begins_the_group_again) {
    struct hb_config config;
    configure(&config, kinds[_i]);
    ck_assert_uint_gt(kill_here_and_there(&config), 0);
}
END_TEST

/* One that spins makes no system call, by which it could find out. */
START_TEST(a_death_begins_those_again_that_spin) {
    struct hb_config config;
    configure(&config, HB_KIND_STENCIL);
    config.os.group[0].barrier = HB_BARRIER_SPIN;
    config.os.workload_tasks = config.os.group[0].tasks = HARTS - 1;
    config.os.scheduler = HB_SCHED_FIFO;
    ck_assert_uint_gt(kill_here_and_there(&config), 0);
}
END_TEST

START_TEST(two_deaths_begin_it_twice) {
    struct hb_config config;
    configure(&config, HB_KIND_STENCIL);
    add_kill_at(&config, 1, "hb_stencil_step", 5);
    add_kill_at(&config, 3, "hb_stencil_step", 12);
    ck_assert_uint_ge(check_passes(&config), THREADS);
}
END_TEST

START_TEST(without_restart_the_others_wait_for_ever) {
    struct hb_config config;
    configure(&config, HB_KIND_STENCIL);
    config.os.group[0].restart = HB_CONTRACT_LOST;
    add_kill_at(&config, 1, "hb_stencil_step", 5);
    struct hb_run_result *result = run(&config);
    ck_assert_int_eq(result->outcome, HB_OUTCOME_HANG);
    ck_assert_uint_eq(result->os.tasks_restarted, 0);
    hb_result_free(result);
}
END_TEST

/* Two groups at once: the death of one's thread is no business of the other's. */
START_TEST(other_groups_go_on) {
    struct hb_config config;
    configure(&config, HB_KIND_STENCIL);
    config.os.workload_groups = 2;
    config.os.workload_tasks = 2 * THREADS;
    config.os.group[1] = config.os.group[0];
    config.os.group[1].kind = HB_KIND_PIPELINE;
    config.os.group[1].first = THREADS;
    snprintf(config.group_name[1], sizeof config.group_name[1], "other");
    add_kill_at(&config, 2, "hb_stencil_step", 5);
    ck_assert_uint_eq(check_passes(&config), THREADS);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("threads");
    TCase *tests = tcase_create("threads");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, threads_find_what_the_host_computes, 0, KINDS);
    tcase_add_loop_test(tests, the_kernel_keeps_its_promises, 0, 4);
    tcase_add_loop_test(tests, a_death_begins_the_group_again, 0, KINDS);
    tcase_add_test(tests, a_death_begins_those_again_that_spin);
    tcase_add_test(tests, two_deaths_begin_it_twice);
    tcase_add_test(tests, without_restart_the_others_wait_for_ever);
    tcase_add_test(tests, other_groups_go_on);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
