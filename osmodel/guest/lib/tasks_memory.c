#include "osmodel/guest/lib/tasks_memory.h"

#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/workloads/workload.h"

#define LINE_BYTES 64u

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
    return hb_batch_set_bytes(task, hb_params.workload_set_bytes) / LINE_BYTES * LINE_BYTES;
}

/* Tasks come in pairs of an even one and an odd one, and all pairs are alike. */
struct hb_task_memory hb_task_memory(uint32_t task) {
    uint64_t even_bytes = HB_TASK_STACK_BYTES + set_bytes(0);
    uint64_t pair_bytes = even_bytes + HB_TASK_STACK_BYTES + set_bytes(1);
    struct hb_task_memory memory;
    memory.begin = hb_shared_memory() + hb_shared_memory_bytes() + task / 2 * pair_bytes + task % 2 * even_bytes;
    memory.set = memory.begin + HB_TASK_STACK_BYTES;
    memory.set_bytes = set_bytes(task);
    memory.end = memory.set + memory.set_bytes;
    return memory;
}

void hb_tasks_memory_check(uint32_t tasks) {
    uint64_t ram_end = hb_board.ram_base + hb_board.ram_bytes;
    if (hb_task_memory(tasks - 1).end > ram_end)
        hb_panic("the tasks' memory does not fit into RAM: fewer tasks, smaller sets, or more memory");
}
