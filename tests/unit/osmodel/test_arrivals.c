/* Requests of servers: their arrivals against the distributions that they are drawn from. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "osmodel/guest/workloads/arrivals.h"

#define DRAWS 8192u
#define MEAN  100000u

static struct hb_group server(uint64_t arrivals) {
    return (struct hb_group){
        .kind = HB_KIND_SERVER, .tasks = 4, .requests = DRAWS, .gap_cycles = MEAN, .arrivals = arrivals};
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The largest distance between the samples' distribution and 1 - exp(-x / mean) (Kolmogorov and Smirnov). */
static double distance_from_exponential(double *gaps, uint32_t n) {
    double most = 0;
    qsort(gaps, n, sizeof *gaps, compare);
    for (uint32_t i = 0; i < n; i++) {
        double share = 1 - exp(-gaps[i] / MEAN);
        most = fmax(most, fmax(fabs(share - (double)i / n), fabs(share - (double)(i + 1) / n)));
    }
    return most;
}

/* 1.95 / sqrt(n) is exceeded by one sample in a thousand. */
START_TEST(poisson_gaps_are_exponential) {
    static double gaps[DRAWS];
    struct hb_group group = server(HB_ARRIVALS_POISSON);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        double sum = 0, together = 0;
        for (uint32_t i = 0; i < DRAWS; i++) {
            gaps[i] = (double)hb_arrival_gap(seed, &group, i);
            sum += gaps[i];
            together += i ? (gaps[i] - MEAN) * (gaps[i - 1] - MEAN) : 0;
        }
        ck_assert_double_eq_tol(sum / DRAWS, MEAN, 5 * MEAN / sqrt(DRAWS));
        ck_assert_double_le(fabs(together / DRAWS),
                            5.0 * MEAN * MEAN / sqrt(DRAWS)); /* neighbours do not go together */
        ck_assert_double_le(distance_from_exponential(gaps, DRAWS), 1.95 / sqrt(DRAWS));
    }
}
END_TEST

/* Its variance: 7/8 of gaps with mean 1/8 and 1/8 with mean 57/8, twice their squares less 1. */
START_TEST(bursty_gaps_have_the_mean_and_more_variance) {
    struct hb_group group = server(HB_ARRIVALS_BURSTY);
    double sum = 0, squares = 0, n = 0;
    for (uint64_t seed = 1; seed <= 20; seed++)
        for (uint32_t i = 0; i < DRAWS; i++, n++) {
            double gap = (double)hb_arrival_gap(seed, &group, i) / MEAN;
            sum += gap;
            squares += gap * gap;
        }
    double variance = 2 * (7.0 / 8 / 64 + 57.0 * 57 / 64 / 8) - 1;
    ck_assert_double_eq_tol(sum / n, 1, 5 * sqrt(variance / n));
    ck_assert_double_eq_tol(squares / n - 1, variance, 0.1 * variance);
}
END_TEST

START_TEST(even_gaps_are_all_alike) {
    struct hb_group group = server(HB_ARRIVALS_EVEN);
    for (uint32_t i = 0; i < 100; i++)
        ck_assert_uint_eq(hb_arrival_gap(1, &group, i), MEAN);
}
END_TEST

START_TEST(queues_are_chosen_by_turn_or_by_hash) {
    struct hb_group group = server(HB_ARRIVALS_EVEN);
    uint32_t chosen[4] = {0}, same = 0;
    ck_assert_uint_eq(hb_server_queues(&group), 1);
    ck_assert_uint_eq(hb_request_queue(1, &group, 77), 0);
    group.queues = HB_SERVER_DEALT;
    ck_assert_uint_eq(hb_server_queues(&group), 4);
    ck_assert_uint_eq(hb_request_queue(1, &group, 77), 1);
    group.queues = HB_SERVER_HASHED;
    for (uint32_t i = 0; i < DRAWS; i++) {
        chosen[hb_request_queue(1, &group, i)]++;
        same += hb_request_queue(1, &group, i) == hb_request_queue(1, &group, i + 1);
    }
    for (uint32_t q = 0; q < 4; q++)
        ck_assert_double_eq_tol(chosen[q], DRAWS / 4.0, 5 * sqrt(DRAWS * 3.0 / 16));
    ck_assert_double_eq_tol(same, DRAWS / 4.0, 5 * sqrt(DRAWS * 3.0 / 16));
}
END_TEST

START_TEST(requests_are_numbered_through) {
    struct hb_params params = {.workload_groups = 3,
                               .group = {{.kind = HB_KIND_SERVER, .requests = 10},
                                         {.kind = HB_KIND_BATCH, .requests = 99},
                                         {.kind = HB_KIND_SERVER, .requests = 5}}};
    static const uint64_t before[] = {0, 10, 10, 15};
    for (uint32_t number = 0; number < 4; number++)
        ck_assert_uint_eq(hb_requests_before(&params, number), before[number]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("arrivals");
    TCase *tests = tcase_create("arrivals");
    tcase_add_test(tests, poisson_gaps_are_exponential);
    tcase_add_test(tests, bursty_gaps_have_the_mean_and_more_variance);
    tcase_add_test(tests, even_gaps_are_all_alike);
    tcase_add_test(tests, queues_are_chosen_by_turn_or_by_hash);
    tcase_add_test(tests, requests_are_numbered_through);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
