/* The tasks' work on the host. The checksums below were printed by the same sources compiled for RV64IMAC and run under
 * QEMU: host and guest agree on them, and a change of the workloads shows here. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/guest/workloads/workload.h"

static uint8_t set[HB_WORKLOAD_SET_DEFAULT_BYTES] __attribute__((aligned(64)));

static const uint64_t from_the_guest[12] = {
    0x11a06a8308409991u, 0x0c26c5ea78886988u, 0x8ab669a2ad4a8af1u, 0xba9319719149503fu,
    0xd69511ef7e894ec1u, 0x845f74ed0ec04521u, 0x177d59a8c8c0c957u, 0x342750baba52086au,
    0x3534883be5a8b0cbu, 0xe1e6ba959fb8838au, 0xd1be2e0c64cc9c50u, 0x93507dcafd85b17cu,
};

static uint64_t run(uint64_t seed, uint32_t task, uint64_t work) {
    return hb_batch_run(seed, task, work, set, hb_batch_set_bytes(task, 0));
}

START_TEST(batch_gives_what_the_guest_gives) {
    for (uint32_t task = 0; task < 12; task++)
        ck_assert_uint_eq(run(1, task, 1000), from_the_guest[task]);
}
END_TEST

START_TEST(batch_does_not_depend_on_what_memory_held) {
    for (uint32_t task = 0; task < 12; task++) {
        memset(set, 0xff, sizeof set);
        uint64_t first = run(7, task, 50);
        ck_assert_uint_eq(run(7, task, 50), first);
        memset(set, 0, sizeof set);
        ck_assert_uint_eq(run(7, task, 50), first);
    }
}
END_TEST

START_TEST(every_unit_seed_and_task_matters) {
    for (uint32_t task = 0; task < 12; task++) {
        ck_assert_uint_ne(run(1, task, 20), run(1, task, 21));
        ck_assert_uint_ne(run(1, task, 20), run(2, task, 20));
        ck_assert_uint_ne(run(1, task, 20), run(1, task + 12, 20));
    }
}
END_TEST

/* Count the lines of the set that `work` units write, seen by what is left of two different backgrounds. */
static unsigned lines_touched(uint32_t task, uint64_t work) {
    static uint8_t other[sizeof set];
    memset(set, 0, sizeof set);
    run(1, task, work);
    memcpy(other, set, sizeof set);
    memset(set, 0xff, sizeof set);
    run(1, task, work);
    unsigned lines = 0;
    for (size_t i = 0; i < sizeof set; i += 64)
        lines += memcmp(set + i, other + i, 64) == 0;
    return lines;
}

START_TEST(odd_tasks_take_two_new_lines_a_unit_and_even_ones_stay_small) {
    ck_assert_uint_eq(lines_touched(1, 40), 80);
    ck_assert_uint_eq(lines_touched(1, 1000), sizeof set / 64);
    ck_assert_uint_eq(lines_touched(0, 1000), HB_WORKLOAD_SET_SMALL_BYTES / 64);
}
END_TEST

START_TEST(sets_are_as_large_as_asked_for) {
    ck_assert_uint_eq(hb_batch_set_bytes(0, 65536), HB_WORKLOAD_SET_SMALL_BYTES);
    ck_assert_uint_eq(hb_batch_set_bytes(1, 65536), 65536);
    ck_assert_uint_eq(hb_batch_set_bytes(3, 0), 48 * 1024);
}
END_TEST

START_TEST(contend_adds_one_step_an_increment) {
    uint64_t sum = hb_contend_checksum(9, 4, 0);
    for (uint64_t i = 1; i <= 100; i++) {
        sum += hb_contend_step(9, 4);
        ck_assert_uint_eq(hb_contend_checksum(9, 4, i), sum);
    }
    ck_assert_uint_ne(hb_contend_checksum(9, 4, 5), hb_contend_checksum(9, 5, 5));
}
END_TEST

START_TEST(contend_uses_every_counter) {
    unsigned uses[5] = {0};
    for (uint64_t i = 0; i < 1000; i++) {
        uint32_t counter = hb_contend_counter(3, 2, i, 5);
        ck_assert_uint_lt(counter, 5);
        uses[counter]++;
    }
    for (unsigned i = 0; i < 5; i++)
        ck_assert_uint_gt(uses[i], 100);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("workloads");
    TCase *tests = tcase_create("workloads");
    tcase_add_test(tests, batch_gives_what_the_guest_gives);
    tcase_add_test(tests, batch_does_not_depend_on_what_memory_held);
    tcase_add_test(tests, every_unit_seed_and_task_matters);
    tcase_add_test(tests, odd_tasks_take_two_new_lines_a_unit_and_even_ones_stay_small);
    tcase_add_test(tests, sets_are_as_large_as_asked_for);
    tcase_add_test(tests, contend_adds_one_step_an_increment);
    tcase_add_test(tests, contend_uses_every_counter);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
