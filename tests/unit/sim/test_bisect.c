/* Bisection: the first cycle and field in which two runs differ, against a search cycle by cycle. */
#include "sim/machine/state_hash.h"
#include "sim/state/bisect.h"
#include "tests/unit/guest.h"

static char mix[HB_PATH_BYTES], passes[HB_PATH_BYTES];
static struct hb_config config;

static void start(void) {
    guest_config(&config, mix, 4);
}

START_TEST(equal_runs_do_not_differ) {
    struct hb_machine *left = guest_machine(&config), *right;
    config.host_lookups = false; /* results are the same */
    right = guest_machine(&config);
    struct hb_difference difference;
    ck_assert(!hb_bisect(left, right, UINT64_MAX, &difference));
    ck_assert_int_eq(left->saved->outcome, HB_OUTCOME_PASSED);
    ck_assert_int_eq(right->saved->outcome, HB_OUTCOME_PASSED);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

START_TEST(a_limit_ends_the_search) {
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    struct hb_difference difference;
    hb_machine_input(right, &(struct hb_input){.cycle = 30000, .kind = HB_INPUT_FAULT, .hart = 1});
    ck_assert(!hb_bisect(left, right, 30000, &difference));
    ck_assert(hb_bisect(left, right, 30001, &difference));
    ck_assert_uint_eq(difference.cycle, 30000);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

START_TEST(a_death_is_found_in_its_cycle) {
    const uint64_t cycle = (uint64_t[]){0, 1, 65535, 65536, 65537, 100000}[_i];
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    struct hb_difference difference;
    hb_machine_input(right, &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = 2});
    ck_assert(hb_bisect(left, right, 150000, &difference));
    ck_assert_uint_eq(difference.cycle, cycle);
    ck_assert_uint_eq(difference.index, 2);
    ck_assert_uint_ne(difference.left, difference.right);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

START_TEST(the_field_is_named) {
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    struct hb_difference difference;
    hb_machine_input(right, &(struct hb_input){.cycle = 44444, .kind = HB_INPUT_TEXT, .byte = 'x'});
    ck_assert(hb_bisect(left, right, 60000, &difference));
    ck_assert_uint_eq(difference.cycle, 44444);
    ck_assert_str_eq(difference.where, "device");
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

START_TEST(a_register_that_differs_from_the_start_is_named) {
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    struct hb_difference difference;
    right->hart[3].x[27] = 99;
    ck_assert(hb_bisect(left, right, 100, &difference));
    ck_assert_uint_eq(difference.cycle, 0);
    ck_assert_str_eq(difference.where, "x");
    ck_assert_uint_eq(difference.index, 3);
    ck_assert_uint_eq(difference.left, 0);
    ck_assert_uint_eq(difference.right, 99);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

/* Two machines whose memory differs in speed: found cycle by cycle, and by bisection. */
START_TEST(the_first_cycle_is_the_first) {
    struct hb_machine *machine[4];
    for (int i = 0; i < 4; i++) {
        config.bus.cache_supply_cycles = i % 2 ? 5 : 4;
        machine[i] = guest_machine(&config);
    }
    uint64_t cycle = 0;
    while (hb_state_hash(machine[0]) == hb_state_hash(machine[1]) && cycle < 100000) {
        cycle++;
        hb_machine_run(machine[0], cycle);
        hb_machine_run(machine[1], cycle);
    }
    struct hb_difference difference;
    ck_assert(hb_bisect(machine[2], machine[3], 100000, &difference));
    ck_assert_uint_eq(difference.cycle, cycle - 1);
    for (int i = 0; i < 4; i++)
        hb_machine_destroy(machine[i]);
}
END_TEST

START_TEST(an_end_is_a_difference) {
    struct hb_machine *left, *right;
    struct hb_difference difference;
    guest_config(&config, passes, 1);
    left = guest_machine(&config);
    hb_machine_run(left, UINT64_MAX);
    uint64_t end = left->saved->cycle;
    hb_machine_destroy(left);
    left = guest_machine(&config);
    config.stop_cycles = end - 10;
    right = guest_machine(&config);
    ck_assert(hb_bisect(left, right, 100000, &difference));
    ck_assert_uint_ge(difference.cycle, end - 11);
    ck_assert_uint_le(difference.cycle, end - 10);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

static Suite *bisections(void) {
    Suite *suite = suite_create("bisect");
    TCase *tests = tcase_create("bisect");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_test(tests, equal_runs_do_not_differ);
    tcase_add_test(tests, a_limit_ends_the_search);
    tcase_add_loop_test(tests, a_death_is_found_in_its_cycle, 0, 6);
    tcase_add_test(tests, the_field_is_named);
    tcase_add_test(tests, a_register_that_differs_from_the_start_is_named);
    tcase_add_test(tests, the_first_cycle_is_the_first);
    tcase_add_test(tests, an_end_is_a_difference);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    guest_need_compiler();
    guest_make("mix", "", "mix", mix);
    guest_make("ends", "-DENDS=0x5555", "passes", passes);
    SRunner *runner = srunner_create(bisections());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
