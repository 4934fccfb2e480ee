#include "osmodel/expected.h"

#include <stdio.h>
#include <stdlib.h>

#include "osmodel/guest/workloads/groups.h"
#include "osmodel/guest/workloads/workload.h"

#define LINE_BYTES 64u
#define SMALL_WORK 4096u /* units that the host computes in milliseconds */

static uint64_t expect_batch(uint64_t seed, const struct hb_group *group, uint32_t task) {
    struct hb_batch_plan plan = hb_batch_plan(seed, group, task);
    uint8_t *set = aligned_alloc(LINE_BYTES, plan.set_bytes);
    if (!set) {
        fprintf(stderr, "no memory for the %llu bytes of task %u\n", (unsigned long long)plan.set_bytes, task);
        abort();
    }
    uint64_t checksum = hb_batch_run(seed, task, &plan, set);
    free(set);
    return checksum;
}

static uint64_t expect_counting(uint64_t seed, const struct hb_group *group, uint32_t task) {
    return hb_contend_checksum(seed, task, group->work);
}

static uint64_t (*const expect[HB_KINDS])(uint64_t seed, const struct hb_group *group, uint32_t task) = {
    [HB_KIND_BATCH] = expect_batch,
    [HB_KIND_CONTEND] = expect_counting,
    [HB_KIND_SHARE] = expect_counting,
};

static bool batch_has_expected(const struct hb_group *group) {
    uint64_t bytes = group->set_bytes;
    if (group->sets == HB_SETS_FRESH)
        return group->work >= 1 && group->work <= HB_FRESH_WORK_MAX;
    return bytes == 0 || (bytes >= HB_SET_BYTES_MIN && bytes <= HB_SET_BYTES_MAX);
}

static const struct hb_group *group_of(const struct hb_params *params, uint32_t task) {
    return &params->group[hb_group_of(params, task)];
}

bool hb_os_has_expected(const struct hb_params *params, uint32_t task) {
    const struct hb_group *group = group_of(params, task);
    return group->kind < HB_KINDS && (group->kind != HB_KIND_BATCH || batch_has_expected(group));
}

bool hb_os_is_worth_computing(const struct hb_params *params, uint32_t task, uint64_t instructions) {
    const struct hb_group *group = group_of(params, task);
    return group->kind != HB_KIND_BATCH || group->work <= SMALL_WORK || group->work <= instructions;
}

uint64_t hb_os_expected_checksum(const struct hb_params *params, uint32_t task) {
    const struct hb_group *group = group_of(params, task);
    return expect[group->kind](params->seed, group, task);
}
