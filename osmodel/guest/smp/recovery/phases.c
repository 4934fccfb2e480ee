#include "osmodel/guest/smp/recovery/phases.h"

#include <stddef.h>

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/io/input.h"
#include "osmodel/guest/smp/io/interrupts.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/recovery/doubt.h"
#include "osmodel/guest/smp/recovery/hand.h"
#include "osmodel/guest/smp/sched/balance.h"
#include "osmodel/guest/smp/server.h"
#include "osmodel/guest/smp/sleep.h"
#include "osmodel/guest/smp/sync/life.h"
#include "osmodel/guest/smp/sync/sweep.h"
#include "osmodel/guest/smp/sync/sync.h"
#include "osmodel/guest/smp/task.h"

#define PIECE_TASKS 48u /* of the table, verified at a time: at most 5,000 cycles, with every line from memory */

struct hb_hand hb_hands[HB_HARTS_MAX];

/* ---- Urgent: they wait for no lock ----------------------------------------------------------------------------- */

/* Leaving hb_live is one step, and an expelled hart cannot expel others: of two harts that suspect each other, one
 * wins. Again: it is not in hb_live any more, and nothing changes. */
static bool expel(uint32_t dead) {
    uint64_t live;
    do {
        live = hb_load(&hb_live);
        if (!(live & hb_bit(hb_hart_id())))
            return false;
    } while (!hb_compare_and_swap(&hb_live, live, live & ~hb_bit(dead)));
    hb_fetch_and(&hb_idle, ~hb_bit(dead));
    hb_fetch_or(&hb_fallen, hb_bit(dead));
    return true;
}

/* Done before anything of it is touched: it may be alive and merely slow. Again: it is fenced a second time. */
static void fence(uint32_t dead) {
    if (hb_params.recovery_fence) {
        hb_power_fence(dead);
        HB_TRACE(HB_TP_FENCED, dead, 0);
    }
    HB_TRACE(HB_TP_RECOVERY_BEGIN, dead, 0);
}

/* A hart owns one spin-lock at most, and says which before it takes it. What the lock guards may be half changed: it is
 * emptied before the lock is released, to be filled again from the table. Again: either the lock is not the dead hart's
 * any more, and nothing is done; or whoever took it died as well, and it is that one's lock now. */
static void free_lock(uint32_t dead, struct hb_remains *remains) {
    uint64_t *lock = hb_lock_wanted(dead);
    if (hb_params.recovery_locks != HB_LOCKS_STEAL || lock == NULL || !hb_lock_steal(lock, dead))
        return;
    remains->lock = lock;
    if (hb_flushes())
        hb_clean(remains, sizeof *remains);
    if (!hb_queue_mend(lock) && !hb_sync_mend(lock) && !hb_server_mend(lock) && !hb_input_mend(lock))
        hb_sleepers_mend(lock); /* other locks guard nothing that is left half done */
    hb_lock_release(lock);
}

/* ---- What was in its hands ------------------------------------------------------------------------------------- */

static void give_up(uint32_t task, uint64_t word) {
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_LOST, 0, 0)))
        HB_TRACE(HB_TP_TASK_LOST, task, hb_task_attempt(word));
}

/* The others of its group had ended with it, which it did not come to say. */
static void note_done(uint32_t task, uint64_t word) {
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_DONE, 0, 0)))
        HB_TRACE(HB_TP_TASK_DONE, task, hb_task_attempt(word));
}

static bool is_given_up(uint32_t task) {
    return hb_params.recovery_restart == HB_RESTART_NONE ||
           hb_params.group[hb_task_group(task)].restart == HB_CONTRACT_LOST;
}

/* Did the dead one's group come to its end, and it with the others? If not, the group begins again. */
static bool has_ended(uint32_t task, uint64_t word) {
    uint32_t group = hb_task_group(task);
    if (!hb_has_lives(group))
        return false;
    if (is_given_up(task))
        return hb_life_is_complete(group);
    bool is_present = hb_task_attempt(word) == hb_life(group);
    bool has_ended = !hb_life_end(group, hb_task_attempt(word));
    if (hb_flushes() && is_present)
        hb_doubt_forget(group, hb_task_hart(word));
    return has_ended;
}

/* It runs next on the executing hart, which runs nothing, unless its place is elsewhere. As with any other task that a
 * hart takes, the hand knows of it before the word. */
static bool adopt(uint32_t task, uint64_t word, uint64_t restarted) {
    struct hb_smp_hart *self = hb_self();
    if (self->adopted != HB_NO_TASK || hb_balance_home(task) != hb_balance_own())
        return false;
    hb_hand_take(HB_TASK_RUNNING, task);
    if (!hb_compare_and_swap(&hb_task_words[task], word, hb_task_word_running(restarted, hb_hart_id())))
        return false;
    self->adopted = task;
    return true;
}

/* The attempt's things are noted first: from the change of the word on, the task may run elsewhere and begin anew. */
static void restart(uint32_t task, uint64_t word, bool at_once, struct hb_remains *remains) {
    hb_things_merge(&remains->things, &hb_tasks[task].things);
    if (hb_flushes())
        hb_clean(remains, sizeof *remains);
    if (has_ended(task, word)) {
        note_done(task, word);
        return;
    }
    if (is_given_up(task)) {
        give_up(task, word);
        return;
    }
    if (hb_flushes())
        hb_doubt_forget_runs(task);
    uint64_t restarted = hb_task_word_restarted(word, hb_hart_id());
    HB_TRACE(HB_TP_TASK_RESTART, task, hb_task_attempt(restarted));
    if (at_once && adopt(task, word, restarted))
        remains->requeued++;
    else
        remains->requeued += hb_queue_put_first(task, word, restarted);
}

/* A task on its way into a queue continues with its context, unless it has none yet. */
static void put_here(uint32_t task, uint64_t word, struct hb_remains *remains) {
    uint64_t ready = hb_task_word(word, HB_TASK_READY, hb_hart_id(), hb_task_detail(word));
    remains->requeued += hb_queue_put(task, word, ready, HB_WHY_WOKEN);
}

/* What the table says that `task` was to the dead hart is put right, by one change of its word. Again: the word does
 * not say so any more. `at_once`: the executing hart has no task, and takes this one if it must begin anew. */
static void put_right(uint32_t task, uint32_t dead, bool at_once, struct hb_remains *remains) {
    uint64_t word = hb_load(&hb_task_words[task]);
    if (hb_task_is(word, HB_TASK_RUNNING, dead))
        restart(task, word, at_once, remains);
    else if (hb_task_is(word, HB_TASK_WAKING, dead))
        put_here(task, word, remains);
}

static void put_hand_right(enum hb_task_state state, uint32_t dead, struct hb_remains *remains) {
    uint32_t task = hb_hand_look(dead, state);
    if (task < hb_params.workload_tasks)
        put_right(task, dead, true, remains);
}

/* Only after the restart have the old attempt's mutexes lapsed. Again: those that are not free stay taken, and waking
 * one waiter too many does no harm. */
static void sweep_things(struct hb_remains *remains) {
    if (hb_params.recovery_locks == HB_LOCKS_STEAL)
        hb_sync_sweep(&remains->things);
    remains->things = (struct hb_things){0};
}

bool hb_recovery_do(enum hb_recovery_phase phase, uint32_t dead, struct hb_remains *remains) {
    switch (phase) {
    case HB_RECOVERY_EXPEL: return expel(dead);
    case HB_RECOVERY_FENCE: fence(dead); break;
    case HB_RECOVERY_LOCK: free_lock(dead, remains); break;
    case HB_RECOVERY_RUNNING: put_hand_right(HB_TASK_RUNNING, dead, remains); break;
    case HB_RECOVERY_WAKING: put_hand_right(HB_TASK_WAKING, dead, remains); break;
    case HB_RECOVERY_THINGS: sweep_things(remains); break;
    default: hb_interrupts_reroute(dead);
    }
    return true;
}

/* ---- Afterwards ------------------------------------------------------------------------------------------------ */

/* Queues, sleepers and requests are not filled here, but by whoever wants one of them. */
bool hb_recovery_fill_piece(struct hb_remains *remains) {
    return hb_sync_fill(remains->lock) && hb_input_fill(remains->lock);
}

/* Where the next piece begins after one that ended at the task table's end. */
static uint32_t verify_again(struct hb_remains *remains) {
    bool again = remains->unheeded != 0 && hb_params.recovery_ipi_retry;
    remains->unheeded = 0;
    return again ? 0 : HB_TASKS_MAX;
}

/* Where nothing was lost with the hart's cache, no task of its is found here. */
uint32_t hb_recovery_verify_piece(uint32_t dead, uint32_t from, struct hb_remains *remains) {
    uint32_t tasks = (uint32_t)hb_params.workload_tasks;
    uint32_t end = from + PIECE_TASKS < tasks ? from + PIECE_TASKS : tasks;
    bool is_over = true;
    for (uint32_t task = from; task < end; task++) {
        put_right(task, dead, false, remains);
        remains->unheeded += hb_params.recovery_ipi_retry && hb_life_remind(task);
        if (hb_flushes()) {
            is_over &= hb_doubt_is_over(task, dead);
            hb_breathe(); /* it may have been let go, which takes a lock */
        }
        hb_breathe_in_loop(task);
    }
    sweep_things(remains);
    if (!is_over)
        return from;
    return end < tasks ? end : verify_again(remains);
}
