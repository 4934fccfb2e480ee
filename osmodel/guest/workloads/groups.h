/* Groups of tasks: which one a task is in, and where the memory of groups and tasks is. For guest and host alike.
 *
 * The tasks' memory is one stretch of RAM, group after group: first what all tasks of the group share, then one task
 * after another, each with its stack and its set. Offsets count from the beginning of that stretch. */
#ifndef HB_WORKLOAD_GROUPS_H
#define HB_WORKLOAD_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"

#define HB_TASK_STACK_BYTES 1024u
#define HB_OBJECTS_MAX      256u /* of all groups together */

/* The number of the group that `task` is in. One after all tasks counts as of the last group. */
uint32_t hb_group_of(const volatile struct hb_params *params, uint32_t task);

/* Where the memory of group `number` begins, in bytes; for the number of groups, where that of the last one ends. */
uint64_t hb_group_offset(const volatile struct hb_params *params, uint32_t number);

/* The memory that all tasks of a group share, in bytes: the first of the group's. */
uint64_t hb_group_shared_bytes(const volatile struct hb_group *group);

/* The room of each task of a group, in bytes: as large as the largest task needs, so that a task's place needs no
 * knowledge of the others'. */
uint64_t hb_group_room_bytes(const volatile struct hb_group *group);

/* Copies of tasks, two of each (osmodel/guest/smp/recovery/checkpoint.h): the bytes of one, of which so many at most
 * stand before those of the task's memory; and of all together, which is 0 unless os.recovery.restart asks for them. */
#define HB_CHECKPOINT_HEAD_BYTES 640u
#define HB_CHECKPOINT_ALIGN      128u
uint64_t hb_checkpoint_slot_bytes(const volatile struct hb_params *params);
uint64_t hb_checkpoints_bytes(const volatile struct hb_params *params);

/* The set of `task`, in bytes: a multiple of 64. */
uint64_t hb_group_set_bytes(const volatile struct hb_params *params, const volatile struct hb_group *group,
                            uint32_t task);

/* Do all tasks of the group begin again when one has died? */
bool hb_group_begins_together(const volatile struct hb_group *group);

/* What the tasks of a group wait for are objects, numbered through from group to group: the first of group `number`;
 * for the number of groups, how many there are. */
uint32_t hb_group_objects_before(const volatile struct hb_params *params, uint32_t number);

/* How many of a group's objects are mutexes: its first ones. And how many its tasks may name. */
uint32_t hb_group_mutexes(const volatile struct hb_group *group);
uint32_t hb_group_objects(const volatile struct hb_group *group);

/* The value of a group's object at first: that of a semaphore is how many may pass. */
uint64_t hb_group_object_value(const volatile struct hb_group *group, uint32_t object);

#endif
