/* The statistics of campaigns: how sure a share or a mean is that a sample gives, and how large a sample must be.
 *
 * Intervals are Clopper and Pearson's ("The use of confidence or fiducial limits illustrated in the case of the
 * binomial", Biometrika 26, 1934): they never hold the truth less often than they say, however rare the event and
 * however small the sample. That is paid for with some width; intervals from a normal distribution are narrower and
 * wrong where it matters here, at shares near 0.
 *
 * The same arithmetic on every host: sums of powers and logarithms of the C library, rounded by whoever prints them.
 */
#ifndef HB_SIM_BOUNDS_H
#define HB_SIM_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

struct hb_bounds {
    double low, high; /* 0 to 1 */
};

/* The interval for a share of which `hits` of `n` were counted, at `confidence` (0.95: in at least 95 of 100 samples it
 * holds the truth). Without a sample: 0 to 1. */
struct hb_bounds hb_bounds_of(uint64_t hits, uint64_t n, double confidence);

/* The confidence that each of `looks` intervals needs so that all of them together hold the truth at `confidence`: who
 * looks often, and stops when the interval pleases, would otherwise be less sure than they say (Bonferroni). */
double hb_bounds_of_looks(double confidence, uint32_t looks);

/* Is a share known well enough to stop at one of `looks`: within +- `margin` at `confidence`? */
bool hb_bounds_suffice(uint64_t hits, uint64_t n, double margin, double confidence, uint32_t looks);

/* The mean of a sample, and the interval for the mean of what it was taken from, by Student's t: exact where the values
 * are normal, good where they are not and many. */
struct hb_sample_mean {
    uint64_t n;
    double mean;         /* of at least one value */
    struct hb_bounds in; /* of at least two; it may reach below 0 */
};

struct hb_sample_mean hb_mean_of(const double *value, uint64_t n, double confidence);

/* The quantile of Student's t with `freedom` degrees, at least 1, at `p`, 0 < p < 1. */
double hb_student_quantile(double p, uint64_t freedom);

/* The chance of at most `hits` among `n` where each has the chance `p`. */
double hb_binomial_at_most(uint64_t hits, uint64_t n, double p);

/* How many of `space` faults must be sampled so that a share, whatever it is, is known within +- `margin` at
 * `confidence` (Leveugle and others, "Statistical fault injection: quantified error and confidence", DATE 2009, with
 * p = 0.5). `space` 0: it is infinite. At least 1. */
uint64_t hb_sample_size(uint64_t space, double margin, double confidence);

/* The quantile of the normal distribution at `p`, 0 < p < 1. */
double hb_normal_quantile(double p);

#endif
