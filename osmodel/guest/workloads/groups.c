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

uint32_t hb_group_counters_before(const volatile struct hb_params *params, uint32_t number) {
    uint64_t counters = 0;
    for (uint32_t i = 0; i < number; i++)
        if (kind_of(&params->group[i])->counts)
            counters += params->group[i].locks;
    return (uint32_t)counters;
}
