/* The tasks' work on the host. The checksums below were printed by the same sources compiled for RV64IMAC and run under
 * QEMU: host and guest agree on them, and a change of the workloads shows here. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/guest/workloads/groups.h"
#include "osmodel/guest/workloads/kinds.h"
#include "osmodel/guest/workloads/workload.h"

static uint8_t set[HB_WORKLOAD_SET_DEFAULT_BYTES] __attribute__((aligned(64)));

static struct hb_group group;
static uint64_t seed;

static void start(void) {
    group = (struct hb_group){.work = 1000};
    seed = 1;
}

static const uint64_t from_the_guest[12] = {
    0x9f4a6f39c4c5f61fu, 0xbfc2cb3e878f335eu, 0xc8cacf5aad469df9u, 0xaf3d6d470b109cf0u,
    0xa83289bc36be6d59u, 0xcc6afb4284238621u, 0x63c8a529bb6b1711u, 0x71570443f944366au,
    0x77be487b09594754u, 0x5aa7f4408767319au, 0x2b3d17b81ba41db1u, 0xdf37515b41f85ee6u,
};

static uint64_t run(uint64_t of_seed, uint32_t task, uint64_t work) {
    seed = of_seed;
    group.work = work;
    struct hb_batch_plan plan = hb_batch_plan(seed, &group, task);
    return hb_batch_run(of_seed, task, &plan, set);
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
    group.lengths = HB_LENGTHS_EQUAL;
    group.sets = HB_SETS_SMALL;
    for (uint32_t task = 0; task < 12; task++) {
        ck_assert_uint_ne(run(1, task, 20), run(1, task, 21));
        ck_assert_uint_ne(run(1, task, 20), run(2, task, 20));
        ck_assert_uint_ne(run(1, task, 20), run(1, task + 12, 20));
    }
}
END_TEST

/* ---- Plans ----------------------------------------------------------------------------------------------------- */

/* Count the lines of the set that the task writes, seen by what is left of two different backgrounds. */
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

START_TEST(tasks_touch_all_of_their_set) {
    group.lengths = HB_LENGTHS_EQUAL;
    group.sets = HB_SETS_LARGE;
    ck_assert_uint_eq(lines_touched(1, 15), sizeof set / 64);
    group.sets = HB_SETS_SMALL;
    ck_assert_uint_eq(lines_touched(1, 1000), HB_SET_SMALL_BYTES / 64);
    group.sets = HB_SETS_FRESH;
    ck_assert_uint_eq(lines_touched(1, 40), 80);
}
END_TEST

START_TEST(large_tasks_go_round_their_set_twice) {
    static const uint64_t sizes[] = {0, 128, 200, 4096, 65536};
    group.sets = HB_SETS_LARGE;
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        group.set_bytes = sizes[i];
        for (uint32_t task = 0; task < 100; task++) {
            struct hb_batch_plan plan = hb_batch_plan(seed, &group, task);
            ck_assert_uint_eq(plan.set_bytes, sizes[i] ? sizes[i] / 128 * 128 : 48 * 1024);
            ck_assert_uint_ge(plan.units, 2 * plan.set_bytes / 128);
        }
    }
}
END_TEST

START_TEST(lengths_lie_around_the_work) {
    group.sets = HB_SETS_SMALL;
    for (uint64_t work = 1; work < 300; work += 7) {
        uint64_t sum = 0;
        group.work = work;
        for (uint32_t task = 0; task < HB_TASKS_MAX; task++) {
            uint64_t units = hb_batch_plan(seed, &group, task).units;
            ck_assert(units >= (work + 1) / 2 && units <= work + work / 2);
            sum += units;
        }
        ck_assert_double_eq_tol((double)sum / HB_TASKS_MAX, (double)work, 0.03 * (double)work + 0.01);
    }
    group.lengths = HB_LENGTHS_EQUAL;
    ck_assert_uint_eq(hb_batch_plan(seed, &group, 5).units, group.work);
}
END_TEST

START_TEST(no_plan_asks_for_more_than_the_largest_set) {
    for (group.sets = HB_SETS_MIXED; group.sets <= HB_SETS_FRESH; group.sets++)
        for (group.set_bytes = 0; group.set_bytes <= 65536; group.set_bytes += 1000)
            for (uint32_t task = 0; task < 64 && group.set_bytes != 0; task++)
                ck_assert_uint_le(hb_batch_plan(seed, &group, task).set_bytes, hb_batch_set_bytes_max(&group));
}
END_TEST

/* A share of `n` draws, each with this chance, lies nearer than this: five standard deviations. */
static double tolerance(double chance, uint32_t n) {
    return 5 * sqrt(chance * (1 - chance) / n);
}

/* Of the tasks that are dealt to one of `harts`: how many are large, use each kernel, are longer than the mean. */
static void check_share_of(uint32_t hart, uint32_t harts) {
    uint32_t tasks = 0, large = 0, longer = 0, kernel[HB_KERNEL_AUTOMATON + 1] = {0};
    for (uint32_t task = hart; task < HB_TASKS_MAX; task += harts, tasks++) {
        struct hb_batch_plan plan = hb_batch_plan(seed, &group, task);
        large += plan.set_bytes != HB_SET_SMALL_BYTES;
        longer += plan.units > group.work;
        ck_assert(plan.kernel >= HB_KERNEL_SIEVE && plan.kernel <= HB_KERNEL_AUTOMATON);
        kernel[plan.kernel]++;
    }
    ck_assert_double_eq_tol((double)large / tasks, 0.5, tolerance(0.5, tasks));
    ck_assert_double_eq_tol((double)longer / tasks, 0.5, tolerance(0.5, tasks));
    for (uint32_t k = HB_KERNEL_SIEVE; k <= HB_KERNEL_AUTOMATON; k++)
        ck_assert_double_eq_tol((double)kernel[k] / tasks, 1.0 / 6, tolerance(1.0 / 6, tasks));
}

START_TEST(nothing_of_a_task_goes_with_the_hart_that_it_is_dealt_to) {
    group.set_bytes = 128;
    for (seed = 1; seed <= 20; seed++)
        for (uint32_t harts = 1; harts <= 16; harts *= 2)
            for (uint32_t hart = 0; hart < harts; hart++)
                check_share_of(hart, harts);
}
END_TEST

START_TEST(properties_do_not_go_together) {
    uint32_t both = 0, same_kernel = 0;
    group.set_bytes = 4096;
    for (uint32_t task = 0; task < HB_TASKS_MAX; task++) {
        struct hb_batch_plan plan = hb_batch_plan(seed, &group, task);
        both += (plan.set_bytes == 4096) == (plan.units > group.work);
        same_kernel += (plan.kernel <= HB_KERNEL_MATRIX) == (plan.set_bytes == 4096);
    }
    ck_assert_double_eq_tol((double)both / HB_TASKS_MAX, 0.5, 0.05);
    ck_assert_double_eq_tol((double)same_kernel / HB_TASKS_MAX, 0.5, 0.05);
}
END_TEST

START_TEST(the_seed_deals_anew) {
    uint32_t same = 0;
    for (uint32_t task = 0; task < 600; task++) {
        seed = 1;
        uint32_t kernel = hb_batch_plan(seed, &group, task).kernel;
        seed = 2;
        same += hb_batch_plan(seed, &group, task).kernel == kernel;
    }
    ck_assert_double_eq_tol(same / 600.0, 1.0 / 6, 0.06);
}
END_TEST

/* ---- Groups ---------------------------------------------------------------------------------------------------- */

/* 3 tasks with counters that they share, 2 with small sets, 4 that count in the kernel. */
static const struct hb_params three_groups = {
    .seed = 1,
    .workload_tasks = 9,
    .workload_groups = 3,
    .group = {{.kind = HB_KIND_SHARE, .first = 0, .tasks = 3, .locks = 5},
              {.kind = HB_KIND_BATCH, .first = 3, .tasks = 2, .work = 10, .sets = HB_SETS_SMALL},
              {.kind = HB_KIND_CONTEND, .first = 5, .tasks = 4, .locks = 7}},
};

START_TEST(a_task_is_in_the_group_whose_numbers_it_has) {
    static const uint32_t groups[] = {0, 0, 0, 1, 1, 2, 2, 2, 2, 2};
    for (uint32_t task = 0; task < 10; task++)
        ck_assert_uint_eq(hb_group_of(&three_groups, task), groups[task]);
}
END_TEST

START_TEST(the_memory_of_groups_follows_each_other) {
    const uint64_t room = HB_TASK_STACK_BYTES + HB_SET_SMALL_BYTES, shared = 5 * HB_SHARED_COUNTER_BYTES;
    ck_assert_uint_eq(hb_group_shared_bytes(&three_groups.group[0]), shared);
    ck_assert_uint_eq(hb_group_shared_bytes(&three_groups.group[1]), 0);
    ck_assert_uint_eq(hb_group_room_bytes(&three_groups.group[1]), room);
    ck_assert_uint_eq(hb_group_offset(&three_groups, 0), 0);
    ck_assert_uint_eq(hb_group_offset(&three_groups, 1), shared + 3 * room);
    ck_assert_uint_eq(hb_group_offset(&three_groups, 2), shared + 5 * room);
    ck_assert_uint_eq(hb_group_offset(&three_groups, 3), shared + 9 * room);
}
END_TEST

START_TEST(objects_are_numbered_through) {
    static const uint32_t before[] = {0, 5, 5, 12};
    for (uint32_t number = 0; number < 4; number++)
        ck_assert_uint_eq(hb_group_objects_before(&three_groups, number), before[number]);
}
END_TEST

/* ---- Counting -------------------------------------------------------------------------------------------------- */

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
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_test(tests, batch_gives_what_the_guest_gives);
    tcase_add_test(tests, batch_does_not_depend_on_what_memory_held);
    tcase_add_test(tests, every_unit_seed_and_task_matters);
    tcase_add_test(tests, tasks_touch_all_of_their_set);
    tcase_add_test(tests, large_tasks_go_round_their_set_twice);
    tcase_add_test(tests, lengths_lie_around_the_work);
    tcase_add_test(tests, no_plan_asks_for_more_than_the_largest_set);
    tcase_add_test(tests, nothing_of_a_task_goes_with_the_hart_that_it_is_dealt_to);
    tcase_add_test(tests, properties_do_not_go_together);
    tcase_add_test(tests, the_seed_deals_anew);
    tcase_add_test(tests, a_task_is_in_the_group_whose_numbers_it_has);
    tcase_add_test(tests, the_memory_of_groups_follows_each_other);
    tcase_add_test(tests, objects_are_numbered_through);
    tcase_add_test(tests, contend_adds_one_step_an_increment);
    tcase_add_test(tests, contend_uses_every_counter);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
