/* Faults that strike again and again, or several CPUs: their times against the host's own logarithm, when they strike,
 * and that nothing but the seed and the stream says when. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "memory/hash.h"
#include "sim/config/rate.h"
#include "sim/engine/run.h"
#include "sim/experiment/experiment.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"

/* ---- Draws ----------------------------------------------------------------------------------------------------- */

static const struct hb_rate rates[] = {
    {1000, 0, 0},      {1000000, 1000, 3},    {9007199254740991, 1000, 0}, {5000000, 500, 1},
    {5000000, 700, 0}, {20000000, 1500, 900}, {123456789, 3600, 0},        {1000000, 100000, 2},
};

#define RATES (sizeof rates / sizeof rates[0])

static double inverse(const struct hb_rate *rate, uint64_t seed, uint32_t fault, uint64_t number) {
    uint64_t x = hb_choice(hb_choice(seed, 0x72617465, rate->stream), fault, number) | 1;
    double natural = -log((double)x / 18446744073709551616.0);
    double cycles =
        (double)rate->scale_cycles * pow(natural, rate->shape_thousandths ? 1000.0 / rate->shape_thousandths : 1);
    return cycles < 9007199254740991.0 ? cycles : 9007199254740991.0;
}

START_TEST(draws_are_the_inverse_of_the_distribution) {
    const struct hb_rate *rate = &rates[_i];
    for (uint64_t number = 0; number < 5000; number++) {
        double expected = inverse(rate, 7, 2, number);
        uint64_t drawn = hb_rate_draw(rate, 7, 2, number);
        ck_assert_uint_ge(drawn, 1);
        ck_assert_double_eq_tol((double)drawn, expected, 1.5 + 1e-6 * expected);
    }
}
END_TEST

/* Of a Weibull distribution: scale * gamma(1 + 1 / shape). */
START_TEST(means_are_right) {
    const struct hb_rate wear = {1000000, 2000, 0}, early = {1000000, 800, 0}, memoryless = {1000000, 1000, 0};
    const struct hb_rate *all[] = {&wear, &early, &memoryless};
    for (size_t i = 0; i < 3; i++) {
        double sum = 0, shape = all[i]->shape_thousandths / 1000.0;
        for (uint64_t number = 0; number < 100000; number++)
            sum += (double)hb_rate_draw(all[i], 1, (uint32_t)i, number);
        ck_assert_double_eq_tol(sum / 100000 / (1e6 * tgamma(1 + 1 / shape)), 1, 0.015); /* 4 standard errors */
    }
}
END_TEST

START_TEST(seed_stream_fault_and_number_count) {
    const struct hb_rate rate = {1000000, 1000, 5}, other = {1000000, 1000, 6};
    const uint64_t drawn = hb_rate_draw(&rate, 1, 0, 0);
    ck_assert_uint_eq(hb_rate_draw(&rate, 1, 0, 0), drawn);
    ck_assert_uint_ne(hb_rate_draw(&rate, 2, 0, 0), drawn);
    ck_assert_uint_ne(hb_rate_draw(&rate, 1, 1, 0), drawn);
    ck_assert_uint_ne(hb_rate_draw(&rate, 1, 0, 1), drawn);
    ck_assert_uint_ne(hb_rate_draw(&other, 1, 0, 0), drawn);
}
END_TEST

/* ---- Strikes --------------------------------------------------------------------------------------------------- */

static struct hb_experiment experiment;

static struct hb_machine *machine_of(const char *const *sets, size_t n) {
    struct hb_error error;
    ck_assert_msg(hb_experiment_load(HB_SOURCE_DIR "/configs/contend-short.json", sets, n, &experiment, &error), "%s",
                  error.text);
    struct hb_machine *machine = hb_machine_create(&experiment.variant->config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    return machine;
}

static void destroy(struct hb_machine *machine) {
    hb_machine_destroy(machine);
    hb_experiment_free(&experiment);
}

static void run_to_the_end(struct hb_machine *machine) {
    while (machine->saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_run(machine, UINT64_MAX);
}

/* The clock begins in the cycle that is given, and anew when a freeze is over. */
START_TEST(the_clock_begins_when_the_cpu_is_back) {
    static const char *const sets[] = {"faults.0.model=freeze", "faults.0.target.hart=2",
                                       "faults.0.duration.cycles=700", "faults.0.rate={\"weibull\":[20000,1.5]}",
                                       "faults.0.trigger.cycle=5000"};
    struct hb_machine *machine = machine_of(sets, 5);
    const struct hb_fault_state *fault = &machine->saved->fault[0];
    uint64_t expected = 5000;
    for (uint64_t strike = 0; strike < 8; strike++) {
        expected += hb_rate_draw(&experiment.variant->config.faults[0].rate, machine->config.seed, 0, strike);
        hb_machine_run(machine, expected);
        ck_assert_uint_eq(fault->repeats.strikes, strike);
        hb_machine_run(machine, expected + 1);
        ck_assert_uint_eq(fault->repeats.strikes, strike + 1);
        ck_assert_uint_eq(fault->cycle, expected);
        expected += 700;
    }
    destroy(machine);
}
END_TEST

/* The clock begins once all CPUs are up: one that dies before is not waited for. */
#define DIES                                                                                                           \
    "faults.0.model=restart", "faults.0.target.hart=2", "faults.0.duration.cycles=20000",                              \
        "os.recovery.replug_cycles=50000", "os.workload.work=60", "faults.0.trigger.cycle=100000",                     \
        "faults.0.rate={\"exponential\":150000}"
#define DIES_N 7

/* What was lost with it is done by the others, every time. */
START_TEST(a_cpu_that_came_back_dies_again) {
    static const char *const sets[] = {DIES};
    struct hb_machine *machine = machine_of(sets, DIES_N);
    run_to_the_end(machine);
    struct hb_run_result *result = hb_result_gather(machine);
    const struct hb_fault_repeats *all = &result->fault[0].all;
    ck_assert_int_eq(result->outcome, HB_OUTCOME_PASSED);
    ck_assert_uint_eq(result->os.tasks_completed, result->os.tasks_created);
    ck_assert_uint_ge(all->strikes, 3);
    ck_assert_uint_ge(all->suspected, all->strikes - 1);
    ck_assert_uint_ge(all->down_cycles, (all->strikes - 1) * 20000);
    hb_result_free(result);
    destroy(machine);
}
END_TEST

/* A CPU that nobody starts again dies once, and its clock stands still. */
START_TEST(a_cpu_that_stays_away_dies_once) {
    static const char *const sets[] = {"faults.0.model=fail_stop", "faults.0.target.hart=2",
                                       "faults.0.rate={\"exponential\":20000}"};
    struct hb_machine *machine = machine_of(sets, 3);
    run_to_the_end(machine);
    ck_assert_uint_eq(machine->saved->fault[0].repeats.strikes, 1);
    ck_assert_uint_eq(machine->saved->fault[0].repeats.next_cycle, HB_NEVER);
    struct hb_run_result *result = hb_result_gather(machine);
    ck_assert_uint_eq(result->fault[0].all.down_cycles, result->cycles - result->fault[0].cycle);
    hb_result_free(result);
    destroy(machine);
}
END_TEST

static uint64_t hash_at_the_end(const char *const *sets, size_t n, uint64_t stop) {
    struct hb_machine *machine = machine_of(sets, n);
    if (stop) {
        hb_machine_run(machine, stop);
        struct hb_snapshot *snapshot = hb_snapshot_take(machine);
        hb_machine_run(machine, stop + 100000);
        hb_snapshot_restore(machine, snapshot);
        hb_snapshot_free(snapshot);
    }
    run_to_the_end(machine);
    uint64_t hash = hb_hash_u64(hb_state_hash(machine), machine->saved->fault[0].repeats.strikes);
    destroy(machine);
    return hash;
}

START_TEST(snapshots_and_engines_change_nothing) {
    static const char *const lockstep[] = {DIES, "engine=lockstep"};
    static const char *const fast[] = {DIES, "engine=fast"};
    static const char *const other[] = {DIES, "faults.0.rate.stream=1"};
    const uint64_t hash = hash_at_the_end(lockstep, DIES_N + 1, 0);
    ck_assert_uint_eq(hash_at_the_end(fast, DIES_N + 1, 0), hash);
    ck_assert_uint_eq(hash_at_the_end(fast, DIES_N + 1, 300000), hash);
    ck_assert_uint_eq(hash_at_the_end(lockstep, DIES_N + 1, 170000), hash);
    ck_assert_uint_ne(hash_at_the_end(other, DIES_N + 1, 0), hash);
}
END_TEST

/* ---- Several CPUs ---------------------------------------------------------------------------------------------- */

static uint32_t any_hart(unsigned seed) {
    char text[32];
    const char *const sets[] = {text, "faults.0.target.hart=any", "faults.0.trigger.cycle=9"};
    snprintf(text, sizeof text, "seed=%u", seed);
    struct hb_machine *machine = machine_of(sets, 3);
    uint32_t hart = machine->config.faults[0].hart;
    destroy(machine);
    return hart;
}

START_TEST(the_seed_chooses_any_hart) {
    uint32_t chosen[4] = {0};
    for (unsigned seed = 0; seed < 100; seed++) {
        ck_assert_uint_lt(any_hart(seed), 4);
        chosen[any_hart(seed)]++;
    }
    for (uint32_t hart = 0; hart < 4; hart++)
        ck_assert_uint_gt(chosen[hart], 10);
}
END_TEST

#define THREE "faults.0.model=freeze", "faults.0.duration.cycles=500", "faults.0.target.harts=[3,1,2]"

/* The others come after all faults that are given. */
START_TEST(each_of_several_has_its_own_clock) {
    static const char *const sets[] = {THREE,
                                       "faults.0.rate.exponential=40000",
                                       "faults.1.model=fail_slow",
                                       "faults.1.factor=2",
                                       "faults.1.target.hart=0",
                                       "faults.1.trigger.cycle=70000"};
    struct hb_machine *machine = machine_of(sets, 8);
    const struct hb_fault_state *fault = machine->saved->fault;
    ck_assert_uint_eq(machine->saved->faults, 4);
    run_to_the_end(machine);
    ck_assert(fault[0].hart == 3 && fault[1].hart == 0 && fault[2].hart == 1 && fault[3].hart == 2);
    ck_assert(fault[0].repeats.strikes > 2 && fault[2].repeats.strikes > 2 && fault[3].repeats.strikes > 2);
    ck_assert(fault[0].cycle != fault[2].cycle && fault[2].cycle != fault[3].cycle);
    destroy(machine);
}
END_TEST

static void all_struck_at_once(const struct hb_machine *machine, uint64_t strikes) {
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(machine->saved->fault[i].cycle, machine->saved->fault[0].cycle);
        ck_assert_uint_ge(machine->saved->fault[i].repeats.strikes, strikes);
    }
}

START_TEST(one_cause_strikes_all_at_once) {
    static const char *const sets[] = {THREE, "faults.0.common=true", "faults.0.rate.exponential=40000"};
    struct hb_machine *machine = machine_of(sets, 5);
    run_to_the_end(machine);
    all_struck_at_once(machine, 3);
    destroy(machine);
}
END_TEST

/* Whichever of them comes first. */
START_TEST(one_cause_waits_for_any_of_its_harts) {
    static const char *const sets[] = {THREE, "faults.0.common=true", "faults.0.trigger.tracepoint=task_run"};
    static const char *const first[] = {"faults.0.model=freeze", "faults.0.duration.cycles=500",
                                        "faults.0.trigger.tracepoint=task_run", "faults.0.target.harts=[1,2,3]"};
    struct hb_machine *machine = machine_of(sets, 5);
    run_to_the_end(machine);
    all_struck_at_once(machine, 1);
    const uint64_t at_once = machine->saved->fault[0].cycle;
    destroy(machine);
    machine = machine_of(first, 4);
    run_to_the_end(machine);
    uint64_t earliest = HB_NEVER;
    for (uint32_t i = 0; i < 3; i++)
        earliest = machine->saved->fault[i].cycle < earliest ? machine->saved->fault[i].cycle : earliest;
    ck_assert_uint_eq(at_once, earliest);
    destroy(machine);
}
END_TEST

/* One of them has died before by itself: the others are struck all the same. */
START_TEST(one_cause_strikes_who_is_left) {
    static const char *const sets[] = {THREE, "faults.0.common=true", "faults.0.trigger.cycle=200000",
                                       "faults.1.target.hart=3", "faults.1.trigger.cycle=100000"};
    struct hb_machine *machine = machine_of(sets, 7);
    run_to_the_end(machine);
    const struct hb_fault_state *fault = machine->saved->fault;
    ck_assert(!fault[0].activated && fault[1].activated && fault[2].activated && fault[3].activated);
    ck_assert(fault[2].cycle == 200000 && fault[3].cycle == 200000);
    destroy(machine);
}
END_TEST

static Suite *rates_suite(void) {
    Suite *suite = suite_create("rates");
    TCase *tests = tcase_create("rates");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, draws_are_the_inverse_of_the_distribution, 0, (int)RATES);
    tcase_add_test(tests, means_are_right);
    tcase_add_test(tests, seed_stream_fault_and_number_count);
    tcase_add_test(tests, the_clock_begins_when_the_cpu_is_back);
    tcase_add_test(tests, a_cpu_that_came_back_dies_again);
    tcase_add_test(tests, a_cpu_that_stays_away_dies_once);
    tcase_add_test(tests, snapshots_and_engines_change_nothing);
    tcase_add_test(tests, the_seed_chooses_any_hart);
    tcase_add_test(tests, each_of_several_has_its_own_clock);
    tcase_add_test(tests, one_cause_strikes_all_at_once);
    tcase_add_test(tests, one_cause_waits_for_any_of_its_harts);
    tcase_add_test(tests, one_cause_strikes_who_is_left);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    SRunner *runner = srunner_create(rates_suite());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
