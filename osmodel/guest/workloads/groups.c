#include "osmodel/guest/workloads/groups.h"

#include "osmodel/guest/workloads/kinds.h"

uint32_t hb_group_of(const volatile struct hb_params *params, uint32_t task) {
    uint32_t number = 0;
    while (number + 1 < params->workload_groups && number + 1 < HB_GROUPS_MAX &&
           task >= params->group[number + 1].first)
        number++;
    return number;
}

/* The host may be asked about parameters that were changed to nonsense. */
static const struct hb_kind *kind_of(const volatile struct hb_group *group) {
    uint64_t kind = group->kind;
    return &hb_kinds[kind < HB_KINDS ? kind : 0];
}

uint64_t hb_group_shared_bytes(const volatile struct hb_group *group) {
    const struct hb_kind *kind = kind_of(group);
    return kind->shared_bytes ? kind->shared_bytes(group) : 0;
}

uint64_t hb_group_room_bytes(const volatile struct hb_group *group) {
    const struct hb_kind *kind = kind_of(group);
    return HB_TASK_STACK_BYTES + (kind->set_bytes_max ? kind->set_bytes_max(group) : HB_SET_SMALL_BYTES);
}

uint64_t hb_group_set_bytes(const volatile struct hb_params *params, const volatile struct hb_group *group,
                            uint32_t task) {
    const struct hb_kind *kind = kind_of(group);
    return kind->set_bytes ? kind->set_bytes(params->seed, group, task) : HB_SET_SMALL_BYTES;
}

uint64_t hb_group_offset(const volatile struct hb_params *params, uint32_t number) {
    uint64_t offset = 0;
    for (uint32_t i = 0; i < number; i++) {
        const volatile struct hb_group *group = &params->group[i];
        offset += hb_group_shared_bytes(group) + group->tasks * hb_group_room_bytes(group);
    }
    return offset;
}

uint64_t hb_checkpoint_slot_bytes(const volatile struct hb_params *params) {
    uint64_t most = 0;
    for (uint32_t i = 0; i < params->workload_groups; i++) {
        uint64_t bytes = hb_group_room_bytes(&params->group[i]);
        most = bytes > most ? bytes : most;
    }
    return (HB_CHECKPOINT_HEAD_BYTES + most + HB_CHECKPOINT_ALIGN - 1) / HB_CHECKPOINT_ALIGN * HB_CHECKPOINT_ALIGN;
}

uint64_t hb_checkpoints_bytes(const volatile struct hb_params *params) {
    if (params->recovery_restart != HB_RESTART_CHECKPOINT)
        return 0;
    return HB_CHECKPOINT_ALIGN + 2 * params->workload_tasks * hb_checkpoint_slot_bytes(params);
}

uint32_t hb_group_mutexes(const volatile struct hb_group *group) {
    const struct hb_kind *kind = &hb_kinds[group->kind];
    return kind->mutexes ? kind->mutexes(group) : 0;
}

uint32_t hb_group_objects(const volatile struct hb_group *group) {
    const struct hb_kind *kind = &hb_kinds[group->kind];
    return hb_group_mutexes(group) + (kind->others ? kind->others(group) : 0);
}

uint64_t hb_group_object_value(const volatile struct hb_group *group, uint32_t object) {
    const struct hb_kind *kind = &hb_kinds[group->kind];
    return kind->value ? kind->value(group, object) : 0;
}

bool hb_group_begins_together(const volatile struct hb_group *group) {
    const struct hb_kind *kind = kind_of(group);
    return kind->contract == HB_CONTRACT_GROUP || (kind->takes_seats && kind->takes_seats(group));
}

/* Where a death begins the group again, its tasks wait for each other at one object more. */
uint32_t hb_group_objects_before(const volatile struct hb_params *params, uint32_t number) {
    uint32_t objects = 0;
    for (uint32_t i = 0; i < number; i++)
        objects += hb_group_objects(&params->group[i]) + hb_group_begins_together(&params->group[i]);
    return objects;
}
