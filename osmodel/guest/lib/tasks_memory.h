/* Where the tasks' memory is: after the image, one task after another, each with its stack and then its set. */
#ifndef HB_GUEST_TASKS_MEMORY_H
#define HB_GUEST_TASKS_MEMORY_H

#include <stdint.h>

#include "osmodel/abi.h"

#define HB_TASK_STACK_BYTES 1024u

/* Workload `share`: memory that all tasks may read and write, before that of the first task. */
uint64_t hb_shared_memory(void);
uint64_t hb_shared_memory_bytes(void); /* 0 with other workloads */

struct hb_task_memory {
    uint64_t begin;     /* lowest address of the stack */
    uint64_t set;       /* where the stack begins (it grows down) and the set starts */
    uint64_t set_bytes; /* multiple of 64, for PMP */
    uint64_t end;
};

/* The memory of `task`, by the parameters workload_*: in its own place, and in a room that begins at `begin`. */
struct hb_task_memory hb_task_memory(uint32_t task);
struct hb_task_memory hb_task_memory_at(uint32_t task, uint64_t begin);

/* The largest that a task needs, and where what is left of the RAM for tasks begins. */
uint64_t hb_task_room_bytes(void);
uint64_t hb_user_memory_begin(void);

/* Panics unless the memory of `tasks` tasks fits into the RAM after the image. */
void hb_tasks_memory_check(uint32_t tasks);

#endif
