#include "osmodel/guest/workloads/kinds.h"

#include <stddef.h>

#include "osmodel/guest/workloads/workload.h"

static uint64_t batch_set_bytes(uint64_t seed, const volatile struct hb_group *group, uint32_t task) {
    return hb_batch_plan(seed, group, task).set_bytes;
}

static uint64_t counters_bytes(const volatile struct hb_group *group) {
    return group->locks * HB_SHARED_COUNTER_BYTES;
}

const struct hb_kind hb_kinds[HB_KINDS] = {
    [HB_KIND_BATCH] = {"batch", HB_CONTRACT_TASK, false, batch_set_bytes, hb_batch_set_bytes_max, NULL},
    [HB_KIND_CONTEND] = {"contend", HB_CONTRACT_COMMIT, true, NULL, NULL, NULL},
    [HB_KIND_SHARE] = {"share", HB_CONTRACT_TASK, true, NULL, NULL, counters_bytes},
};
