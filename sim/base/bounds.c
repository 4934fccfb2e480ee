#include "sim/base/bounds.h"

#include <math.h>

#define STEPS_MAX 200u /* of a continued fraction or a bisection: far more than doubles can tell apart */
#define TINY      1e-300

/* ---- The binomial distribution --------------------------------------------------------------------------------- */

static double kept_off_zero(double x) {
    return fabs(x) < TINY ? TINY : x;
}

/* The coefficient that continues the fraction of the incomplete beta function by its n-th step (Abramowitz and Stegun
 * 26.5.8). */
static double coefficient(unsigned n, double a, double b, double x) {
    double m = n / 2;
    if (n % 2)
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
}

/* The value of that fraction, worked out from its front by Lentz's method. */
static double fraction(double a, double b, double x) {
    double value = 1, c = 1, d = 0;
    for (unsigned n = 1; n < STEPS_MAX * 100; n++) {
        double k = coefficient(n, a, b, x);
        d = 1 / kept_off_zero(1 + k * d);
        c = kept_off_zero(1 + k / c);
        double step = c * d;
        value *= step;
        if (fabs(step - 1) < 1e-15)
            break;
    }
    return 1 / value;
}

/* The regularised incomplete beta function. On the far side of its middle the fraction converges slowly, and the
 * complement is taken. */
static double incomplete_beta(double a, double b, double x) {
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * fraction(a, b, x) / a;
    return 1 - front * fraction(b, a, 1 - x) / b;
}

double hb_binomial_at_most(uint64_t hits, uint64_t n, double p) {
    if (hits >= n)
        return 1;
    return incomplete_beta((double)(n - hits), (double)hits + 1, 1 - p);
}

/* ---- Intervals ------------------------------------------------------------------------------------------------- */

/* The share at which the chance of at most `hits` has fallen to `chance`: it falls as the share grows. */
static double share_where(uint64_t hits, uint64_t n, double chance) {
    double low = 0, high = 1;
    for (unsigned i = 0; i < STEPS_MAX && high - low > 1e-16; i++) {
        double middle = (low + high) / 2;
        if (hb_binomial_at_most(hits, n, middle) > chance)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

struct hb_bounds hb_bounds_of(uint64_t hits, uint64_t n, double confidence) {
    double tail = (1 - confidence) / 2;
    struct hb_bounds interval = {0, 1};
    if (n == 0)
        return interval;
    if (hits > 0)
        interval.low = share_where(hits - 1, n, 1 - tail);
    if (hits < n)
        interval.high = share_where(hits, n, tail);
    return interval;
}

double hb_bounds_of_looks(double confidence, uint32_t looks) {
    return looks > 1 ? 1 - (1 - confidence) / looks : confidence;
}

bool hb_bounds_suffice(uint64_t hits, uint64_t n, double margin, double confidence, uint32_t looks) {
    struct hb_bounds in = hb_bounds_of(hits, n, hb_bounds_of_looks(confidence, looks));
    return n && (in.high - in.low) / 2 <= margin;
}

/* ---- Means ----------------------------------------------------------------------------------------------------- */

/* The chance of less than t (Abramowitz and Stegun 26.7.1). */
static double student_below(double t, double freedom) {
    const double tail = incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
    return t < 0 ? tail : 1 - tail;
}

double hb_student_quantile(double p, uint64_t freedom) {
    double low = -1e9, high = 1e9;
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        double middle = (low + high) / 2;
        if (student_below(middle, (double)freedom) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

struct hb_sample_mean hb_mean_of(const double *value, uint64_t n, double confidence) {
    struct hb_sample_mean of = {.n = n};
    double squares = 0;
    for (uint64_t i = 0; i < n; i++)
        of.mean += value[i] / (double)n;
    for (uint64_t i = 0; i < n; i++)
        squares += (value[i] - of.mean) * (value[i] - of.mean);
    if (n < 2)
        return of;
    const double error = sqrt(squares / (double)(n - 1) / (double)n);
    const double half = hb_student_quantile((1 + confidence) / 2, n - 1) * error;
    of.in = (struct hb_bounds){of.mean - half, of.mean + half};
    return of;
}

/* ---- Sample sizes ---------------------------------------------------------------------------------------------- */

double hb_normal_quantile(double p) {
    double low = -40, high = 40;
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        double middle = (low + high) / 2;
        if (erfc(-middle / sqrt(2)) / 2 < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

uint64_t hb_sample_size(uint64_t space, double margin, double confidence) {
    double t = hb_normal_quantile((1 + confidence) / 2);
    double infinite = t * t / 4 / (margin * margin);
    double n = space ? (double)space / (1 + margin * margin * ((double)space - 1) / (t * t / 4)) : infinite;
    return n < 1 ? 1 : (uint64_t)ceil(n);
}
