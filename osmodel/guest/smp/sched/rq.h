/* A run queue: the tasks that wait for a hart. What is in it, and under which lock, is the business of the kernel
 * (queue.h); in which order they leave it, that of a scheduler (scheduler.h). */
#ifndef HB_SCHED_RQ_H
#define HB_SCHED_RQ_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/smp/sched/list.h"
#include "osmodel/guest/smp/sched/refill.h"

#define HB_LEVELS 8

struct hb_scheduler;

struct hb_rq {
    uint64_t lock;
    uint32_t waiting; /* how many tasks are in it, by the kernel's count */
    uint32_t index;   /* in hb_queues */
    struct hb_refill refill;
    uint32_t pinned;     /* how many of those that wait are pinned; 1 more while it is refilled and some might be */
    uint32_t ordered_by; /* HB_SCHED_* of the scheduler that has its tasks */
    const struct hb_scheduler *scheduler; /* that one */
    struct hb_list resumed; /* tasks that lost their hart: they go before all others, whatever the scheduler */
    bool is_torn;           /* a hart died while changing it, and nobody put it in order (os.recovery.queues "none") */

    /* The scheduler's own. */
    struct hb_list level[HB_LEVELS];
    uint64_t note[2];
} __attribute__((aligned(HB_LOCK_ALIGN)));

#endif
