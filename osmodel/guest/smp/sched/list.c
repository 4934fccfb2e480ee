#include "osmodel/guest/smp/sched/list.h"

#include "osmodel/guest/smp/heartbeat.h"

uint16_t hb_links[HB_LINK_ROWS][HB_TASKS_MAX / HB_LINK_ROWS] __attribute__((aligned(HB_LINE_ALIGN)));

void hb_list_insert_after(struct hb_list *list, uint32_t before, uint32_t task) {
    if (before == HB_NO_TASK) {
        hb_list_push_front(list, task);
    } else if (before + 1 == list->tail) {
        hb_list_push_back(list, task);
    } else {
        hb_link_put(task, *hb_link_of(before));
        hb_in_this_order();
        hb_link_put(before, task + 1);
    }
}

uint32_t hb_list_remove_after(struct hb_list *list, uint32_t before) {
    if (before == HB_NO_TASK)
        return hb_list_pop(list);
    uint32_t task = hb_list_next(before);
    if (task == HB_NO_TASK)
        return HB_NO_TASK;
    if (task + 1 == list->tail)
        list->tail = before + 1;
    hb_in_this_order();
    hb_link_put(before, *hb_link_of(task));
    return task;
}

void hb_list_insert_sorted(struct hb_list *list, uint32_t task, bool (*is_before)(uint32_t task, uint32_t other)) {
    uint32_t before = HB_NO_TASK;
    if (hb_list_is_empty(list) || !is_before(task, list->tail - 1)) {
        hb_list_push_back(list, task);
        return;
    }
    uint32_t after = hb_list_first(list);
    for (uint32_t step = 0; after != HB_NO_TASK && !is_before(task, after); step++) {
        before = after;
        after = hb_list_next(after);
        hb_breathe_in_loop(step);
    }
    hb_list_insert_after(list, before, task);
}

void hb_list_append(struct hb_list *list, struct hb_list *from) {
    struct hb_list all = *from;
    if (hb_list_is_empty(from))
        return;
    from->head = 0;
    hb_in_this_order();
    if (hb_list_is_empty(list)) {
        list->tail = all.tail;
        hb_in_this_order();
        list->head = all.head;
    } else {
        hb_link_put(list->tail - 1, all.head);
        hb_in_this_order();
        list->tail = all.tail;
    }
}
