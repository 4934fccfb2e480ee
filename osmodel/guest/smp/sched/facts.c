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

/* What another scheduler has noted about a task means nothing to this one. */
uint64_t *hb_note(uint32_t task) {
    struct hb_task *of = &hb_tasks[task];
    if (of->noted_by != hb_params.scheduler) {
        of->noted_by = (uint32_t)hb_params.scheduler;
        of->note[0] = 0;
        of->note[1] = 0;
    }
    return of->note;
}

uint32_t hb_groups(void) {
    return 1;
}

uint32_t hb_task_group(uint32_t task) {
    (void)task;
    return 0;
}

uint32_t hb_task_priority(uint32_t task) {
    (void)task;
    return 0;
}

uint32_t hb_task_weight(uint32_t task) {
    (void)task;
    return 1;
}

uint32_t hb_task_place(uint32_t task) {
    (void)task;
    return HB_ANYWHERE;
}

uint64_t hb_task_length(uint32_t task) {
    if (hb_params.workload_kind != HB_KIND_BATCH)
        return hb_params.workload_work;
    return hb_batch_plan(&hb_params, task).units;
}
