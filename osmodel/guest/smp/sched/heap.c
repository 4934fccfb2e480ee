#include "osmodel/guest/smp/sched/heap.h"

#include <stdbool.h>

#include "osmodel/guest/smp/task.h"

#define WAYS_MAX 24u /* two ways, each at most log2(HB_TASKS_MAX + 1) long */

static struct hb_heap_place *place_of(uint32_t task_plus_1) {
    return &hb_tasks[task_plus_1 - 1].wakes;
}

static bool wakes_before(uint32_t a, uint32_t b) {
    uint64_t of_a = place_of(a)->ticks, of_b = place_of(b)->ticks;
    return of_a < of_b || (of_a == of_b && a < b);
}

static uint8_t rank_of(uint32_t task_plus_1) {
    return task_plus_1 != 0 ? (uint8_t)(place_of(task_plus_1)->right_rank + 1) : 0;
}

/* Make the heap of first task `child` the right side of `place`, and the one with the longer way the left. */
static void hang(struct hb_heap_place *place, uint32_t child, uint8_t rank) {
    if (rank <= place->left_rank) {
        place->right = (uint16_t)child;
        place->right_rank = rank;
    } else {
        place->right = place->left;
        place->right_rank = place->left_rank;
        place->left = (uint16_t)child;
        place->left_rank = rank;
    }
    if (hb_flushes())
        hb_clean(place, sizeof *place);
}

/* The heaps with these first tasks become one; gives its first. Down both ways to the right, always on with the task
 * that wakes first, and up again. Where harts are not fenced, and two change a heap at once, it ends in any case. */
static uint32_t merge(uint32_t a, uint32_t b) {
    uint16_t way[WAYS_MAX];
    uint32_t steps = 0;
    while (a != 0 && b != 0 && steps < WAYS_MAX) {
        bool goes_a = wakes_before(a, b);
        uint32_t first = goes_a ? a : b;
        b = goes_a ? b : a;
        a = place_of(first)->right;
        way[steps++] = (uint16_t)first;
    }
    uint32_t top = a != 0 ? a : b;
    for (uint8_t rank = rank_of(top); steps-- > 0; rank = rank_of(top)) {
        hang(place_of(way[steps]), top, rank);
        top = way[steps];
    }
    return top;
}

void hb_heap_join(struct hb_heap *heap, uint32_t task) {
    struct hb_heap_place *place = &hb_tasks[task].wakes;
    place->left = place->right = 0;
    place->left_rank = place->right_rank = 0;
    if (hb_flushes())
        hb_clean(place, sizeof *place);
    heap->first = merge(heap->first, task + 1);
}

void hb_heap_pop(struct hb_heap *heap) {
    const struct hb_heap_place *place = place_of(heap->first);
    heap->first = merge(place->left, place->right);
}
