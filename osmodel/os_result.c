#include "osmodel/os_result.h"

#include <string.h>

#include "osmodel/expected.h"

/* ---- Verdicts -------------------------------------------------------------------------------------------------- */

static bool is_right(const struct hb_os_end *end, const struct hb_os_task *task, uint32_t id) {
    uint64_t checksum = end->slots[id].checksum;
    if (end->expected)
        return checksum == end->expected(end->context, id);
    return hb_os_has_expected(end->params, id) &&
           hb_os_is_worth_computing(end->params, id, task->instructions + task->earlier_instructions) &&
           checksum == hb_os_expected_checksum(end->params, id);
}

static bool nobody_recovers(const struct hb_params *params) {
    return params->heartbeat_period_cycles == 0 || params->recovery_detect == HB_DETECT_NONE ||
           params->recovery_restart == HB_RESTART_NONE;
}

/* Will the task never run (again)? */
static bool is_over(const struct hb_os_task *task, const struct hb_os_end *end) {
    if (end->final || task->state == HB_OS_TASK_DONE || task->state == HB_OS_TASK_LOST)
        return true;
    return task->state == HB_OS_TASK_STRANDED && nobody_recovers(end->params);
}

static enum hb_os_verdict judge(const struct hb_os_task *task, const struct hb_os_end *end, uint32_t id) {
    const struct hb_result *slot = &end->slots[id];
    if (task->state == HB_OS_TASK_UNSEEN && slot->attempt_plus_1 == 0)
        return HB_OS_NOT_CREATED;
    bool finished = slot->attempt_plus_1 != 0;
    if (finished && is_right(end, task, id))
        return HB_OS_COMPLETED;
    if (!is_over(task, end))
        return HB_OS_UNFINISHED;
    return finished ? HB_OS_WRONG : HB_OS_LOST;
}

/* What the attempt that delivered the result had executed. It may be the one before the current one, if its hart died
 * after the result was stored but before the task table said so. */
static uint64_t completed_instructions(const struct hb_os_task *task, const struct hb_result *slot) {
    return slot->attempt_plus_1 == task->attempt ? task->earlier_instructions : task->instructions;
}

static void count_completed(struct hb_os_result *result, const struct hb_os_task *task, const struct hb_result *slot) {
    result->tasks_completed++;
    result->instructions_completed += completed_instructions(task, slot);
    if (task->completed_cycle == HB_OS_NONE)
        return;
    if (result->last_completion_cycle == HB_OS_NONE || task->completed_cycle > result->last_completion_cycle)
        result->last_completion_cycle = task->completed_cycle;
}

static void judge_all(const struct hb_os_view *view, const struct hb_os_end *end, struct hb_os_result *result) {
    result->last_completion_cycle = HB_OS_NONE;
    for (uint32_t id = 0; id < HB_TASKS_MAX; id++) {
        const struct hb_os_task *task = &view->tasks[id];
        enum hb_os_verdict verdict = judge(task, end, id);
        result->verdicts[id] = (uint8_t)verdict;
        result->tasks_created += verdict != HB_OS_NOT_CREATED;
        result->tasks_wrong += verdict == HB_OS_WRONG;
        result->tasks_lost += verdict == HB_OS_LOST;
        result->tasks_unfinished += verdict == HB_OS_UNFINISHED;
        if (verdict == HB_OS_COMPLETED)
            count_completed(result, task, &end->slots[id]);
    }
}

/* ---- Goodput --------------------------------------------------------------------------------------------------- */

static uint32_t lay_windows(uint64_t from, uint64_t to, uint64_t length, struct hb_os_window *windows, uint32_t max) {
    uint32_t count = 0;
    for (uint64_t at = from; at < to && count < max; at += length) {
        uint64_t end = to - at > length ? at + length : to;
        windows[count++] = (struct hb_os_window){.from_cycle = at, .to_cycle = end};
    }
    return count;
}

/* How many of the attempt's instructions came before `cycle`, assuming that they are evenly spread over its time. */
static double executed_before(const struct hb_os_task *task, uint64_t cycle) {
    if (cycle <= task->attempt_started_cycle)
        return 0;
    if (cycle >= task->completed_cycle)
        return (double)task->instructions;
    double share =
        (double)(cycle - task->attempt_started_cycle) / (double)(task->completed_cycle - task->attempt_started_cycle);
    return (double)task->instructions * share;
}

static void spread(const struct hb_os_task *task, uint64_t length, struct hb_os_window *windows, uint32_t count) {
    uint64_t origin = windows[0].from_cycle;
    uint64_t start = task->attempt_started_cycle;
    for (uint64_t i = start > origin ? (start - origin) / length : 0; i < count; i++) {
        struct hb_os_window *window = &windows[i];
        if (task->completed_cycle < window->from_cycle)
            break;
        window->goodput += executed_before(task, window->to_cycle) - executed_before(task, window->from_cycle);
        bool last = window->to_cycle == windows[count - 1].to_cycle;
        bool in = task->completed_cycle < window->to_cycle || (last && task->completed_cycle == window->to_cycle);
        window->tasks_completed += in && task->completed_cycle >= window->from_cycle;
    }
}

uint32_t hb_os_view_series(const struct hb_os_view *view, const uint8_t *verdicts, uint32_t hart, uint64_t from_cycle,
                           uint64_t to_cycle, uint64_t window_cycles, struct hb_os_window *windows, uint32_t max) {
    uint32_t count = lay_windows(from_cycle, to_cycle, window_cycles, windows, max);
    for (uint32_t id = 0; id < HB_TASKS_MAX && count > 0; id++) {
        const struct hb_os_task *task = &view->tasks[id];
        bool counts = verdicts ? verdicts[id] == HB_OS_COMPLETED : task->state == HB_OS_TASK_DONE;
        bool timed = task->completed_cycle != HB_OS_NONE && task->attempt_started_cycle != HB_OS_NONE;
        if (counts && timed && (hart == HB_OS_ALL_HARTS || hart == task->hart))
            spread(task, window_cycles, windows, count);
    }
    for (uint32_t i = 0; i < count; i++)
        windows[i].goodput /= (double)(windows[i].to_cycle - windows[i].from_cycle);
    return count;
}

static void fill_goodput(const struct hb_os_view *view, uint64_t window_cycles, struct hb_os_result *result) {
    uint64_t from = result->harts_up_cycle;
    uint64_t to = result->last_completion_cycle;
    if (from == HB_OS_NONE || to == HB_OS_NONE || to <= from)
        return;
    result->has_goodput = true;
    result->goodput = (double)result->instructions_completed / (double)(to - from);
    if (window_cycles == 0)
        return;
    while ((to - from) / window_cycles >= HB_OS_WINDOWS_MAX)
        window_cycles *= 2;
    result->window_cycles = window_cycles;
    result->windows_count = hb_os_view_series(view, result->verdicts, HB_OS_ALL_HARTS, from, to, window_cycles,
                                              result->windows, HB_OS_WINDOWS_MAX);
}

static void fill_levels(const struct hb_os_view *view, struct hb_os_result *result) {
    uint64_t from = view->harts_up_cycle, to = view->running.done_cycle;
    result->parallelism_max = view->running.max;
    result->concurrency_max = view->active.max;
    result->has_levels = from != HB_OS_NONE && to > from;
    if (!result->has_levels)
        return;
    result->parallelism_mean = (double)view->running.area_done / (double)(to - from);
    result->concurrency_mean = (double)view->active.area_done / (double)(to - from);
}

/* Jain, Chiu and Hawe's index of fairness, DEC-TR-301, 1984: 1 when all harts did the same, 1/n when one did all. */
double hb_os_jain(const uint64_t *work, uint32_t harts) {
    double sum = 0, squares = 0;
    for (uint32_t hart = 0; hart < harts; hart++) {
        sum += (double)work[hart];
        squares += (double)work[hart] * (double)work[hart];
    }
    return squares > 0 ? sum * sum / (harts * squares) : 0;
}

void hb_os_view_finish(struct hb_os_view *view, const struct hb_os_end *end, struct hb_os_result *result) {
    hb_os_view_advance(view, end->cycle);
    memset(result, 0, sizeof *result);
    judge_all(view, end, result);
    result->harts_up_cycle = view->harts_up_cycle;
    result->tasks_restarted = view->tasks_restarted;
    result->migrations = view->migrations;
    result->spurious_interrupts = view->spurious_interrupts;
    for (uint32_t hart = 0; hart < HB_HARTS_MAX; hart++)
        result->interrupts[hart] = view->harts[hart].interrupts;
    result->context_switches = view->context_switches;
    result->longest_wait_cycles = hb_os_view_longest_wait(view, view->cycle);
    result->idle_while_waiting_cycles = view->idle_while_waiting_cycles;
    result->max_irq_off_cycles = HB_OS_NONE;
    result->locks_recovered = view->locks_recovered;
    result->false_alarms = view->false_alarms;
    result->double_runs = view->double_runs;
    result->instructions_reexecuted = view->instructions_reexecuted;
    fill_goodput(view, end->window_cycles, result);
    fill_levels(view, result);
    result->groups =
        (uint32_t)(end->params->workload_groups < HB_GROUPS_MAX ? end->params->workload_groups : HB_GROUPS_MAX);
    hb_os_groups_fill(view, end->params, result->group);
    result->has_requests = hb_os_requests_fill(view, end->params, end->window_cycles, &result->requests);
}
