#include "osmodel/guest/lib/tasks_memory.h"

#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/board.h"

extern char hb_image_end[]; /* linker script */

uint64_t hb_shared_memory(uint32_t group) {
    return (uint64_t)hb_image_end + hb_group_offset(&hb_params, group);
}

uint64_t hb_shared_memory_bytes(uint32_t group) {
    return hb_group_shared_bytes(&hb_params.group[group]);
}

struct hb_task_memory hb_task_memory_at(uint32_t task, uint32_t group, uint64_t shared, uint64_t begin) {
    struct hb_task_memory memory = {.begin = begin, .shared = shared};
    memory.set = memory.begin + HB_TASK_STACK_BYTES;
    memory.set_bytes = hb_group_set_bytes(&hb_params, &hb_params.group[group], task);
    memory.end = memory.set + memory.set_bytes;
    return memory;
}

uint64_t hb_task_room_bytes(void) {
    uint64_t most = 0;
    for (uint32_t i = 0; i < hb_params.workload_groups; i++) {
        uint64_t bytes = hb_group_room_bytes(&hb_params.group[i]);
        most = bytes > most ? bytes : most;
    }
    return most;
}

uint64_t hb_checkpoints_memory(void) {
    uint64_t end = hb_shared_memory((uint32_t)hb_params.workload_groups);
    return (end + HB_CHECKPOINT_ALIGN - 1) / HB_CHECKPOINT_ALIGN * HB_CHECKPOINT_ALIGN;
}

void hb_tasks_memory_check(void) {
    uint64_t ram_end = hb_board.ram_base + hb_board.ram_bytes;
    if (hb_shared_memory((uint32_t)hb_params.workload_groups) + hb_checkpoints_bytes(&hb_params) > ram_end)
        hb_panic("the tasks' memory does not fit into RAM: fewer tasks, smaller sets, or more memory");
}
