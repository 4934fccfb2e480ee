#include "osmodel/guest/lib/attempt.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/user/user.h"
#include "osmodel/guest/workloads/workload.h"

#define STACK_ALIGN 16u

static struct hb_job job_of(uint32_t task, uint32_t number, uint32_t life, const struct hb_task_memory *memory) {
    const volatile struct hb_group *group = &hb_params.group[number];
    struct hb_job job = {
        .kind = group->kind,
        .seed = hb_params.seed,
        .work = group->work,
        .set = (uint8_t *)memory->set,
        .set_bytes = memory->set_bytes,
        .shared = (uint8_t *)memory->shared,
        .choice = group->locks,
        .task = task,
        .thread = task - (uint32_t)group->first,
        .threads = (uint32_t)group->tasks,
        .life = life,
        .size = (uint32_t)group->size,
        .serial = (uint32_t)group->serial,
        .stages = (uint32_t)group->stages,
        .lock = (uint32_t)group->lock,
        .barrier = (uint32_t)group->barrier,
        .forks = (uint32_t)group->forks,
        .wait = (uint32_t)group->wait,
        .service = (uint32_t)group->service,
        .bursts = group->bursts,
        .sleep_cycles = group->sleep_cycles,
    };
    if (group->kind == HB_KIND_BATCH) {
        struct hb_batch_plan plan = hb_batch_plan(hb_params.seed, group, task);
        job.work = plan.units;
        job.choice = plan.kernel;
    }
    return job;
}

void hb_attempt_begin(struct hb_context *context, uint32_t task, uint32_t number, uint32_t life,
                      const struct hb_task_memory *memory) {
    uint64_t top = (memory->set - sizeof(struct hb_job)) & ~(uint64_t)(STACK_ALIGN - 1);
    *(struct hb_job *)top = job_of(task, number, life, memory);
    for (uint32_t i = 1; i < 32; i++)
        context->x[i] = 0; /* a task learns nothing from the registers' previous owner */
    context->fp = NULL;
    context->x[HB_REG_A0] = top;
    context->x[HB_REG_SP] = top;
    context->pc = (uint64_t)hb_user_main;
}
