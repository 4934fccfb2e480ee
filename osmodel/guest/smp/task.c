#include "osmodel/guest/smp/task.h"

#include "osmodel/guest/lib/attempt.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/smp/recovery/checkpoint.h"
#include "osmodel/guest/smp/sync/life.h"

uint64_t hb_task_words[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));
struct hb_task hb_tasks[HB_TASKS_MAX];
uint8_t hb_task_groups[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

void hb_task_begin_attempt(uint32_t task) {
    const struct hb_group_facts *facts = hb_task_facts(task);
    uint32_t group = hb_task_group(task);
    uint32_t life = (uint32_t)hb_life_of(task, hb_load(&hb_task_words[task]));
    uint64_t room = facts->rooms + (task - facts->first) * facts->room_bytes;
    struct hb_task_memory memory = hb_task_memory_at(task, group, facts->shared_begin, room);
    hb_tasks[task].reach = (struct hb_task_reach){memory.begin, memory.end};
    if (!hb_checkpoints_are_on() || !hb_checkpoint_restore(task))
        hb_attempt_begin(&hb_tasks[task].context, task, group, life, &memory);
    hb_tasks[task].things = (struct hb_things){0};
    hb_tasks[task].has_waited = false;
}
