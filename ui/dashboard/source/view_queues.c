/* The tasks that wait for a CPU, and for how long, as the kernel has reported. */
#include <string.h>

#include "ui/dashboard/source/machine_session.h"

/* Keeps the longest waits of a queue, longest first. */
static void add_chip(struct hb_view_queue *queue, int32_t task, uint64_t waited) {
    uint32_t at = queue->chips;
    queue->count++;
    while (at > 0 && queue->chip[at - 1].waited_cycles < waited)
        at--;
    if (at == HB_VIEW_CHIPS)
        return;
    uint32_t moved = (queue->chips < HB_VIEW_CHIPS ? queue->chips : HB_VIEW_CHIPS - 1) - at;
    memmove(&queue->chip[at + 1], &queue->chip[at], moved * sizeof queue->chip[0]);
    queue->chip[at] = (struct hb_view_chip){task, waited};
    queue->chips += queue->chips < HB_VIEW_CHIPS;
}

void hb_view_fill_queues(const struct hb_machine *machine, struct hb_view_queues *view) {
    const struct hb_os_view *os = &machine->saved->os;
    uint64_t now = machine->saved->cycle;
    memset(view, 0, sizeof *view);
    view->longest_wait_cycles = hb_os_view_longest_wait(os, now);
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++) {
        const struct hb_os_task *task = &os->tasks[i];
        view->ready += task->state == HB_OS_TASK_READY;
        view->running += task->state == HB_OS_TASK_RUNNING;
        view->blocked += task->state == HB_OS_TASK_BLOCKED;
        view->sleeping += task->state == HB_OS_TASK_SLEEPING;
        if (task->state == HB_OS_TASK_READY && task->queue < machine->bus.harts)
            add_chip(&view->queue[task->queue], (int32_t)i, now - task->waiting_since_cycle);
    }
}
