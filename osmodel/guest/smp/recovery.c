#include "osmodel/guest/smp/recovery.h"

#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/devices.h"
#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/counter.h"
#include "osmodel/guest/smp/finish.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/mutex.h"
#include "osmodel/guest/smp/output.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/sleep.h"
#include "osmodel/guest/smp/task.h"

/* Bits 0..7: the phase that is next, 0 when the hart is well. Bits 8..15: who recovers it. */
struct claim {
    uint64_t word;
} __attribute__((aligned(HB_LINE_ALIGN)));

static struct claim claims[HB_HARTS_MAX];

static uint64_t claim_word(uint32_t phase, uint32_t recoverer) {
    return phase | recoverer << 8;
}

static uint32_t phase_of(uint64_t word) {
    return word & 0xff;
}

static uint32_t recoverer_of(uint64_t word) {
    return word >> 8 & 0xff;
}

bool hb_recovery_has_begun(uint32_t hart) {
    return hb_load(&claims[hart].word) != 0;
}

/* Phase 1. Leaving hb_live is one step, and a hart that has been expelled itself expels nobody: of two harts that
 * suspect each other, one wins. False: the executing hart is that one. */
static bool expel(uint32_t dead) {
    uint64_t me = hb_bit(hb_hart_id());
    uint64_t live;
    do {
        live = hb_load(&hb_live);
        if (!(live & me)) {
            return false;
        }
    } while (!hb_compare_and_swap(&hb_live, live, live & ~hb_bit(dead)));
    hb_fetch_and(&hb_idle, ~hb_bit(dead));
    return true;
}

/* Phase 2. Before anything of its is touched: it may be alive, and only slow. */
static void fence(uint32_t dead, uint32_t *requeued) {
    (void)requeued;
    if (hb_params.recovery_fence) {
        hb_power_fence(dead);
        HB_TRACE(HB_TP_FENCED, dead, 0);
    }
    HB_TRACE(HB_TP_RECOVERY_BEGIN, dead, 0);
}

static void recover_queue_lock(uint32_t q, uint32_t dead) {
    if (!hb_lock_steal(&hb_queues[q].lock, dead)) {
        return;
    }
    if (hb_params.recovery_queues == HB_QUEUES_REBUILD) {
        hb_queue_rebuild(q);
    }
    hb_lock_release(&hb_queues[q].lock);
}

/* Phase 3. Any lock may be the one that it died with. What the lock guards is made anew before it is released. */
static void recover_locks(uint32_t dead, uint32_t *requeued) {
    (void)requeued;
    if (hb_params.recovery_locks != HB_LOCKS_STEAL) {
        return;
    }
    for (uint32_t q = 0; q < hb_board.harts; q++) {
        recover_queue_lock(q, dead);
        hb_spin_poll();
    }
    for (uint32_t i = 0; i < hb_mutex_count(); i++) {
        hb_mutex_recover_lock(i, dead);
        hb_spin_poll();
    }
    hb_output_recover_lock(dead);
    hb_finish_recover_lock(dead);
}

/* Phase 4. Before any task is started again: it must find what its earlier attempt has done. */
static void settle_counters(uint32_t dead, uint32_t *requeued) {
    (void)dead;
    (void)requeued;
    hb_counters_settle();
}

static void restart(uint32_t task, uint64_t word, uint32_t *requeued) {
    if (hb_params.recovery_restart == HB_RESTART_NONE) {
        uint64_t lost = hb_task_word(word, HB_TASK_LOST, 0, 0);
        if (hb_compare_and_swap(&hb_task_words[task], word, lost)) {
            HB_TRACE(HB_TP_TASK_LOST, task, hb_task_attempt(word));
        }
        return;
    }
    uint64_t restarted = hb_task_word_restarted(word, hb_hart_id());
    HB_TRACE(HB_TP_TASK_RESTART, task, hb_task_attempt(restarted));
    *requeued += hb_queue_put_first(task, word, restarted);
}

/* A task that is on its way from queue to queue goes on with its context, unless it has none yet. */
static uint64_t ready_here(uint64_t word) {
    return hb_task_word(word, HB_TASK_READY, hb_hart_id(), hb_task_detail(word));
}

/* Phase 5. What the dead hart had in its hands. */
static void recover_tasks(uint32_t dead, uint32_t *requeued) {
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        uint64_t word = hb_load(&hb_task_words[task]);
        if (hb_task_is(word, HB_TASK_RUNNING, dead)) {
            restart(task, word, requeued);
        } else if (hb_task_is(word, HB_TASK_WAKING, dead)) {
            *requeued += hb_queue_put(task, word, ready_here(word));
        } else if (hb_task_is(word, HB_TASK_SLEEPING, dead)) {
            hb_adopt_sleeper(task, word);
        }
        if (task % 16 == 15) {
            hb_spin_poll();
        }
    }
}

/* Phase 6. After the restarts: only now have the old attempts' mutexes lapsed. */
static void free_mutexes(uint32_t dead, uint32_t *requeued) {
    (void)dead;
    (void)requeued;
    if (hb_params.recovery_locks == HB_LOCKS_STEAL) {
        hb_mutexes_sweep();
    }
}

/* Phase 7. Nobody puts tasks into its queue any more; one by one they go over into the recoverer's. */
static void drain_queue(uint32_t dead, uint32_t *requeued) {
    if (hb_params.recovery_queues != HB_QUEUES_REBUILD) {
        return;
    }
    for (;;) {
        uint64_t was;
        uint32_t task = hb_queue_take(dead, HB_TASK_WAKING, &was);
        if (task == HB_NO_TASK) {
            return;
        }
        uint64_t word = hb_load(&hb_task_words[task]);
        HB_TRACE(HB_TP_TASK_MIGRATE, task, dead | hb_hart_id() << 16);
        *requeued += hb_queue_put(task, word, ready_here(word));
        if (*requeued % 8 == 0) {
            hb_spin_poll();
        }
    }
}

static void go_on(uint32_t dead);

/* Phase 8. What it was recovering itself. */
static void take_over_claims(uint32_t dead, uint32_t *requeued) {
    (void)requeued;
    for (uint32_t other = 0; other < hb_board.harts; other++) {
        uint64_t word = hb_load(&claims[other].word);
        if (phase_of(word) == 0 || recoverer_of(word) != dead) {
            continue;
        }
        if (hb_compare_and_swap(&claims[other].word, word, claim_word(phase_of(word), hb_hart_id()))) {
            HB_TRACE(HB_TP_RECOVERY_BEGIN, other, dead + 1);
            go_on(other);
        }
    }
}

typedef void phase_function(uint32_t dead, uint32_t *requeued);

static phase_function *const phases[] = {
    NULL, NULL, fence, recover_locks, settle_counters, recover_tasks, free_mutexes, drain_queue, take_over_claims,
};

enum { PHASE_EXPEL = 1, PHASE_FENCE, PHASE_DONE = sizeof phases / sizeof *phases };

/* From the recorded phase to the end, or until the claim has gone to somebody else. */
static void go_on(uint32_t dead) {
    uint32_t requeued = 0;
    for (;;) {
        uint64_t word = hb_load(&claims[dead].word);
        uint32_t phase = phase_of(word);
        if (recoverer_of(word) != hb_hart_id() || phase == PHASE_DONE) {
            break;
        }
        if (phase == PHASE_EXPEL && !expel(dead)) {
            hb_compare_and_swap(&claims[dead].word, word, 0);
            return;
        }
        if (phase > PHASE_EXPEL) {
            HB_TRACE(HB_TP_RECOVERY_PHASE, dead, phase);
            phases[phase](dead, &requeued);
        }
        hb_compare_and_swap(&claims[dead].word, word, claim_word(phase + 1, hb_hart_id()));
    }
    HB_TRACE(HB_TP_RECOVERED, dead, requeued);
}

void hb_recover(uint32_t dead) {
    if (hb_compare_and_swap(&claims[dead].word, 0, claim_word(PHASE_EXPEL, hb_hart_id()))) {
        go_on(dead);
    }
}
