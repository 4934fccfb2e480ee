#include "osmodel/expected.h"

#include <stdio.h>
#include <stdlib.h>

#include "osmodel/guest/workloads/workload.h"

#define LINE_BYTES 64u
#define SMALL_WORK 4096u /* units that the host computes in milliseconds */

static uint64_t expected_batch(const struct hb_params *params, uint32_t task) {
    struct hb_batch_plan plan = hb_batch_plan(params, task);
    uint8_t *set = aligned_alloc(LINE_BYTES, plan.set_bytes);
    if (!set) {
        fprintf(stderr, "no memory for the %llu bytes of task %u\n", (unsigned long long)plan.set_bytes, task);
        abort();
    }
    uint64_t checksum = hb_batch_run(params->seed, task, &plan, set);
    free(set);
    return checksum;
}

bool hb_os_has_expected(const struct hb_params *params) {
    uint64_t bytes = params->workload_set_bytes;
    if (params->workload_kind != HB_KIND_BATCH)
        return true;
    if (params->workload_sets == HB_SETS_FRESH)
        return params->workload_work >= 1 && params->workload_work <= HB_FRESH_WORK_MAX;
    return bytes == 0 || (bytes >= HB_SET_BYTES_MIN && bytes <= HB_SET_BYTES_MAX);
}

bool hb_os_is_worth_computing(const struct hb_params *params, uint64_t instructions) {
    const uint64_t work = params->workload_work;
    return params->workload_kind != HB_KIND_BATCH || work <= SMALL_WORK || work <= instructions;
}

uint64_t hb_os_expected_checksum(const struct hb_params *params, uint32_t task) {
    if (params->workload_kind != HB_KIND_BATCH)
        return hb_contend_checksum(params->seed, task, params->workload_work);
    return expected_batch(params, task);
}
