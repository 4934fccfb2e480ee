/* Lists of tasks. There is one link for each task, so a task is in at most one list: in a run queue, or with those
 * that sleep, or with those that wait for something.
 *
 * A list is an index into the task table: whoever takes its lock from a dead hart empties it and fills it again from
 * the table. Where recovery is told not to, a change that was left half-way must not do more harm than it has to. So
 * the order of the stores matters here: such a list may have lost tasks, but it holds none twice and does not go
 * round. */
#ifndef HB_SCHED_LIST_H
#define HB_SCHED_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/guest/machine/clean.h"
#include "osmodel/guest/smp/hart.h"

/* Ends of a list, each a task + 1. All zero: an empty list; then `tail` means nothing. */
struct hb_list {
    uint32_t head;
    uint32_t tail;
};

/* The next task, + 1, changed under the lock of the list that the task is in. Tasks are dealt to harts in order, so
 * the links of tasks whose numbers differ by the most harts there are stand together: two harts rarely want the same
 * line. */
#define HB_LINK_ROWS HB_HARTS_MAX
extern uint16_t hb_links[HB_LINK_ROWS][HB_TASKS_MAX / HB_LINK_ROWS];

static inline uint16_t *hb_link_of(uint32_t task) {
    return &hb_links[task % HB_LINK_ROWS][task / HB_LINK_ROWS];
}

static inline void hb_link_put(uint32_t task, uint32_t next_plus_1) {
    HB_PUT(*hb_link_of(task), (uint16_t)next_plus_1);
}

/* The stores before are made before those after. */
static inline void hb_in_this_order(void) {
    __asm__ volatile("" ::: "memory");
}

static inline bool hb_list_is_empty(const struct hb_list *list) {
    return list->head == 0;
}

/* The first task, and the one after `task`; HB_NO_TASK at the end. They stay in the list. */
static inline uint32_t hb_list_first(const struct hb_list *list) {
    return list->head - 1;
}

static inline uint32_t hb_list_next(uint32_t task) {
    return *hb_link_of(task) - 1u;
}

_Static_assert((uint32_t)(0u - 1u) == HB_NO_TASK, "an end that is 0 means no task");

/* Put a task, which is in no list, in at the end. */
static inline void hb_list_push_back(struct hb_list *list, uint32_t task) {
    hb_link_put(task, 0);
    hb_in_this_order();
    if (hb_list_is_empty(list)) {
        list->tail = task + 1;
        hb_in_this_order();
        list->head = task + 1;
    } else {
        hb_link_put(list->tail - 1, task + 1);
        hb_in_this_order();
        list->tail = task + 1;
    }
}

/* The same at the front. */
static inline void hb_list_push_front(struct hb_list *list, uint32_t task) {
    if (hb_list_is_empty(list)) {
        hb_list_push_back(list, task);
        return;
    }
    hb_link_put(task, list->head);
    hb_in_this_order();
    list->head = task + 1;
}

/* Take out the first task; HB_NO_TASK if there is none. */
static inline uint32_t hb_list_pop(struct hb_list *list) {
    uint32_t task = hb_list_first(list);
    if (task != HB_NO_TASK)
        list->head = *hb_link_of(task);
    return task;
}

/* The same in the middle, after `before`, which is in this list; HB_NO_TASK: at the front. */
void hb_list_insert_after(struct hb_list *list, uint32_t before, uint32_t task);
uint32_t hb_list_remove_after(struct hb_list *list, uint32_t before);

/* Put a task, which is in no list, before the first one that it `is_before`. A long list is a long walk. */
void hb_list_insert_sorted(struct hb_list *list, uint32_t task, bool (*is_before)(uint32_t task, uint32_t other));

/* All tasks of `from` follow those of `list`; `from` is empty afterwards. */
void hb_list_append(struct hb_list *list, struct hb_list *from);

#endif
