/* The statistics of campaigns (sim/base/bounds.h) a line at a time, for bounds.py:
 *
 *     interval HITS N CONFIDENCE                    -> LOW HIGH
 *     suffice HITS N MARGIN CONFIDENCE LOOKS        -> 0 or 1
 *     looks CONFIDENCE LOOKS                        -> CONFIDENCE
 *     size SPACE MARGIN CONFIDENCE                  -> N
 */
#include <inttypes.h>
#include <stdio.h>

#include "sim/base/bounds.h"

/* False: the line is none of these. */
static bool answer(const char *line) {
    uint64_t hits, n;
    uint32_t looks;
    double margin, confidence;
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
    } else {
        return false;
    }
    return true;
}

int main(void) {
    char line[256];
    while (fgets(line, sizeof line, stdin))
        if (!answer(line))
            return 1;
    return 0;
}
