#include "osmodel/guest/smp/task.h"

#include "osmodel/guest/lib/attempt.h"
#include "osmodel/guest/lib/tasks_memory.h"

uint64_t hb_task_words[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));
struct hb_task hb_tasks[HB_TASKS_MAX];

void hb_task_begin_attempt(uint32_t task) {
    struct hb_task_memory memory = hb_task_memory(task);
    hb_attempt_begin(&hb_tasks[task].context, task, &memory);
    hb_tasks[task].things = (struct hb_things){0};
}
