/* Servers on the machine: what waits for one hart equals Lindley's recursion ("The theory of queues with a single
 * server", 1952), and no request is lost, answered twice or paid twice when harts die. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "osmodel/guest/workloads/arrivals.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/result/gather.h"

#define REQUESTS 300u

static void configure(struct hb_config *config, uint32_t harts) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/images/smp.elf", HB_BINARY_DIR);
    config->harts = harts;
    config->os.scheduler = HB_SCHED_FIFO;
    config->os.heartbeat_period_cycles = harts == 1 ? 0 : 10000;
    config->os.group[0].kind = HB_KIND_SERVER;
    config->os.group[0].tasks = harts;
    config->os.group[0].work = 60;
    config->os.group[0].requests = REQUESTS;
    config->os.group[0].gap_cycles = 69000 / harts;
    hb_config_settle_groups(config);
}

static struct hb_machine *run(const struct hb_config *config) {
    struct hb_error error = {.text = ""};
    struct hb_machine *machine = hb_machine_create(config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    hb_machine_run(machine, UINT64_MAX);
    return machine;
}

/* What the kernel takes from one request to the next, if that waits: the shortest seen. */
static double turn_cycles(const struct hb_os_request *requests) {
    double least = 1e9;
    for (uint32_t i = 1; i < REQUESTS; i++) {
        double between = (double)requests[i].taken_cycle - (double)requests[i - 1].answered_cycle;
        least = between < least ? between : least;
    }
    return least;
}

START_TEST(waits_for_one_hart_follow_lindley) {
    struct hb_config config;
    configure(&config, 1);
    config.os.group[0].work *= 5; /* that the hart has to wake when one comes to an idle server, is no part of it */
    config.os.group[0].gap_cycles *= 5;
    struct hb_machine *machine = run(&config);
    const struct hb_os_request *requests = machine->saved->os.requests;
    const double turn = turn_cycles(requests);
    double arrival = (double)machine->saved->os.harts_up_cycle, wait = 0, expected = 0, measured = 0;
    for (uint32_t i = 0; i < REQUESTS; i++) {
        double gap = (double)hb_arrival_gap(config.seed, &config.os.group[0], i);
        arrival += gap;
        if (i > 0)
            wait += (double)(requests[i - 1].answered_cycle - requests[i - 1].taken_cycle) + turn - gap;
        wait = wait > 0 ? wait : 0;
        expected += wait;
        measured += (double)requests[i].taken_cycle - arrival;
    }
    ck_assert_double_eq_tol(measured / expected, 1, 0.02);
    hb_machine_destroy(machine);
}
END_TEST

/* At moments all over the run: in the middle of requests, in the kernel, asleep. */
START_TEST(a_death_loses_and_doubles_no_request) {
    for (uint32_t i = 0; i < 12; i++) {
        struct hb_config config;
        configure(&config, 2);
        config.os.group[0].requests = 40;
        config.faults[config.n_faults++] = (struct hb_fault_config){
            .hart = i % 2, .trigger = HB_TRIGGER_CYCLE, .cycle = 150000 + 90001 * i, .count = 1};
        struct hb_machine *machine = run(&config);
        struct hb_run_result *result = hb_result_gather(machine);
        ck_assert_msg(result->outcome == HB_OUTCOME_PASSED, "%u: %s", i, result->reason);
        ck_assert_uint_eq(result->os.requests.served, 40);
        ck_assert_uint_eq(result->os.requests.lost, 0);
        ck_assert_uint_eq(result->os.requests.wrong, 0);
        ck_assert_uint_le(result->os.requests.retried, 1);
        hb_result_free(result);
        hb_machine_destroy(machine);
    }
}
END_TEST

/* Where a payment is about to be made, where it has been made and the answer is not recorded, and anywhere. */
static struct hb_fault_config death_of_a_payer(uint32_t i) {
    struct hb_fault_config fault = {.hart = i % 2, .cycle = 160000 + 11001 * i, .count = 2 + i / 3};
    const char *const symbols[] = {"hb_payment_make", "hb_server_reply", ""};
    fault.trigger = i % 3 < 2 ? HB_TRIGGER_SYMBOL : HB_TRIGGER_CYCLE;
    snprintf(fault.symbol, sizeof fault.symbol, "%s", symbols[i % 3]);
    return fault;
}

START_TEST(a_death_makes_no_payment_twice_and_leaves_none_out) {
    uint64_t retried = 0;
    for (uint32_t i = 0; i < 24; i++) {
        struct hb_config config;
        configure(&config, 2);
        config.os.group[0].service = HB_SERVICE_TRANSACTION;
        config.os.group[0].work = 4;
        config.os.group[0].requests = 60;
        config.os.group[0].gap_cycles = 7000;
        config.faults[config.n_faults++] = death_of_a_payer(i);
        struct hb_machine *machine = run(&config);
        struct hb_run_result *result = hb_result_gather(machine);
        ck_assert_msg(result->outcome == HB_OUTCOME_PASSED, "%u: %s", i, result->reason);
        ck_assert(result->fault[0].activated && result->has_accounts);
        ck_assert_uint_eq(result->os.requests.served, 60);
        ck_assert_uint_eq(result->accounts.wrong, 0);
        ck_assert_uint_eq(result->accounts.balance, result->accounts.expected);
        retried += result->os.requests.retried;
        hb_result_free(result);
        hb_machine_destroy(machine);
    }
    ck_assert_uint_ge(retried, 16); /* those who were about to pay, or to answer */
}
END_TEST

int main(void) {
    Suite *suite = suite_create("server");
    TCase *tests = tcase_create("server");
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, waits_for_one_hart_follow_lindley);
    tcase_add_test(tests, a_death_loses_and_doubles_no_request);
    tcase_add_test(tests, a_death_makes_no_payment_twice_and_leaves_none_out);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
