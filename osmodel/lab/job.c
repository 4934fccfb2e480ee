#include "osmodel/lab/job.h"

#include <stdlib.h>
#include <string.h>

#include "osmodel/guest/workloads/groups.h"
#include "osmodel/guest/workloads/kinds.h"
#include "osmodel/guest/workloads/workload.h"

#define WORK_MOST   50u
#define SET_DEFAULT 2048u

/* Those that wait for nothing but their barrier. */
static bool is_alone(uint64_t kind) {
    return kind == HB_KIND_BATCH || kind == HB_KIND_STENCIL || kind == HB_KIND_MATMUL || kind == HB_KIND_MAPREDUCE;
}

bool hb_lab_params(int argc, char **argv, struct hb_params *params) {
    uint64_t kind = 0;
    if (argc != 4)
        return false;
    while (kind < HB_KINDS && strcmp(hb_kinds[kind].name, argv[1]) != 0)
        kind++;
    uint64_t work = strtoull(argv[2], NULL, 10);
    *params = (struct hb_params){.seed = 1, .workload_tasks = 1, .workload_groups = 1};
    params->group[0] = (struct hb_group){.kind = kind, .tasks = 1, .weight = 1, .long_every = 1, .long_times = 1};
    params->group[0].work = work < WORK_MOST ? work : WORK_MOST;
    params->group[0].size = strtoull(argv[3], NULL, 10);
    return is_alone(kind);
}

static uint8_t *memory_of(uint64_t bytes) {
    bytes = (bytes + 127) / 128 * 128;
    uint8_t *memory = aligned_alloc(128, bytes);
    if (!memory)
        abort();
    return memset(memory, 0, bytes);
}

struct hb_job hb_lab_job(const struct hb_params *params) {
    const struct hb_group *group = &params->group[0];
    struct hb_job job = {.kind = group->kind, .seed = params->seed, .work = group->work, .threads = 1};
    uint64_t set_bytes = hb_group_set_bytes(params, group, 0);
    if (group->kind == HB_KIND_BATCH) {
        struct hb_batch_plan plan = hb_batch_plan(params->seed, group, 0);
        job.work = plan.units;
        job.choice = plan.kernel;
    }
    job.set_bytes = set_bytes ? set_bytes : SET_DEFAULT;
    job.set = memory_of(job.set_bytes);
    job.shared = memory_of(hb_group_shared_bytes(group) + SET_DEFAULT);
    job.size = (uint32_t)group->size;
    return job;
}
