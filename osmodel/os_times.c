#include "osmodel/os_times.h"

#include <stddef.h>

/* Arrivals count from all harts up. */
void hb_os_times_up(struct hb_os_view *view) {
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++)
        if (view->tasks[i].arrived_cycle != HB_OS_NONE)
            view->tasks[i].arrived_cycle = view->tasks[i].woken_cycle = view->cycle;
}

static bool begins_activation(const struct hb_os_task *task) {
    return task->state == HB_OS_TASK_UNSEEN || task->state == HB_OS_TASK_CREATED ||
           task->state == HB_OS_TASK_SLEEPING || task->state == HB_OS_TASK_BLOCKED;
}

void hb_os_times_ready(struct hb_os_view *view, struct hb_os_task *task) {
    if (task->arrived_cycle == HB_OS_NONE)
        task->arrived_cycle = view->cycle;
    if (begins_activation(task)) {
        task->woken_cycle = view->cycle;
        task->answered = 0;
    }
}

static uint64_t since(const struct hb_os_view *view, uint64_t cycle) {
    uint64_t up = view->harts_up_cycle;
    uint64_t from = up != HB_OS_NONE && cycle < up ? up : cycle;
    return up != HB_OS_NONE ? view->cycle - from : 0;
}

void hb_os_times_wait_over(struct hb_os_view *view, struct hb_os_task *task) {
    task->waited_cycles += since(view, task->waiting_since_cycle);
}

static void sample(struct hb_os_view *view, struct hb_os_task *task, uint64_t cycles) {
    uint64_t number = (uint64_t)(task - view->tasks);
    task->responses++;
    task->responses_cycles += cycles;
    task->response_max_cycles = cycles > task->response_max_cycles ? cycles : task->response_max_cycles;
    if (view->samples_n < HB_OS_SAMPLES_MAX && cycles <= HB_OS_SAMPLE_CYCLES)
        view->samples[view->samples_n++] = number << HB_OS_SAMPLE_SHIFT | cycles;
    else
        task->unsampled = 1;
}

void hb_os_times_run(struct hb_os_view *view, struct hb_os_task *task) {
    task->run_from_cycle = view->cycle;
    if (task->answered)
        return;
    task->answered = 1;
    if (task->woken_cycle != HB_OS_NONE)
        sample(view, task, since(view, task->woken_cycle));
}

void hb_os_times_stop(struct hb_os_view *view, struct hb_os_task *task) {
    task->run_cycles += since(view, task->run_from_cycle);
    task->run_from_cycle = HB_OS_NONE;
}

void hb_os_times_done(struct hb_os_view *view) {
    if (view->tasks_done != 0)
        return;
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++) {
        struct hb_os_task *task = &view->tasks[i];
        task->share_cycles = task->run_cycles;
        if (task->run_from_cycle != HB_OS_NONE)
            task->share_cycles += since(view, task->run_from_cycle);
    }
}

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

static struct hb_os_request *find(struct hb_os_view *view, uint32_t request) {
    if (request < HB_REQUESTS_MAX)
        return &view->requests[request];
    view->ignored_events++;
    return NULL;
}

void hb_os_times_request_taken(struct hb_os_view *view, uint32_t request) {
    struct hb_os_request *of = find(view, request);
    if (!of || of->answered_cycle)
        return;
    of->first_cycle = of->taken ? of->first_cycle : view->cycle;
    of->taken_cycle = view->cycle;
    of->taken++;
    view->last_progress_cycle = view->cycle;
}

/* A hart may die after it has said so, and before the request's word says so: the first answer counts. */
void hb_os_times_request_answered(struct hb_os_view *view, uint32_t request, uint32_t answer) {
    struct hb_os_request *of = find(view, request);
    if (!of || of->answered_cycle)
        return;
    of->answered_cycle = view->cycle;
    of->answer = answer;
    view->last_progress_cycle = view->cycle;
}

void hb_os_times_request_refused(struct hb_os_view *view, uint32_t request) {
    struct hb_os_request *of = find(view, request);
    if (of)
        of->refused = 1;
}
