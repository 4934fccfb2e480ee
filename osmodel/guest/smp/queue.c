#include "osmodel/guest/smp/queue.h"

#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/recovery/hand.h"
#include "osmodel/guest/smp/sched/balance.h"
#include "osmodel/guest/smp/sched/knock.h"

struct hb_rq hb_queues[HB_HARTS_MAX];

HB_INLINE void trace_length(uint32_t q) {
    HB_TRACE(HB_TP_QUEUE_LENGTH, q, hb_queues[q].waiting);
}

/* ---- What a scheduler did wrong -------------------------------------------------------------------------------- */

/* A queue whose lock was free at a death is served as it stands: an old one, if the dead hart's cache was lost. */
static HB_APART _Noreturn void blame(const char *did, uint32_t task, const char *why) {
    const char *name = hb_scheduler_names[hb_params.scheduler < HB_SCHEDULERS ? hb_params.scheduler : 0];
    const char *alibi = hb_load(&hb_fallen) != 0 ? ", if no cache was lost" : "";
    hb_panic_begin();
    hb_print("smp: scheduler \"%s\" %s task %u%s%s\n", name, did, (uint64_t)task, why, alibi);
    hb_panic("tasks are missing from a queue, or were not in it");
}

/* It can be blamed for a queue only if nobody else can have spoilt it. */
static bool is_to_blame(const struct hb_rq *rq) {
    return !rq->is_torn && hb_params.recovery_fence;
}

static HB_APART _Noreturn void blame_for_loss(uint32_t q) {
    uint32_t task = 0;
    while (task + 1 < hb_params.workload_tasks && !hb_task_is(hb_load(&hb_task_words[task]), HB_TASK_READY, q))
        task++;
    blame("lost", task, "");
}

/* ---- Joining and leaving, under the lock ----------------------------------------------------------------------- */

HB_INLINE void join(uint32_t q, uint32_t task, enum hb_why why) {
    hb_refill_note(&hb_queues[q].refill, task);
    hb_queue_join(hb_queues[q].scheduler, q, task, hb_task_place(task) != HB_PLACE_ANY, why);
}

/* All but the lock. */
void hb_queue_clear(uint32_t q) {
    struct hb_rq *rq = &hb_queues[q];
    rq->index = q;
    rq->waiting = 0;
    rq->pinned = 0;
    rq->ordered_by = (uint32_t)hb_params.scheduler;
    rq->scheduler = hb_scheduler();
    rq->refill = (struct hb_refill){0};
    rq->is_torn = false;
    rq->resumed = (struct hb_list){0};
    for (uint32_t level = 0; level < HB_LEVELS; level++)
        rq->level[level] = (struct hb_list){0};
    rq->note[0] = 0;
    rq->note[1] = 0;
}

/* What a queue that is being refilled holds beside its tasks: nobody steals from it, who might get a pinned one. */
static uint32_t pinned_at_most(void) {
    for (uint32_t group = 0; group < hb_params.workload_groups; group++)
        if (hb_group_facts[group].place != HB_PLACE_ANY)
            return 1;
    return 0;
}

/* Its tasks are READY, and in no list. */
static HB_APART void begin_refill(uint32_t q) {
    hb_queue_clear(q);
    hb_refill_begin(&hb_queues[q].refill);
    hb_queues[q].pinned = pinned_at_most();
}

static HB_APART void refill(uint32_t q) {
    struct hb_rq *rq = &hb_queues[q];
    int32_t piece = HB_REFILL_PIECE;
    uint32_t task;
    hb_breathe();
    while ((task = hb_refill_next(&rq->refill, &piece, 0xffff, q << 8 | HB_TASK_READY)) != HB_NO_TASK)
        join(q, task, HB_WHY_REBUILT);
    if (rq->refill.left == 0)
        rq->pinned -= pinned_at_most();
    trace_length(q);
    hb_breathe();
}

bool hb_queue_mend(const uint64_t *lock) {
    uint64_t q = (uint64_t)((const struct hb_rq *)lock - hb_queues);
    if (lock < &hb_queues[0].lock || q >= HB_HARTS_MAX)
        return false;
    if (hb_params.recovery_queues == HB_QUEUES_REBUILD)
        begin_refill((uint32_t)q);
    else
        hb_queues[q].is_torn = true;
    if (hb_flushes())
        hb_clean(&hb_queues[q], sizeof hb_queues[q]);
    return true;
}

HB_INLINE void unlock(uint32_t q) {
    hb_lock_release_of(&hb_queues[q].lock, sizeof hb_queues[q]);
}

/* The host may have changed the scheduler in mid-run. */
HB_INLINE void follow_scheduler(uint32_t q) {
    if (HB_RARE(hb_queues[q].ordered_by != hb_params.scheduler))
        begin_refill(q);
}

static void charge_current(const struct hb_scheduler *scheduler, uint64_t now) {
    struct hb_smp_hart *self = hb_self();
    uint64_t ran = now - self->charged;
    self->charged = now;
    scheduler->charge(self->current, ran);
}

HB_INLINE bool put_locked(void (*insert)(uint32_t q, uint32_t task, enum hb_why why), uint32_t q, uint32_t task,
                          uint64_t word, uint64_t ready, enum hb_why why) {
    bool put = hb_compare_and_swap(&hb_task_words[task], word, ready);
    if (put) {
        insert(q, task, why);
        HB_TRACE(HB_TP_TASK_READY, task, q);
    }
    return put;
}

static bool put_by(void (*insert)(uint32_t q, uint32_t task, enum hb_why why), uint32_t q, uint32_t task, uint64_t word,
                   uint64_t ready, enum hb_why why) {
    ready = (ready & ~0xff00ull) | q << 8;
    hb_lock_acquire(&hb_queues[q].lock);
    follow_scheduler(q);
    if ((why == HB_WHY_YIELDED || why == HB_WHY_PREEMPTED) && hb_queues[q].scheduler->charge)
        charge_current(hb_queues[q].scheduler, hb_now_ticks());
    bool put = put_locked(insert, q, task, word, ready, why);
    if (put)
        trace_length(q);
    unlock(q);
    if (put)
        hb_knock(q, task, why);
    return put;
}

bool hb_queue_put_into(uint32_t q, uint32_t task, uint64_t word, uint64_t ready, enum hb_why why) {
    return put_by(join, q, task, word, ready, why);
}

bool hb_queue_put(uint32_t task, uint64_t word, uint64_t ready, enum hb_why why) {
    return put_by(join, hb_balance_home(task), task, word, ready, why);
}

static void join_first(uint32_t q, uint32_t task, enum hb_why why) {
    (void)why;
    hb_refill_note(&hb_queues[q].refill, task);
    hb_list_push_front(&hb_queues[q].resumed, task);
    hb_queues[q].waiting++;
    hb_queues[q].pinned += hb_task_place(task) != HB_PLACE_ANY;
}

bool hb_queue_put_first(uint32_t task, uint64_t word, uint64_t ready) {
    return put_by(join_first, hb_balance_home(task), task, word, ready, HB_WHY_REBUILT);
}

/* The scheduler has none, although by the kernel's count there is one. */
static HB_APART void find_none(uint32_t q) {
    struct hb_rq *rq = &hb_queues[q];
    if (is_to_blame(rq))
        blame_for_loss(q);
    rq->waiting = 0;
    rq->pinned = 0;
}

/* Remove the task that is next from the lists. HB_NO_TASK if there is none. */
HB_INLINE uint32_t leave(uint32_t q, uint64_t now) {
    struct hb_rq *rq = &hb_queues[q];
    if (rq->waiting == 0)
        return HB_NO_TASK;
    uint32_t task = hb_list_is_empty(&rq->resumed) ? rq->scheduler->pick(rq, now) : hb_list_pop(&rq->resumed);
    if (task == HB_NO_TASK) {
        find_none(q);
        return HB_NO_TASK;
    }
    rq->waiting--;
    if (rq->pinned != 0)
        rq->pinned -= hb_task_place(task) != HB_PLACE_ANY;
    return task;
}

/* The table decides: a task that it does not confirm is skipped. With os.recovery.queues "none" there may be some. */
HB_INLINE bool make_mine(uint32_t q, uint32_t task, enum hb_task_state state, uint64_t *was) {
    uint64_t word = task < hb_params.workload_tasks ? hb_load(&hb_task_words[task]) : 0;
    *was = word;
    hb_hand_take(state, task);
    if (hb_task_is(word, HB_TASK_READY, q) &&
        hb_compare_and_swap(&hb_task_words[task], word, hb_task_word_taken(word, q, state, hb_hart_id())))
        return true;
    if (is_to_blame(&hb_queues[q]))
        blame("returned", task, ", which does not wait in this queue");
    return false;
}

HB_INLINE uint32_t take_locked(uint32_t q, enum hb_task_state state, uint64_t now, uint64_t *was) {
    uint32_t task;
    if (HB_RARE(hb_queues[q].refill.left != 0))
        refill(q);
    do {
        task = leave(q, now);
    } while (task != HB_NO_TASK && !make_mine(q, task, state, was));
    if (task != HB_NO_TASK)
        trace_length(q);
    return task;
}

uint32_t hb_queue_take(uint32_t q, enum hb_task_state state, uint64_t *was) {
    hb_lock_acquire(&hb_queues[q].lock);
    follow_scheduler(q);
    uint32_t task = take_locked(q, state, hb_now_ticks(), was);
    unlock(q);
    return task;
}

uint32_t hb_queue_try_take(uint32_t q, enum hb_task_state state, uint64_t *was) {
    if (hb_lock_try(&hb_queues[q].lock) != 0)
        return HB_NO_TASK;
    follow_scheduler(q);
    uint32_t task = take_locked(q, state, hb_now_ticks(), was);
    unlock(q);
    return task;
}

/* There is no more work in sight afterwards than before, so sleepers need not be woken with certainty. */
uint32_t hb_queue_exchange(uint32_t q, enum hb_why why, uint64_t now, uint64_t *was) {
    uint32_t current = hb_self()->current;
    uint64_t word = hb_load(&hb_task_words[current]);
    hb_lock_acquire(&hb_queues[q].lock);
    follow_scheduler(q);
    if (hb_queues[q].scheduler->charge)
        charge_current(hb_queues[q].scheduler, now);
    put_locked(join, q, current, word, hb_task_word(word, HB_TASK_READY, q, 0), why);
    uint32_t next = take_locked(q, HB_TASK_RUNNING, now, was);
    unlock(q);
    if (hb_load(&hb_idle) != 0)
        hb_knock(q, current, why);
    return next;
}

void hb_charge_current(void) {
    if (!hb_scheduler()->charge)
        return;
    uint32_t q = hb_hart_id();
    hb_lock_acquire(&hb_queues[q].lock);
    charge_current(hb_scheduler(), hb_now_ticks());
    unlock(q);
}

bool hb_queue_prefers(uint32_t q, uint32_t woken, uint32_t running) {
    hb_lock_acquire(&hb_queues[q].lock);
    bool prefers = hb_scheduler()->preempts && hb_scheduler()->preempts(woken, running);
    unlock(q);
    return prefers;
}
