#include "osmodel/guest/lib/tasks_memory.h"

#include <stdbool.h>

#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/workloads/workload.h"

extern char hb_image_end[]; /* linker script */

uint64_t hb_shared_memory(void) {
    return (uint64_t)hb_image_end;
}

uint64_t hb_shared_memory_bytes(void) {
    return hb_params.workload_kind == HB_KIND_SHARE ? hb_params.workload_locks * HB_SHARED_COUNTER_BYTES : 0;
}

static uint64_t set_bytes(uint32_t task) {
    if (hb_params.workload_kind != HB_KIND_BATCH)
        return HB_WORKLOAD_SET_SMALL_BYTES;
    return hb_batch_plan(&hb_params, task).set_bytes;
}

/* All have room for the largest set: so a task's place needs no knowledge of the others'. */
uint64_t hb_task_room_bytes(void) {
    bool batch = hb_params.workload_kind == HB_KIND_BATCH;
    return HB_TASK_STACK_BYTES + (batch ? hb_batch_set_bytes_max(&hb_params) : HB_WORKLOAD_SET_SMALL_BYTES);
}

uint64_t hb_user_memory_begin(void) {
    return hb_shared_memory() + hb_shared_memory_bytes();
}

struct hb_task_memory hb_task_memory_at(uint32_t task, uint64_t begin) {
    struct hb_task_memory memory = {.begin = begin};
    memory.set = memory.begin + HB_TASK_STACK_BYTES;
    memory.set_bytes = set_bytes(task);
    memory.end = memory.set + memory.set_bytes;
    return memory;
}

struct hb_task_memory hb_task_memory(uint32_t task) {
    return hb_task_memory_at(task, hb_user_memory_begin() + task * hb_task_room_bytes());
}

void hb_tasks_memory_check(uint32_t tasks) {
    uint64_t ram_end = hb_board.ram_base + hb_board.ram_bytes;
    if (hb_task_memory(tasks - 1).begin + hb_task_room_bytes() > ram_end)
        hb_panic("the tasks' memory does not fit into RAM: fewer tasks, smaller sets, or more memory");
}
