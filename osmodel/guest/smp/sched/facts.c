/* What a scheduler may ask about tasks and groups: os.workload. */
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/smp/sched/scheduler.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/workloads/workload.h"

void hb_quantum_work_out(struct hb_period *quantum) {
    uint64_t cycles = hb_params.quantum_cycles;
    quantum->cycles = cycles;
    quantum->ticks = cycles > 0 ? hb_ticks(cycles) : 1;
}

uint32_t hb_groups(void) {
    return (uint32_t)hb_params.workload_groups;
}

static const volatile struct hb_group *group_of(uint32_t task) {
    return &hb_params.group[hb_task_group(task)];
}

/* The host may change it in mid-run to anything. */
uint32_t hb_task_priority(uint32_t task) {
    uint64_t priority = group_of(task)->priority;
    return priority < HB_LEVELS ? (uint32_t)priority : HB_LEVELS - 1;
}

uint32_t hb_task_weight(uint32_t task) {
    uint32_t weight = (uint32_t)group_of(task)->weight;
    return weight > 0 ? weight : 1;
}

uint64_t hb_task_length(uint32_t task) {
    const volatile struct hb_group *group = group_of(task);
    return group->kind == HB_KIND_BATCH ? hb_batch_plan(hb_params.seed, group, task).units : group->work;
}
