/* The statistics of campaigns (sim/base/bounds.h) a line at a time, for bounds.py:
 *
 *     interval HITS N CONFIDENCE                    -> LOW HIGH
 *     suffice HITS N MARGIN CONFIDENCE LOOKS        -> 0 or 1
 *     looks CONFIDENCE LOOKS                        -> CONFIDENCE
 *     size SPACE MARGIN CONFIDENCE                  -> N
 *     student P FREEDOM                             -> QUANTILE
 *     mean CONFIDENCE VALUE...                      -> MEAN LOW HIGH
 */
#include <inttypes.h>
#include <stdio.h>

#include "sim/base/bounds.h"

#define VALUES_MAX 64

static void answer_mean(const char *rest, double confidence) {
    double value[VALUES_MAX];
    uint64_t n = 0;
    for (int used; n < VALUES_MAX && sscanf(rest, "%lf%n", &value[n], &used) == 1; n++)
        rest += used;
    const struct hb_sample_mean mean = hb_mean_of(value, n, confidence);
    printf("%.17g %.17g %.17g\n", mean.mean, mean.in.low, mean.in.high);
}

/* False: the line is none of these. */
static bool answer(const char *line) {
    uint64_t hits, n;
    uint32_t looks;
    double margin, confidence;
    int used;
    if (sscanf(line, "interval %" SCNu64 " %" SCNu64 " %lf", &hits, &n, &confidence) == 3) {
        struct hb_bounds in = hb_bounds_of(hits, n, confidence);
        printf("%.17g %.17g\n", in.low, in.high);
    } else if (sscanf(line, "suffice %" SCNu64 " %" SCNu64 " %lf %lf %" SCNu32, &hits, &n, &margin, &confidence,
                      &looks) == 5) {
        printf("%d\n", hb_bounds_suffice(hits, n, margin, confidence, looks));
    } else if (sscanf(line, "looks %lf %" SCNu32, &confidence, &looks) == 2) {
        printf("%.17g\n", hb_bounds_of_looks(confidence, looks));
    } else if (sscanf(line, "size %" SCNu64 " %lf %lf", &n, &margin, &confidence) == 3) {
        printf("%" PRIu64 "\n", hb_sample_size(n, margin, confidence));
    } else if (sscanf(line, "student %lf %" SCNu64, &confidence, &n) == 2) {
        printf("%.17g\n", hb_student_quantile(confidence, n));
    } else if (sscanf(line, "mean %lf%n", &confidence, &used) == 1) {
        answer_mean(line + used, confidence);
    } else {
        return false;
    }
    return true;
}

int main(void) {
    char line[2048];
    while (fgets(line, sizeof line, stdin))
        if (!answer(line))
            return 1;
    return 0;
}
