#include "osmodel/guest/lib/attempt.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/user/user.h"
#include "osmodel/guest/workloads/workload.h"

static void set_batch_arguments(uint64_t *arguments, const volatile struct hb_group *group, uint32_t task) {
    struct hb_batch_plan plan = hb_batch_plan(hb_params.seed, group, task);
    arguments[3] = plan.units;
    arguments[6] = plan.kernel;
}

void hb_attempt_begin(struct hb_context *context, uint32_t task, uint32_t number, const struct hb_task_memory *memory) {
    const volatile struct hb_group *group = &hb_params.group[number];
    for (uint32_t i = 1; i < 32; i++)
        context->x[i] = 0; /* a task learns nothing from the registers' previous owner */
    context->fp = NULL;
    uint64_t *arguments = &context->x[HB_REG_A0];
    arguments[0] = group->kind;
    arguments[1] = hb_params.seed;
    arguments[2] = task;
    arguments[3] = group->work;
    arguments[4] = memory->set;
    arguments[5] = memory->set_bytes;
    arguments[6] = group->locks;
    arguments[7] = hb_shared_memory(number);
    if (group->kind == HB_KIND_BATCH)
        set_batch_arguments(arguments, group, task);
    context->x[HB_REG_SP] = memory->set;
    context->pc = (uint64_t)hb_user_main;
}
