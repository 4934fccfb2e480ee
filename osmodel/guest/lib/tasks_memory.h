/* Where the tasks' memory is: after the image, as osmodel/guest/workloads/groups.h lays it out. */
#ifndef HB_GUEST_TASKS_MEMORY_H
#define HB_GUEST_TASKS_MEMORY_H

#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/guest/workloads/groups.h"

/* Memory that all tasks of a group may read and write, and how many bytes it has; 0 with most kinds. */
uint64_t hb_shared_memory(uint32_t group);
uint64_t hb_shared_memory_bytes(uint32_t group);

struct hb_task_memory {
    uint64_t begin;     /* lowest address of the stack */
    uint64_t set;       /* where the stack begins (it grows down) and the set starts */
    uint64_t set_bytes; /* multiple of 64, for PMP */
    uint64_t end;
    uint64_t shared; /* where what its group shares begins */
};

/* The memory of `task`, which is in group `group`, in a room that begins at `begin`. */
struct hb_task_memory hb_task_memory_at(uint32_t task, uint32_t group, uint64_t shared, uint64_t begin);

/* The largest room that a task needs. */
uint64_t hb_task_room_bytes(void);

/* Where copies of tasks are: after the tasks' memory. */
uint64_t hb_checkpoints_memory(void);

/* Panics unless the memory of all tasks fits into the RAM after the image. */
void hb_tasks_memory_check(void);

#endif
