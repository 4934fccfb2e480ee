#include "osmodel/guest/smp/group.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/smp/sync/life.h"

struct hb_group_facts hb_group_facts[HB_GROUPS_MAX];

static struct hb_group_facts facts_of(uint32_t number) {
    const volatile struct hb_group *group = &hb_params.group[number];
    uint64_t shared = hb_shared_memory(number);
    uint64_t shared_end = shared + hb_shared_memory_bytes(number);
    return (struct hb_group_facts){
        .life = hb_life_counter(number),
        .shared_begin = shared,
        .shared_end = shared_end,
        .rooms = shared_end,
        .room_bytes = hb_group_room_bytes(group),
        .first = (uint32_t)group->first,
        .place = group->placement < HB_HARTS_MAX ? (uint32_t)group->placement : HB_PLACE_ANY,
        .first_object = hb_group_objects_before(&hb_params, number),
        .mutexes = hb_group_mutexes(group),
        .objects = hb_group_objects(group),
    };
}

void hb_group_facts_init(void) {
    for (uint32_t number = 0; number < hb_params.workload_groups; number++)
        hb_group_facts[number] = facts_of(number);
}
