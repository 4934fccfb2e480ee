#include "osmodel/os_groups.h"

#include <stdlib.h>
#include <string.h>

#include "osmodel/guest/workloads/groups.h"

static int compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static uint64_t percentile(const uint64_t *sorted, uint64_t n, uint64_t percent) {
    return sorted[(n * percent + 99) / 100 - 1];
}

void hb_os_spread_of(uint64_t *values, uint64_t n, struct hb_os_spread *spread) {
    *spread = (struct hb_os_spread){.n = n, .has_percentiles = n > 0};
    if (n == 0)
        return;
    double sum = 0;
    for (uint64_t i = 0; i < n; i++)
        sum += (double)values[i];
    qsort(values, n, sizeof *values, compare);
    spread->mean = sum / (double)n;
    spread->p50 = percentile(values, n, 50);
    spread->p95 = percentile(values, n, 95);
    spread->p99 = percentile(values, n, 99);
    spread->max = values[n - 1];
}

struct range {
    uint32_t first, end;
};

static struct range tasks_of(const struct hb_params *params, uint32_t number) {
    const struct hb_group *group = &params->group[number];
    uint64_t first = group->first < HB_TASKS_MAX ? group->first : HB_TASKS_MAX;
    uint64_t room = HB_TASKS_MAX - first;
    return (struct range){(uint32_t)first, (uint32_t)(first + (group->tasks < room ? group->tasks : room))};
}

/* A task that has arrived or woken, and has not been begun since. */
static bool is_pending(const struct hb_os_task *task) {
    return task->state == HB_OS_TASK_READY && !task->answered && task->woken_cycle != HB_OS_NONE;
}

static uint64_t pending_cycles(const struct hb_os_view *view, const struct hb_os_task *task) {
    return view->cycle > task->woken_cycle ? view->cycle - task->woken_cycle : 0;
}

/* Mean and maximum are known even if not all samples are. */
static void sum_responses(const struct hb_os_view *view, struct range range, struct hb_os_spread *spread) {
    double sum = 0;
    *spread = (struct hb_os_spread){0};
    for (uint32_t i = range.first; i < range.end; i++) {
        const struct hb_os_task *task = &view->tasks[i];
        uint64_t pending = is_pending(task) ? pending_cycles(view, task) : 0;
        uint64_t most = pending > task->response_max_cycles ? pending : task->response_max_cycles;
        sum += (double)task->responses_cycles + (double)pending;
        spread->n += task->responses + is_pending(task);
        spread->max = most > spread->max ? most : spread->max;
    }
    spread->mean = spread->n ? sum / (double)spread->n : 0;
}

static bool all_are_sampled(const struct hb_os_view *view, struct range range) {
    bool sampled = true;
    for (uint32_t i = range.first; i < range.end; i++)
        sampled &= !view->tasks[i].unsampled;
    return sampled;
}

/* Gives how many there are. */
static uint64_t collect_responses(const struct hb_os_view *view, struct range range, uint64_t *values) {
    uint64_t n = 0;
    for (uint64_t i = 0; i < view->samples_n && i < HB_OS_SAMPLES_MAX; i++) {
        uint64_t task = view->samples[i] >> HB_OS_SAMPLE_SHIFT;
        if (task >= range.first && task < range.end)
            values[n++] = view->samples[i] & HB_OS_SAMPLE_CYCLES;
    }
    for (uint32_t i = range.first; i < range.end; i++)
        if (is_pending(&view->tasks[i]))
            values[n++] = pending_cycles(view, &view->tasks[i]);
    return n;
}

static void fill_responses(const struct hb_os_view *view, struct range range, uint64_t *values,
                           struct hb_os_spread *spread) {
    if (all_are_sampled(view, range))
        hb_os_spread_of(values, collect_responses(view, range, values), spread);
    else
        sum_responses(view, range, spread);
}

static bool is_timed(const struct hb_os_task *task) {
    return task->state == HB_OS_TASK_DONE && task->arrived_cycle != HB_OS_NONE && task->completed_cycle != HB_OS_NONE &&
           task->completed_cycle >= task->arrived_cycle;
}

static uint64_t waiting_of(const struct hb_os_task *task) {
    return task->waited_cycles;
}

static uint64_t turnaround_of(const struct hb_os_task *task) {
    return task->completed_cycle - task->arrived_cycle;
}

static void fill_done(const struct hb_os_view *view, struct range range, uint64_t (*of)(const struct hb_os_task *task),
                      uint64_t *values, struct hb_os_spread *spread) {
    uint64_t n = 0;
    for (uint32_t i = range.first; i < range.end; i++)
        if (is_timed(&view->tasks[i]))
            values[n++] = of(&view->tasks[i]);
    hb_os_spread_of(values, n, spread);
}

static double share_of(const struct hb_os_view *view, struct range range) {
    double cycles = 0;
    for (uint32_t i = range.first; i < range.end; i++)
        cycles += (double)view->tasks[i].share_cycles;
    return cycles;
}

void hb_os_groups_fill(const struct hb_os_view *view, const struct hb_params *params,
                       struct hb_os_group groups[HB_GROUPS_MAX]) {
    uint64_t *values = malloc((HB_OS_SAMPLES_MAX + HB_TASKS_MAX) * sizeof *values);
    double all = share_of(view, (struct range){0, HB_TASKS_MAX});
    if (!values)
        abort();
    for (uint32_t g = 0; g < params->workload_groups && g < HB_GROUPS_MAX; g++) {
        struct range range = tasks_of(params, g);
        groups[g].has_share = all > 0;
        groups[g].cpu_share = all > 0 ? share_of(view, range) / all : 0;
        fill_responses(view, range, values, &groups[g].response);
        fill_done(view, range, waiting_of, values, &groups[g].waiting);
        fill_done(view, range, turnaround_of, values, &groups[g].turnaround);
    }
    free(values);
}
