#include "osmodel/guest/smp/task.h"

#include "osmodel/guest/lib/attempt.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/smp/sync/life.h"

uint64_t hb_task_words[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));
struct hb_task hb_tasks[HB_TASKS_MAX];
uint8_t hb_task_groups[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

static void set_reach(struct hb_task_reach *reach, uint32_t group, const struct hb_task_memory *memory) {
    reach->begin = memory->begin;
    reach->end = memory->end;
    reach->shared_begin = hb_shared_memory(group);
    reach->shared_end = reach->shared_begin + hb_shared_memory_bytes(group);
    reach->first_object = hb_group_objects_before(&hb_params, group);
    reach->mutexes = hb_group_mutexes(&hb_params.group[group]);
    reach->objects = hb_group_objects(&hb_params.group[group]);
}

void hb_task_begin_attempt(uint32_t task) {
    uint32_t group = hb_task_group(task);
    uint32_t life = (uint32_t)hb_life_of(task, hb_load(&hb_task_words[task]));
    struct hb_task_memory memory = hb_task_memory(task, group);
    set_reach(&hb_tasks[task].reach, group, &memory);
    hb_attempt_begin(&hb_tasks[task].context, task, group, life, &memory);
    hb_tasks[task].things = (struct hb_things){0};
    hb_tasks[task].has_waited = false;
}
