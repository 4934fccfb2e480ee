/* The work of threads on the host: done part after part it gives what it gives as a whole, and every part is done
 * once. That the guest computes the same is what every run of such a workload checks. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/expected.h"
#include "osmodel/guest/workloads/kinds.h"
#include "osmodel/guest/workloads/threads.h"

#define SIDE 13u

START_TEST(parts_follow_each_other_and_cover_all) {
    for (uint64_t threads = 1; threads <= 9; threads++) {
        uint64_t at = 0;
        for (uint64_t thread = 0; thread < threads; thread++) {
            struct hb_part part = hb_part_of(SIDE, thread, threads);
            ck_assert_uint_eq(part.from, at);
            ck_assert_uint_le(part.to - part.from, SIDE / threads + 1);
            at = part.to;
        }
        ck_assert_uint_eq(at, SIDE);
    }
}
END_TEST

START_TEST(a_stencil_in_parts_is_one_as_a_whole) {
    static double whole[2][SIDE * SIDE], parts[2][SIDE * SIDE];
    struct hb_part all = {0, SIDE};
    for (int grid = 0; grid < 2; grid++) {
        hb_stencil_fill(whole[grid], SIDE, 5, all);
        for (uint64_t thread = 0; thread < 4; thread++)
            hb_stencil_fill(parts[grid], SIDE, 5, hb_part_of(SIDE, thread, 4));
    }
    for (int step = 0; step < 7; step++) {
        hb_stencil_step(whole[step % 2], whole[(step + 1) % 2], SIDE, all);
        for (uint64_t thread = 4; thread-- > 0;)
            hb_stencil_step(parts[step % 2], parts[(step + 1) % 2], SIDE, hb_part_of(SIDE, thread, 4));
    }
    ck_assert_mem_eq(whole, parts, sizeof whole);
    ck_assert_uint_ne(hb_stencil_sum(whole[0], SIDE, all), hb_stencil_sum(whole[1], SIDE, all));
}
END_TEST

/* The middle of three by three: one value, computed by hand. */
START_TEST(a_step_takes_the_mean_of_the_neighbours) {
    const double grid[9] = {9, 1, 9, 2, 9, 3, 9, 4, 9};
    double next[9] = {0};
    hb_stencil_step(grid, next, 3, (struct hb_part){0, 3});
    for (int i = 0; i < 9; i++)
        ck_assert(next[i] == (i == 4 ? 2.5 : 0));
}
END_TEST

START_TEST(every_row_of_a_product_is_computed_once) {
    for (uint64_t permille = 0; permille <= 1000; permille += 125) {
        unsigned char times[6 * 50] = {0};
        for (uint64_t thread = 0; thread < 6; thread++) {
            struct hb_part alone = hb_matmul_alone(50, permille, thread, 6);
            struct hb_part together = hb_matmul_together(50, permille, thread, 6);
            for (uint64_t row = alone.from; row < alone.to; row++)
                times[row]++;
            for (uint64_t row = together.from; row < together.to; row++)
                times[row]++;
            if (thread != 0)
                ck_assert_uint_eq(alone.to, 0);
        }
        for (size_t row = 0; row < sizeof times; row++)
            ck_assert_msg(times[row] == 1, "row %zu is computed %u times", row, times[row]);
        ck_assert_uint_eq(hb_matmul_alone(50, permille, 0, 6).to, (300 * permille + 500) / 1000);
    }
}
END_TEST

START_TEST(a_row_is_one_of_the_product) {
    const double a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8};
    const double product[4] = {19, 22, 43, 50};
    for (uint64_t row = 0; row < 2; row++) {
        uint64_t bits[2];
        memcpy(bits, product + 2 * row, sizeof bits);
        uint64_t sum = (bits[0] ^ row);
        sum = (sum << 9 | sum >> 55) + (bits[1] ^ row);
        ck_assert_uint_eq(hb_matmul_row(a, b, 2, row, 0), sum);
    }
}
END_TEST

START_TEST(words_counted_in_tables_are_those_counted_in_one) {
    uint64_t tables[3 * HB_MAP_WORDS] = {0}, one[HB_MAP_WORDS] = {0};
    uint64_t total = 0;
    for (uint64_t page = 0; page < 30; page++) {
        hb_map_page(1, page, tables + page % 3 * HB_MAP_WORDS);
        hb_map_page(1, page, one);
    }
    for (uint64_t thread = 0; thread < 5; thread++) {
        struct hb_part words = hb_part_of(HB_MAP_WORDS, thread, 5);
        ck_assert_uint_eq(hb_reduce_words(tables, 3, words), hb_reduce_words(one, 1, words));
    }
    for (uint32_t word = 0; word < HB_MAP_WORDS; word++)
        total += one[word];
    ck_assert_uint_eq(total, 30 * HB_MAP_PAGE);
}
END_TEST

/* What each task of a group should find, by kind. */
static uint64_t expected(const struct hb_group *group, uint64_t seed, uint32_t task) {
    struct hb_params params = {.seed = seed, .workload_tasks = group->tasks, .workload_groups = 1, .group = {*group}};
    return hb_os_expected_checksum(&params, task);
}

START_TEST(seed_work_and_task_matter_to_every_kind) {
    for (uint64_t kind = HB_KIND_STENCIL; kind < HB_KINDS; kind++) {
        if (!hb_kinds[kind].others || kind == HB_KIND_SELFTEST)
            continue;
        struct hb_group group = {.kind = kind, .tasks = 4, .work = 10, .size = 12};
        struct hb_group more = {.kind = kind, .tasks = 4, .work = 12, .size = 12};
        ck_assert_uint_ne(expected(&group, 1, 0), expected(&group, 2, 0));
        ck_assert_uint_ne(expected(&group, 1, 0), expected(&more, 1, 0));
        ck_assert_uint_ne(expected(&group, 1, 0), expected(&group, 1, 1));
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("threads");
    TCase *tests = tcase_create("threads");
    tcase_add_test(tests, parts_follow_each_other_and_cover_all);
    tcase_add_test(tests, a_stencil_in_parts_is_one_as_a_whole);
    tcase_add_test(tests, a_step_takes_the_mean_of_the_neighbours);
    tcase_add_test(tests, every_row_of_a_product_is_computed_once);
    tcase_add_test(tests, a_row_is_one_of_the_product);
    tcase_add_test(tests, words_counted_in_tables_are_those_counted_in_one);
    tcase_add_test(tests, seed_work_and_task_matter_to_every_kind);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
