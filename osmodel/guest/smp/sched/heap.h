/* Heaps of tasks, by the time at which each wakes: the first to wake is found at once, and joining and leaving take few
 * steps however many tasks there are.
 *
 * It is a leftist heap: a tree in which no task wakes before the one above it, and the way down along right children is
 * nowhere longer than along left ones. So that way has at most log2(n + 1) tasks in a heap of n, and nothing looks at
 * others: two heaps become one by merging their ways to the right.
 *
 * A task is in at most one heap. Like a list (list.h) a heap is an index into the task table; whoever takes its lock
 * from a dead hart empties it and fills it again. */
#ifndef HB_SCHED_HEAP_H
#define HB_SCHED_HEAP_H

#include <stdint.h>

#include "osmodel/guest/smp/hart.h"

/* All zero: an empty heap. */
struct hb_heap {
    uint32_t first; /* a task + 1 */
};

/* Of a task that is in a heap. */
struct hb_heap_place {
    uint64_t ticks;                /* when it wakes */
    uint16_t left, right;          /* tasks + 1; 0: none */
    uint8_t left_rank, right_rank; /* how many tasks are on the way along right children, from there on */
};

/* The task that wakes first: of several at the same time the one with the smallest number. HB_NO_TASK: the heap is
 * empty. It stays in the heap. */
static inline uint32_t hb_heap_first(const struct hb_heap *heap) {
    return heap->first - 1;
}

/* Put a task, which is in no heap, in. It wakes at hb_tasks[task].wakes.ticks. */
void hb_heap_join(struct hb_heap *heap, uint32_t task);

/* Take out the first. The heap is not empty. */
void hb_heap_pop(struct hb_heap *heap);

#endif
