#include "osmodel/guest/smp/recovery/recovery.h"

#include <stddef.h>

#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/devices.h"
#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/finish.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/mutex.h"
#include "osmodel/guest/smp/output.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/sleep.h"
#include "osmodel/guest/smp/task.h"

struct claim {
    uint64_t word;     /* bits 0..7: the next phase, 0 while the hart is well; 8..15: who recovers it */
    uint64_t requeued; /* tasks put back so far: for the tracepoint only */
} __attribute__((aligned(HB_LINE_ALIGN)));

enum phase {
    PHASE_NONE,
    PHASE_EXPEL,
    PHASE_FENCE,
    PHASE_LOCKS, /* the last urgent one */
    PHASE_TASKS,
    PHASE_MUTEXES,
    PHASE_QUEUE,
    PHASE_DONE,
};

static struct claim claims[HB_HARTS_MAX];

static uint64_t claim_word(enum phase phase, uint32_t recoverer) {
    return phase | recoverer << 8;
}

static enum phase phase_of(uint32_t hart) {
    return (enum phase)(hb_load(&claims[hart].word) & 0xff);
}

/* Is the executing hart the one that recovers `hart`, or has recovered it? */
static bool is_mine(uint32_t hart) {
    uint64_t word = hb_load(&claims[hart].word);
    return word != 0 && (word >> 8 & 0xff) == hb_hart_id();
}

bool hb_recovery_has_begun(uint32_t hart) {
    return phase_of(hart) != PHASE_NONE;
}

/* ---- The phases ------------------------------------------------------------------------------------------------ */

/* Leaving hb_live is one step, and an expelled hart cannot expel others: of two harts that suspect each other, one
 * wins. False: the executing hart is not the one. */
static bool expel(uint32_t dead) {
    uint64_t live;
    do {
        live = hb_load(&hb_live);
        if (!(live & hb_bit(hb_hart_id())))
            return false;
    } while (!hb_compare_and_swap(&hb_live, live, live & ~hb_bit(dead)));
    hb_fetch_and(&hb_idle, ~hb_bit(dead));
    return true;
}

/* Done before anything of it is touched: it may be alive and merely slow. */
static void fence(uint32_t dead) {
    if (hb_params.recovery_fence) {
        hb_power_fence(dead);
        HB_TRACE(HB_TP_FENCED, dead, 0);
    }
    HB_TRACE(HB_TP_RECOVERY_BEGIN, dead, 0);
}

static void recover_queue_lock(uint32_t q, uint32_t dead) {
    if (!hb_lock_steal(&hb_queues[q].lock, dead))
        return;
    if (hb_params.recovery_queues == HB_QUEUES_REBUILD)
        hb_queue_rebuild(q);
    else
        hb_queue_leave_torn(q);
    hb_lock_release(&hb_queues[q].lock);
}

/* It may have died holding any lock. What the lock guards is rebuilt before it is released. */
static void recover_locks(uint32_t dead) {
    if (hb_params.recovery_locks != HB_LOCKS_STEAL)
        return;
    for (uint32_t q = 0; q < hb_board.harts; q++) {
        recover_queue_lock(q, dead);
        hb_breathe();
    }
    for (uint32_t i = 0; i < hb_mutex_count(); i++) {
        hb_mutex_recover_lock(i, dead);
        hb_breathe();
    }
    hb_output_recover_lock(dead);
    hb_finish_recover_lock(dead);
}

static void give_up(uint32_t task, uint64_t word) {
    if (hb_compare_and_swap(&hb_task_words[task], word, hb_task_word(word, HB_TASK_LOST, 0, 0)))
        HB_TRACE(HB_TP_TASK_LOST, task, hb_task_attempt(word));
}

static void restart(uint32_t task, uint64_t word, uint32_t dead) {
    if (hb_params.recovery_restart == HB_RESTART_NONE) {
        give_up(task, word);
        return;
    }
    uint64_t restarted = hb_task_word_restarted(word, hb_hart_id());
    HB_TRACE(HB_TP_TASK_RESTART, task, hb_task_attempt(restarted));
    claims[dead].requeued += hb_queue_put_first(task, word, restarted);
}

/* A task on its way into a queue continues with its context, unless it has none yet. */
static void put_here(uint32_t task, uint64_t word, uint32_t dead) {
    uint64_t ready = hb_task_word(word, HB_TASK_READY, hb_hart_id(), hb_task_detail(word));
    claims[dead].requeued += hb_queue_put(task, word, ready, HB_WHY_WOKEN);
}

/* What the dead hart was working on. */
static void recover_tasks(uint32_t dead) {
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        uint64_t word = hb_load(&hb_task_words[task]);
        if (hb_task_is(word, HB_TASK_RUNNING, dead))
            restart(task, word, dead);
        else if (hb_task_is(word, HB_TASK_WAKING, dead))
            put_here(task, word, dead);
        else if (hb_task_is(word, HB_TASK_SLEEPING, dead))
            hb_adopt_sleeper(task, word);
        if (task % 16 == 15)
            hb_spin_poll();
    }
}

/* After the restarts: only now have the old attempts' mutexes lapsed. */
static void free_mutexes(uint32_t dead) {
    (void)dead;
    if (hb_params.recovery_locks == HB_LOCKS_STEAL)
        hb_mutexes_sweep();
}

/* Nobody puts tasks into its queue any more; one by one they move to the recoverer's. */
static void drain_queue(uint32_t dead) {
    if (hb_params.recovery_queues != HB_QUEUES_REBUILD)
        return;
    for (uint32_t moved = 1;; moved++) {
        uint64_t was;
        uint32_t task = hb_queue_take(dead, HB_TASK_WAKING, &was);
        if (task == HB_NO_TASK)
            return;
        HB_TRACE(HB_TP_TASK_MIGRATE, task, dead | hb_hart_id() << 16);
        put_here(task, hb_load(&hb_task_words[task]), dead);
        if (moved % 8 == 0)
            hb_spin_poll();
    }
}

static void (*const phases[PHASE_DONE])(uint32_t dead) = {
    [PHASE_FENCE] = fence,          [PHASE_LOCKS] = recover_locks, [PHASE_TASKS] = recover_tasks,
    [PHASE_MUTEXES] = free_mutexes, [PHASE_QUEUE] = drain_queue,
};

/* ---- From phase to phase --------------------------------------------------------------------------------------- */

/* Do the next phase, then record that it is done: in this order, since whoever takes over may repeat a phase but must
 * not skip it. If the claim has moved meanwhile, it is left alone. */
static void do_phase(uint32_t dead) {
    uint64_t word = hb_load(&claims[dead].word);
    enum phase phase = phase_of(dead);
    HB_TRACE(HB_TP_RECOVERY_PHASE, dead, phase);
    if (phase == PHASE_EXPEL) {
        if (!expel(dead)) {
            hb_compare_and_swap(&claims[dead].word, word, 0);
            return;
        }
    } else {
        phases[phase](dead);
    }
    if (hb_compare_and_swap(&claims[dead].word, word, claim_word(phase + 1, hb_hart_id())) && phase + 1 == PHASE_DONE)
        HB_TRACE(HB_TP_RECOVERED, dead, claims[dead].requeued);
}

/* A hart whose recovery is up to the executing hart, up to phase `last`; HB_HARTS_MAX if there is none. */
static uint32_t find_mine(enum phase last) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        if (is_mine(hart) && phase_of(hart) <= last)
            return hart;
        hb_breathe();
    }
    return HB_HARTS_MAX;
}

/* What a fenced hart was recovering passes to whoever recovers that hart. */
static void take_over(void) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        hb_breathe(); /* each claim has its own line, and the bus may be busy */
        uint64_t word = hb_load(&claims[hart].word);
        uint32_t recoverer = word >> 8 & 0xff;
        enum phase phase = (enum phase)(word & 0xff);
        if (phase == PHASE_NONE || phase == PHASE_DONE || !is_mine(recoverer) || phase_of(recoverer) <= PHASE_FENCE)
            continue;
        if (hb_compare_and_swap(&claims[hart].word, word, claim_word(phase, hb_hart_id())))
            HB_TRACE(HB_TP_RECOVERY_BEGIN, hart, recoverer + 1);
    }
}

void hb_recover_urgent(uint32_t dead) {
    if (!hb_compare_and_swap(&claims[dead].word, 0, claim_word(PHASE_EXPEL, hb_hart_id())))
        return;
    hb_self()->has_claims = true;
    while (dead != HB_HARTS_MAX) {
        do_phase(dead);
        take_over();
        dead = find_mine(PHASE_LOCKS);
    }
}

void hb_recover_rest(void) {
    while (hb_self()->has_claims) {
        hb_self()->has_claims = false; /* a claim made in a spin loop sets it again */
        uint32_t dead = find_mine(PHASE_DONE - 1);
        while (dead != HB_HARTS_MAX) {
            do_phase(dead);
            dead = find_mine(PHASE_DONE - 1);
        }
    }
}
