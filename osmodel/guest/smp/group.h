/* What the kernel knows of a group of tasks: worked out from the parameters at boot, and at hand in one line whenever a
 * task of the group is put into a queue, dispatched or begun. */
#ifndef HB_SMP_GROUP_H
#define HB_SMP_GROUP_H

#include <stdint.h>

#include "osmodel/abi.h"

struct hb_group_facts {
    uint64_t *life;                    /* where its lives are counted (sync/life.h); NULL: it has none */
    uint64_t shared_begin, shared_end; /* what its tasks share */
    uint64_t rooms, room_bytes;        /* where its first task's memory begins, and from there to the next one's */
    uint32_t first;                    /* its first task */
    uint32_t place;                    /* the hart that its tasks are pinned to, or HB_PLACE_ANY */
    uint32_t first_object, mutexes, objects; /* what its tasks wait for; mutexes come first */
} __attribute__((aligned(64)));

extern struct hb_group_facts hb_group_facts[HB_GROUPS_MAX];

/* At boot, while one hart runs, after hb_sync_init(). */
void hb_group_facts_init(void);

#endif
