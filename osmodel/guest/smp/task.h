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
#include <stddef.h>
#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/context.h"
#include "osmodel/guest/smp/group.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/sched/heap.h"
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

/* What a task can reach beside the user text and what its group shares: worked out when an attempt begins. */
struct hb_task_reach {
    uint64_t begin, end; /* its own memory */
};

/* What belongs to whoever runs the task. What every switch needs comes first: the registers, and one line of 64 bytes.
 */
struct hb_task {
    struct hb_context context;
    uint32_t home;     /* the hart that it ran on last, or was dealt to */
    uint32_t noted_by; /* HB_SCHED_* of the scheduler whose notes these are */
    uint64_t note[2];
    struct hb_task_reach reach; /* of the present attempt */

    struct hb_heap_place wakes; /* valid in SLEEPING */
    struct hb_things things;    /* of this attempt */
    bool has_waited;            /* for a condition: its call goes on with the mutex */
    struct hb_fp fp;            /* if context.fp says so */

    /* Where data are flushed (recovery/doubt.h). */
    uint64_t ran_on;     /* bit h: this attempt has run on hart h */
    uint64_t valid_from; /* attempts before this one count no more */
} __attribute__((aligned(HB_LINE_ALIGN)));

_Static_assert(offsetof(struct hb_task, wakes) <= HB_CONTEXT_FP + 64, "a switch touches one line of it");

extern uint64_t hb_task_words[HB_TASKS_MAX];
extern struct hb_task hb_tasks[HB_TASKS_MAX];

/* The number of the group that the task is in: written at boot, and by nobody afterwards. */
extern uint8_t hb_task_groups[HB_TASKS_MAX];

static inline uint32_t hb_task_group(uint32_t task) {
    return hb_task_groups[task];
}

static inline const struct hb_group_facts *hb_task_facts(uint32_t task) {
    return &hb_group_facts[hb_task_group(task)];
}

/* The hart that the task is pinned to, or HB_PLACE_ANY. */
static inline uint32_t hb_task_place(uint32_t task) {
    return hb_task_facts(task)->place;
}

/* The word that follows `word` with this state; the attempt stays. */
static inline uint64_t hb_task_word(uint64_t word, enum hb_task_state state, uint32_t hart, uint32_t detail) {
    uint64_t generation_and_attempt = (word & 0xffffffff00000000ull) + (1ull << 48);
    return generation_and_attempt | (uint64_t)detail << 16 | hart << 8 | state;
}

/* The word that follows `word`, of a task that is READY(q), when `hart` takes it out of the queue. */
static inline uint64_t hb_task_word_taken(uint64_t word, uint32_t q, enum hb_task_state state, uint32_t hart) {
    return word + (1ull << 48) + (((uint64_t)hart - q) << 8) + (state - HB_TASK_READY);
}

/* The word, READY and FRESH, of a task that is not in a queue yet and shall not join one: it runs on `hart`. */
static inline uint64_t hb_task_word_running(uint64_t ready, uint32_t hart) {
    return (ready & ~0xffffull) | hart << 8 | HB_TASK_RUNNING;
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
