#include "osmodel/guest/smp/counter.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/sync/sync.h"
#include "osmodel/guest/smp/task.h"

/* Bits 0..31: count; 32..43: task + 1 of the last increment; 44..63: its number within that task. */
struct counter {
    uint64_t word;
} __attribute__((aligned(HB_LINE_ALIGN)));

#define TASK_SHIFT     32
#define TASK_MASK      0xfffu
#define SEQUENCE_SHIFT 44

_Static_assert(HB_TASKS_MAX <= TASK_MASK, "a task's number + 1 has 12 bits");
_Static_assert(HB_INCREMENTS_MAX <= 1u << (64 - SEQUENCE_SHIFT), "a sequence number has 20 bits");

static struct counter counters[HB_OBJECTS_MAX];
static uint64_t progress[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

/* Record that the last increment of this counter has been done. Usually that is already recorded, and the swap fails,
 * since progress only grows. */
static void settle(uint32_t counter) {
    uint64_t word = hb_load(&counters[counter].word);
    uint32_t task_plus_1 = word >> TASK_SHIFT & TASK_MASK;
    uint64_t sequence = word >> SEQUENCE_SHIFT;
    if (task_plus_1 != 0)
        hb_compare_and_swap(&progress[task_plus_1 - 1], sequence, sequence + 1);
}

uint64_t hb_counter_increment(uint32_t counter, uint32_t task, uint64_t sequence) {
    settle(counter); /* before its word is overwritten */
    if (hb_load(&progress[task]) != sequence)
        return hb_load(&progress[task]);
    uint32_t count = (uint32_t)hb_load(&counters[counter].word) + 1;
    hb_store(&counters[counter].word,
             count | (uint64_t)(task + 1) << TASK_SHIFT | sequence << SEQUENCE_SHIFT); /* the atomic step */
    settle(counter);
    HB_TRACE(HB_TP_PROGRESS, task, sequence + 1);
    return sequence + 1;
}

uint64_t hb_counter_progress(uint32_t task) {
    return hb_load(&progress[task]);
}

/* Read by an atomic, which is correct even where caches are not coherent. */
static uint64_t shared_counter(uint32_t group, uint32_t i) {
    return __atomic_fetch_add((uint64_t *)(hb_shared_memory(group) + i * HB_SHARED_COUNTER_BYTES), 0, __ATOMIC_RELAXED);
}

uint64_t hb_counters_sum(uint32_t group) {
    bool shared = hb_params.group[group].kind == HB_KIND_SHARE;
    uint32_t first = hb_sync_first(group);
    uint32_t after = first + hb_group_mutexes(&hb_params.group[group]);
    uint64_t sum = 0;
    for (uint32_t i = first; i < after; i++)
        sum += shared ? shared_counter(group, i - first) : (uint32_t)hb_load(&counters[i].word);
    return sum;
}
