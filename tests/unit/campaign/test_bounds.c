/* Intervals and sample sizes, against sums worked out term by term and against published figures. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/bounds.h"

/* Term by term, each from the one before it; from the end where the first term is largest. */
static double at_most(uint64_t hits, uint64_t n, double p) {
    if (hits >= n)
        return 1;
    if (p > 0.5)
        return 1 - at_most(n - hits - 1, n, 1 - p);
    double term = exp((double)n * log1p(-p)), sum = 0;
    for (uint64_t k = 0; k <= hits; k++) {
        sum += term;
        term *= (double)(n - k) / (double)(k + 1) * p / (1 - p);
    }
    return sum;
}

START_TEST(the_binomial_sum_is_right) {
    static const double p[] = {0.001, 0.02, 0.1, 0.37, 0.5, 0.9};
    for (size_t i = 0; i < sizeof p / sizeof p[0]; i++)
        for (uint64_t n = 1; n <= 300; n = n * 2 + 1)
            for (uint64_t hits = 0; hits <= n; hits += 1 + n / 7)
                ck_assert_double_eq_tol(hb_binomial_at_most(hits, n, p[i]), at_most(hits, n, p[i]), 1e-10);
}
END_TEST

/* What defines the interval: at its ends the sample is just as unlikely as the confidence allows. */
START_TEST(the_ends_leave_out_what_they_should) {
    for (uint64_t n = 5; n <= 400; n += 79)
        for (uint64_t hits = 0; hits <= n; hits += 1 + n / 5) {
            struct hb_bounds in = hb_bounds_of(hits, n, 0.99);
            if (hits < n)
                ck_assert_double_eq_tol(at_most(hits, n, in.high), 0.005, 1e-9);
            if (hits > 0)
                ck_assert_double_eq_tol(at_most(hits - 1, n, in.low), 0.995, 1e-9);
            ck_assert(in.low <= (double)hits / (double)n && in.high >= (double)hits / (double)n);
        }
}
END_TEST

START_TEST(nothing_in_a_sample_has_a_closed_formula) {
    struct hb_bounds in = hb_bounds_of(0, 2000, 0.999);
    ck_assert_double_eq(in.low, 0);
    ck_assert_double_eq_tol(in.high, 1 - pow(0.0005, 1 / 2000.0), 1e-12);
    in = hb_bounds_of(7, 7, 0.95);
    ck_assert_double_eq(in.high, 1);
    ck_assert_double_eq_tol(in.low, pow(0.025, 1 / 7.0), 1e-12);
    in = hb_bounds_of(0, 0, 0.95);
    ck_assert(in.low == 0 && in.high == 1);
}
END_TEST

/* Clopper and Pearson's own example: 10 of 10 ... and the usual one of textbooks, 81 of 263 at 95 %. */
START_TEST(published_intervals) {
    struct hb_bounds in = hb_bounds_of(81, 263, 0.95);
    ck_assert_double_eq_tol(in.low, 0.2527, 5e-5);
    ck_assert_double_eq_tol(in.high, 0.3676, 5e-5);
}
END_TEST

/* The usual example at 5 % and 95 %: 385 of an infinite space; and all of a space of one. */
START_TEST(sample_sizes) {
    ck_assert_uint_eq(hb_sample_size(0, 0.05, 0.95), 385);
    ck_assert_uint_eq(hb_sample_size(0, 0.01, 0.99), 16588);
    ck_assert_uint_eq(hb_sample_size(1000, 0.05, 0.95), 278);
    ck_assert_uint_eq(hb_sample_size(1, 0.05, 0.95), 1);
    ck_assert_double_eq_tol(hb_normal_quantile(0.975), 1.959963985, 1e-8);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("bounds");
    TCase *tests = tcase_create("bounds");
    tcase_add_test(tests, the_binomial_sum_is_right);
    tcase_add_test(tests, the_ends_leave_out_what_they_should);
    tcase_add_test(tests, nothing_in_a_sample_has_a_closed_formula);
    tcase_add_test(tests, published_intervals);
    tcase_add_test(tests, sample_sizes);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
