/* The task table: the authoritative state of every task, one word each.
 *
 * {state, hart, detail, attempt, generation} change together, by one compare-and-swap; the generation counts changes,
 * so that no word occurs twice. Whatever else the kernel knows about tasks (run queues, mutexes' waiters) can be
 * rebuilt from the table, and is, when a hart has died while changing it.
 *
 *     READY(q)     waits in the run queue of hart q; enters and leaves this state only under that queue's lock
 *     RUNNING(h)   hart h executes it, or serves its system call; nobody else may touch its context
 *     WAKING(h)    hart h is about to put it into its own queue; FRESH as it was before
 *     BLOCKED      waits for mutex `detail`; enters and leaves this state only under the mutex's lock
 *     SLEEPING(h)  hart h wakes it when its time has come; FRESH if it has not arrived yet
 *     DONE, LOST   for good
 */
#ifndef HB_SMP_TASK_H
#define HB_SMP_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/context.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/waiters.h"

enum hb_task_state {
    HB_TASK_NONE,
    HB_TASK_READY,
    HB_TASK_RUNNING,
    HB_TASK_WAKING,
    HB_TASK_BLOCKED,
    HB_TASK_SLEEPING,
    HB_TASK_DONE,
    HB_TASK_LOST,
};

/* Detail of READY, WAKING and SLEEPING: the attempt begins at the beginning; the context is not valid. */
#define HB_TASK_FRESH 1u

/* What a task can reach, beside the user text: worked out when an attempt begins, and at hand at every dispatch. */
struct hb_task_reach {
    uint64_t begin, end; /* its own memory */
    uint64_t shared_begin, shared_end;
    uint32_t first_object, mutexes, objects; /* those of its group; mutexes come first */
};

/* What belongs to whoever runs the task. */
struct hb_task {
    struct hb_context context;
    uint64_t wake_ticks;     /* valid in SLEEPING */
    struct hb_things things; /* of this attempt */
    bool has_waited;         /* for a condition: its call goes on with the mutex */
    uint32_t home;           /* the hart that it ran on last, or was dealt to */
    uint32_t noted_by;       /* HB_SCHED_* of the scheduler whose notes these are */
    uint64_t note[2];
    struct hb_task_reach reach; /* of the present attempt */
    struct hb_fp fp;            /* if context.fp says so */
} __attribute__((aligned(HB_LINE_ALIGN)));

extern uint64_t hb_task_words[HB_TASKS_MAX];
extern struct hb_task hb_tasks[HB_TASKS_MAX];

/* The number of the group that the task is in: written at boot, and by nobody afterwards. */
extern uint8_t hb_task_groups[HB_TASKS_MAX];

static inline uint32_t hb_task_group(uint32_t task) {
    return hb_task_groups[task];
}

/* The word that follows `word` with this state; the attempt stays. */
static inline uint64_t hb_task_word(uint64_t word, enum hb_task_state state, uint32_t hart, uint32_t detail) {
    uint64_t generation_and_attempt = (word & 0xffffffff00000000ull) + (1ull << 48);
    return generation_and_attempt | (uint64_t)detail << 16 | hart << 8 | state;
}

/* The same for a new attempt. */
static inline uint64_t hb_task_word_restarted(uint64_t word, uint32_t hart) {
    return hb_task_word(word + (1ull << 32), HB_TASK_READY, hart, HB_TASK_FRESH);
}

static inline enum hb_task_state hb_task_state(uint64_t word) {
    return (enum hb_task_state)(word & 0xff);
}

static inline uint32_t hb_task_hart(uint64_t word) {
    return word >> 8 & 0xff;
}

static inline uint32_t hb_task_detail(uint64_t word) {
    return word >> 16 & 0xffff;
}

static inline uint32_t hb_task_attempt(uint64_t word) {
    return word >> 32 & 0xffff;
}

static inline bool hb_task_is(uint64_t word, enum hb_task_state state, uint32_t hart) {
    return hb_task_state(word) == state && hb_task_hart(word) == hart;
}

static inline bool hb_task_has_ended(uint64_t word) {
    return hb_task_state(word) >= HB_TASK_DONE;
}

/* Set up the context of a fresh attempt. */
void hb_task_begin_attempt(uint32_t task);

#endif
