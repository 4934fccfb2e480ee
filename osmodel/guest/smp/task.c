#include "osmodel/guest/smp/task.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/user/user.h"

uint64_t hb_task_words[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));
struct hb_task hb_tasks[HB_TASKS_MAX];

void hb_task_begin_attempt(uint32_t task) {
    struct hb_task_memory memory = hb_task_memory(task);
    struct hb_context *context = &hb_tasks[task].context;
    for (uint32_t i = 1; i < 32; i++)
        context->x[i] = 0; /* a task learns nothing of who had the registers before */
    uint64_t *arguments = &context->x[HB_REG_A0];
    arguments[0] = hb_params.workload_kind;
    arguments[1] = hb_params.seed;
    arguments[2] = task;
    arguments[3] = hb_params.workload_work;
    arguments[4] = memory.set;
    arguments[5] = memory.set_bytes;
    arguments[6] = hb_params.workload_locks;
    arguments[7] = hb_shared_memory();
    context->x[HB_REG_SP] = memory.set;
    context->pc = (uint64_t)hb_user_main;
    hb_tasks[task].mutexes_owned = 0;
}
