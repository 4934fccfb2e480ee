#include "sim/result/result.h"

#include <stdlib.h>

const char *hb_outcome_name(enum hb_outcome outcome) {
    static const char *const names[] = {
        [HB_OUTCOME_RUNNING] = "running",
        [HB_OUTCOME_PASSED] = "passed",
        [HB_OUTCOME_FAILED] = "failed",
        [HB_OUTCOME_LIMIT] = "limit",
        [HB_OUTCOME_HANG] = "hang",
        [HB_OUTCOME_CRASH] = "crash",
        [HB_OUTCOME_INTERRUPTED] = "interrupted",
    };
    return names[outcome];
}

const char *hb_engine_name(enum hb_engine engine) {
    static const char *const names[] = {"lockstep", "fast", "fast-interpreted"};
    return names[engine];
}

void hb_result_free(struct hb_run_result *result) {
    if (!result)
        return;
    for (uint32_t i = 0; i < result->faults; i++)
        free(result->fault[i].lost);
    free(result->fault);
    hb_measured_free(result->measured);
    hb_watched_free(result->watched);
    free(result);
}
