#include "osmodel/guest/smp/sleep.h"

#include <stddef.h>

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/hand.h"
#include "osmodel/guest/smp/recovery/replug.h"
#include "osmodel/guest/smp/sched/heap.h"
#include "osmodel/guest/smp/sched/refill.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/smp/waiters.h"

#define JOIN_COST     24 /* of a piece of refilling, beside what any list costs */
#define WAKES_AT_ONCE 3u /* then the hart does something else, and comes again */

/* Those of one hart. */
struct sleepers {
    uint64_t lock;
    struct hb_heap heap;
    struct hb_refill refill;
} __attribute__((aligned(HB_LOCK_ALIGN)));

#define SLEEPERS_BYTES (offsetof(struct sleepers, refill) + sizeof(struct hb_refill))

static struct sleepers sleepers[HB_HARTS_MAX];

static void wake_not_after(uint64_t ticks) {
    struct hb_smp_hart *self = hb_self();
    if (ticks < self->next_wake)
        self->next_wake = ticks;
}

static void join(struct sleepers *to, uint32_t task) {
    hb_refill_note(&to->refill, task);
    hb_heap_join(&to->heap, task);
}

/* The word changes first: whoever fills the list again then finds the task in any case. */
void hb_sleep_until(uint32_t task, uint64_t ticks) {
    struct sleepers *mine = &sleepers[hb_hart_id()];
    hb_charge_current();
    HB_PUT(hb_tasks[task].wakes.ticks, ticks);
    HB_TRACE(HB_TP_TASK_STOP, task, HB_STOP_SLEEPING);
    hb_lock_acquire(&mine->lock);
    uint64_t word = hb_load(&hb_task_words[task]);
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_SLEEPING, hb_hart_id(), 0))) {
        join(mine, task);
        wake_not_after(ticks);
    }
    hb_lock_release_of(&mine->lock, SLEEPERS_BYTES);
}

void hb_sleep_until_arrival(uint32_t task, uint32_t hart, uint64_t ticks) {
    HB_PUT(hb_tasks[task].wakes.ticks, ticks);
    hb_tasks[task].home = hart;
    hb_task_words[task] = hb_task_word(hb_task_words[task], HB_TASK_SLEEPING, hart, HB_TASK_FRESH);
    hb_heap_join(&sleepers[hart].heap, task);
    if (hb_flushes())
        hb_clean(&sleepers[hart], SLEEPERS_BYTES);
    if (ticks < hb_harts[hart].next_wake)
        hb_harts[hart].next_wake = ticks;
}

bool hb_sleepers_mend(const uint64_t *lock) {
    struct sleepers *of = (struct sleepers *)lock;
    if (of < sleepers || of >= sleepers + HB_HARTS_MAX)
        return false;
    of->heap = (struct hb_heap){0};
    hb_refill_begin(&of->refill);
    if (hb_flushes())
        hb_clean(of, SLEEPERS_BYTES);
    return true;
}

/* ---- Waking ---------------------------------------------------------------------------------------------------- */

/* A piece of it. Who is not in yet wakes that much later. */
static HB_APART void refill(struct sleepers *of) {
    int32_t piece = HB_REFILL_PIECE;
    uint64_t sleeping = (uint64_t)(of - sleepers) << 8 | HB_TASK_SLEEPING;
    uint32_t task;
    hb_lock_acquire(&of->lock);
    while ((task = hb_refill_next(&of->refill, &piece, 0xffff, sleeping)) != HB_NO_TASK) {
        hb_heap_join(&of->heap, task);
        piece -= JOIN_COST;
    }
    if (of->refill.left != 0)
        wake_not_after(0);
    hb_lock_release_of(&of->lock, SLEEPERS_BYTES);
    hb_breathe();
}

/* Take out the first that is due, which is WAKING afterwards; if there is none, HB_NO_TASK, and next_wake is known. */
static uint32_t take_due(struct sleepers *from, uint64_t now) {
    uint32_t task;
    while ((task = hb_heap_first(&from->heap)) != HB_NO_TASK) {
        uint64_t word = hb_load(&hb_task_words[task]);
        if (hb_tasks[task].wakes.ticks > now) {
            wake_not_after(hb_tasks[task].wakes.ticks);
            return HB_NO_TASK;
        }
        hb_hand_take(HB_TASK_WAKING, task);
        hb_heap_pop(&from->heap);
        if (hb_task_state(word) == HB_TASK_SLEEPING &&
            hb_compare_and_swap(&hb_task_words[task], word,
                                hb_task_word(word, HB_TASK_WAKING, hb_hart_id(), hb_task_detail(word))))
            return task;
    }
    return HB_NO_TASK;
}

/* It is in no heap before the others are in one again. */
void hb_sleep_end(uint32_t task, uint64_t word) {
    struct sleepers *of = &sleepers[hb_task_hart(word)];
    hb_lock_acquire(&of->lock);
    hb_hand_take(HB_TASK_WAKING, task);
    bool wakes = hb_compare_and_swap(&hb_task_words[task], word,
                                     hb_task_word(word, HB_TASK_WAKING, hb_hart_id(), hb_task_detail(word)));
    if (wakes)
        hb_sleepers_mend(&of->lock);
    hb_lock_release_of(&of->lock, SLEEPERS_BYTES);
    if (wakes)
        hb_waiters_wake(task);
}

static bool wake_one(struct sleepers *from, uint64_t now) {
    hb_lock_acquire(&from->lock);
    uint32_t woken = take_due(from, now);
    hb_lock_release_of(&from->lock, SLEEPERS_BYTES);
    hb_waiters_wake(woken);
    hb_breathe(); /* many may be due at once */
    return woken != HB_NO_TASK;
}

/* `left` of them at most; returns how many may still be woken. */
static uint32_t wake_from(struct sleepers *from, uint64_t now, uint32_t left) {
    if (HB_RARE(from->refill.left != 0))
        refill(from);
    if (hb_heap_first(&from->heap) == HB_NO_TASK)
        return left;
    while (left != 0 && wake_one(from, now))
        left--;
    return left;
}

static uint32_t next(uint32_t hart) {
    return hart + 1 < hb_board.harts ? hart + 1 : 0;
}

/* Its own, and those of all harts between it and the next live one: of these it is the watcher. */
void hb_wake_sleepers(uint64_t now) {
    uint32_t q = hb_hart_id(), left = WAKES_AT_ONCE;
    hb_self()->next_wake = UINT64_MAX;
    do {
        left = wake_from(&sleepers[q], now, left);
        q = next(q);
    } while (!(hb_load(&hb_live) & hb_bit(q)));
    if (left == 0)
        wake_not_after(0);
    wake_not_after(hb_replug_as_due(now));
}
