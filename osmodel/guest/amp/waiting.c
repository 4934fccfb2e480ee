#include "osmodel/guest/amp/waiting.h"

#include <stddef.h>

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/crew.h"
#include "osmodel/guest/amp/ring.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/workloads/groups.h"

#define LISTS (HB_HARTS_MAX + HB_ROLES) /* one for each hart, one for each role */

/* Linked through `next`. */
struct list {
    uint32_t first, last; /* valid unless it is empty */
    uint32_t length;
};

static struct {
    struct list list[LISTS];
    uint32_t waiting;
    int32_t earliest, latest; /* stamps given so far */
    int32_t stamp[HB_TASKS_MAX];
    uint16_t next[HB_TASKS_MAX];
} lists __attribute__((aligned(HB_LINE_ALIGN)));

static uint32_t role_of(uint32_t task) {
    return (uint32_t)hb_params.group[hb_group_of(&hb_params, task)].role;
}

static bool is_static(void) {
    return hb_params.amp_assignment == HB_ASSIGN_STATIC;
}

static struct list *list_of(uint32_t task) {
    uint32_t role = role_of(task);
    return &lists.list[is_static() ? hb_crew_nth(task, role) : HB_HARTS_MAX + role];
}

static void append(struct list *list, uint32_t task) {
    lists.stamp[task] = ++lists.latest;
    if (list->length == 0)
        list->first = task;
    else
        lists.next[list->last] = (uint16_t)task;
    list->last = task;
    list->length++;
    lists.waiting++;
}

void hb_waiting_add_new(uint32_t task, uint32_t role) {
    append(&lists.list[HB_HARTS_MAX + role], task);
}

void hb_waiting_add_first(uint32_t task) {
    struct list *list = list_of(task);
    lists.stamp[task] = --lists.earliest;
    if (list->length == 0)
        list->last = task;
    else
        lists.next[task] = (uint16_t)list->first;
    list->first = task;
    list->length++;
    lists.waiting++;
}

void hb_waiting_clear(void) {
    for (uint32_t i = 0; i < LISTS; i++)
        lists.list[i].length = 0;
    lists.waiting = 0;
    lists.earliest = lists.latest = 0;
}

static uint32_t remove_first(struct list *list) {
    uint32_t task = list->first;
    list->first = lists.next[task];
    list->length--;
    lists.waiting--;
    return task;
}

/* List `i`, that of a role, holds tasks for `hart`. */
static bool serves(uint32_t hart, uint32_t i) {
    return lists.list[i].length != 0 && hb_crew_may_run(hart, i - HB_HARTS_MAX);
}

uint32_t hb_waiting_take(uint32_t hart) {
    struct list *oldest = lists.list[hart].length != 0 ? &lists.list[hart] : NULL;
    for (uint32_t i = HB_HARTS_MAX; i < LISTS; i++) {
        struct list *list = &lists.list[i];
        if (serves(hart, i) && (oldest == NULL || lists.stamp[list->first] < lists.stamp[oldest->first]))
            oldest = list;
    }
    return oldest != NULL ? remove_first(oldest) : HB_NO_TASK;
}

uint32_t hb_waiting(void) {
    return lists.waiting;
}

uint32_t hb_waiting_for(uint32_t hart) {
    uint32_t waiting = lists.list[hart].length;
    for (uint32_t i = HB_HARTS_MAX; i < LISTS; i++)
        if (serves(hart, i))
            waiting += lists.list[i].length;
    return waiting;
}

static void deal_out(struct list *list) {
    for (uint32_t left = list->length; left > 0; left--) {
        uint32_t task = remove_first(list);
        append(list_of(task), task);
        hb_breathe();
    }
}

void hb_waiting_deal_out(uint32_t hart) {
    deal_out(&lists.list[hart]);
}

void hb_waiting_deal(void) {
    for (uint32_t i = HB_HARTS_MAX; i < LISTS && is_static(); i++)
        deal_out(&lists.list[i]);
}
