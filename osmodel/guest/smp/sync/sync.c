#include "osmodel/guest/smp/sync/sync.h"

#include <stddef.h>

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/schedule.h"
#include "osmodel/guest/smp/sync/life.h"
#include "osmodel/guest/smp/task.h"

struct hb_sync hb_syncs[HB_OBJECTS_MAX];

/* Where each group's objects begin, and where the last one's end. Written at boot. */
static uint32_t firsts[HB_GROUPS_MAX + 1];

uint32_t hb_sync_first(uint32_t group) {
    return firsts[group];
}

uint32_t hb_sync_objects(uint32_t group) {
    return hb_sync_first(group + 1) - hb_sync_first(group);
}

static uint32_t group_of(uint32_t id) {
    uint32_t group = 0;
    while (id >= hb_sync_first(group + 1))
        group++;
    return group;
}

bool hb_sync_is_mutex(uint32_t id) {
    uint32_t group = group_of(id);
    return id - hb_sync_first(group) < hb_group_mutexes(&hb_params.group[group]);
}

static uint64_t first_value(uint32_t id) {
    uint32_t group = group_of(id);
    return hb_group_object_value(&hb_params.group[group], id - hb_sync_first(group));
}

void hb_sync_init(void) {
    for (uint32_t group = 0; group <= hb_params.workload_groups; group++)
        firsts[group] = hb_group_objects_before(&hb_params, group);
    if (hb_flushes())
        hb_clean(firsts, sizeof firsts);
    for (uint32_t id = 0; id < hb_sync_first((uint32_t)hb_params.workload_groups); id++) {
        hb_syncs[id].value = first_value(id);
        if (hb_flushes())
            hb_clean(&hb_syncs[id], HB_SYNC_BYTES);
        hb_breathe_in_loop(id);
    }
}

/* ---- Waiting and waking ------------------------------------------------------------------------------------------ */

static uint32_t number_of(const struct hb_sync *sync) {
    return (uint32_t)(sync - hb_syncs);
}

_Noreturn void hb_sync_wait(struct hb_sync *sync, uint32_t task) {
    hb_waiters_add(&sync->waiters, number_of(sync), task);
    hb_sync_unlock(sync);
    hb_schedule();
}

uint32_t hb_sync_take(struct hb_sync *sync) {
    return hb_waiters_take(&sync->waiters, number_of(sync));
}

void hb_sync_take_all(struct hb_sync *sync, struct hb_list *taken) {
    uint32_t task;
    while ((task = hb_sync_take(sync)) != HB_NO_TASK) {
        hb_list_push_back(taken, task);
        hb_breathe();
    }
    hb_waiters_owe_all(&sync->waiters);
}

void hb_sync_wake_all(struct hb_list *taken) {
    uint32_t task;
    while ((task = hb_list_pop(taken)) != HB_NO_TASK) {
        hb_waiters_wake(task);
        hb_breathe();
    }
}

/* ---- Lives ------------------------------------------------------------------------------------------------------- */

/* The lock is held. Gives the tasks that waited in an older life. */
static struct hb_list renew(struct hb_sync *sync, uint64_t life) {
    struct hb_list taken = {0};
    if (sync->life < life) {
        hb_sync_take_all(sync, &taken);
        hb_store(&sync->value, first_value(number_of(sync)));
        hb_store(&sync->life, life);
    }
    return taken;
}

void hb_sync_renew(uint32_t id) {
    struct hb_sync *sync = &hb_syncs[id];
    hb_lock_acquire(&sync->lock);
    struct hb_list taken = renew(sync, hb_life(group_of(id)));
    hb_sync_unlock(sync);
    hb_sync_wake_all(&taken);
}

struct hb_sync *hb_sync_enter(uint32_t id, uint32_t task, uint64_t word) {
    struct hb_sync *sync = &hb_syncs[id];
    uint64_t life = hb_life_of(task, word);
    hb_lock_acquire(&sync->lock);
    if (sync->life == life)
        return sync;
    bool outdated = sync->life > life;
    hb_lock_release(&sync->lock);
    if (outdated)
        hb_begin_again();
    hb_sync_renew(id);
    return hb_sync_enter(id, task, word);
}

void hb_sync_leave(struct hb_sync *sync) {
    hb_sync_unlock(sync);
}

void hb_sync_end_wait(uint32_t task, uint64_t word) {
    struct hb_sync *sync = &hb_syncs[hb_task_detail(word)];
    hb_lock_acquire(&sync->lock);
    bool has_ended = hb_waiters_remove(&sync->waiters, task, word);
    hb_sync_unlock(sync);
    if (has_ended)
        hb_waiters_wake(task);
}

/* ---- Recovery -------------------------------------------------------------------------------------------------- */

_Static_assert(HB_OBJECTS_MAX <= HB_THINGS_MAX, "a task's things are objects");

static struct hb_sync *guarded_by(const uint64_t *lock) {
    struct hb_sync *sync = (struct hb_sync *)lock;
    return sync >= hb_syncs && sync < hb_syncs + HB_OBJECTS_MAX ? sync : NULL;
}

bool hb_sync_mend(const uint64_t *lock) {
    struct hb_sync *sync = guarded_by(lock);
    if (sync != NULL)
        hb_waiters_mend(&sync->waiters);
    if (sync != NULL && hb_flushes())
        hb_clean(sync, HB_SYNC_BYTES);
    return sync != NULL;
}

/* Those for whom the last has come to the end are let end as they are found. */
bool hb_sync_fill(const uint64_t *lock) {
    struct hb_sync *sync = guarded_by(lock);
    int32_t piece = HB_REFILL_PIECE;
    while (sync != NULL && !hb_waiters_are_whole(&sync->waiters) && piece > 0) {
        hb_lock_acquire(&sync->lock);
        uint32_t woken = hb_waiters_fill(&sync->waiters, number_of(sync), &piece);
        hb_life_go_on(number_of(sync));
        hb_sync_unlock(sync);
        hb_waiters_wake(woken);
        hb_breathe();
    }
    return sync == NULL || hb_waiters_are_whole(&sync->waiters);
}
